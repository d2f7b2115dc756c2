"""Who changes many tasks at once and who edits one of them wait for each other, and neither is stopped."""

from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from notifications.models import Reminder
from projects.actions import deadlines, projects
from projects.actions.edits import set_owner, set_priority
from projects.actions.guests import remove_guest
from projects.actions.ownership import hand_over_work
from projects.actions.remembering import leave_change
from projects.models import Activity, Change, Project, ProjectAccess, Task
from tests.factories import make_member, make_project, make_task
from tests.races import RACE, meanwhile

pytestmark = RACE
ARCHIVED, RESTORED = 14, 14


@pytest.mark.parametrize("way", ["remove_guest", "hand_over_work"])
def test_an_edit_of_one_task_and_a_handing_over_of_all_both_succeed(live_workspace: Any, owner: Any, way: str) -> None:
    project, leaver, now = make_project(owner), make_member("guest"), timezone.now()
    key = ProjectAccess.objects.create(project=project, member=leaver)
    first, second = (make_task(project, owner=leaver) for _ in range(2))

    def hand_over() -> None:
        if way == "remove_guest":
            remove_guest(ProjectAccess.objects.get(pk=key.pk), actor=owner, now=now)
        else:
            hand_over_work(leaver, heir=owner, actor=owner, now=now)

    with transaction.atomic():
        # What every edit of one task does: its row first, the project's with the trace.
        Task.objects.select_for_update(no_key=True).get(pk=second.pk)
        handing_over = meanwhile(hand_over)
        set_priority(second, Task.Priority.URGENT, actor=owner, now=now)
    handing_over.result(10)

    assert list(Task.objects.order_by("pk").values_list("owner", "priority")) == [
        (owner.pk, Task.Priority.NORMAL),
        (owner.pk, Task.Priority.URGENT),
    ]
    assert first.number < second.number


@pytest.mark.parametrize("way", ["archive_project", "restore_project"])
def test_a_moved_deadline_and_a_project_put_away_or_taken_back_both_succeed(
    live_workspace: Any, owner: Any, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    project, now = make_project(owner), timezone.now()
    here = Deadline((now + timedelta(days=9)).date(), None, "UTC")
    task = make_task(project, owner=owner, deadline=here)
    begun: list[Future[None]] = []

    def put_away_then_trace(*args: Any, **values: Any) -> Change:
        act = getattr(projects, way)
        begun.append(meanwhile(lambda: act(Project.objects.get(pk=project.pk), actor=owner, now=now)))
        return leave_change(*args, **values)

    monkeypatch.setattr(deadlines, "leave_change", put_away_then_trace)
    deadlines.set_deadline(task, here.moved_to_day(here.on + timedelta(days=1)), actor=owner, now=now)
    (other,) = begun
    other.result(10)

    assert Task.objects.get(pk=task.pk).due_on == here.on + timedelta(days=1)
    waiting = Reminder.objects.filter(state=Reminder.State.WAITING).count()
    assert (Project.objects.get().state, waiting) == (("archived", 0) if way == "archive_project" else ("active", 1))


@pytest.mark.parametrize("count", [1, 3])
def test_a_project_is_put_away_and_taken_back_in_the_same_few_statements(
    live_workspace: Any, owner: Any, count: int
) -> None:
    project, now = make_project(owner), timezone.now()
    for _ in range(count):
        make_task(project, deadline=Deadline((now + timedelta(days=9)).date(), None, "UTC"))
    with CaptureQueriesContext(connection) as archived:
        projects.archive_project(project, actor=owner, now=now)
    with CaptureQueriesContext(connection) as restored:
        projects.restore_project(project, actor=owner, now=now)
    said = [
        [query for query in each if not query["sql"].startswith("SET search_path")] for each in (archived, restored)
    ]
    assert [len(each) for each in said] == [ARCHIVED, RESTORED]
    assert Reminder.objects.filter(state=Reminder.State.WAITING).count() == count


def test_of_two_new_owners_the_second_trace_names_the_first(live_workspace: Any, owner: Any) -> None:
    task, now = make_task(make_project(owner)), timezone.now()
    ada, bo = make_member(display_name="Ada"), make_member(display_name="Bo")
    with transaction.atomic():
        set_owner(task, ada, actor=owner, now=now)
        second = meanwhile(lambda: set_owner(Task.objects.get(pk=task.pk), bo, actor=owner, now=now))
    second.result(10)

    last = Activity.objects.filter(verb="owner changed").latest("pk")
    assert last.data == {"before": "Ada", "after": "Bo"}

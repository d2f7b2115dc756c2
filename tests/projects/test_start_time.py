"""When a task starts, as an instant, and what start and deadline may never be together."""

from datetime import UTC, date, datetime, time

import pytest
from django.db import IntegrityError, transaction

from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from projects.actions.deadlines import StartAfterDue, set_deadline, set_start
from projects.models import Activity, Dependency, Project, Task
from tests.factories import make_member, make_project, make_task

pytestmark = pytest.mark.django_db
LA = "America/Los_Angeles"
NOW = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def owner(_inside_acme: None) -> Member:
    return make_member()


@pytest.fixture
def project(owner: Member) -> Project:
    return make_project(owner, time_zone=LA)


def test_start_at_is_read_on_the_deadlines_clock_or_the_projects(project: Project) -> None:
    task = make_task(project, start_on=date(2026, 11, 1))
    assert task.start_at == datetime(2026, 11, 1, 7, tzinfo=UTC)  # midnight, still PDT
    task.start_time = time(9)
    assert task.start_at == datetime(2026, 11, 1, 17, tzinfo=UTC)  # PST: clocks went back in between
    task.due_zone = "Asia/Shanghai"
    assert task.start_at == datetime(2026, 11, 1, 1, tzinfo=UTC)
    task.start_on = None
    assert task.start_at is None


def test_start_time_of_the_same_day_may_not_pass_the_deadline(project: Project, owner: Member) -> None:
    task = make_task(project)
    set_deadline(task, Deadline(date(2026, 11, 20), time(12), LA), actor=owner, now=NOW)
    with pytest.raises(StartAfterDue):
        set_start(task, date(2026, 11, 20), time(12, 1), actor=owner, now=NOW)
    set_start(task, date(2026, 11, 20), time(12), actor=owner, now=NOW)
    with pytest.raises(StartAfterDue):
        set_deadline(task, Deadline(date(2026, 11, 20), time(11, 59), LA), actor=owner, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(due_time=time(9))
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(start_on=None)
    set_deadline(task, Deadline(date(2026, 11, 20), None, LA), actor=owner, now=NOW)
    set_start(task, None, actor=owner, now=NOW)
    task.refresh_from_db()
    assert (task.start_on, task.start_time) == (None, None)
    started = Activity.objects.filter(verb="start changed").order_by("pk").values_list("data", flat=True)
    assert list(started) == [
        {"before": None, "after": "2026-11-20 12:00"},
        {"before": "2026-11-20 12:00", "after": None},
    ]


@pytest.mark.parametrize(("kind", "lag"), [("fs", 366), ("fs", -500), ("xx", 0)])
def test_link_of_unknown_kind_or_endless_lag_is_not_stored(project: Project, kind: str, lag: int) -> None:
    one, other = make_task(project), make_task(project)
    with pytest.raises(IntegrityError):
        Dependency.objects.create(blocker=one, blocked=other, kind=kind, lag_days=lag)

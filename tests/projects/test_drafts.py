"""A draft, without an owner or a deadline, is not begun; what is in hand keeps both."""

import json
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from linkstar.accounts.models import User
from linkstar.lib.deadlines import Deadline
from projects.actions.deadlines import set_deadline
from projects.actions.edits import set_owner
from projects.actions.finishing import reopen_task
from projects.actions.refusals import StillDraft
from projects.actions.tasks import create_tasks, move_task
from projects.models import ProjectAccess, Task
from tests.factories import client_of, make_column, make_member, make_project, make_task

pytestmark = pytest.mark.django_db
DUE = Deadline(date(2027, 3, 1), None, "America/New_York")


def begin_url(task: Task) -> str:
    return f"/tasks/{task.pk}/begin/"


@pytest.fixture
def project(owner: Any) -> Any:
    return make_project(owner)


@pytest.mark.parametrize("lacks", ["owner", "deadline", "both"])
def test_draft_does_not_enter_a_doing_column(project: Any, owner: Any, lacks: str) -> None:
    doing = make_column(project, "doing")
    task = make_task(
        project, owner=None if lacks in ("owner", "both") else owner, deadline=None if lacks != "owner" else DUE
    )
    with pytest.raises(StillDraft):
        move_task(task, column=doing, before=None, actor=owner, now=timezone.now())
    assert Task.objects.get(pk=task.pk).column.status == "todo"


def test_whole_task_enters_and_stays_whole(project: Any, owner: Any) -> None:
    now = timezone.now()
    task = make_task(project, owner=owner, deadline=DUE)
    move_task(task, column=make_column(project, "doing"), before=None, actor=owner, now=now)
    with pytest.raises(StillDraft):
        set_owner(task, None, actor=owner, now=now)
    with pytest.raises(StillDraft):
        set_deadline(task, None, actor=owner, now=now)
    stored = Task.objects.get(pk=task.pk)
    assert (stored.owner, stored.deadline, stored.column.status) == (owner, DUE, "doing")


def test_draft_may_be_done_and_reopens_where_work_waits(project: Any, owner: Any) -> None:
    now = timezone.now()
    task = make_task(project)
    move_task(task, column=make_column(project, "done"), before=None, actor=owner, now=now)
    reopen_task(task, actor=owner, now=now)
    assert task.column.status == "todo"


def test_tasks_are_made_in_a_doing_column_only_whole(project: Any, owner: Any) -> None:
    doing, now = make_column(project, "doing"), timezone.now()
    with pytest.raises(StillDraft):
        create_tasks(["Shoot the main image"], column=doing, actor=owner, now=now)
    [task] = create_tasks(["Shoot it"], column=doing, actor=owner, now=now, owner=owner, deadline=DUE)
    assert task.column == doing
    maya = make_member(language="en")
    answer = client_of(maya).post(f"/columns/{doing.pk}/tasks/add/", {"titles": "Buy film"}, HTTP_HX_REQUEST="true")
    assert (answer.status_code, "needs an owner and a deadline" in answer.content.decode()) == (422, True)


def test_moving_a_draft_asks_for_what_it_lacks(project: Any, owner: Any) -> None:
    doing, task = make_column(project, "doing"), make_task(project, owner=owner)
    answer = client_of(owner).post(f"/tasks/{task.pk}/move/", {"column": doing.pk}, HTTP_HX_REQUEST="true")
    page = answer.content.decode()
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialog")
    assert ('name="typed"' in page, 'name="owner"' in page, f'name="column" value="{doing.pk}"' in page) == (
        True, False, True,
    )  # fmt: skip


def test_guest_is_told_and_not_asked(project: Any, owner: Any) -> None:
    guest = make_member("guest", language="en")
    ProjectAccess.objects.create(project=project, member=guest)
    task = make_task(project, owner=guest, visibility="shared")
    answer = client_of(guest).post(
        f"/tasks/{task.pk}/move/", {"column": make_column(project, "doing").pk}, HTTP_HX_REQUEST="true"
    )
    assert (answer.status_code, answer.headers.get("HX-Retarget")) == (422, None)
    assert "needs an owner and a deadline" in answer["HX-Trigger"]


def test_begin_saves_both_and_moves(project: Any, owner: Any) -> None:
    doing, task = make_column(project, "doing"), make_task(project)
    given = {"column": doing.pk, "owner": owner.pk, "typed": "2027-03-01", "zone": "America/New_York"}
    answer = client_of(owner).post(begin_url(task), given, HTTP_HX_REQUEST="true")
    stored = Task.objects.get(pk=task.pk)
    assert (answer.status_code, stored.owner, stored.deadline, stored.column) == (200, owner, DUE, doing)


@pytest.mark.parametrize("status", ["doing", "done"])
def test_what_has_begun_is_not_asked_about_again(project: Any, owner: Any, status: str) -> None:
    task = make_task(project, owner=owner, deadline=DUE)
    move_task(task, column=make_column(project, status), before=None, actor=owner, now=timezone.now())
    client = client_of(owner)
    for answer in (client.get(begin_url(task)), client.post(begin_url(task), {})):
        assert (answer.status_code, answer.url) == (302, f"/tasks/{task.pk}/")
    answer = client.get(begin_url(task), HTTP_HX_REQUEST="true")
    assert (answer.status_code, sorted(json.loads(answer["HX-Trigger"]))) == (
        204, ["dialog:close", "task:changed", "toast"],
    )  # fmt: skip


def test_a_whole_task_is_begun_without_being_called_a_draft(project: Any, owner: Any) -> None:
    User.objects.filter(pk=owner.user_id).update(language="en")
    task, doing = make_task(project, owner=owner, deadline=DUE), make_column(project, "doing")
    page = client_of(owner).get(begin_url(task)).content.decode()
    assert "lacks nothing: it can move on." in page and "still a draft" not in page
    assert f'name="column" value="{doing.pk}"' in page
    client_of(owner).post(begin_url(task), {"column": str(doing.pk), "before": ""})
    assert Task.objects.get(pk=task.pk).column == doing


def test_begin_that_fails_changes_nothing_and_keeps_the_words(project: Any, owner: Any) -> None:
    doing, task = make_column(project, "doing"), make_task(project)
    given = {"column": doing.pk, "owner": owner.pk, "typed": "whenever", "zone": "America/New_York"}
    answer = client_of(owner).post(begin_url(task), given, HTTP_HX_REQUEST="true")
    stored = Task.objects.get(pk=task.pk)
    assert (answer.status_code, stored.owner, stored.due_on, stored.column.status) == (422, None, None, "todo")
    assert 'value="whenever"' in answer.content.decode()


def test_begin_in_a_full_column_takes_all_of_it_back(project: Any, owner: Any) -> None:
    doing, task = make_column(project, "doing"), make_task(project)
    doing.wip_limit = 1
    doing.save()
    create_tasks(["In hand"], column=doing, actor=owner, now=timezone.now(), owner=owner, deadline=DUE)
    given = {"column": doing.pk, "owner": owner.pk, "typed": "2027-03-01", "zone": "America/New_York"}
    answer = client_of(owner).post(begin_url(task), given)
    stored = Task.objects.get(pk=task.pk)
    assert (answer.status_code, stored.owner, stored.due_on) == (422, None, None)

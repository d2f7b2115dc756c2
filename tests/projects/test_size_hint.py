"""The hint on the sheet that a task is too coarse."""

from typing import Any

import pytest

from projects.models import ProjectAccess, Task
from tests.factories import client_of, make_member, make_project, make_task

HTMX = {"HX-Request": "true"}
VAGUE = "does not say what will be done"


@pytest.fixture
def maya() -> Any:
    return make_member("member", display_name="Maya", language="en")


@pytest.fixture
def task(owner: Any) -> Task:
    return make_task(make_project(owner), title="Handle the ads", visibility="shared")


def sheet(member: Any, task: Task) -> str:
    return str(client_of(member).get(f"/tasks/{task.pk}/", headers=HTMX).content.decode())


@pytest.mark.django_db
def test_hint_goes_when_accepted_and_returns_with_another_vague_title(maya: Any, task: Task) -> None:
    assert VAGUE in sheet(maya, task)
    answer = client_of(maya).post(f"/tasks/{task.pk}/size/", headers=HTMX)
    assert (answer.status_code, VAGUE in answer.content.decode(), VAGUE in sheet(maya, task)) == (200, False, False)
    saved = client_of(maya).post(f"/tasks/{task.pk}/title/", {"text": "Handle all ads"}, headers=HTMX)
    assert VAGUE in saved.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values", [{"title": "Upload the main image"}, {"sop_step": "ads"}, {"is_milestone": True}], ids=str
)
def test_no_hint_for_good_work_steps_and_milestones(maya: Any, task: Task, values: dict[str, Any]) -> None:
    Task.objects.filter(pk=task.pk).update(**values)
    assert VAGUE not in sheet(maya, task)


@pytest.mark.django_db
def test_guests_are_not_lectured(task: Task) -> None:
    guest = make_member("guest", language="en")
    ProjectAccess.objects.create(project=task.project, member=guest)
    page = sheet(guest, task)
    assert ("Handle the ads" in page, VAGUE in page) == (True, False)

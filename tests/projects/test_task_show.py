"""The task sheet: what it shows to whom, and what that costs."""

from typing import Any

import pytest

from projects.models import ProjectAccess, Task
from tests.factories import client_of, make_member, make_project, make_task

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def text(response: Any) -> str:
    return str(response.content.decode())


def make_guest(project: Any, **values: Any) -> Any:
    guest = make_member("guest", **values)
    ProjectAccess.objects.create(project=project, member=guest)
    return guest


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member(display_name="Maya", language="en", time_zone="America/New_York")


@pytest.fixture
def task(maya: Any) -> Task:
    return make_task(make_project(maya, name="Launch"), title="Shoot the main image", owner=maya)


def test_page_and_fragment_are_one_view(maya: Any, task: Task) -> None:
    browser = client_of(maya)
    page, sheet = browser.get(task.get_absolute_url()), browser.get(task.get_absolute_url(), **HTMX)
    assert page.status_code == sheet.status_code == 200
    assert "<html" in text(page)
    assert "<html" not in text(sheet)
    assert "Shoot the main image" in text(sheet)
    assert sheet["Vary"] == page["Vary"]

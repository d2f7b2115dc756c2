"""A guest who leaves: what they had open goes back to the owners of the projects, and they learn nothing by leaving."""

from datetime import UTC, datetime

import pytest

from notifications.models import Notification
from projects.models import Project
from tests.factories import client_of, make_member, make_project, make_task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def project() -> Project:
    return make_project(make_member(display_name="First Owner"))


def test_a_guest_leaves_and_each_task_falls_to_the_owner_of_its_project(project: Project) -> None:
    guest, colleague = make_member("guest", language="en"), make_member()
    second = make_project(make_member(display_name="Second Owner"))
    tasks = [make_task(project, owner=guest), make_task(second, owner=guest)]
    done = make_task(project, "Done", owner=guest, completed_at=NOW)
    client = client_of(guest)

    page = client.get("/leave/").content.decode()
    gone = client.post("/leave/", {"heir": colleague.pk})

    for row in (*tasks, done, guest):
        row.refresh_from_db()
    assert "2 open tasks" in page and "the owner of its project" in page
    assert 'name="heir"' not in page and colleague.display_name not in page
    assert (gone.status_code, guest.is_active) == (302, False)
    assert [task.owner for task in (*tasks, done)] == [project.owner, second.owner, guest]
    assert Notification.objects.filter(member=project.owner, kind="assigned").count() == 1


@pytest.mark.parametrize("heir", ["999999", "1", "nobody"])
def test_a_guest_learns_of_no_ids_by_naming_an_heir(project: Project, heir: str) -> None:
    guest = make_member("guest")
    make_task(project, owner=guest)

    assert client_of(guest).post("/leave/", {"heir": heir}).status_code == 302

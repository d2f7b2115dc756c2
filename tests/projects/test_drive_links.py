"""Links to Google Drive stand among the files: seen by whom files are seen, never fetched, never without bytes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from linkstar.lib.drive import DriveFile
from linkstar.members.models import Member
from projects.actions.bin import KEPT, remove_file
from projects.actions.files import delete_file, link_drive_file, restore_file
from projects.models import Activity, Project, ProjectAccess, SearchEntry, StoredFile, Task
from tests.factories import client_of, make_member, make_project, make_task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ID = "1A2b3C4d5E6f7G8h9I0j"
ADDRESS = f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0"


@pytest.fixture
def project(owner: Member) -> Project:
    return make_project(owner, name="Q4 launch")


@pytest.fixture
def task(project: Project) -> Task:
    return make_task(project, title="Order samples")


@pytest.fixture
def client(project: Project) -> Client:
    """Somebody who reads English."""
    member = make_member("admin", language="en")
    return client_of(member)


def link(project: Project, *, task: Task | None = None, **values: Any) -> StoredFile:
    options = {"is_shared": False, "actor": project.owner, "now": NOW} | values
    return link_drive_file(project, DriveFile(ID, "spreadsheets"), task=task, **options)


def guest_of(project: Project) -> Member:
    guest = make_member("guest")
    ProjectAccess.objects.create(project=project, member=guest)
    return guest


def test_a_pasted_address_becomes_a_row_that_opens_at_google_and_says_who_decides(
    client: Client, project: Project, task: Task
) -> None:
    answer = client.post(
        f"/tasks/{task.pk}/files/link/", {"address": ADDRESS, "name": "Costs"}, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200 and "Google decides who may open it" in page
    assert f'href="https://docs.google.com/spreadsheets/d/{ID}/edit" target="_blank" rel="noopener noreferrer"' in page
    file = StoredFile.objects.get()
    assert (file.name, file.in_drive, file.version_count) == ("Costs", DriveFile(ID, "spreadsheets"), 0)
    task.refresh_from_db()
    assert task.file_count == 1
    assert Activity.objects.filter(task=task).latest("pk").verb == "file linked"
    assert SearchEntry.objects.filter(kind=SearchEntry.Kind.FILE, ref=file.pk).exists()


def test_without_a_name_it_is_called_by_its_kind(client: Client, project: Project) -> None:
    answer = client.post(f"/projects/{project.pk}/files/link/", {"address": ADDRESS})
    assert answer.status_code == 302
    assert StoredFile.objects.get().name == "Google Sheets 1A2b3C"


@pytest.mark.parametrize("address", ["", "https://evil.test/document/d/1A2b3C4d5E6f7G8h9I0j/edit", "costs"])
def test_another_address_is_refused_and_kept_in_the_field(client: Client, task: Task, address: str) -> None:
    answer = client.post(
        f"/tasks/{task.pk}/files/link/", {"address": address, "name": "Costs"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422 and not StoredFile.objects.exists()
    assert f'name="address" required maxlength="2000" value="{address}"' in answer.content.decode()
    assert 'value="Costs"' in answer.content.decode()


def test_guests_see_what_is_shown_to_them_and_what_they_link_is_shown(project: Project) -> None:
    guest = guest_of(project)
    task = make_task(project, "Theirs", owner=guest)
    hidden, shown = link(project, task=task, name="Margins"), link(project, task=task, name="Brief", is_shared=True)
    client = client_of(guest)
    page = client.get(f"/tasks/{task.pk}/files/").content.decode()
    assert "Brief" in page and "Margins" not in page
    assert [client.get(f"/files/{file.pk}/").status_code for file in (hidden, shown)] == [404, 200]
    client.post(f"/tasks/{task.pk}/files/link/", {"address": ADDRESS, "name": "Mine"})
    assert StoredFile.objects.get(name="Mine").is_shared


def test_there_is_nothing_to_download_and_nothing_to_replace(client: Client, project: Project) -> None:
    file = link(project)
    assert client.get(f"/files/{file.pk}/download/").status_code == 404
    assert client.get(f"/files/{file.pk}/download/1/").status_code == 404
    assert client.post(f"/files/{file.pk}/replace/", {"note": ""}).status_code == 403
    page = client.get(f"/files/{file.pk}/").content.decode()
    assert "Open in Google Drive" in page and "/download/" not in page and "/replace/" not in page
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=file.pk).update(version_count=1)


def test_it_goes_through_the_bin_like_a_file(client: Client, project: Project, task: Task) -> None:
    file = link(project, task=task, name="Costs")
    delete_file(file, actor=project.owner, now=NOW)
    assert "Costs" in client.get(f"/projects/{project.pk}/files/?bin=1").content.decode()
    restore_file(file, actor=project.owner, now=NOW)
    assert "Costs" in client.get(f"/tasks/{task.pk}/files/").content.decode()
    delete_file(file, actor=project.owner, now=NOW)
    remove_file(file.pk, now=NOW + KEPT + timedelta(minutes=1))
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_links_cost_no_statement_each(
    client: Client, project: Project, task: Task, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        link(project, task=task, name=f"Link {number}")
    client.get(f"/tasks/{task.pk}/files/")
    with django_assert_num_queries(QUERIES):
        client.get(f"/tasks/{task.pk}/files/", headers={"HX-Request": "true"})


QUERIES = 7

"""The bin of a project: what lies in it, how it comes out, and what is left of it after thirty days."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from linkstar.workspaces.due import run_due
from linkstar.workspaces.models import DueItem
from projects.actions.bin import remove_file, remove_task
from projects.actions.checklists import add_items
from projects.actions.comments import add_comment
from projects.actions.files import add_file, delete_file, restore_file
from projects.actions.projects import archive_project
from projects.actions.tasks import RemovedForGood, delete_task, restore_task
from projects.models import Activity, ChecklistItem, Comment, FileVersion, Project, ProjectAccess, StoredFile, Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.projects.test_move import statements
from tests.races import RACE, at_once

LATER = timedelta(days=30, seconds=1)


def make_file(project: Project, owner: Any, *, task: Task | None = None, name: str = "brief.txt") -> StoredFile:
    upload = SimpleUploadedFile(name, b"some bytes")
    return add_file(project, upload, task=task, is_shared=False, uploader=owner, now=timezone.now())


def used() -> int:
    tenant = connection.tenant
    with schema_context("public"):
        return int(type(tenant).objects.get(pk=tenant.pk).storage_used_bytes)


@pytest.mark.django_db
class TestPage:
    def test_it_names_what_lies_there_who_put_it_and_gives_it_back(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        maya, lin = make_member(display_name="Maya", language="en"), make_member(display_name="Lin Two")
        task, file = make_task(project, "Old plan"), make_file(project, owner)
        make_task(project, "Alive")
        elsewhere = make_task(make_project(owner, name="Elsewhere"), "Not here")
        delete_task(task, actor=lin, now=now - timedelta(days=1))
        delete_task(elsewhere, actor=lin, now=now)
        delete_file(file, actor=maya, now=now)
        browser = client_of(maya)
        page = browser.get(f"/projects/{project.pk}/bin/").content.decode()
        assert page.index("brief.txt") < page.index("Old plan")
        assert "Put here by Lin Two" in page and "Put here by Maya" in page
        assert "stays here for 30 days" in page
        assert "Alive" not in page and "Not here" not in page
        assert browser.post(f"/tasks/{task.pk}/undelete/").url == task.get_absolute_url()
        assert browser.post(f"/files/{file.pk}/restore/").url == file.get_absolute_url()
        assert "The bin is empty" in browser.get(f"/projects/{project.pk}/bin/").content.decode()
        waiting = DueItem.objects.filter(kind__startswith="binned").values_list("object_id", flat=True)
        assert list(waiting) == [elsewhere.pk]

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_takes_the_same_statements_for_any_number(self, owner: Any, count: int) -> None:
        project, now = make_project(owner), timezone.now()
        for _ in range(count):
            delete_task(make_task(project), actor=owner, now=now)
            delete_file(make_file(project, owner, task=make_task(project)), actor=owner, now=now)
        client = client_of(owner)
        client.get("/rail/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/projects/{project.pk}/bin/").status_code == 200
        assert len(statements(captured)) == 8

    def test_it_is_paged(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        for number in range(31):
            delete_task(make_task(project, f"task {number:02}"), actor=owner, now=now + timedelta(seconds=number))
        first = client_of(owner).get(f"/projects/{project.pk}/bin/").content.decode()
        second = client_of(owner).get(f"/projects/{project.pk}/bin/?page=2").content.decode()
        assert (first.count('class="filerow"'), second.count('class="filerow"')) == (30, 1)
        assert "task 30" in first and "task 00" in second

    def test_finance_stays_with_finance_guests_outside_and_an_archived_bin_is_to_be_read_only(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        secret, plain = make_task(project, "Margins", sensitivity="finance"), make_task(project, "Plain")
        guest, member = make_member("guest"), make_member(language="en")
        ProjectAccess.objects.create(project=project, member=guest)
        for task in (secret, plain):
            delete_task(task, actor=owner, now=now)
        address = f"/projects/{project.pk}/bin/"
        assert client_of(guest).get(address).status_code == 403
        page = client_of(member).get(address).content.decode()
        assert "Plain" in page and "Margins" not in page and "/undelete/" in page
        assert "Margins" in client_of(owner).get(address).content.decode()
        archive_project(project, actor=owner, now=now)
        page = client_of(member).get(address).content.decode()
        assert "Plain" in page and "Take it back" not in page
        assert client_of(member).post(f"/tasks/{plain.pk}/undelete/").status_code == 403

    def test_the_pages_around_lead_to_it(self, owner: Any) -> None:
        project = make_project(owner)
        task, client, link = make_task(project), client_of(owner), f'href="/projects/{project.pk}/bin/"'
        delete_task(task, actor=owner, now=timezone.now())
        for address in (
            f"/projects/{project.pk}/board/",
            f"/projects/{project.pk}/edit/",
            f"/tasks/{task.pk}/undelete/",
        ):
            assert link in client.get(address).content.decode()


@pytest.mark.django_db
class TestRemoval:
    def test_a_task_loses_its_words_and_keeps_its_trace_for_those_who_could_read_it(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        task = make_task(project, "Margins", sensitivity="finance", description="33 %")
        add_items(task, ["Ask the bank"], actor=owner, now=now)
        add_comment(task, body="Not yet.", is_shared=False, author=owner, now=now)
        make_file(project, owner, task=task)
        delete_task(task, actor=owner, now=now)
        before = list(Activity.objects.filter(task=task).order_by("pk").values_list("verb", "data"))
        remove_task(task.pk, now=now + LATER)
        task.refresh_from_db()
        assert (task.title, task.description, task.is_removed) == ("", "", True)
        left = [model.objects.count() for model in (ChecklistItem, Comment, StoredFile, FileVersion)]
        assert left == [0, 0, 0, 0]
        after = list(Activity.objects.filter(task=task).order_by("pk").values_list("verb", "data"))
        assert after == [*before, ("task removed", {"title": "Margins"})]
        page = client_of(owner).get(f"/projects/{project.pk}/activity/").content.decode()
        assert "Margins" in page
        assert "Margins" not in client_of(make_member()).get(f"/projects/{project.pk}/activity/").content.decode()
        for address in (f"/tasks/{task.pk}/", f"/tasks/{task.pk}/undelete/"):
            assert client_of(owner).get(address).status_code == 404
        with pytest.raises(RemovedForGood):
            restore_task(task, actor=owner, now=now + LATER)
        remove_task(task.pk, now=now + LATER)
        assert Activity.objects.filter(verb="task removed").count() == 1

    def test_nothing_happens_to_what_was_taken_out_or_is_too_young(self, owner: Any) -> None:
        project, now = make_project(owner), timezone.now()
        task, young, file = make_task(project, "back"), make_task(project, "young"), make_file(project, owner)
        delete_task(task, actor=owner, now=now)
        restore_task(task, actor=owner, now=now)
        delete_task(young, actor=owner, now=now)
        delete_file(file, actor=owner, now=now)
        restore_file(file, actor=owner, now=now)
        DueItem.objects.filter(kind="binned_task").delete()
        remove_task(task.pk, now=now + LATER)
        remove_task(young.pk, now=now + timedelta(days=29))
        remove_file(file.pk, now=now + LATER)
        assert set(Task.objects.values_list("title", flat=True)) == {"back", "young"}
        assert StoredFile.objects.get().deleted_at is None
        assert DueItem.objects.get(kind="binned_task").run_at == now + timedelta(days=30)


@RACE
def test_after_thirty_days_the_worker_removes_bytes_and_gives_the_room_back(live_workspace: Any, owner: Any) -> None:
    project, now, room = make_project(owner), timezone.now(), used()
    # The look at whether the project rests comes in these days, too.
    DueItem.objects.filter(kind__in=["project_rest", "project_forecast", "forecast_sweep"]).delete()
    task = make_task(project)
    files = [make_file(project, owner), make_file(project, owner, task=task)]
    keys = list(FileVersion.objects.values_list("key", flat=True))
    default_storage.save("untouched", ContentFile(b"x"))
    assert used() == room + 20
    delete_task(task, actor=owner, now=now)
    delete_file(files[0], actor=owner, now=now)
    run_due(now + timedelta(days=29))
    assert [default_storage.exists(key) for key in keys] == [True, True]
    assert run_due(now + LATER)["done"] == 2
    assert [default_storage.exists(key) for key in [*keys, "untouched"]] == [False, False, True]
    assert (StoredFile.objects.count(), used()) == (0, room)
    assert Activity.objects.filter(actor=None).order_by("verb").values_list("verb", flat=True)[0] == "file removed"
    assert run_due(now + LATER + LATER)["done"] == 0


@RACE
def test_two_people_delete_and_restore_one_task_at_once(live_workspace: Any, owner: Any) -> None:
    task, now = make_task(make_project(owner)), timezone.now()
    for act in (delete_task, restore_task):
        copies = [Task.objects.select_related("project", "column").get(pk=task.pk) for _ in range(2)]
        at_once(*(partial(act, copy, actor=owner, now=now) for copy in copies))
    verbs = Activity.objects.filter(task=task).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["task created", "task deleted", "task restored"]
    assert not DueItem.objects.filter(kind="binned_task").exists()

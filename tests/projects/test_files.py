"""Files come in, get versions, are shown to whom they concern, and leave only through the permission check."""

from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import connection
from django.test import Client
from django.utils import timezone

from linkstar.members.models import Member
from linkstar.workspaces.models import Workspace
from projects.actions.files import UploadRefused, add_file, add_version, delete_file, file_name, restore_file
from projects.actions.projects import archive_project
from projects.models import Activity, FileVersion, Project, ProjectAccess, StoredFile, Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.races import RACE, at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture
def project(owner: Member) -> Project:
    return make_project(owner, name="Q4 launch")


@pytest.fixture
def client(owner: Member) -> Client:
    return client_of(owner)


def upload(name: str = "brief.txt", content: bytes = b"What we want") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def add(project: Project, uploader: Member | None = None, *, task: Task | None = None, **values: Any) -> StoredFile:
    is_shared = values.pop("is_shared", False)
    return add_file(
        project,
        upload(**values),
        task=task,
        is_shared=is_shared,
        uploader=uploader or project.owner,
        now=timezone.now(),
    )


def guest_of(project: Project, **values: Any) -> Member:
    guest = make_member("guest", **values)
    ProjectAccess.objects.create(project=project, member=guest)
    return guest


def fetch(client: Client, file: StoredFile, number: int | None = None) -> Any:
    path = f"/files/{file.pk}/download/" + (f"{number}/" if number else "")
    return client.get(path, follow=True)


def used() -> int:
    return Workspace.objects.get(pk=connection.tenant.pk).storage_used_bytes


# Coming in


def test_a_file_of_a_task_keeps_hash_size_type_note_and_uploader(project, client, owner):
    task = make_task(project)
    before = used()

    response = client.post(
        f"/tasks/{task.pk}/files/add/", {"files": upload(content=PNG, name="front.png"), "note": " v1  final "}
    )

    version = FileVersion.objects.select_related("file").get()
    task.refresh_from_db()
    assert response["Location"] == task.get_absolute_url()
    assert (version.number, version.size_bytes, version.content_type) == (1, len(PNG), "image/png")
    assert (version.sha256, version.note, version.uploaded_by) == (sha256(PNG).hexdigest(), "v1 final", owner)
    assert (version.file.name, version.file.task, version.file.is_shared) == ("front.png", task, False)
    assert version.key.startswith(f"{connection.tenant.pk}/{version.sha256[:2]}/") and "front" not in version.key
    assert task.file_count == 1 and used() == before + len(PNG)
    assert Activity.objects.filter(task=task).latest("pk").verb == "file added"


def test_several_at_once_keep_the_good_ones_and_the_note_and_name_the_bad(project, client, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    files = [
        upload("good.txt"),
        upload("empty.txt", b""),
        upload("large.bin", b"x" * 1001),
        upload("also.txt", b"y" * 1000),
    ]

    response = client.post(f"/projects/{project.pk}/files/add/", {"files": files, "note": "From the factory"})

    text = response.content.decode()
    assert response.status_code == 422
    assert set(StoredFile.objects.values_list("name", flat=True)) == {"good.txt", "also.txt"}
    errors = [str(error).partition(":")[0] for error in response.context["form"]["files"].errors]
    assert errors == ["empty.txt", "large.bin"]
    assert 'value="From the factory"' in text


def test_the_fragment_for_the_sheet_carries_the_list_and_tells_the_board(project, client):
    task = make_task(project)

    response = client.post(f"/tasks/{task.pk}/files/add/", {"files": [upload()]}, headers={"HX-Request": "true"})

    text = response.content.decode()
    assert response.status_code == 200
    assert 'id="task-files"' in text and "brief.txt" in text and "<html" not in text
    assert f'"task:changed": {{"task": {task.pk}}}' in response["HX-Trigger"]
    assert 'hx-swap-oob="beforeend:#stream"' in text


def test_nothing_chosen_is_said_and_the_note_stays(project, client):
    response = client.post(f"/projects/{project.pk}/files/add/", {"note": "Typed already"})

    assert response.status_code == 422 and "Typed already" in response.content.decode()


def test_a_note_that_is_too_long_refuses_the_whole_and_stays(project, client):
    response = client.post(f"/projects/{project.pk}/files/add/", {"files": upload(), "note": "n" * 301})

    assert response.status_code == 422 and "n" * 301 in response.content.decode()
    assert not StoredFile.objects.exists()


def test_more_than_twenty_at_once_are_refused(project, client):
    response = client.post(f"/projects/{project.pk}/files/add/", {"files": [upload(f"{n}.txt") for n in range(21)]})

    assert response.status_code == 422 and not StoredFile.objects.exists()


def test_the_limit_is_kept_on_the_line_and_nothing_is_read_into_memory(project, client, settings):
    settings.UPLOAD_MAX_BYTES = 100_000
    kept: list[tuple[type, int, int]] = []
    real_end = TemporaryFileUploadHandler.file_complete

    def complete(self: Any, size: int) -> Any:
        done = real_end(self, size)
        done.file.flush()
        kept.append((type(done), done.size, Path(done.temporary_file_path()).stat().st_size))
        return done

    with patch.object(TemporaryFileUploadHandler, "file_complete", complete):
        response = client.post(f"/projects/{project.pk}/files/add/", {"files": upload("huge.bin", b"x" * 500_000)})

    assert response.status_code == 422
    assert kept == [(TemporaryUploadedFile, 500_000, 100_001)]


def test_the_same_bytes_twice_are_two_files(project, client):
    for _ in range(2):
        client.post(f"/projects/{project.pk}/files/add/", {"files": upload()})

    first, second = FileVersion.objects.order_by("pk")
    assert first.sha256 == second.sha256 and first.key != second.key and first.file != second.file


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\lin\\主图.png", "主图.png"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("two\nlines\x00.txt", "two lines.txt"),
        ("..", "file"),
        ("", "file"),
        (None, "file"),
        ("长" * 400 + ".xlsx", "长" * 195 + ".xlsx"),
        ("x" * 400, "x" * 200),
        ("a." + "y" * 400, "a." + "y" * 198),
        ("  price list  .csv", "price list .csv"),
    ],
)
def test_names_are_lines_without_tricks(typed, kept):
    assert file_name(typed) == kept


def test_a_name_of_400_characters_is_stored_short_and_still_opens(project, client):
    client.post(f"/projects/{project.pk}/files/add/", {"files": upload("n" * 400 + ".pdf", b"%PDF-1.7")})

    name = StoredFile.objects.get().name
    assert len(name) <= 200 and name.endswith(".pdf")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("page.png", HTML, "text/html"),
        ("logo.svg", SVG, "image/svg+xml"),
        ("photo.html", PNG, "image/png"),
        ("list.csv", b"sku,price\nA-1,3\n", "text/plain"),
        ("备注.txt", "备注：".encode() * 4000, "text/plain"),
        ("blob", b"\x00\x01\x02\xff", "application/octet-stream"),
    ],
)
def test_the_type_is_that_of_the_bytes_and_everything_leaves_as_a_sandboxed_attachment(
    project, client, name, content, kind
):
    file = add(project, name=name, content=content)

    response = fetch(client, file)

    assert b"".join(response.streaming_content) == content
    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Length"] == str(len(content))


# The quota


def test_the_last_room_is_given_once_and_then_it_is_said(project, client, acme):
    Workspace.objects.filter(pk=acme.pk).update(storage_limit_bytes=used() + 15)

    first = client.post(f"/projects/{project.pk}/files/add/", {"files": upload("a.txt", b"x" * 10)})
    second = client.post(f"/projects/{project.pk}/files/add/", {"files": upload("b.txt", b"x" * 10), "note": "Stays"})

    assert (first.status_code, second.status_code) == (302, 422)
    assert "Stays" in second.content.decode()
    assert list(StoredFile.objects.values_list("name", flat=True)) == ["a.txt"]


def test_bytes_of_a_refused_file_are_taken_away_again(project, acme):
    Workspace.objects.filter(pk=acme.pk).update(storage_limit_bytes=0)
    with (
        patch.object(default_storage, "delete", wraps=default_storage.delete) as deleted,
        pytest.raises(UploadRefused),
    ):
        add(project)

    [(key,)] = [call.args for call in deleted.call_args_list]
    assert not default_storage.exists(key)


# Uploads where none are expected


@pytest.mark.parametrize("path", ["/tasks/{task}/title/", "/projects/{project}/guests/invite/", "/projects/new/"])
def test_a_file_sent_elsewhere_is_dropped(project, client, path):
    task = make_task(project)
    with patch.object(TemporaryFileUploadHandler, "new_file") as begun:
        response = client.post(
            path.format(task=task.pk, project=project.pk), {"title": upload("title.txt"), "email": "", "version": "1"}
        )

    assert response.status_code in (302, 400, 422)
    assert not begun.called


@pytest.mark.parametrize("who", ["stranger", "person from another workspace"])
def test_who_does_not_belong_here_fills_no_disk(project, other, who):
    client = client_of(None if who == "stranger" else Member.objects.get(role="owner"))
    if who != "stranger":
        client = client_of(make_outsider(other))
    with patch.object(TemporaryFileUploadHandler, "new_file") as begun:
        response = client.post(f"/projects/{project.pk}/files/add/", {"files": upload()})

    assert response.status_code in (302, 403) and not begun.called
    assert not StoredFile.objects.exists()


def make_outsider(other: Workspace) -> Any:
    from linkstar.accounts.models import User

    return User.objects.get(email="olga@other.test")


@pytest.mark.parametrize(
    "body", [b"", b'--b\r\nContent-Disposition: form-data; name="files"; filename="x"\r\n\r\nhalf', b"\xff\xfe garbage"]
)
def test_a_broken_body_is_no_crash(project, client, body):
    response = client.generic(
        "POST", f"/projects/{project.pk}/files/add/", body, content_type="multipart/form-data; boundary=b"
    )

    assert response.status_code in (302, 400, 422)


# Versions


def test_a_new_version_keeps_the_address_and_every_older_one(project, client, owner):
    file = add(project, content=b"one")

    response = client.post(f"/files/{file.pk}/replace/", {"files": upload("renamed.txt", b"two"), "note": "New size"})

    page = client.get(f"/files/{file.pk}/").content.decode()
    assert response["Location"] == f"/files/{file.pk}/"
    assert [b"".join(fetch(client, file, number).streaming_content) for number in (None, 1, 2)] == [
        b"two",
        b"one",
        b"two",
    ]
    assert fetch(client, file, 3).status_code == 404
    assert "v2" in page and "New size" in page
    assert StoredFile.objects.get(pk=file.pk).name == "brief.txt"


def test_a_refused_version_keeps_the_note_and_changes_nothing(project, client):
    file = add(project)

    response = client.post(f"/files/{file.pk}/replace/", {"files": upload("x.txt", b""), "note": "Typed"})

    assert response.status_code == 422 and "Typed" in response.content.decode()
    assert FileVersion.objects.count() == 1


def test_no_address_changes_a_version(project, client):
    file = add(project)
    before = FileVersion.objects.values().get()

    for path in (f"/files/{file.pk}/", f"/files/{file.pk}/download/1/"):
        assert client.post(path, {"note": "rewritten", "files": upload()}).status_code == 405
    client.post(f"/files/{file.pk}/replace/", {"files": upload(content=b"two"), "number": "1", "version": "1"})

    assert FileVersion.objects.filter(number=1).values().get() == before


@RACE
def test_two_new_versions_at_once_get_two_numbers(live_workspace):
    project = make_project(Member.objects.get(role="owner"))
    file, task = add(project), make_task(project)
    second = add(project, task=task)
    size = used()

    def replace(number: int) -> None:
        for each in (StoredFile.objects.get(pk=file.pk), StoredFile.objects.get(pk=second.pk)):
            add_version(
                each, upload(content=b"v" * number), note=str(number), uploader=project.owner, now=timezone.now()
            )

    at_once(*(partial(replace, number) for number in (1, 2)))

    for each in (file, second):
        assert list(each.versions.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
        each.refresh_from_db()
        assert each.version_count == 3
    assert used() == size + 2 * (1 + 2)


@RACE
def test_two_uploads_at_once_share_the_last_room_once_and_are_both_counted(live_workspace):
    project = make_project(Member.objects.get(role="owner"))
    task = make_task(project)
    Workspace.objects.filter(pk=live_workspace.pk).update(storage_used_bytes=0, storage_limit_bytes=25)

    def bring(number: int) -> str:
        add(project, task=Task.objects.get(pk=task.pk), name=f"{number}.txt", content=b"x" * 10)
        return "kept"

    outcomes = at_once(*(partial(bring, number) for number in (1, 2, 3)), expected=UploadRefused)

    task.refresh_from_db()
    assert sorted(getattr(outcome, "reason", outcome) for outcome in outcomes) == ["kept", "kept", "quota"]
    assert (used(), task.file_count) == (20, 2)


# The bin


def test_a_deleted_file_is_gone_and_comes_back_whole(project, client, owner):
    task = make_task(project)
    file = add(project, task=task)

    client.post(f"/files/{file.pk}/delete/")
    task.refresh_from_db()
    gone = [client.get(f"/files/{file.pk}/").status_code, fetch(client, file).status_code, task.file_count]
    shown = client.get(f"/projects/{project.pk}/files/?bin=1")
    client.post(f"/files/{file.pk}/restore/")
    task.refresh_from_db()

    assert gone == [404, 404, 0]
    assert [row.pk for row in shown.context["page"]] == [file.pk]
    assert (client.get(f"/files/{file.pk}/").status_code, task.file_count) == (200, 1)


def test_a_file_in_the_bin_takes_no_new_version(project, owner):
    file = add(project)
    delete_file(StoredFile.objects.get(pk=file.pk), actor=owner, now=NOW)

    with pytest.raises(UploadRefused) as refusal:
        add_version(file, upload(), note="", uploader=owner, now=NOW)
    restore_file(file, actor=owner, now=NOW)

    assert refusal.value.reason == "gone" and FileVersion.objects.count() == 1


def test_an_archived_project_shows_its_files_and_takes_none(project, client, owner):
    file = add(project)
    archive_project(project, actor=owner, now=NOW)

    assert fetch(client, file).status_code == 200
    posts = {
        f"/projects/{project.pk}/files/add/": {"files": upload()},
        f"/files/{file.pk}/replace/": {"files": upload()},
        f"/files/{file.pk}/share/": {"is_shared": "1"},
        f"/files/{file.pk}/delete/": {},
    }
    assert {client.post(path, data).status_code for path, data in posts.items()} == {403}
    assert "<file-drop" not in client.get(f"/projects/{project.pk}/files/").content.decode()


# Who sees what


def test_a_guest_sees_shared_files_and_their_own_and_no_others(project):
    guest, second = guest_of(project), guest_of(project)
    task = make_task(project, "Theirs", owner=guest)
    hidden_task = make_task(project, "Internal")
    files = {
        "shared": add(project, name="shared.txt", is_shared=True),
        "internal": add(project, name="internal.txt"),
        "on their task, internal": add(project, task=task, name="cost.txt"),
        "on their task, shared": add(project, task=task, name="dieline.txt", is_shared=True),
        "on a hidden task": add(project, task=hidden_task, name="hidden.txt", is_shared=True),
        "own": add(project, guest, name="own.txt"),
        "of another guest": add(project, second, task=task, name="second.txt"),
    }
    client = client_of(guest)

    seen = {name for name, file in files.items() if client.get(f"/files/{file.pk}/").status_code == 200}
    fetched = {name for name, file in files.items() if fetch(client, file).status_code == 200}
    numbered = {name for name, file in files.items() if fetch(client, file, 1).status_code == 200}
    listed = {row.name for row in client.get(f"/projects/{project.pk}/files/").context["page"]}
    of_task = {row.name for row in client.get(f"/tasks/{task.pk}/files/").context["page"]}
    searched = {row.name for row in client.get(f"/projects/{project.pk}/files/?q=txt").context["page"]}
    in_bin = client.get(f"/projects/{project.pk}/files/?bin=1").context["in_bin"]

    assert seen == fetched == numbered == {"shared", "on their task, shared", "own", "of another guest"}
    assert listed == searched == {"shared.txt", "dieline.txt", "own.txt", "second.txt"}
    assert of_task == {"dieline.txt", "second.txt"}
    assert in_bin is False
    assert client.get(f"/tasks/{hidden_task.pk}/files/").status_code == 404


def test_what_a_guest_brings_is_shared_and_theirs_to_replace_and_delete(project):
    guest, second = guest_of(project), guest_of(project)
    client = client_of(guest)

    client.post(f"/projects/{project.pk}/files/add/", {"files": upload()})

    file = StoredFile.objects.get()
    assert file.is_shared and file.created_by == guest
    assert client.post(f"/files/{file.pk}/replace/", {"files": upload()}).status_code == 302
    assert client.post(f"/files/{file.pk}/share/", {"is_shared": "0"}).status_code == 403
    stranger = client_of(second)
    assert stranger.post(f"/files/{file.pk}/replace/", {"files": upload()}).status_code == 403
    assert stranger.post(f"/files/{file.pk}/delete/").status_code == 403
    assert client.post(f"/files/{file.pk}/delete/").status_code == 302
    assert client.post(f"/files/{file.pk}/restore/").status_code == 403


def test_a_guest_attaches_to_their_task_and_not_to_one_they_only_read(project):
    guest = guest_of(project)
    theirs = make_task(project, "Theirs", owner=guest)
    read = make_task(project, "Read", visibility="shared")
    client = client_of(guest)

    statuses = [client.post(f"/tasks/{task.pk}/files/add/", {"files": upload()}).status_code for task in (theirs, read)]

    assert statuses == [302, 403]


def test_sharing_and_unsharing_by_the_page(project, client):
    guest = client_of(guest_of(project))
    file = add(project)

    client.post(f"/files/{file.pk}/share/", {"is_shared": "1"})
    shown = fetch(guest, file).status_code
    client.post(f"/files/{file.pk}/share/", {"is_shared": "0"})

    assert (shown, fetch(guest, file).status_code) == (200, 404)
    verbs = list(Activity.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["file shared", "file unshared"]


def test_files_of_a_finance_task_are_for_those_who_see_finances(project, owner):
    task = make_task(project, sensitivity="finance")
    file = add(project, task=task, name="prices.xlsx")
    plain, finance = client_of(make_member()), client_of(make_member(can_see_finance=True))

    assert [fetch(reader, file).status_code for reader in (plain, finance)] == [404, 200]
    assert [row.name for row in plain.get(f"/projects/{project.pk}/files/").context["page"]] == []


def signed(client: Client, file: StoredFile) -> str:
    return client.get(f"/files/{file.pk}/download/")["Location"]


def test_a_signed_address_opens_for_its_member_without_a_session_too(project, client):
    address = signed(client, add(project))

    assert client.get(address).status_code == 200
    assert client_of(None).get(address).status_code == 200


def test_somebody_elses_signed_address_needs_a_permission_of_ones_own(project, client):
    guest = guest_of(project)
    internal, shared = signed(client, add(project)), signed(client, add(project, is_shared=True))

    assert client_of(guest).get(internal).status_code == 404
    assert client_of(guest).get(shared).status_code == 200


def test_a_signed_address_dies_with_the_permission_the_member_and_the_file(project, owner):
    guest = guest_of(project)
    file = add(project, is_shared=True)
    address = signed(client_of(guest), file)
    nobody = client_of(None)
    alive = nobody.get(address).status_code

    ProjectAccess.objects.all().delete()
    without_key = nobody.get(address).status_code
    ProjectAccess.objects.create(project=project, member=guest)
    Member.objects.filter(pk=guest.pk).update(is_active=False)
    inactive = nobody.get(address).status_code
    Member.objects.filter(pk=guest.pk).update(is_active=True)
    delete_file(file, actor=owner, now=NOW)

    assert (alive, without_key, inactive, nobody.get(address).status_code) == (200, 404, 404, 404)


def test_a_signed_address_is_old_after_five_minutes_and_cannot_be_forged(project, client, other):
    address = signed(client, add(project))
    later = timezone.now() + timedelta(minutes=5, seconds=1)

    with patch("django.core.signing.time.time", return_value=later.timestamp()):
        old = client.get(address).status_code
    forged = client.get(address[:-3] + "xx/").status_code
    elsewhere = client_of(None, workspace=other).get(address).status_code

    assert (old, forged, elsewhere) == (404, 404, 404)


# Lists


def test_the_list_is_paged_newest_first_and_searched(project, client):
    for number in range(32):
        add(project, name=f"file {number:02}.txt")

    first = client.get(f"/projects/{project.pk}/files/").context["page"]
    second = client.get(f"/projects/{project.pk}/files/?page=2").context["page"]
    found = client.get(f"/projects/{project.pk}/files/?q=file 3").context["page"]

    assert (len(first), len(second)) == (30, 2)
    assert [file.name for file in second] == ["file 01.txt", "file 00.txt"]
    assert [file.name for file in found] == ["file 31.txt", "file 30.txt"]


@pytest.mark.parametrize(
    ("path", "queries"), [("/projects/{project}/files/", 7), ("/tasks/{task}/files/", 7), ("/files/{file}/", 6)]
)
def test_lists_cost_the_same_for_one_and_three(project, client, django_assert_num_queries, path, queries):
    task = make_task(project)
    file = add(project, task=task)
    address = path.format(project=project.pk, task=task.pk, file=file.pk)
    client.get(address)
    with django_assert_num_queries(queries):
        client.get(address)
    for number in (2, 3):
        uploader = make_member()
        add(project, uploader, task=make_task(project, f"Task {number}"), name=f"{number}.txt")
        add(project, uploader, task=task, name=f"of task {number}.txt")
        add_version(file, upload(), note="", uploader=uploader, now=NOW)
    with django_assert_num_queries(queries):
        client.get(address)

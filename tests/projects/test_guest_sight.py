"""A guest sees their part of their project and learns of nothing else. Everything hidden is made first, and named."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from linkstar.members.models import Member
from projects.actions.checklists import add_items
from projects.actions.comments import add_comment
from projects.actions.files import add_file
from projects.actions.projects import archive_project
from projects.models import Comment, Project, ProjectAccess, StoredFile, Task
from tests.factories import client_of, make_member, make_project, make_task

pytestmark = pytest.mark.django_db
HIDDEN = "hush"


@dataclass
class Scene:
    """The guest's project with a part for them and a hidden part, and a second project that is hidden altogether.

    Every name of something hidden contains `HIDDEN`.
    """

    guest: Member
    project: Project
    other: Project
    shared: Task
    theirs: Task
    hidden: list[Task]
    hidden_files: list[StoredFile]
    hidden_comments: list[Comment]


@pytest.fixture
def scene(owner: Member) -> Scene:
    guest = make_member("guest", display_name="Zhou")
    second_guest = make_member("guest", display_name=f"{HIDDEN} guest", email=f"{HIDDEN}@second.test")
    project, other = make_project(owner, name="Launch"), make_project(owner, name=f"{HIDDEN} project")
    ProjectAccess.objects.create(project=project, member=guest)
    ProjectAccess.objects.create(project=other, member=second_guest)
    shared = make_task(project, "Shared brief", visibility="shared")
    theirs = make_task(project, "Cut the dieline", owner=guest)
    hidden = [
        make_task(project, f"{HIDDEN} internal"),
        make_task(project, f"{HIDDEN} finance", visibility="shared", sensitivity="finance"),
        make_task(project, f"{HIDDEN} internal by its SOP", may_be_shared=False, owner_id=guest.pk),
        make_task(project, f"{HIDDEN} in the bin", visibility="shared", deleted_at=timezone.now()),
        make_task(other, f"{HIDDEN} elsewhere, shared", visibility="shared"),
        make_task(other, f"{HIDDEN} elsewhere, put on it", owner_id=guest.pk),
    ]
    scene = Scene(guest, project, other, shared, theirs, hidden, [], [])
    for task in (shared, theirs, *hidden):
        say(scene, task, owner)
    scene.hidden_files.append(bring(project, None, f"{HIDDEN} of the project.txt", owner, is_shared=False))
    scene.hidden_files.append(bring(other, None, f"{HIDDEN} of the other.txt", owner, is_shared=True))
    return scene


def say(scene: Scene, task: Task, actor: Member) -> None:
    """An internal comment and file on a task; on hidden ones, shared ones too."""
    now = timezone.now()
    for is_shared in (False, True):
        if is_shared and task not in scene.hidden:
            continue
        scene.hidden_comments.append(
            add_comment(task, body=f"{HIDDEN} words", is_shared=is_shared, author=actor, now=now)
        )
        scene.hidden_files.append(bring(task.project, task, f"{HIDDEN} {task.pk}.txt", actor, is_shared=is_shared))


def bring(project: Project, task: Task | None, name: str, uploader: Member, *, is_shared: bool) -> StoredFile:
    upload = SimpleUploadedFile(name, b"secret bytes")
    return add_file(project, upload, task=task, is_shared=is_shared, uploader=uploader, now=timezone.now())


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_pages_of_the_project_show_the_guests_part_and_not_a_word_of_the_rest(scene):
    client = client_of(scene.guest)
    pk = scene.project.pk
    bring(scene.project, scene.shared, "for guests.txt", scene.project.owner, is_shared=True)
    pages = [
        "/",
        "/rail/",
        "/projects/",
        f"/projects/?q={HIDDEN[:3]}",
        f"/projects/{pk}/",
        f"/projects/{pk}/board/",
        f"/projects/{pk}/board/?q={HIDDEN[:3]}",
        f"/projects/{pk}/files/",
        f"/projects/{pk}/files/?bin=1",
        f"/tasks/{scene.shared.pk}/",
        f"/tasks/{scene.shared.pk}/stream/",
        f"/tasks/{scene.shared.pk}/files/",
        f"/tasks/{scene.shared.pk}/people/",
        f"/tasks/{scene.theirs.pk}/",
        f"/tasks/{scene.theirs.pk}/properties/",
        f"/tasks/{scene.theirs.pk}/files/",
        "/inbox/",
    ]
    whole = {path: client.get(path, follow=True) for path in pages}
    parts = {path: client.get(path, headers={"HX-Request": "true"}) for path in pages}

    for answers in (whole, parts):
        assert {path for path, answer in answers.items() if answer.status_code not in (200, 403, 404)} == set()
        assert {path for path, answer in answers.items() if HIDDEN in answer.content.decode()} == set()
    board = text_of(whole[f"/projects/{pk}/board/"])
    assert "Shared brief" in board and "Cut the dieline" in board
    assert "for guests.txt" in text_of(whole[f"/projects/{pk}/files/"])


def test_the_owner_sees_all_of_it(scene):
    """What the others do not find is there to be found."""
    board = text_of(client_of(scene.project.owner).get(f"/projects/{scene.project.pk}/board/"))

    assert board.count(f"{HIDDEN} internal") >= 2 and f"{HIDDEN} finance" in board


def test_hidden_tasks_projects_files_and_comments_are_404(scene):
    client = client_of(scene.guest)
    paths = [
        *(f"/tasks/{task.pk}/{page}" for task in scene.hidden for page in ("", "stream/", "files/", "properties/")),
        *(f"/projects/{scene.other.pk}/{page}" for page in ("", "board/", "files/")),
        *(f"/files/{file.pk}/{page}" for file in scene.hidden_files for page in ("", "download/", "download/1/")),
    ]
    posts = [
        *(
            f"/tasks/{task.pk}/{act}/"
            for task in scene.hidden
            for act in ("move", "finish", "comments/add", "files/add")
        ),
        *(f"/files/{file.pk}/{act}/" for file in scene.hidden_files for act in ("replace", "delete")),
        *(f"/comments/{comment.pk}/{act}/" for comment in scene.hidden_comments for act in ("edit", "delete")),
        f"/projects/{scene.other.pk}/files/add/",
    ]

    assert {path: status for path in paths if (status := client.get(path).status_code) != 404} == {}
    assert {path: status for path in posts if (status := client.post(path).status_code) != 404} == {}


def test_the_card_of_a_hidden_task_is_that_of_no_task(scene):
    client = client_of(scene.guest)
    of_none = client.get("/tasks/999999/card/")

    for task in scene.hidden:
        answer = client.get(f"/tasks/{task.pk}/card/")
        assert (answer.status_code, answer.content) == (
            of_none.status_code,
            of_none.content.replace(b"999999", str(task.pk).encode()),
        )


def test_a_checklist_of_a_hidden_task_is_404(scene):
    [item] = add_items(scene.hidden[0], [f"{HIDDEN} step"], actor=scene.project.owner, now=timezone.now())

    assert client_of(scene.guest).post(f"/items/{item.pk}/check/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/projects/{project}/activity/",
        "/projects/{project}/guests/",
        "/projects/{project}/owner/",
        "/projects/{project}/edit/",
        "/projects/new/",
        "/members/",
        "/members/{member}/",
        "/templates/",
        "/settings/",
    ],
)
def test_what_belongs_to_the_team_alone_is_refused(scene, path):
    address = path.format(project=scene.project.pk, member=scene.project.owner.pk)

    assert client_of(scene.guest).get(address).status_code in (403, 404)
    assert client_of(scene.project.owner).get(address).status_code == 200


def test_an_archived_project_is_out_of_sight(scene):
    archive_project(scene.project, actor=scene.project.owner, now=timezone.now())
    client = client_of(scene.guest)

    paths = [f"/projects/{scene.project.pk}/", f"/tasks/{scene.theirs.pk}/", f"/projects/{scene.project.pk}/files/"]
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    assert "Launch" not in text_of(client.get("/projects/?state=archived"))


def test_a_key_that_has_run_out_opens_nothing(scene):
    ProjectAccess.objects.filter(member=scene.guest).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client_of(scene.guest).get(f"/projects/{scene.project.pk}/").status_code == 404
    assert "Launch" not in text_of(client_of(scene.guest).get("/projects/"))

"""One of everything that has an address, laid into the current workspace, and the people who knock on each."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from linkstar.accounts.models import User
from linkstar.members.models import Invitation, Member
from linkstar.members.models.links import hash_of
from linkstar.workspaces.models import Role
from notifications.actions.notify import notify
from notifications.models import Notification
from projects.actions.checklists import add_items
from projects.actions.comments import add_comment
from projects.actions.edits import set_visibility
from projects.actions.files import add_file, delete_file
from projects.actions.ownership import offer_project
from projects.actions.projects import archive_project
from projects.actions.tasks import delete_task
from projects.downloads import signed_address
from projects.models import FileVersion, GuestInvitation, Project, ProjectAccess, StoredFile, Task
from tests.access.rows import AREAS
from tests.factories import make_column, make_member, make_project, make_ready_task, make_task, make_user

FIRST_FOREIGN_ID = 900_000
INVITED = "invited@elsewhere.test"


@dataclass
class World:
    """`people` by persona; `ids` are what stands in an address, by the name that the rows use."""

    people: dict[str, User | None]
    members: dict[str, Member]
    ids: dict[str, Any] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)


def lay_out(owner: Member) -> World:
    """Everything, in the current workspace; `owner` owns the projects and the guest is on `task`."""
    members = {
        "owner": owner,
        **{role: make_member(role, display_name=f"The {role}") for role in ("admin", "manager", "member")},
    }
    members["guest"] = make_member("guest", display_name="The guest", company="Agency")
    members["guest elsewhere"] = make_member("guest", display_name="Another guest", company="Factory")
    people = {name: User.objects.get(pk=member.user_id) for name, member in members.items()}
    world = World({**people, "stranger": make_user(), "anonymous": None}, members)
    project = make_project(owner, name="Spring launch")
    elsewhere = make_project(owner, name="Hidden clearance sale")
    ProjectAccess.objects.create(project=project, member=members["guest"])
    ProjectAccess.objects.create(project=elsewhere, member=members["guest elsewhere"])
    world.ids |= {"project": project.pk, "elsewhere": elsewhere.pk, "guest": members["guest"].pk}
    _lay_tasks(world, project)
    _lay_words(world, project, Task.objects.get(pk=world.ids["task"]))
    _lay_files(world, project, Task.objects.get(pk=world.ids["task"]))
    _lay_offers(world, project)
    _lay_people(world, project)
    _lay_hidden(world, project, elsewhere)
    for area in AREAS:
        if hasattr(area, "lay"):
            area.lay(world, project)
    archived = make_project(owner, name="Archived autumn")
    world.ids |= {"archived": archived.pk, "archived_column": make_column(archived).pk}
    world.ids["archived_task"] = make_task(archived, "Autumn left-overs").pk
    archive_project(archived, actor=owner, now=timezone.now())
    return world


def foreign_ids() -> None:
    """From now on the current workspace numbers its rows where no other one does."""
    labels = {name.rpartition(".")[2] for name in settings.TENANT_APPS}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.app_label in labels and model._meta.pk.name == "id":
                cursor.execute(f'ALTER TABLE "{model._meta.db_table}" ALTER COLUMN id RESTART WITH {FIRST_FOREIGN_ID}')


def _lay_tasks(world: World, project: Project) -> None:
    owner, guest, now = world.members["owner"], world.members["guest"], timezone.now()
    # A day far enough that nothing is overdue, whenever this runs.
    task = make_ready_task(project, "Shoot the main image", owner=guest)
    set_visibility(task, Task.Visibility.SHARED, actor=owner, now=now)
    shown = make_task(project, "Read the brief", owner=owner)
    set_visibility(shown, Task.Visibility.SHARED, actor=owner, now=now)
    finance = make_task(project, "Pay the deposit")
    Task.objects.filter(pk=finance.pk).update(sensitivity=Task.Sensitivity.FINANCE, may_be_shared=False)
    binned = make_task(project, "Thrown away")
    delete_task(binned, actor=owner, now=now)
    world.ids |= {
        "task": task.pk,
        "shown_task": shown.pk,
        "finance_task": finance.pk,
        "binned_task": binned.pk,
        "internal_task": make_task(project, "Set the price floor", owner=owner).pk,
        "column": task.column_id,
        "empty_column": project.board.columns.get(position=2).pk,
        "doing": make_column(project, "doing").pk,
    }
    world.secrets += ["Pay the deposit", "Set the price floor", "Thrown away"]


def _lay_words(world: World, project: Project, task: Task) -> None:
    owner, now = world.members["owner"], timezone.now()
    world.ids["item"] = add_items(task, ["White background"], actor=owner, now=now)[0].pk
    said = add_comment(task, "Here is the first draft.", is_shared=True, author=world.members["guest"], now=now)
    add_comment(task, "They are too dear, ask the others.", is_shared=False, author=owner, now=now)
    world.ids["guests_comment"] = said.pk
    world.ids["comment"] = add_comment(task, "Thank you.", is_shared=True, author=owner, now=now).pk
    key = "matrix:notice"
    notify(
        [world.members["guest"]],
        kind="commented",
        key=key,
        url=task.get_absolute_url(),
        now=now,
        actor=owner,
        data={"task": task.title, "project": project.name, "actor": "x", "excerpt": "y"},
    )
    world.ids["notice"] = Notification.objects.get(key=key).pk
    world.secrets.append("They are too dear, ask the others.")


def _lay_files(world: World, project: Project, task: Task) -> None:
    owner, guest = world.members["owner"], world.members["guest"]

    def stored(name: str, uploader: Member, *, is_shared: bool) -> StoredFile:
        upload = SimpleUploadedFile(name, b"bytes of " + name.encode())
        return add_file(project, upload, task=task, is_shared=is_shared, uploader=uploader, now=timezone.now())

    file, binned = stored("main.txt", guest, is_shared=True), stored("old.txt", owner, is_shared=True)
    delete_file(binned, actor=owner, now=timezone.now())
    version = FileVersion.objects.get(file=file)
    world.ids |= {
        "file": file.pk,
        "team_file": stored("brief.txt", owner, is_shared=True).pk,
        "binned_file": binned.pk,
        "one": 1,
        "internal_file": stored("margins.txt", owner, is_shared=False).pk,
        "token": signed_address(version, file.name, member=guest).rstrip("/").rpartition("/")[2],
    }
    world.secrets.append("margins.txt")


def _lay_offers(world: World, project: Project) -> None:
    owner, now = world.members["owner"], timezone.now()
    offer = offer_project(project, to=world.members["manager"], note="Yours?", actor=owner, now=now)
    world.ids |= {"offer": offer.pk, "not_offered": make_project(owner, name="Not on offer").pk}
    world.secrets.append("Not on offer")


def _lay_people(world: World, project: Project) -> None:
    owner, now = world.members["owner"], timezone.now()
    world.ids["colleague"] = make_member("member", display_name="A colleague").pk
    former = make_member("member", display_name="A former colleague")
    Member.objects.filter(pk=former.pk).update(is_active=False, deactivated_at=now)
    world.ids["former"] = former.pk
    token = f"join-{connection.tenant.slug}"
    invitation = Invitation.objects.create(
        email=INVITED,
        role=Role.MEMBER,
        token_hash=hash_of(token),
        invited_by=owner,
        expires_at=now + timedelta(days=7),
    )
    guests_token = f"guest-{connection.tenant.slug}"
    guests_invitation = GuestInvitation.objects.create(
        project=project,
        email="new-guest@elsewhere.test",
        token_hash=hash_of(guests_token),
        invited_by=owner,
        expires_at=now + timedelta(days=7),
    )
    world.ids |= {
        "invitation": invitation.pk,
        "join": token,
        "guest_invitation": guests_invitation.pk,
        "guest_join": guests_token,
    }


def _lay_hidden(world: World, project: Project, elsewhere: Project) -> None:
    """What the guest must never read, wherever they look."""
    hidden = make_task(elsewhere, "Undercut the rival")
    set_visibility(hidden, Task.Visibility.SHARED, actor=world.members["owner"], now=timezone.now())
    world.ids["hidden_task"] = hidden.pk
    world.secrets += [elsewhere.name, "Undercut the rival", "Archived autumn", "Autumn left-overs"]
    world.secrets += [member.email for name, member in world.members.items() if name != "guest"]
    world.secrets += [
        "The admin",
        "The member",
        "A colleague",
        "A former colleague",
        INVITED,
        "new-guest@elsewhere.test",
    ]

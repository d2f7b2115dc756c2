"""Prove that two workspaces cannot reach each other: lay two, put a mark into one, look for it from the other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django_tenants.utils import tenant_context

from linkstar.accounts.models import User
from linkstar.celery import app as celery_app
from linkstar.members.models import Member
from linkstar.operations.catalogue import links_out_of_schemas, triggers_in_schemas
from linkstar.workspaces.jobs import HEADER, UnknownWorkspace, WorkspaceTask
from linkstar.workspaces.models import DueItem, Letter, Workspace
from linkstar.workspaces.provisioning import create_workspace, delete_workspace
from projects.actions.comments import add_comment
from projects.actions.files import add_file
from projects.actions.projects import create_project
from projects.actions.tasks import create_task
from projects.downloads import signed_address, ticket_of
from projects.models import FileVersion, Project, StoredFile, Task

MARK = "isolation-mark"
_NO_ID = 2**31 - 5
SLUGS = ("isolation-check-a", "isolation-check-b")


@dataclass(frozen=True)
class Pair:
    """Two workspaces of two people; what is laid out is in `a`, and `b` looks for it."""

    a: Workspace
    b: Workspace
    project: Project
    task: Task
    file: StoredFile
    stranger: User


@contextmanager
def laid_out() -> Iterator[Pair]:
    """The pair, gone again afterwards whatever happened."""
    connection.set_schema_to_public()
    _remove()
    try:
        yield _lay_out()
    finally:
        connection.set_schema_to_public()
        _remove()


def check(pair: Pair) -> dict[str, list[str]]:
    """What was proven, by name → what was found wrong; [] is good."""
    checks: dict[str, Callable[[Pair], list[str]]] = {
        "tables": _tables,
        "foreign keys": lambda _pair: links_out_of_schemas(),
        "triggers": lambda _pair: triggers_in_schemas(),
        "pages": _pages,
        "files": _files,
        "cache": _cache,
        "queue": _queue,
        "due rows and letters": _public_rows,
    }
    return {name: found(pair) for name, found in checks.items()}


def _lay_out() -> Pair:
    now = timezone.now()
    people = [User.objects.create_user(f"{slug}@{slug}.invalid", None, full_name=slug) for slug in SLUGS]
    spaces = [
        create_workspace(name=slug, slug=slug, owner=person, time_zone="UTC", language="en", now=now)
        for slug, person in zip(SLUGS, people, strict=True)
    ]
    with tenant_context(spaces[0]):
        member = Member.objects.get()
        project = create_project(name=MARK, owner=member, actor=member, time_zone="UTC", now=now)
        column = project.board.columns.order_by("position")[0]
        task = create_task(title=MARK, column=column, actor=member, now=now, owner=member)
        add_comment(task, MARK, is_shared=True, author=member, now=now)
        upload = SimpleUploadedFile("mark.txt", MARK.encode())
        file = add_file(project, upload, task=task, is_shared=True, uploader=member, now=now)
    return Pair(spaces[0], spaces[1], project, task, file, people[1])


def _remove() -> None:
    if connection.in_atomic_block:
        # Checks put off to the commit stand in the way of dropping their tables.
        connection.check_constraints()
    people = [f"{slug}@{slug}.invalid" for slug in SLUGS]
    # By its owner too: a customer may have taken the address.
    for workspace in Workspace.objects.filter(slug__in=SLUGS, memberships__user__email__in=people):
        with tenant_context(workspace):
            for key in FileVersion.objects.values_list("key", flat=True):
                default_storage.delete(key)
        delete_workspace(workspace)
    User.objects.filter(email__in=people).delete()


def _tables(pair: Pair) -> list[str]:
    """Every row that the pair's first workspace has beyond an empty one is absent from the second."""
    found = []
    for model in _workspace_models():
        with tenant_context(pair.a):
            here = model._default_manager.count()
        with tenant_context(pair.b):
            there = model._default_manager.count()
        if model is not Member and here and there:
            found.append(f"{model._meta.label}: {there} rows in the other workspace")
    with tenant_context(pair.b):
        if Member.objects.exclude(user_id=pair.stranger.pk).exists():
            found.append("members.Member: somebody of the other workspace")
    return found


def _pages(pair: Pair) -> list[str]:
    """The other workspace's ids are unknown on this host, and its people strangers on that one."""
    here, there = Client(HTTP_HOST=pair.b.host), Client(HTTP_HOST=pair.a.host)
    for client in (here, there):
        client.force_login(pair.stranger, backend=settings.AUTHENTICATION_BACKENDS[0])
    ids = {"projects": pair.project.pk, "tasks": pair.task.pk, "files": pair.file.pk}
    nowhere = dict.fromkeys(ids, _NO_ID)
    found = []
    for path, unknown_path in zip(_addresses(ids), _addresses(nowhere), strict=True):
        answer, unknown = here.get(path), here.get(unknown_path)
        if answer.status_code != unknown.status_code or MARK.encode() in answer.content:
            found.append(
                f"{path} on {pair.b.host}: {answer.status_code}, not {unknown.status_code} as an unknown id gets"
            )
        status = there.get(path).status_code
        if status not in (302, 403, 404):
            found.append(f"{path} on {pair.a.host} for a stranger: {status}")
    return found


def _addresses(ids: dict[str, int]) -> list[str]:
    """Every address of a workspace that takes one of these ids and nothing else."""
    paths = []
    for pattern in _patterns(get_resolver(settings.ROOT_URLCONF)):
        converters = pattern.pattern.converters
        room = str(pattern.pattern).partition("/")[0]
        if set(converters) == {"pk"} and room in ids and "GET" in _methods(pattern):
            # All apps of a workspace stand at its root, so the route is the whole address.
            paths.append("/" + str(pattern.pattern).replace("<int:pk>", str(ids[room])))
    return paths


def _files(pair: Pair) -> list[str]:
    with tenant_context(pair.a):
        version = FileVersion.objects.get(file=pair.file)
        address = signed_address(version, "mark.txt", member=version.uploaded_by)
    found = []
    if not version.key.startswith(f"{pair.a.pk}/"):
        found.append(f"{version.key} does not begin with the workspace")
    with tenant_context(pair.b):
        if "/bytes/" in address and ticket_of(address.rstrip("/").rpartition("/")[2]) is not None:
            found.append("a signed address of one workspace opens in the other")
    return found


def _cache(pair: Pair) -> list[str]:
    with tenant_context(pair.a):
        cache.set(MARK, "a", 60)
    with tenant_context(pair.b):
        found = ["a cache entry is read from the other workspace"] if cache.get(MARK) is not None else []
    with tenant_context(pair.a):
        if cache.get(MARK) != "a":
            found.append("a cache entry is lost")
        cache.delete(MARK)
    return found


def _queue(pair: Pair) -> list[str]:
    """A job carries its workspace; one without, or for one that is not there, fails."""

    class Probe(WorkspaceTask):
        name = "linkstar.operations.isolation.probe"

        def run(self) -> str:
            return str(connection.schema_name)

    task = celery_app.register_task(Probe())
    found = []
    try:
        if _run_with(task, {HEADER: pair.a.pk}) != pair.a.schema_name:
            found.append("a job ran outside the workspace it names")
        for headers in ({}, {HEADER: 2**62}):
            try:
                _run_with(task, headers)
            except UnknownWorkspace:
                continue
            found.append(f"a job with headers {headers} ran")
    finally:
        celery_app.tasks.pop(Probe.name, None)
        connection.set_schema_to_public()
    return found


def _run_with(task: Any, headers: dict[str, Any]) -> Any:
    task.push_request(headers=headers)
    try:
        return task()
    finally:
        task.pop_request()


def _public_rows(pair: Pair) -> list[str]:
    """Rows that wait in the public schema name their workspace."""
    connection.set_schema_to_public()
    strays = Letter.objects.filter(workspace=pair.b, context__icontains=MARK).count()
    strays += DueItem.objects.filter(workspace=pair.b).exclude(kind="").count()
    return [f"{strays} rows of one workspace are filed under the other"] if strays else []


def _workspace_models() -> list[Any]:
    labels = {name.rpartition(".")[2] for name in settings.TENANT_APPS}
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in labels]


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        else:
            yield entry


def _methods(pattern: URLPattern) -> set[str]:
    """What a view answers to; views that take POST alone say so by `require_POST`'s closure."""
    for name, cell in zip(pattern.callback.__code__.co_freevars, pattern.callback.__closure__ or (), strict=False):
        if name == "request_method_list":
            return set(cell.cell_contents)
    return {"GET", "POST"}

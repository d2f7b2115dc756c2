"""Who may listen to what: decided by the same rows as everywhere else, in a few threads, never inside the loop."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.http import HttpRequest
from django_tenants.utils import tenant_context

from linkstar.accounts.sessions import is_foreign
from linkstar.live.hub import MOST_BELLS
from linkstar.members.models import Member
from linkstar.workspaces.fleet import accepts
from linkstar.workspaces.hosts import is_public_host, workspace_on
from linkstar.workspaces.live import access_bell, inbox_bell, project_bell, work_bell
from linkstar.workspaces.models import Workspace
from projects.models import Project

# Each holds a connection for the milliseconds of a look; open streams hold none.
_THREADS = 3


@dataclass(frozen=True, slots=True)
class Knock:
    """What a browser came with. `host` is without its port; `is_wide` asks for the work of all projects."""

    host: str
    cookies: str
    projects: tuple[int, ...]
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Pass:
    """`bells` by the word that the page knows them by."""

    bells: Mapping[str, str]
    access: str


class Door:
    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="door")

    async def knock(self, knock: Knock) -> Pass | int:
        """What may be listened to now, or the status of the refusal; asked again as long as the stream is open."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _look, knock)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look(knock: Knock) -> Pass | int:
    connection.set_schema_to_public()
    try:
        if is_public_host(knock.host):
            return 404
        workspace = workspace_on(knock.host)
        if workspace is None:
            return 404
        if workspace.state != Workspace.State.ACTIVE or not accepts(workspace.ledger):
            return 503
        with tenant_context(workspace):
            return _enter(workspace, knock)
    finally:
        # Back into the pool, without the schema of whoever knocked.
        connection.set_schema_to_public()
        connection.close()


def _enter(workspace: Workspace, knock: Knock) -> Pass | int:
    request = HttpRequest()
    request.session = _session(knock.cookies)
    request.workspace = workspace  # type: ignore[attr-defined]
    user = get_user(request)
    if not user.is_authenticated or is_foreign(request):
        return 401
    member = Member.objects.active().filter(user_id=user.pk).first()
    if member is None:
        return 403
    wanted = set(knock.projects)
    seen = (
        set(Project.objects.visible_to(member).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    )
    if seen != wanted:
        return 404
    bells = {f"project {pk}": project_bell(workspace.pk, pk) for pk in sorted(wanted)}
    if knock.is_wide:
        bells |= _of_work(workspace, member, most=MOST_BELLS - 2 - len(bells))
    return Pass({**bells, "inbox": inbox_bell(workspace.pk, member.pk)}, access_bell(workspace.pk))


def _of_work(workspace: Workspace, member: Member, *, most: int) -> dict[str, str]:
    """A guest hears nothing of projects that are not theirs, not even that something goes on there."""
    if member.is_insider:
        return {"work": work_bell(workspace.pk)}
    seen = Project.objects.visible_to(member).order_by("-last_activity_at", "pk").values_list("pk", flat=True)
    return {f"work {pk}": project_bell(workspace.pk, pk) for pk in seen[:most]}


def _session(cookies: str) -> SessionBase:
    try:
        jar = SimpleCookie(cookies)
    except CookieError:
        jar = SimpleCookie()
    morsel = jar.get(settings.SESSION_COOKIE_NAME)
    store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    return store(morsel.value if morsel is not None else None)

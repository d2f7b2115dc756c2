"""Ring the bells of open pages: what changed in a workspace is announced once its transaction is committed.

A bell carries no words and no ids of tasks, only whose it is: pages then ask the server what they may see of it.
linkstar/live/ hears the bells and passes them on. Without Valkey nothing rings, and pages that poll still learn of it.
"""

import time
from threading import Lock

import redis
import structlog
from django.conf import settings
from django.db import connection, transaction

from linkstar.workspaces.jobs import current_workspace_id

log = structlog.get_logger(__name__)

# A dead Valkey costs a request this long once, and then nothing for a while.
_SECONDS = 0.2
_REST_SECONDS = 5.0

_client: redis.Redis | None = None
_rests_until = 0.0
_lock = Lock()


def channel() -> str:
    """Pub/sub knows no numbered databases, so that the number is part of the name."""
    number = settings.REDIS_URL.rpartition("/")[2].partition("?")[0]
    return f"live:{number if number.isdigit() else 0}"


def project_bell(workspace_id: int, project_id: int) -> str:
    return f"{workspace_id}:p{project_id}"


def work_bell(workspace_id: int) -> str:
    """Something changed in one of the workspace's projects, for pages of the team that gather the work of all."""
    return f"{workspace_id}:w"


def inbox_bell(workspace_id: int, member_id: int) -> str:
    return f"{workspace_id}:m{member_id}"


def access_bell(workspace_id: int) -> str:
    """Somebody's access may have changed: every open stream of the workspace is looked at again."""
    return f"{workspace_id}:a"


def ring_project(project_id: int) -> None:
    """Once the current transaction is committed; twice in one is once."""
    workspace_id = current_workspace_id()
    _after_commit(project_bell(workspace_id, project_id))
    _after_commit(work_bell(workspace_id))


def ring_inboxes(member_ids: list[int]) -> None:
    workspace_id = current_workspace_id()
    for member_id in member_ids:
        _after_commit(inbox_bell(workspace_id, member_id))


def ring_access() -> None:
    _after_commit(access_bell(current_workspace_id()))


class _Bells:
    """What one transaction announces together."""

    def __init__(self, bell: str) -> None:
        self.bells = {bell}

    def __call__(self) -> None:
        publish(sorted(self.bells))


def _after_commit(bell: str) -> None:
    # Bells that wait fall with a savepoint only if all that came after them, this change too, falls as well. The other
    # way round one may ring for nothing: whoever hears it asks, and finds nothing new.
    for entry in reversed(connection.run_on_commit[-50:]):
        waiting = entry[1]
        if isinstance(waiting, _Bells):
            waiting.bells.add(bell)
            return
    transaction.on_commit(_Bells(bell), robust=True)


def publish(bells: list[str]) -> None:
    """Now. Never raises: who cannot be told by a bell finds out by asking."""
    global _rests_until
    if time.monotonic() < _rests_until:
        return
    try:
        _connected().publish(channel(), " ".join(bells))
    except redis.RedisError as error:
        _rests_until = time.monotonic() + _REST_SECONDS
        log.warning("not rung", error=type(error).__name__, rests_seconds=_REST_SECONDS)


def _connected() -> redis.Redis:
    global _client
    with _lock:
        if _client is None:
            _client = redis.Redis.from_url(
                settings.REDIS_URL, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, health_check_interval=30
            )
    return _client

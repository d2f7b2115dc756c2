"""Which workspace answers on a host: one cached look-up (tenancy.md, rule 5)."""

import time
from threading import Lock

import structlog
from django.conf import settings
from django.core.cache import caches
from redis import RedisError

from linkstar.workspaces.models import Domain, Workspace

_TTL_SECONDS = 30.0
_MOST_ENTRIES = 5000
# How long another process may not know of a change: it asks for the version at most this often.
_VERSION_SECONDS = 1.0
_VERSION_KEY = "hosts-version"

_entries: dict[str, tuple[float, Workspace | None]] = {}
_version: tuple[float, int] = (0.0, 0)
# Counts the clearings of this process: what was read before one is not kept after it.
_clearings = 0
_lock = Lock()
log = structlog.get_logger(__name__)


def is_public_host(host: str) -> bool:
    return host in (settings.BASE_DOMAIN, f"www.{settings.BASE_DOMAIN}")


def workspace_on(host: str) -> Workspace | None:
    """The workspace of a host without port, lower case; None when there is none. Absent hosts are remembered too."""
    now = time.monotonic()
    _follow_version(now)
    found = _entries.get(host)
    if found is not None and now - found[0] < _TTL_SECONDS:
        return found[1]
    clearings = _clearings
    domain = Domain.objects.select_related("tenant").filter(domain=host).first()
    workspace = domain.tenant if domain is not None else None
    with _lock:
        if len(_entries) >= _MOST_ENTRIES:
            _entries.clear()
        if clearings == _clearings:
            _entries[host] = (now, workspace)
    return workspace


def forget_hosts() -> None:
    """Call after a workspace or domain row changed: every process drops what it remembers within a second.

    The change is made by then, so without Redis this only warns: the others learn of it as their entries run out.
    """
    global _version
    cache = caches["global"]
    try:
        cache.add(_VERSION_KEY, 0, timeout=None)
        cache.incr(_VERSION_KEY)
    except RedisError as error:
        log.warning("hosts not forgotten elsewhere", error=type(error).__name__, within_seconds=_TTL_SECONDS)
    with _lock:
        _clear()
        _version = (0.0, _version[1])


def _follow_version(now: float) -> None:
    global _version
    if now - _version[0] < _VERSION_SECONDS:
        return
    try:
        current = int(caches["global"].get(_VERSION_KEY, 0))
    except RedisError as error:
        log.warning("version of hosts not known", error=type(error).__name__)
        current = _version[1]
    with _lock:
        if current != _version[1]:
            _clear()
        _version = (now, current)


def _clear() -> None:
    """The lock is held."""
    global _clearings
    _entries.clear()
    _clearings += 1

"""What was announced since this release, and how every process learns of it (lib/workdays keeps it).

The table is the truth. A word in the shared cache changes with it, and each process looks at that word once a minute;
without Redis, or after it lost its memory, a process keeps what it read when it started.
"""

import time
import uuid
from datetime import date
from importlib.metadata import version
from threading import Lock

import structlog
from django.core.cache import caches
from django.db import DatabaseError
from redis import RedisError

from linkstar.lib import workdays
from linkstar.lib.announcements import Day, as_announcement
from linkstar.workspaces.models import AnnouncedYear

_KEY = "holidays-edition"
_SECONDS = 60.0
# When this process last looked, and which word it then saw; None: it has read nothing yet.
_seen: tuple[float, str | None] | None = None
_lock = Lock()
log = structlog.get_logger(__name__)


def package_version() -> str:
    return version("chinesecalendar")


def load() -> None:
    """Read the table now. A year that a newer package knows too is left to the package."""
    rows = AnnouncedYear.objects.filter(country="cn").order_by("year")
    workdays.take({row.year: as_announcement(days_of(row)) for row in rows if not _is_outdated(row)})


def days_of(row: AnnouncedYear) -> list[Day]:
    return [Day(date.fromisoformat(day["date"]), day["name"], day["off"]) for day in row.days]


def follow() -> None:
    """Call before a request or a job: reads the table once at first, and again after it changed anywhere."""
    global _seen
    now = time.monotonic()
    if _seen is not None and now - _seen[0] < _SECONDS:
        return
    word = _word()
    with _lock:
        before, _seen = _seen, (now, word or (_seen[1] if _seen else None))
    if before is None or (word is not None and word != before[1]):
        try:
            load()
        except DatabaseError as error:
            # A database that is not migrated yet: the package's years are good until there is one.
            log.warning("holidays not read", error=type(error).__name__)
            with _lock:
                _seen = before


def tell_everybody() -> None:
    """Call once the change of the table is committed: every process reads it within a minute, this one now."""
    try:
        caches["global"].set(_KEY, uuid.uuid4().hex, timeout=None)
    except RedisError as error:
        log.warning("holidays not told elsewhere", error=type(error).__name__)
    load()


def _word() -> str | None:
    try:
        return caches["global"].get(_KEY)
    except RedisError as error:
        log.warning("edition of holidays not known", error=type(error).__name__)
        return None


def _is_outdated(row: AnnouncedYear) -> bool:
    return row.package != package_version() and workdays.package_knows(row.year)

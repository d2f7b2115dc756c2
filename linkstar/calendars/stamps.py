"""Whatever is kept of working time is kept under a stamp, which is another one once leave, closures or hours change."""

import secrets

from django.core.cache import cache
from django.db import transaction

from linkstar.lib.workdays import announced_mark

KEY = "working_time"


def working_time_stamp(kept: str | None) -> str:
    """What goes with a value worked out now; `kept` is what the cache holds under KEY, to be read beside the value."""
    return f"{kept or ''}:{announced_mark()}"


def working_time_changed() -> None:
    """Once the transaction is committed, nothing that was worked out before counts any more in this workspace."""
    transaction.on_commit(lambda: cache.set(KEY, secrets.token_hex(6), None))

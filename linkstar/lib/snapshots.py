"""Cursors of PostgreSQL snapshots: what a reader has seen, exactly, however late a transaction commits.

Ids and times are given out before the commit, so "everything after the last one I saw" loses what was written before
and committed later. A snapshot names the transactions that were still open, and so loses and repeats nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Func, TextField

# xmin:xmax:open,open; with some two hundred connections none is longer.
_LONGEST = 4000
_TEXT = re.compile(r"(\d{1,20}):(\d{1,20}):((?:\d{1,20},)*\d{1,20})?@(\d{1,12})")


class CurrentSnapshot(Func):
    """The snapshot of the statement that it stands in, as text."""

    template = "pg_current_snapshot()::text"
    arity = 0
    output_field = TextField()


@dataclass(frozen=True, slots=True)
class Cursor:
    """`snapshot` as PostgreSQL writes it, taken at `at`, seconds since 1970."""

    snapshot: str
    at: int

    @classmethod
    def of(cls, snapshot: str, *, now: datetime) -> Self:
        return cls(snapshot, int(now.timestamp()))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None for what no page of ours wrote."""
        found = _TEXT.fullmatch(text) if len(text) <= _LONGEST else None
        if found is None or not 0 < int(found[1]) <= int(found[2]) < 2**63:
            return None
        opened = [int(xid) for xid in (found[3] or "").split(",") if xid]
        if opened != sorted(set(opened)) or any(not int(found[1]) <= xid < int(found[2]) for xid in opened):
            return None
        return cls(text.partition("@")[0], int(found[4]))

    @property
    def xmin(self) -> int:
        """Every transaction before this one had ended."""
        return int(self.snapshot.partition(":")[0])

    @property
    def xmax(self) -> int:
        """No transaction from this one on had ended."""
        return int(self.snapshot.split(":")[1])

    def __str__(self) -> str:
        return f"{self.snapshot}@{self.at}"

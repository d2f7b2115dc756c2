"""How far each kind of data of a shop has been read. Kept as JSON on its row (docs/decisions/0020)."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from integrations.channels.base import Window
from integrations.models import ChannelAccount

ORDERS, REFUNDS, TRAFFIC, LISTINGS = "orders", "refunds", "traffic", "listings"
# LIVE: what changed since the last time. FILL: history, newest first. RECONCILE: the last weeks once more.
# ASKED: a window that somebody named.
Purpose = Literal["live", "fill", "reconcile", "asked"]
_RUNS_KEPT = 20


@dataclass
class Open:
    """A window that was begun: `token` is the next page's, told at `token_at`; `counts` what came so far.

    `restarts`: how often its token was refused, and it was read from the start again.
    """

    since: str
    until: str
    by: Literal["changed", "placed"]
    started_at: str
    token: str | None = None
    token_at: str = ""
    pages: int = 0
    restarts: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def window(self) -> Window:
        return Window(datetime.fromisoformat(self.since), datetime.fromisoformat(self.until), self.by, self.token)


@dataclass
class Stream:
    """Instants are ISO 8601 with an offset, "" where there is none yet.

    `cursor`: all changes before it are stored. `fill_until`: history from here on is stored; it goes back to `fill_to`,
    in slices of `slice_days`. `woken_at`: the channel said by itself that there is news.
    `failing_since` and `failures` count from the last success; `error`: see problems.py.
    """

    cursor: str = ""
    fill_from: str = ""
    fill_until: str = ""
    fill_to: str = ""
    slice_days: int = 0
    windows: dict[str, Open] = field(default_factory=dict)
    next_at: str = ""
    woken_at: str = ""
    reconciled_at: str = ""
    good_at: str = ""
    failures: int = 0
    failing_since: str = ""
    error: str = ""
    # Our days against the channel's own totals (integrations/checksums.py).
    check: dict[str, Any] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, account: ChannelAccount, name: str) -> "Stream":
        stored = dict(account.streams.get(name, {}))
        windows = {purpose: Open(**window) for purpose, window in stored.pop("windows", {}).items()}
        return cls(**stored, windows=windows)

    def put(self, account: ChannelAccount, name: str) -> None:
        """Into the row, which the caller saves."""
        account.streams = {**account.streams, name: asdict(self)}

    @property
    def is_filled(self) -> bool:
        return bool(self.fill_until) and self.fill_until <= self.fill_to

    @property
    def fill_percent(self) -> int:
        """Of the history that can be reached, how much is here: 0 to 100."""
        if not self.fill_until:
            return 0
        start, until, to = map(datetime.fromisoformat, (self.fill_from, self.fill_until, self.fill_to))
        return 100 if start <= to else max(0, min(100, round(100 * (start - until) / (start - to))))

    def note(
        self, purpose: Purpose, *, started_at: str, ended_at: datetime, counts: dict[str, int], error: str = ""
    ) -> None:
        """Into the list of runs that the shop's page shows, newest first."""
        run = {
            "purpose": purpose,
            "started_at": started_at,
            "ended_at": ended_at.isoformat(),
            "counts": counts,
            "error": error,
        }
        self.runs = [run, *self.runs][:_RUNS_KEPT]

    def ended_well(self, now: datetime) -> None:
        self.good_at, self.failures, self.failing_since, self.error = now.isoformat(), 0, "", ""

    def failed(self, code: str, now: datetime) -> None:
        self.failures, self.failing_since, self.error = self.failures + 1, self.failing_since or now.isoformat(), code

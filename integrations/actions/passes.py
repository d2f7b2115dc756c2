"""A whole pass over shops, in the foreground or a slice of it in a worker."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from integrations.actions.syncing import Busy, free_lease, read_window, streams_of, take_lease
from integrations.channels import connector_of
from integrations.channels.base import Window
from integrations.channels.errors import ChannelError, Later, Revoked
from integrations.models import ChannelAccount
from integrations.streams import LISTINGS, ORDERS, REFUNDS, TRAFFIC, Purpose, Stream

# The parts of a sales sync; what a shop shows and how many looked at it is read by the workers on their own days.
SALES = (ORDERS, REFUNDS)


@dataclass(frozen=True)
class Wanted:
    """What a pass is to read: a window, or `days` from the first to the last (None: until now), which each store has on
    its own clock; neither: what is new, and all history. `patience`: seconds without any progress.
    """

    now: datetime
    asked: Window | None = None
    with_reconciliation: bool = False
    streams: tuple[str, ...] = SALES
    patience: float = 900.0
    days: tuple[date, date | None] | None = None

    def window(self, account: ChannelAccount) -> Window | None:
        if self.days is None:
            return self.asked
        first, last = self.days
        end = account.beginning_of(last + timedelta(days=1)) if last else self.now
        return Window(account.beginning_of(first), min(end, self.now), "placed")

    def purposes(self, stream: str) -> list[Purpose]:
        if self.asked is not None or self.days is not None:
            return ["asked"] if stream != LISTINGS else ["live"]
        again: list[Purpose] = ["reconcile"] if self.with_reconciliation and stream in (ORDERS, REFUNDS) else []
        return ["live", *again, "fill"]


@dataclass
class Result:
    """Of one account: what came, and the code of what stopped it, "" when nothing did."""

    account: ChannelAccount
    counts: Counter[str] = field(default_factory=Counter)
    error: str = ""


@dataclass
class _Turn:
    result: Result
    jobs: list[tuple[str, Purpose]]
    at: float = 0.0
    moved_at: float = field(default_factory=time.monotonic)
    marks: tuple[int, ...] = ()


def run_pass(accounts: list[ChannelAccount], wanted: Wanted) -> list[Result]:
    """Read all accounts to the end, in turns: one that has to wait, or fails, delays no other. By account, as given."""
    turns = [_turn(account, wanted) for account in accounts]
    waiting = [turn for turn in turns if turn.jobs]
    while waiting:
        turn = min(waiting, key=lambda each: each.at)
        time.sleep(max(0.0, turn.at - time.monotonic()))
        _take_turn(turn, wanted)
        waiting = [each for each in waiting if each.jobs]
    return [turn.result for turn in turns]


def _turn(account: ChannelAccount, wanted: Wanted) -> _Turn:
    connector = connector_of(account)
    names = [name for name in streams_of(connector.traits) if name in wanted.streams]
    connector.close()
    jobs = [(name, purpose) for name in names for purpose in wanted.purposes(name)]
    result = Result(account)
    if not account.is_synced:
        jobs, result.error = [], "revoked" if account.state == ChannelAccount.State.RECONNECT else "not_synced"
    return _Turn(result, jobs)


def _take_turn(turn: _Turn, wanted: Wanted) -> None:
    """One window, or as much of it as the channel lets us read now."""
    account, (name, purpose) = turn.result.account, turn.jobs[0]
    try:
        key = take_lease(account.pk)
    except Busy:
        _wait(turn, 1.0, "busy", wanted)
        return
    try:
        counts = read_window(account, name, purpose, key=key, now=wanted.now, asked=wanted.window)
        turn.result.counts.update(counts)
        turn.moved_at = time.monotonic()
        if purpose != "fill" or not counts or _is_filled(account, name):
            turn.jobs.pop(0)
    except Later as later:
        _wait(turn, later.seconds, later.code, wanted)
    except (ChannelError, Busy) as error:
        turn.result.error = getattr(error, "code", "busy")
        turn.jobs = [] if isinstance(error, Revoked | Busy) else [job for job in turn.jobs if job[0] != name]
    finally:
        free_lease(account.pk, key)


def _is_filled(account: ChannelAccount, name: str) -> bool:
    return Stream.of(account, name).is_filled


def _wait(turn: _Turn, seconds: float, code: str, wanted: Wanted) -> None:
    """Come again later, unless nothing has moved for too long. A wait for the channel's own pace is no standstill."""
    clock = time.monotonic()
    windows = turn.result.account.streams.get(turn.jobs[0][0], {}).get("windows", {})
    marks = tuple(window["pages"] for window in windows.values())
    if marks != turn.marks:
        turn.marks, turn.moved_at = marks, clock
    if clock - turn.moved_at > wanted.patience:
        turn.result.error, turn.jobs = code or "unreachable", []
        return
    turn.at = clock + seconds


def next_work(account: ChannelAccount, *, now: datetime) -> tuple[str, Purpose] | datetime:
    """What a worker does next for an account, or when it comes again. News come before history."""
    connector = connector_of(account)
    names = streams_of(connector.traits)
    connector.close()
    streams = {name: Stream.of(account, name) for name in names}
    for name, stream in streams.items():
        if not stream.next_at or datetime.fromisoformat(stream.next_at) <= now:
            return name, "live"
    for name in (ORDERS, REFUNDS):
        if name in streams and _is_reconciliation_due(streams[name], now):
            return name, "reconcile"
    for name in (ORDERS, REFUNDS, TRAFFIC):
        if name in streams and not streams[name].is_filled and not streams[name].failures:
            return name, "fill"
    return min(datetime.fromisoformat(stream.next_at) for stream in streams.values())


def _is_reconciliation_due(stream: Stream, now: datetime) -> bool:
    since = stream.reconciled_at or stream.fill_from
    return "reconcile" in stream.windows or now - datetime.fromisoformat(since) > timedelta(hours=24)

"""A whole pass over shops, in the foreground or a slice of it in a worker."""

import time
from collections import Counter
from collections.abc import Callable
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
    is_over: bool = False


@dataclass
class _Turn:
    """One stream of an account. `idle`: seconds that went by in its turns and waits since it last moved."""

    result: Result
    jobs: list[tuple[str, Purpose]]
    at: float = 0.0
    idle: float = 0.0
    marks: tuple[int, ...] = ()


# Told of a longer pause: the account, the stream and purpose that wait, for how many seconds, and the code of why.
Tell = Callable[[ChannelAccount, str, Purpose, float, str], None]
_WORTH_TELLING = 5.0


def run_pass(accounts: list[ChannelAccount], wanted: Wanted, tell: Tell | None = None) -> list[Result]:
    """Read all accounts to the end, in turns: one that has to wait, or fails, delays no other. By account, as given.

    The streams of an account take turns as well: each operation has a pace of its own at the channel.
    """
    results = [Result(account) for account in accounts]
    waiting = [turn for result in results for turn in _turns(result, wanted)]
    while waiting:
        turn = min(waiting, key=lambda each: each.at)
        time.sleep(max(0.0, turn.at - time.monotonic()))
        _take_turn(turn, wanted, tell)
        waiting = [each for each in waiting if each.jobs and not each.result.is_over]
    return results


def _turns(result: Result, wanted: Wanted) -> list[_Turn]:
    account = result.account
    if not account.is_synced:
        result.error = "revoked" if account.state == ChannelAccount.State.RECONNECT else "not_synced"
        return []
    connector = connector_of(account)
    names = [name for name in streams_of(connector.traits) if name in wanted.streams]
    connector.close()
    return [_Turn(result, [(name, purpose) for purpose in wanted.purposes(name)]) for name in names]


def _take_turn(turn: _Turn, wanted: Wanted, tell: Tell | None) -> None:
    """One window, or as much of it as the channel lets us read now."""
    account, (name, purpose) = turn.result.account, turn.jobs[0]
    began = time.monotonic()
    left = Stream.of(account, name).windows.get(purpose)
    try:
        key = take_lease(account.pk)
    except Busy:
        _wait(turn, Later(1.0, code="busy"), wanted, began, tell)
        return
    try:
        counts = read_window(account, name, purpose, key=key, now=wanted.now, asked=wanted.window)
        turn.result.counts.update(counts)
        turn.idle = 0.0
        # News that an earlier pass left half read end where they ended then: what came since is read as well.
        is_behind = purpose == "live" and left is not None and left.started_at != wanted.now.isoformat()
        is_done = purpose != "fill" or not counts or _is_filled(account, name)
        if is_done and not is_behind:
            turn.jobs.pop(0)
    except Later as later:
        _wait(turn, later, wanted, began, tell)
    except (ChannelError, Busy) as error:
        turn.result.error = getattr(error, "code", "busy")
        turn.result.is_over = isinstance(error, Revoked | Busy)
        turn.jobs = []
    finally:
        free_lease(account.pk, key)


def _is_filled(account: ChannelAccount, name: str) -> bool:
    return Stream.of(account, name).is_filled


def _wait(turn: _Turn, later: Later, wanted: Wanted, began: float, tell: Tell | None) -> None:
    """Come again later, unless nothing has moved for too long. A wait for the channel's own pace is no standstill."""
    clock = time.monotonic()
    account, (name, purpose) = turn.result.account, turn.jobs[0]
    windows = account.streams.get(name, {}).get("windows", {})
    marks = tuple(window["pages"] for window in windows.values())
    turn.idle = turn.idle + clock - began if marks == turn.marks else 0.0
    turn.marks = marks
    if turn.idle > wanted.patience:
        turn.result.error, turn.jobs = later.code or "unreachable", []
        return
    if tell and later.seconds >= _WORTH_TELLING:
        tell(account, name, purpose, later.seconds, later.code)
    turn.at, turn.idle = clock + later.seconds, turn.idle + later.seconds


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

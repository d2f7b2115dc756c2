"""Which stretch of time is read next, and what is known once it was read. By given instants only."""

from datetime import datetime, timedelta

from integrations.channels.base import Traits, Window
from integrations.models import ChannelAccount
from integrations.streams import LISTINGS, ORDERS, TRAFFIC, Open, Purpose, Stream

OVERLAP = timedelta(minutes=30)
RECONCILED = timedelta(days=35)
_LONGEST_SLICE_DAYS = 180
# Under so many pages a slice was short, and the next may be twice as long.
_FEW_PAGES = 2


def begin(
    account: ChannelAccount,
    name: str,
    stream: Stream,
    traits: Traits,
    purpose: Purpose,
    *,
    now: datetime,
    asked: Window | None,
) -> Open | None:
    """The window to read for this purpose, newly opened or left by an earlier run; None: nothing is left to read."""
    left = stream.windows.get(purpose)
    if left is not None and (
        asked is None or (left.since, left.until) == (asked.since.isoformat(), asked.until.isoformat())
    ):
        return _restarted_if_stale(left, traits, now)
    end = now - timedelta(seconds=traits.settle_seconds)
    if not stream.fill_until:
        _mark_start(account, name, stream, traits, end)
    elif name != LISTINGS and stream.fill_from:
        _reach_further(account, stream, traits)
    window: Window | None
    if purpose == "asked":
        window = asked
    elif purpose == "live":
        window = _news(account, name, stream, traits, end)
    elif purpose == "reconcile":
        window = Window(end - RECONCILED, end, "changed" if name == ORDERS else "placed")
    else:
        window = _next_slice(account, stream)
    if window is None or window.since >= window.until:
        return None
    opened = Open(window.since.isoformat(), window.until.isoformat(), window.by, started_at=now.isoformat())
    stream.windows[purpose] = opened
    return opened


def end(stream: Stream, name: str, purpose: Purpose, traits: Traits, *, now: datetime) -> None:
    """The window of this purpose was read to its end."""
    opened = stream.windows.pop(purpose)
    if purpose == "live":
        stream.cursor = max(stream.cursor, opened.until)
        # What the channel told of while this was read may have come after it.
        is_behind = stream.woken_at > opened.started_at
        stream.next_at = (now + timedelta(minutes=0 if is_behind else traits.minutes[name])).isoformat()
    elif purpose == "fill":
        stream.fill_until = opened.since
        grown = stream.slice_days * (2 if opened.pages < _FEW_PAGES else 1)
        stream.slice_days = min(grown, _LONGEST_SLICE_DAYS)
    elif purpose == "reconcile":
        stream.reconciled_at = now.isoformat()
    stream.note(purpose, started_at=opened.started_at, ended_at=now, counts=opened.counts)
    stream.ended_well(now)


def midnight(account: ChannelAccount, at: datetime) -> datetime:
    """The beginning of the shop's day in which `at` lies, in UTC."""
    return account.beginning_of(account.day_of(at))


def _mark_start(account: ChannelAccount, name: str, stream: Stream, traits: Traits, end: datetime) -> None:
    """Changes count from here on; what lies before is history."""
    stream.cursor = stream.fill_from = stream.fill_until = end.isoformat()
    # What a shop shows has no history.
    stream.fill_to = (
        end.isoformat() if name == LISTINGS else midnight(account, end - timedelta(days=traits.reach_days)).isoformat()
    )
    # Visits are asked for by product, and each question may hold any number of days.
    stream.slice_days = _LONGEST_SLICE_DAYS if name == TRAFFIC else traits.slice_days


def _reach_further(account: ChannelAccount, stream: Stream, traits: Traits) -> None:
    """More history may be shown than when the fill began: a scope was granted since. It is never taken back."""
    begun = datetime.fromisoformat(stream.fill_from)
    stream.fill_to = min(stream.fill_to, midnight(account, begun - timedelta(days=traits.reach_days)).isoformat())


def _news(account: ChannelAccount, name: str, stream: Stream, traits: Traits, end: datetime) -> Window:
    """What may be new since the last time."""
    since = datetime.fromisoformat(stream.cursor) - OVERLAP
    match name:
        case "refunds":
            # They are told up to days after they were posted: back from where we were, however long ago that is.
            return Window(min(since, end) - timedelta(days=traits.refund_days), end, "placed")
        case "traffic":
            return Window(midnight(account, end - RECONCILED), midnight(account, end), "placed")
        case "listings":
            return Window(end - OVERLAP, end, "changed")
        case _:
            return Window(since, end, "changed")


def _next_slice(account: ChannelAccount, stream: Stream) -> Window | None:
    """Whole days of the shop, back from what is there."""
    if stream.is_filled:
        return None
    until, to = datetime.fromisoformat(stream.fill_until), datetime.fromisoformat(stream.fill_to)
    since = max(to, midnight(account, until - timedelta(days=stream.slice_days)))
    return Window(since, until, "placed")


def _restarted_if_stale(left: Open, traits: Traits, now: datetime) -> Open:
    if left.token is not None and now - datetime.fromisoformat(left.token_at) > timedelta(seconds=traits.token_seconds):
        left.token, left.pages = None, 0
    return left

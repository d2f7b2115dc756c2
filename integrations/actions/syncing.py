"""Read a shop: one window after the other, each page stored before the next is asked for."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta

import structlog
from django.db import DataError, IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from integrations.actions.connecting import take_store
from integrations.actions.listings import store_listings
from integrations.actions.signs import spot_discounts
from integrations.actions.states import set_state, state_after
from integrations.actions.storing import store_orders, store_refunds
from integrations.actions.traffic import store_traffic
from integrations.channels import connector_of
from integrations.channels.base import Connector, Page, Traits, Window
from integrations.channels.errors import ChannelError, Later, Refused, Revoked, TokenExpired, Transient
from integrations.channels.pace import sparing
from integrations.checksums import compare
from integrations.daily import cover, recompute, take_over
from integrations.leases import is_orphan, new_key
from integrations.models import ChannelAccount
from integrations.streams import LISTINGS, ORDERS, REFUNDS, TRAFFIC, Open, Purpose, Stream
from integrations.windows import RECONCILED, begin, end, midnight

# How long a job may be silent before another may take its account: longer than any one call with its retries.
LEASE = timedelta(minutes=3)
_SLOWEST_RETRY = 600.0
# A channel that refuses its own tokens so often is failing: it is asked less often, and people hear of it in time.
_MOST_RESTARTS = 3
# After an answer that no repetition mends.
_AFTER_REFUSAL = timedelta(hours=1)

log = structlog.get_logger(__name__)


class Busy(RuntimeError):
    """Another job works on this account, or the account is not to be read any more."""


def take_lease(account_id: int) -> str:
    """The key of the lease on an account; raises Busy. Real time: leases are about processes, not about data."""
    key, clock = new_key(), timezone.now()
    free = Q(busy_until=None) | Q(busy_until__lt=clock)
    held = ChannelAccount.objects.filter(pk=account_id).values_list("busy_key", flat=True).first() or ""
    if is_orphan(held):
        free |= Q(busy_key=held)
    taken = ChannelAccount.objects.filter(free, pk=account_id).update(busy_key=key, busy_until=clock + LEASE)
    if not taken:
        raise Busy(account_id)
    return key


def free_lease(account_id: int, key: str) -> None:
    ChannelAccount.objects.filter(pk=account_id, busy_key=key).update(busy_key="", busy_until=None)


def streams_of(traits: Traits) -> list[str]:
    """The kinds of data a channel gives, in the order they are read."""
    return [
        ORDERS,
        *([REFUNDS] if traits.refund_days else []),
        *([LISTINGS] if traits.has_listings else []),
        *([TRAFFIC] if traits.has_traffic else []),
    ]


def read_window(
    account: ChannelAccount,
    name: str,
    purpose: Purpose,
    *,
    key: str,
    now: datetime,
    asked: Callable[[ChannelAccount], Window | None] | None = None,
    until_clock: float | None = None,
) -> Counter[str]:
    """Read one window to its end and say what came: pages, orders, refunds, rows. Empty: there was nothing to read.

    `asked` gives the window for the purpose of that name, once it is known on whose clock the store's days go.
    Raises Later when the channel wants a pause, or when `until_clock` (time.monotonic) has passed: the same call goes
    on where this one stopped. Raises ChannelError for what repeating does not mend, Busy when the lease is lost.
    """
    connector = connector_of(account)
    try:
        if connector.traits.is_zone_told and not account.checked_at:
            # Asked outside of the transaction: tokens that were renewed on the way are safe whatever becomes of it.
            store = connector.check(now=now)
            with _held(account, key) as row:
                take_store(row, store, now=now)
            account.refresh_from_db()
        opened = _open(account, key, name, purpose, connector.traits, now, asked(account) if asked else None)
        if opened is None:
            return Counter()
        # A worker's history leaves room for news; a pass in the foreground is waited for.
        with sparing() if purpose == "fill" and until_clock is not None else nullcontext():
            for page in _pages(connector, name, opened, now):
                _keep(account, key, name, purpose, page, now)
                if page.token is not None and until_clock is not None and time.monotonic() > until_clock:
                    raise Later(0)
        counts = _close(account, key, name, purpose, connector.traits, now)
        if purpose == "reconcile" and name == ORDERS and connector.traits.has_totals:
            _check(account, key, connector, now)
        return counts
    except TokenExpired as error:
        if _restart(account, key, name, purpose) > _MOST_RESTARTS:
            raise Later(_failed(account, key, name, purpose, error, now), code=error.code) from error
        raise Later(0, code=error.code) from None
    except Transient as error:
        pause = _failed(account, key, name, purpose, error, now)
        raise Later(max(pause, error.wait or 0), code=error.code) from error
    except ChannelError as error:
        _failed(account, key, name, purpose, error, now)
        raise
    finally:
        connector.close()


def _open(
    account: ChannelAccount, key: str, name: str, purpose: Purpose, traits: Traits, now: datetime, asked: Window | None
) -> Open | None:
    with _held(account, key) as row:
        stream = Stream.of(row, name)
        opened = begin(row, name, stream, traits, purpose, now=now, asked=asked)
        if (
            opened is not None
            and name == ORDERS
            and (purpose == "fill" or (purpose == "asked" and _reaches_now(opened, now)))
        ):
            cover(row, row.day_of(datetime.fromisoformat(opened.since)), now=now)
        _save(row, account, stream, name)
        return opened


def _reaches_now(opened: Open, now: datetime) -> bool:
    return now - datetime.fromisoformat(opened.until) < timedelta(hours=1)


def _pages(connector: Connector, name: str, opened: Open, now: datetime) -> Iterator[Page]:
    readers: dict[str, Callable[[], Iterator[Page]]] = {
        ORDERS: lambda: connector.sync_orders(opened.window(), now=now),
        REFUNDS: lambda: connector.sync_refunds(opened.window(), now=now),
        TRAFFIC: lambda: connector.sync_traffic(opened.window(), now=now),
        LISTINGS: lambda: connector.sync_listings(opened.window(), now=now),
    }
    return readers[name]()


def _keep(account: ChannelAccount, key: str, name: str, purpose: Purpose, page: Page, now: datetime) -> None:
    """As `_store`. What no column takes is this shop's trouble, told as such, and stops no other: raises Refused."""
    try:
        _store(account, key, name, purpose, page, now)
    except (DataError, IntegrityError) as error:
        raise Refused(f"A page that cannot be kept ({type(error).__name__}).", code="unreadable") from error


def _store(account: ChannelAccount, key: str, name: str, purpose: Purpose, page: Page, now: datetime) -> None:
    """A page and how far it brings us, both or neither."""
    with _held(account, key) as row:
        touched = store_orders(row, page.orders) | store_refunds(row, page.refunds)
        recompute(row, touched, now=now)
        store_listings(row, page.listings, now=now)
        store_traffic(row, page.traffic, now=now)
        stream = Stream.of(row, name)
        opened = stream.windows[purpose]
        opened.pages += 1
        counts = Counter(opened.counts)
        rows = len(page.traffic) + len(page.listings)
        counts.update(pages=1, orders=len(page.orders), refunds=len(page.refunds), rows=rows)
        opened.counts = dict(counts)
        opened.token, opened.token_at = page.token, now.isoformat()
        row.busy_until = timezone.now() + LEASE
        _save(row, account, stream, name)


def _close(
    account: ChannelAccount, key: str, name: str, purpose: Purpose, traits: Traits, now: datetime
) -> Counter[str]:
    with _held(account, key) as row:
        stream = Stream.of(row, name)
        opened = stream.windows[purpose]
        counts = Counter(opened.counts)
        end(stream, name, purpose, traits, now=now)
        row.last_good_at, row.last_error = now, ""
        if purpose == "live" and name == ORDERS:
            # Of a shop that was away meanwhile, files may have told some of these days.
            if row.covered_from is not None:
                since = row.day_of(datetime.fromisoformat(opened.since))
                take_over(row, max(since, row.covered_from), None, now=now)
            spot_discounts(row, now=now)
        _save(row, account, stream, name)
        set_state(row, state_after(row, stream, now=now), now=now)
        return counts


def _restart(account: ChannelAccount, key: str, name: str, purpose: Purpose) -> int:
    """The window begins again with its first page; says how often it did."""
    with _held(account, key) as row:
        stream = Stream.of(row, name)
        opened = stream.windows[purpose]
        opened.token, opened.pages, opened.counts, opened.restarts = None, 0, {}, opened.restarts + 1
        _save(row, account, stream, name)
        return opened.restarts


def _check(account: ChannelAccount, key: str, connector: Connector, now: datetime) -> None:
    """Hold the channel's own totals of the weeks that were read against ours. That it tells none is no failure."""
    window = Window(midnight(account, now - RECONCILED), midnight(account, now), "placed")
    try:
        totals = connector.day_totals(window, now=now)
    except (ChannelError, Later) as error:
        log.warning("days not compared", account=account.pk, error=str(error))
        return
    with _held(account, key) as row:
        stream = Stream.of(row, ORDERS)
        stream.check = compare(row, totals, now=now)
        _save(row, account, stream, ORDERS)


def _failed(
    account: ChannelAccount, key: str, name: str, purpose: Purpose, error: ChannelError, now: datetime
) -> float:
    """Note it, and say after how many seconds to try again."""
    log.warning("shop not read", account=account.pk, stream=name, code=error.code, error=str(error))
    with _held(account, key) as row:
        stream = Stream.of(row, name)
        stream.failed(error.code, now)
        if not isinstance(error, Transient):
            stream.next_at = (now + _AFTER_REFUSAL).isoformat()
            opened = stream.windows.get(purpose)
            started_at, counts = (opened.started_at, opened.counts) if opened else (now.isoformat(), {})
            stream.note(purpose, started_at=started_at, ended_at=now, counts=counts, error=error.code)
        _save(row, account, stream, name)
        state = ChannelAccount.State.RECONNECT if isinstance(error, Revoked) else state_after(row, stream, now=now)
        set_state(row, state, now=now, code=error.code)
        account.state = row.state
    return min(_SLOWEST_RETRY, 2.0 ** min(stream.failures, 10)) * random.uniform(0.5, 1)  # noqa: S311


def _save(row: ChannelAccount, account: ChannelAccount, stream: Stream, name: str) -> None:
    stream.put(row, name)
    row.save(update_fields=["streams", "covered_from", "busy_until", "last_good_at", "last_error"])
    account.streams, account.covered_from = row.streams, row.covered_from


@contextmanager
def _held(account: ChannelAccount, key: str) -> Iterator[ChannelAccount]:
    """The account's row, locked until the end of the block's transaction: its pages are stored one after the other.

    Who writes a row that refers to the account does not wait for that. Raises Busy when the lease is no longer ours, so
    that a job that was thought dead writes nothing.
    """
    with transaction.atomic():
        row = ChannelAccount.objects.select_for_update(no_key=True).filter(pk=account.pk, busy_key=key).first()
        if row is None or row.state in (ChannelAccount.State.PAUSED, ChannelAccount.State.DISCONNECTED):
            raise Busy(account.pk)
        yield row

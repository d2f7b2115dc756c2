"""Bring the European Central Bank's reference rates into the table: over the network, or from a file."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min

from linkstar.lib.ecb import read_rates
from linkstar.lib.rates import Rate
from linkstar.workspaces.models import ExchangeRate
from linkstar.workspaces.sources import SourceFailed, fetch

DAILY, NINETY_DAYS, HISTORY = "eurofxref-daily.xml", "eurofxref-hist-90d.xml", "eurofxref-hist.xml"
_MEGABYTE = 1024 * 1024
_MOST_BYTES = {DAILY: _MEGABYTE, NINETY_DAYS: 4 * _MEGABYTE, HISTORY: 64 * _MEGABYTE}
# A dashboard shows up to a year of days and compares it with the year before.
NEEDED = timedelta(days=2 * 365 + 30)
# What a first fill keeps of the history, which goes back to 1999.
_KEPT = timedelta(days=5 * 365)
_FRANKFURT = ZoneInfo("Europe/Berlin")
_SATURDAY = 5
log = structlog.get_logger(__name__)


class Loaded(NamedTuple):
    """`last_on` is the newest day that was told; `new` and `changed` count rates."""

    last_on: date
    new: int
    changed: int


def refresh_rates(*, now: datetime) -> Loaded | None:
    """Ask for what is missing, the least file that has it; None: nothing is. Raises SourceFailed and RatesRefused."""
    today = now.astimezone(_FRANKFURT).date()
    name = _missing(today)
    if name is None:
        return None
    address = f"{settings.ECB_RATES_URL.rstrip('/')}/{name}"
    content = fetch(address, most=_MOST_BYTES[name])
    if content is None:
        raise SourceFailed(f"{address} answered 404")
    rates = read_rates(content)
    return keep_rates([rate for rate in rates if today - rate.day_on <= _KEPT], now=now)


def load_file(path: Path, *, now: datetime) -> Loaded:
    """All days of a file of theirs. Raises SourceFailed and RatesRefused."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceFailed(f"{path} cannot be read: {error}") from error
    return keep_rates(read_rates(content), now=now)


def _missing(today: date) -> str | None:
    """Which file brings what is not here yet. On bank holidays it is asked for in vain."""
    # Every day has the dollar.
    told = ExchangeRate.objects.published().filter(currency="USD").aggregate(first=Min("day_on"), last=Max("day_on"))
    first, last, due = told["first"], told["last"], _weekday(today)
    if first is None or today - first < NEEDED:
        return HISTORY
    if last >= due:
        return None
    if last == _weekday(due - timedelta(days=1)):
        return DAILY
    return NINETY_DAYS if today - last < timedelta(days=80) else HISTORY


def _weekday(day: date) -> date:
    """The day itself, or the Friday before."""
    return day - timedelta(days=max(day.weekday() - _SATURDAY + 1, 0))


@transaction.atomic
def keep_rates(rates: Iterable[Rate], *, now: datetime) -> Loaded:
    """Put published rates into the table, in the place of others of the same day. Raises SourceFailed."""
    told = {(rate.currency, rate.day_on): rate.per_euro for rate in rates}
    if not told:
        raise SourceFailed("no day of the last years in it")
    last_on = max(day for _currency, day in told)
    if last_on > now.astimezone(_FRANKFURT).date():
        raise SourceFailed(f"it tells of {last_on}, which is not over yet")
    days = {"day_on__gte": min(day for _currency, day in told), "day_on__lte": last_on}
    known = {
        (currency, day): (rate, source)
        for currency, day, rate, source in ExchangeRate.objects.filter(**days).values_list(
            "currency", "day_on", "per_euro", "source"
        )
    }
    source = ExchangeRate.Source.ECB
    fresh = [key for key, rate in told.items() if known.get(key) != (rate, source)]
    ExchangeRate.objects.bulk_create(
        [
            ExchangeRate(currency=key[0], day_on=key[1], per_euro=told[key], source=source, fetched_at=now)
            for key in fresh
        ],
        batch_size=5000,
        update_conflicts=True,
        unique_fields=["currency", "day_on"],
        update_fields=["per_euro", "source", "fetched_at"],
    )
    changed = sum(key in known for key in fresh)
    log.info("rates taken", last_on=last_on.isoformat(), new=len(fresh) - changed, changed=changed)
    return Loaded(last_on, len(fresh) - changed, changed)

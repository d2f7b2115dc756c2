"""Amazon US behind the interface of all channels.

A page's token carries what has to be repeated unchanged with Amazon's own mark: the end of the span as it was first
asked for, the piece of a long window, the Data Kiosk query that is being worked on. It is JSON, and ours alone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from integrations.channels.amazon import mapping
from integrations.channels.amazon.client import AmazonClient, instant
from integrations.channels.base import DayTotal, Page, Store, Traits, Window
from integrations.channels.errors import Later, Refused, Transient
from integrations.models import ChannelAccount, DailySales, Listing

PACIFIC = "America/Los_Angeles"
# Of a Data Kiosk query, in seconds: the pauses between two looks, the last one again and again.
POLLS = (30, 60, 120)
_ASINS_A_QUERY = 30
_ASINS_A_SEARCH = 20
# A query that failed is asked again so often.
_QUERY_TRIES = 3
# Orders: at least two minutes in the past; finances: more than that.
_SETTLED = timedelta(minutes=2)
# Finances answer a longer window with nothing; 180 days of the store may have an hour more than 180 x 24.
_LONGEST_FINANCES = timedelta(days=175)
_TWO_YEARS = timedelta(days=729)
_SPANS = {"changed": ("lastUpdatedAfter", "lastUpdatedBefore"), "placed": ("createdAfter", "createdBefore")}
_TRENDS = """query {{ analytics_salesAndTraffic_2024_04_24 {{ salesAndTrafficTrends(
  asinAggregation: CHILD dateAggregation: DAY startDate: "{since}" endDate: "{until}"
  filters: [{{ marketplaceId: "{marketplace}" asins: {asins} }}]
) {{ startDate endDate marketplaceId childAsin traffic {{ sessions pageViews buyBoxPercentage }} }} }} }}"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Query:
    """Where the traffic stands: ASINs up to `after` are stored; `query` asks for `asins` on the days `since` to `until`
    (both included); `page` is the mark of the next part of what it found.
    """

    since: str
    until: str
    after: str = ""
    asins: Sequence[str] = ()
    query: str = ""
    page: str = ""
    polls: int = 0
    tries: int = 0

    def token(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


class AmazonConnector:
    traits = Traits(
        reach_days=730,
        settle_seconds=120,
        token_seconds=24 * 3600,
        slice_days=7,
        refund_days=7,
        has_traffic=True,
        has_totals=True,
        has_listings=True,
    )

    def __init__(self, account: ChannelAccount) -> None:
        self.account = account
        self.client = AmazonClient(account)

    def close(self) -> None:
        self.client.close()

    def check(self, *, now: datetime) -> Store:
        """Amazon tells no seller id here. Raises Refused("no_marketplace"): the seller does not sell in ours."""
        for row in self.client.participations():
            place = row.get("marketplace") or {}
            if place.get("id") == self.account.marketplace and (row.get("participation") or {}).get("isParticipating"):
                currency = str(place.get("defaultCurrencyCode") or self.account.currency)
                name = str(row.get("storeName") or "")[:120]
                return Store("", name, PACIFIC, currency, self.account.marketplace)
        raise Refused("The seller does not sell in this marketplace.", code="no_marketplace")

    def sync_orders(self, window: Window, *, now: datetime) -> Iterator[Page]:
        """Amazon's own end is included; an order that was placed right at ours belongs to the next window."""
        state = _state(window.token)
        until = str(state.get("until") or instant(min(window.until, now - _SETTLED)))
        after, before = _SPANS[window.by]
        span = {after: instant(window.since), before: until}
        mark = state.get("mark")
        if until <= span[after]:
            yield Page()
            return
        while True:
            answer = self.client.orders(span, token=mark)
            orders = [mapping.order_of(row, self.account) for row in answer["orders"]]
            if window.by == "placed":
                orders = [order for order in orders if order.placed_at < window.until]
            mark = (answer.get("pagination") or {}).get("nextToken")
            yield Page(orders=tuple(orders), token=_token(until=until, mark=mark) if mark else None)
            if not mark:
                return

    def sync_refunds(self, window: Window, *, now: datetime) -> Iterator[Page]:
        """By the day they were posted, in pieces that Amazon answers."""
        state = _state(window.token)
        until = _read_instant(state.get("until")) or min(window.until, now - _SETTLED - timedelta(seconds=1))
        start = _read_instant(state.get("start")) or window.since
        mark = state.get("mark")
        if until <= start:
            yield Page()
        while start < until:
            piece_end = min(until, start + _LONGEST_FINANCES)
            answer = self.client.transactions(after=start, before=piece_end, token=mark)
            rows = answer.get("transactions") or []
            refunds = tuple(refund for row in rows for refund in mapping.refunds_of(row, self.account))
            mark = answer.get("nextToken")
            start = start if mark else piece_end
            more = bool(mark) or start < until
            place = {"until": until.isoformat(), "start": start.isoformat(), "mark": mark}
            yield Page(refunds=refunds, token=_token(**place) if more else None)

    def sync_traffic(self, window: Window, *, now: datetime) -> Iterator[Page]:
        """Visits by ASIN, of the days of the window that are over. Raises Later while Amazon prepares them."""
        state = self._first(window, now) if window.token is None else _Query(**json.loads(window.token))
        known = sorted(self._skus_by_asin())
        while state.since <= state.until:
            if not state.query:
                asins = state.asins or [asin for asin in known if asin > state.after][:_ASINS_A_QUERY]
                if not asins:
                    break
                query = self.client.create_query(self._text(state, asins), token=state.page or None)
                state = replace(state, asins=asins, query=query, polls=0)
                # Kept before it is waited for, so that it is asked once.
                yield Page(token=state.token())
            answer = self.client.query(state.query)
            match answer["processingStatus"]:
                case "DONE":
                    document = answer.get("dataDocumentId")
                    # One that is done and has no document found nothing.
                    rows = mapping.traffic_of(self.client.document(str(document))) if document else []
                    state = _after(state, answer)
                    yield Page(traffic=tuple(rows), token=state.token())
                case "FATAL" | "CANCELLED" as status:
                    log.warning("query failed", account=self.account.pk, query=state.query, status=status)
                    is_hopeless = state.tries + 1 >= _QUERY_TRIES
                    state = replace(state, query="", tries=0 if is_hopeless else state.tries + 1)
                    yield Page(token=state.token())
                    if is_hopeless:
                        raise Refused(f"query {status}", code="query_failed")
                case _:
                    pause = POLLS[min(state.polls, len(POLLS) - 1)]
                    yield Page(token=replace(state, polls=state.polls + 1).token())
                    raise Later(pause, code="preparing")
        yield Page()

    def sync_listings(self, window: Window, *, now: datetime) -> Iterator[Page]:
        """First the stock of what lies at Amazon, then what the catalog says of every ASIN that is known by then.

        Prices: none of these operations tells what the seller asks.
        """
        state = _state(window.token)
        after, mark = state.get("after"), state.get("mark")
        while after is None:
            answer = self.client.inventory(token=mark)
            rows = answer["payload"].get("inventorySummaries")
            if not isinstance(rows, list):
                raise Transient("stock without its list", code="unreadable")
            mark = (answer.get("pagination") or {}).get("nextToken")
            after = None if mark else ""
            yield Page(listings=tuple(map(mapping.stock_of, rows)), token=_token(after=after, mark=mark))
        skus = self._skus_by_asin()
        while asins := [asin for asin in sorted(skus) if asin > after][:_ASINS_A_SEARCH]:
            found = self.client.catalog(asins)
            facts = (
                mapping.catalog_of(row, self.account.marketplace, skus.get(str(row.get("asin")), ())) for row in found
            )
            after = asins[-1]
            yield Page(listings=tuple(fact for each in facts for fact in each), token=_token(after=after))
        yield Page()

    def day_totals(self, window: Window, *, now: datetime) -> list[DayTotal]:
        """Of every day of the store that the window touches, oldest first; today's so far.

        What Amazon counts as pending here is not documented (integrations.md 10).
        """
        zone = ZoneInfo(PACIFIC)
        first = max(self.account.day_of(window.since), self.account.day_of(now) - _TWO_YEARS)
        last = self.account.day_of(min(window.until, now) - timedelta(microseconds=1))
        if last < first:
            return []
        # Each end with the offset of its own day: over a change of the clock the two differ.
        ends = (datetime.combine(day, time.min, zone).isoformat() for day in (first, last + timedelta(days=1)))
        return [mapping.day_total_of(row) for row in self.client.order_metrics("--".join(ends), PACIFIC)]

    def _first(self, window: Window, now: datetime) -> _Query:
        today = self.account.day_of(now)
        since = max(self.account.day_of(window.since), today - _TWO_YEARS)
        until = min(self.account.day_of(window.until - timedelta(microseconds=1)), today - timedelta(days=1))
        return _Query(since.isoformat(), until.isoformat())

    def _text(self, state: _Query, asins: Sequence[str]) -> str:
        text = _TRENDS.format(
            since=state.since, until=state.until, marketplace=self.account.marketplace, asins=json.dumps(list(asins))
        )
        return " ".join(text.split())

    def _skus_by_asin(self) -> dict[str, list[str]]:
        found: dict[str, set[str]] = {}
        for model in (Listing, DailySales):
            pairs = model.objects.filter(account=self.account).exclude(asin="").values_list("asin", "sku").distinct()
            for asin, sku in pairs:
                found.setdefault(asin, set()).update({sku} - {asin})
        return {asin: sorted(skus) for asin, skus in found.items()}


def _state(token: str | None) -> dict[str, Any]:
    return dict(json.loads(token)) if token else {}


def _token(**state: Any) -> str:
    return json.dumps({name: value for name, value in state.items() if value is not None}, separators=(",", ":"))


def _after(state: _Query, answer: Mapping[str, Any]) -> _Query:
    """What comes after a query that is done: the next part of it, or the next ASINs."""
    if more := (answer.get("pagination") or {}).get("nextToken"):
        return replace(state, query="", page=str(more), tries=0)
    return _Query(state.since, state.until, after=state.asins[-1])


def _read_instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

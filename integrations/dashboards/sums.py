"""What the daily facts add up to (integrations.md, section 7): by day, by shop, by SKU.

Currencies are never added, unless each day's amounts are first converted into one by that day's rate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from integrations.dashboards.exchange import Exchange
from integrations.dashboards.periods import Period

_ZERO = Decimal(0)


@dataclass
class Sums:
    """Of one currency. None: nobody has told. `seen_units` were ordered where visits are known, so that both belong
    together; `advertised` is the gross of where ad spend is known.

    `orders` is None where it cannot be known: an order may hold several of some SKUs that were picked. Files of daily
    sums name none: `ordered` is the gross of where orders are told.
    """

    orders: int | None = 0
    units: int = 0
    gross: Decimal = _ZERO
    discounts: Decimal = _ZERO
    units_refunded: int = 0
    refunds: Decimal = _ZERO
    pending: int = 0
    sessions: int | None = None
    seen_units: int = 0
    ad_spend: Decimal | None = None
    advertised: Decimal = _ZERO
    ordered: Decimal = _ZERO

    @property
    def told_orders(self) -> int | None:
        """None also where something was sold and nobody told in how many orders."""
        return None if self.orders == 0 and self.units > 0 else self.orders

    @property
    def average_order(self) -> Decimal | None:
        return self.ordered / self.orders if self.orders else None

    @property
    def net(self) -> Decimal:
        return self.gross - self.discounts - self.refunds

    @property
    def conversion(self) -> float | None:
        """Units per session, of 1."""
        return self.seen_units / self.sessions if self.sessions else None

    @property
    def refund_rate(self) -> float | None:
        return float(self.refunds / self.gross) if self.gross else None

    @property
    def ad_rate(self) -> float | None:
        return float(self.ad_spend / self.advertised) if self.ad_spend is not None and self.advertised else None


def added(parts: Iterable[Sums]) -> Sums:
    """Of the same currency, with no order in two of them. What some do not know is the sum of the others."""
    total = Sums()
    for part in parts:
        for each in fields(Sums):
            value, so_far = getattr(part, each.name), getattr(total, each.name)
            if value is not None:
                setattr(total, each.name, value if so_far is None else so_far + value)
            elif each.name == "orders":
                total.orders = None
    return total


class Scope(NamedTuple):
    """Which facts: of these shops; `skus` None: all of them, else pairs of a shop's pk and an SKU of it."""

    accounts: tuple[int, ...]
    skus: tuple[tuple[int, str], ...] | None = None

    @property
    def order_column(self) -> str | None:
        """Each order is counted at the first of its SKUs (DailySales); one SKU alone counts its own orders."""
        if self.skus is None:
            return "orders_first"
        return "orders" if len({sku for _account, sku in self.skus}) == 1 else None


@dataclass(frozen=True)
class Found:
    """`by_day` and `by_shop` of each currency; a day or a shop without facts is missing.

    Where amounts are converted, currencies other than the shown one hold what has no rate.
    """

    by_day: Mapping[str, Mapping[date, Sums]]
    by_shop: Mapping[str, Mapping[int, Sums]]


# `times`: what amounts are multiplied with.
_COLUMNS = """
    sum({orders}) AS orders, sum(units_ordered) AS units, sum(gross_sales{times}) AS gross,
    sum(discounts{times}) AS discounts, sum(units_refunded) AS units_refunded, sum(refund_amount{times}) AS refunds,
    sum(pending_units) AS pending, sum(sessions) AS sessions,
    sum(units_ordered) FILTER (WHERE sessions IS NOT NULL) AS seen_units, sum(ad_spend{times}) AS ad_spend,
    sum(gross_sales{times}) FILTER (WHERE ad_spend IS NOT NULL) AS advertised,
    sum(gross_sales{times}) FILTER (WHERE orders > 0) AS ordered
"""
_NAMES = [each.name for each in fields(Sums)]
_AMOUNTS = frozenset({"gross", "discounts", "refunds", "ad_spend", "advertised", "ordered"})
# The currency that rows come under, and the rates of their days; without any all stay in their own.
_SHOWN = "CASE WHEN rate.factor IS NULL THEN currency ELSE %s END"
_RATES = (
    "LEFT JOIN unnest(%s::text[], %s::date[], %s::numeric[]) AS rate(currency, day_on, factor) USING (currency, day_on)"
)
_NO_RATES: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
_TIMES = " * coalesce(rate.factor, 1)"


def _of(scope: Scope, periods: Sequence[Period]) -> tuple[str, list[Any]]:
    """The condition, which begins as the index does: by shop, then by day. Periods that touch are read in one go."""
    runs = list[Period]()
    for period in sorted(periods, key=lambda each: each.first):
        if runs and period.first <= runs[-1].last + timedelta(days=1):
            runs[-1] = Period(runs[-1].first, max(runs[-1].last, period.last))
        else:
            runs.append(period)
    days = " OR ".join(["day_on BETWEEN %s AND %s"] * len(runs))
    sql = f"account_id = ANY(%s) AND ({days})"
    values = [list(scope.accounts), *(day for run in runs for day in run)]
    if scope.skus is None:
        return sql, values
    sql += " AND (account_id, sku) IN (SELECT * FROM unnest(%s::bigint[], %s::text[]))"
    return sql, [*values, [pk for pk, _sku in scope.skus], [sku for _pk, sku in scope.skus]]


# Each fact is read once into one group, in parallel; the groups, which are few, are converted and added into two
# (docs/decisions/0022).
_FIND = """
WITH facts AS MATERIALIZED (
    SELECT currency, day_on, account_id, {columns} FROM integrations_dailysales
    WHERE {where} GROUP BY currency, day_on, account_id
), shown AS (SELECT {shown} AS currency, day_on, account_id, {converted} FROM facts {rates})
SELECT number, currency, day_on, account_id, {sums}
FROM shown JOIN unnest(%s::int[], %s::date[], %s::date[]) AS period(number, first_on, last_on)
    ON day_on BETWEEN first_on AND last_on
GROUP BY number, currency, GROUPING SETS ((day_on), (account_id))
"""
_SUMS = ", ".join(f"sum({name})" for name in _NAMES)
_CONVERTED = ", ".join(f"{name}{_TIMES} AS {name}" if name in _AMOUNTS else name for name in _NAMES)


def find(scope: Scope, periods: Sequence[Period], exchange: Exchange | None = None) -> list[Found]:
    """The sums of each period, in one statement; none when no shop or SKU is asked for."""
    if not scope.accounts or scope.skus == ():
        return [Found({}, {}) for _period in periods]
    where, values = _of(scope, periods)
    values += [exchange.target if exchange else "", *(exchange.table if exchange else _NO_RATES)]
    values += [list(range(len(periods))), [each.first for each in periods], [each.last for each in periods]]
    with connection.cursor() as cursor:
        cursor.execute(
            _FIND.format(
                columns=_COLUMNS.format(orders=scope.order_column or "NULL::int", times=""),
                where=where,
                shown=_SHOWN,
                converted=_CONVERTED,
                rates=_RATES,
                sums=_SUMS,
            ),
            values,
        )
        return _sorted_out(cursor.fetchall(), len(periods))


def _sorted_out(rows: Iterable[tuple[Any, ...]], count: int) -> list[Found]:
    days: list[dict[str, dict[date, Sums]]] = [{} for _each in range(count)]
    shops: list[dict[str, dict[int, Sums]]] = [{} for _each in range(count)]
    for period, currency, day, account, *numbers in rows:
        sums = _sums(numbers)
        if day is not None:
            days[period].setdefault(currency, {})[day] = sums
        else:
            shops[period].setdefault(currency, {})[account] = sums
    return [Found(*both) for both in zip(days, shops, strict=True)]


def _sums(numbers: Sequence[Any]) -> Sums:
    told = Sums(*numbers)
    told.seen_units, told.advertised = told.seen_units or 0, told.advertised or _ZERO
    told.ordered = told.ordered or _ZERO
    return told


def currencies_of(scope: Scope, periods: Sequence[Period]) -> set[str]:
    """What was sold in; one statement."""
    if not scope.accounts or scope.skus == ():
        return set()
    where, values = _of(scope, periods)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT currency FROM integrations_dailysales WHERE {where}", values)  # noqa: S608
        return {currency for (currency,) in cursor.fetchall()}


class SkuSums(NamedTuple):
    """One SKU of one shop, in the period and in the one it is compared with (None: nothing is)."""

    account: int
    sku: str
    currency: str
    asin: str
    title: str
    now: Sums
    before: Sums | None


SORTS = {
    "gross": "n.gross DESC NULLS LAST", "units": "n.units DESC NULLS LAST", "refunds": "n.refunds DESC NULLS LAST",
    "up": "coalesce(n.gross, 0) - coalesce(b.gross, 0) DESC", "down": "coalesce(n.gross, 0) - coalesce(b.gross, 0)",
}  # fmt: skip
_BY_SKU = """
    SELECT account_id, sku, currency, max(asin) AS asin, {columns} FROM integrations_dailysales
    WHERE {where} AND currency = %s GROUP BY account_id, sku, currency
"""
# The same in a currency that is shown; what has no rate stays apart in its own.
_BY_SKU_SHOWN = """
    SELECT account_id, sku, {shown} AS currency, max(asin) AS asin, {columns} FROM integrations_dailysales {rates}
    WHERE {where} GROUP BY account_id, sku, 3
"""
_SKUS = """
WITH n AS ({now}), b AS ({before})
SELECT account_id, sku, currency, coalesce(nullif(n.asin, ''), b.asin, ''), coalesce(l.title, ''), n.units IS NOT NULL,
    b.units IS NOT NULL, {told}
FROM n FULL JOIN b USING (account_id, sku, currency) LEFT JOIN integrations_listing l USING (account_id, sku)
WHERE (coalesce(n.units, 0) + coalesce(n.units_refunded, 0) + coalesce(n.pending, 0) + coalesce(b.units, 0) > 0
    OR n.sessions > 0) AND (%s = '' OR strpos(lower(concat_ws(' ', sku, l.title, n.asin, b.asin)), lower(%s)) > 0)
ORDER BY currency <> %s, {order}, sku, account_id, currency LIMIT %s OFFSET %s
"""


def find_skus(
    scope: Scope,
    period: Period,
    before: Period | None,
    *,
    currency: str,
    exchange: Exchange | None = None,
    sort: str = "gross",
    words: str = "",
    first: int = 0,
    most: int,
) -> list[SkuSums]:
    """Those that were visited, sold or given back, in the order of SORTS and then by SKU; one statement.

    `words` stand in the SKU, its ASIN or its title. Orders are those that hold the SKU. With `exchange` amounts are
    shown in `currency`, and what has no rate stands at the end in its own.
    """
    if not scope.accounts or scope.skus == ():
        return []
    sides, values = [], list[Any]()
    for each in (period, before):
        where, given = _of(scope, [each or period])
        where += "" if each else " AND false"
        if exchange is None:
            sides.append(_BY_SKU.format(columns=_COLUMNS.format(orders="orders", times=""), where=where))
            values += [*given, currency]
        else:
            columns = _COLUMNS.format(orders="orders", times=_TIMES)
            sides.append(_BY_SKU_SHOWN.format(shown=_SHOWN, columns=columns, rates=_RATES, where=where))
            values += [currency, *exchange.table, *given]
    told = ", ".join(f"{side}.{name}" for side in "nb" for name in _NAMES)
    sql = _SKUS.format(now=sides[0], before=sides[1], told=told, order=SORTS[sort])
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, words, words, currency, most, first])
        return [_sku(row) for row in cursor.fetchall()]


def _sku(row: tuple[Any, ...]) -> SkuSums:
    account, sku, currency, asin, title, has_now, has_before, *numbers = row
    half = len(_NAMES)
    now = _sums(numbers[:half]) if has_now else Sums()
    return SkuSums(account, sku, currency, asin, title, now, _sums(numbers[half:]) if has_before else None)


class Told(NamedTuple):
    """From when to when a shop's numbers go and who told the newest; `sources` are DailySales.Origin values."""

    account: int
    first_on: date
    last_on: date
    sales_at: datetime | None
    traffic_at: datetime | None
    sources: list[str]


# The newest facts of each shop, from the end of the index of its days.
_TOLD = """
SELECT a.id, (SELECT min(day_on) FROM integrations_dailysales f WHERE f.account_id = a.id), t.*
FROM integrations_channelaccount a, LATERAL (
    SELECT max(day_on) AS last_on, max(sales_as_of), max(traffic_as_of), array_agg(DISTINCT sales_source)
    FROM (
        SELECT day_on, sales_as_of, traffic_as_of, sales_source FROM integrations_dailysales d
        WHERE d.account_id = a.id AND d.day_on <= %s AND d.sales_source <> '' ORDER BY d.day_on DESC LIMIT 50
    ) newest
) t
WHERE a.id = ANY(%s) AND t.last_on IS NOT NULL ORDER BY a.id
"""


def find_told(accounts: Sequence[int], until: date) -> list[Told]:
    """Of the newest facts of each shop up to a day; one statement, a shop without facts is missing."""
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [until, list(accounts)])
        return [Told(*row) for row in cursor.fetchall()]

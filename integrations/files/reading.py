"""What a table says: lines of orders, or sums of days; and, line by line, what cannot be read. Nothing is written."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrations.channels.base import Line, Order
from integrations.files.cells import count_of, currencies_of, day_of, instant_of, is_day_first, month_first, number_of
from integrations.files.kinds import FileKind
from integrations.files.tables import Table
from integrations.models import ChannelAccount
from integrations.models.sales import SKU_LENGTH

_CENT = Decimal("0.01")
_EARLIEST = date(2010, 1, 1)
_VOID = ("cancel", "取消", "unpaid", "未付款", "void")
_CURRENCY_LENGTH = 3
_MOST_PROBLEMS = 1000
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T")


@dataclass(frozen=True)
class Trouble:
    """Of the line with this number in the file: why it is left out; `heading` and `cell` where that is."""

    line: int
    why: str | Promise
    cell: str = ""
    heading: str = ""


@dataclass
class DaySum:
    """One SKU's day in one currency. None: the file does not say."""

    asin: str = ""
    units: int = 0
    gross: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    units_refunded: int = 0
    refund: Decimal = Decimal(0)
    sessions: int | None = None
    page_views: int | None = None
    buy_box: Decimal | None = None
    ad_spend: Decimal | None = None


Key = tuple[date, str, str]


@dataclass
class Reading:
    """`days` and `orders`: one of them is filled, by the kind of file. `told`: rows of days that the channel tells;
    `added`: rows of a day and SKU that stood in a row above. `is_day_first`: its days are read as 13/11/2026.
    `columns` of ours that the file has.
    """

    rows: int = 0
    told: int = 0
    added: int = 0
    is_day_first: bool = False
    columns: frozenset[str] = frozenset()
    troubles: list[Trouble] = field(default_factory=list)
    more_troubles: int = 0
    days: dict[Key, DaySum] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)

    def complain(self, trouble: Trouble) -> None:
        if len(self.troubles) < _MOST_PROBLEMS:
            self.troubles.append(trouble)
        else:
            self.more_troubles += 1

    def facts(self, account: ChannelAccount) -> list[tuple[date, str, str, int, Decimal]]:
        """(day, SKU, currency, units, amount) of all that would be written."""
        sums = [(day, sku, currency, one.units, one.gross) for (day, sku, currency), one in self.days.items()]
        lines = [
            (account.day_of(order.placed_at), line.sku, order.currency, line.units, line.amount)
            for order in self.orders
            for line in order.lines
            if line.status == "counted"
        ]
        return sums + lines

    def others(self, currency: str) -> dict[str, Decimal]:
        """Discounts, refunds and ad spend of all that would be written in this currency."""
        days = [one for (_day, _sku, of), one in self.days.items() if of == currency]
        lines = [line for order in self.orders if order.currency == currency for line in order.lines]
        zero = Decimal(0)
        return {
            "discount": sum((one.discount for one in days), zero)
            + sum((line.discount for line in lines if line.status == "counted"), zero),
            "refund": sum((one.refund for one in days), zero),
            "ad_spend": sum((one.ad_spend or zero for one in days), zero),
        }


class _Bad(ValueError):
    """`column` of ours is to blame, by what stands in `cell`."""

    def __init__(self, why: str | Promise, cell: str = "", *, column: str = "") -> None:
        super().__init__(cell)
        self.why, self.cell, self.column = why, cell, column


def read(
    table: Table,
    kind: FileKind,
    columns: Mapping[str, str],
    account: ChannelAccount,
    *,
    day: date | None,
    now: datetime,
) -> Reading:
    """`columns`: column of ours → heading; `day`: of a file that names none. Days after today are refused."""
    rows = _Rows(table, columns)
    reading = Reading(is_day_first=rows.is_day_first, columns=frozenset(rows.at))
    latest = account.day_of(now)
    if kind.is_orders:
        _read_orders(rows, account, reading, latest)
    else:
        _read_days(rows, account, reading, day, latest)
    return reading


class _Rows:
    """Rows as what they say, by column of ours; days as those whose month comes first."""

    def __init__(self, table: Table, columns: Mapping[str, str]) -> None:
        self.table = table
        self.at = {key: table.head.index(heading) for key, heading in columns.items() if heading in table.head}
        self.days = [self.at[key] for key in ("day", "placed") if key in self.at]
        self.is_day_first = any(is_day_first([cells[at] for _number, cells in table.rows]) for at in self.days)

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        for number, cells in self.table.rows:
            yield number, {key: cells[at] for key, at in self.at.items()}

    def trouble(self, number: int, error: _Bad) -> Trouble:
        at = self.at.get(error.column)
        return Trouble(number, error.why, error.cell, self.table.head[at] if at is not None else "")

    def day(self, text: str) -> str:
        return month_first(text) if self.is_day_first else text


def _read_days(rows: _Rows, account: ChannelAccount, reading: Reading, day: date | None, latest: date) -> None:
    for number, row in rows:
        reading.rows += 1
        try:
            on = _day(rows.day(row["day"]), latest) if row.get("day") else day
            if on is None:
                raise _Bad(_("The day is missing."), column="day")
            sku, currency, is_told = _sku(row), _currency(row, account), _is_told(account, on)
            # Nobody but a file tells what ads cost.
            one = DaySum(ad_spend=_ad_spend(row, currency)) if is_told else _sum(row, currency)
        except _Bad as error:
            reading.complain(rows.trouble(number, error))
            continue
        reading.told += is_told
        if is_told and one.ad_spend is None:
            continue
        key = (on, sku, currency)
        reading.added += key in reading.days
        _add(reading.days.setdefault(key, DaySum(asin=one.asin)), one)


def _ad_spend(row: dict[str, str], currency: str) -> Decimal | None:
    return _amount(row, "ad_spend", currency) if row.get("ad_spend") else None


def _sum(row: dict[str, str], currency: str) -> DaySum:
    optional: dict[str, Any] = {
        "sessions": _count(row, "sessions") if row.get("sessions") else None,
        "page_views": _count(row, "page_views") if row.get("page_views") else None,
        "buy_box": _number(row, "buy_box") if row.get("buy_box") else None,
    }
    if optional["buy_box"] is not None and not 0 <= optional["buy_box"] <= 100:
        raise _Bad(_("A share of the buy box is 0 to 100 %."), row["buy_box"], column="buy_box")
    return DaySum(
        asin=row.get("asin", "")[:20],
        units=_count(row, "units", is_needed=True),
        gross=_amount(row, "gross", currency, is_needed=True),
        discount=abs(_money(row, "discount", currency)),
        units_refunded=_count(row, "units_refunded"),
        refund=abs(_money(row, "refund", currency)),
        ad_spend=_ad_spend(row, currency),
        **optional,
    )


def _add(into: DaySum, one: DaySum) -> None:
    """Two rows of one SKU and day add up; of shares the last one counts."""
    into.units, into.gross, into.discount = into.units + one.units, into.gross + one.gross, into.discount + one.discount
    into.units_refunded, into.refund = into.units_refunded + one.units_refunded, into.refund + one.refund
    for name in ("sessions", "page_views", "ad_spend"):
        value = getattr(one, name)
        if value is not None:
            setattr(into, name, (getattr(into, name) or 0) + value)
    into.buy_box = one.buy_box if one.buy_box is not None else into.buy_box


@dataclass
class _Open:
    placed_at: datetime
    currency: str
    is_void: bool
    discount: Decimal
    lines: list[Line] = field(default_factory=list)


def _read_orders(rows: _Rows, account: ChannelAccount, reading: Reading, latest: date) -> None:
    """Rows of one order stand anywhere; what only its first row says holds for all of them."""
    found: dict[str, _Open] = {}
    numbers: Counter[str] = Counter()
    for number, row in rows:
        reading.rows += 1
        try:
            key = row["order"].lstrip("#'")
            if not key:
                raise _Bad(_("The order's number is missing."), column="order")
            order = found[key] = found.get(key) or _opened(rows, row, account, latest)
            line = _line(row, numbers[key] + 1, order)
        except _Bad as error:
            reading.complain(rows.trouble(number, error))
            continue
        if _is_told(account, account.day_of(order.placed_at)):
            reading.told += 1
            continue
        numbers[key] += 1
        order.lines.append(line)
    reading.orders = [_order(key, order) for key, order in found.items() if order.lines]


def _opened(rows: _Rows, row: dict[str, str], account: ChannelAccount, latest: date) -> _Open:
    try:
        placed_at = instant_of(rows.day(row["placed"]), account.time_zone)
    except ValueError as error:
        raise _Bad(_("This is no date that can be read."), row["placed"], column="placed") from error
    _check_day(account.day_of(placed_at), row["placed"], latest, column="placed")
    status = row.get("status", "").casefold()
    is_void = bool(row.get("cancelled")) or any(word in status for word in _VOID)
    currency = _currency(row, account)
    return _Open(placed_at, currency, is_void, abs(_money(row, "order_discount", currency)))


def _line(row: dict[str, str], number: int, order: _Open) -> Line:
    units = _count(row, "units")
    if not units:
        raise _Bad(_("No units."), row["units"], column="units")
    return Line(
        line_id=f"{number}",
        sku=_sku(row),
        units=units,
        amount=_amount(row, "price", order.currency, is_needed=True) * units,
        discount=abs(_money(row, "line_discount", order.currency)),
        status="void" if order.is_void or _is_void_line(row) else "counted",
    )


def _is_void_line(row: dict[str, str]) -> bool:
    return any(word in row.get("status", "").casefold() for word in _VOID)


def _order(key: str, order: _Open) -> Order:
    """An order's own discount is shared among its lines by what they cost, to the cent."""
    rest = order.discount - sum((line.discount for line in order.lines), Decimal(0))
    total = sum((line.amount for line in order.lines), Decimal(0))
    lines = []
    for at, line in enumerate(order.lines):
        share = Decimal(0)
        if rest > 0 and total > 0:
            is_last = at == len(order.lines) - 1
            share = rest if is_last else (rest * line.amount / total).quantize(_CENT, ROUND_HALF_UP)
            rest, total = rest - share, total - line.amount
        lines.append(Line(line.line_id, line.sku, line.units, line.amount, line.discount + share, status=line.status))
    # Every file says of an order what it says: no newer word is known than the last file's.
    return Order(f"file:{key}"[:120], order.placed_at, order.placed_at, order.currency, tuple(lines))


def _is_told(account: ChannelAccount, on: date) -> bool:
    return account.tells(on)


def _sku(row: dict[str, str]) -> str:
    sku = row.get("sku", "").lstrip("'")
    if not sku:
        raise _Bad(_("The SKU is missing."), column="sku")
    if len(sku) > SKU_LENGTH:
        raise _Bad(_("This SKU is too long."), sku[:40], column="sku")
    return sku


def _currency(row: dict[str, str], account: ChannelAccount) -> str:
    currency = row.get("currency", "").upper() or account.currency
    if len(currency) != _CURRENCY_LENGTH or not currency.isascii() or not currency.isalpha():
        raise _Bad(_("A currency has three letters, as in USD."), row["currency"], column="currency")
    return currency


def _day(text: str, latest: date) -> date:
    try:
        on = day_of(text.partition("T" if _INSTANT.match(text) else " ")[0] if ":" in text else text)
    except ValueError as error:
        raise _Bad(_("This is no date that can be read."), text, column="day") from error
    _check_day(on, text, latest, column="day")
    return on


def _check_day(on: date, text: str, latest: date, *, column: str) -> None:
    if not _EARLIEST <= on <= latest:
        raise _Bad(_("This day lies ahead, or too far back."), text, column=column)


def _count(row: dict[str, str], name: str, *, is_needed: bool = False) -> int:
    text = _given(row, name, is_needed=is_needed)
    try:
        return count_of(text)
    except ValueError as error:
        raise _Bad(_("This is no whole number of 0 or more."), text, column=name) from error


def _number(row: dict[str, str], name: str, *, is_needed: bool = False) -> Decimal:
    text = _given(row, name, is_needed=is_needed)
    try:
        return number_of(text)
    except ValueError as error:
        raise _Bad(_("This is no number."), text, column=name) from error


def _given(row: dict[str, str], name: str, *, is_needed: bool) -> str:
    """Nothing is not none: what was forgotten, or what a spreadsheet did not work out, is told."""
    if is_needed and not row.get(name):
        raise _Bad(_("Nothing stands here. Type 0 where that is meant."), column=name)
    return row.get(name, "")


def _money(row: dict[str, str], name: str, currency: str, *, is_needed: bool = False) -> Decimal:
    value = _number(row, name, is_needed=is_needed)
    named = currencies_of(row.get(name, ""))
    if named and currency not in named:
        raise _Bad(
            _("This amount is not in %(currency)s, as its row says.") % {"currency": currency}, row[name], column=name
        )
    return value


def _amount(row: dict[str, str], name: str, currency: str, *, is_needed: bool = False) -> Decimal:
    value = _money(row, name, currency, is_needed=is_needed)
    if value < 0:
        raise _Bad(_("This may not be negative."), row[name], column=name)
    return value

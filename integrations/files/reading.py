"""What a table says: lines of orders, or sums of days; and, line by line, what cannot be read. Nothing is written."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrations.channels.base import Line, Order
from integrations.files.cells import count_of, day_of, instant_of, number_of
from integrations.files.kinds import FileKind
from integrations.files.tables import Table
from integrations.models import ChannelAccount
from integrations.models.sales import SKU_LENGTH

_CENT = Decimal("0.01")
_EARLIEST = date(2010, 1, 1)
_VOID = ("cancel", "取消", "unpaid", "未付款", "void")
_CURRENCY_LENGTH = 3
_MOST_PROBLEMS = 1000


@dataclass(frozen=True)
class Trouble:
    """Of the line with this number in the file: why it is left out."""

    line: int
    why: str | Promise
    cell: str = ""


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
    """`days` and `orders`: one of them is filled, by the kind of file. `told`: rows of days that the channel tells."""

    rows: int = 0
    told: int = 0
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


class _Bad(ValueError):
    def __init__(self, why: str | Promise, cell: str = "") -> None:
        super().__init__(cell)
        self.why, self.cell = why, cell


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
    reading = Reading()
    rows = _Rows(table, columns)
    latest = account.day_of(now)
    if kind.is_orders:
        _read_orders(rows, account, reading, latest)
    else:
        _read_days(rows, account, reading, day, latest)
    return reading


class _Rows:
    """Rows as what they say, by column of ours."""

    def __init__(self, table: Table, columns: Mapping[str, str]) -> None:
        self.table = table
        self.at = {key: table.head.index(heading) for key, heading in columns.items() if heading in table.head}

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        for number, cells in self.table.rows:
            yield number, {key: cells[at] for key, at in self.at.items()}


def _read_days(rows: _Rows, account: ChannelAccount, reading: Reading, day: date | None, latest: date) -> None:
    for number, row in rows:
        reading.rows += 1
        try:
            on = _day(row["day"], latest) if row.get("day") else day
            if on is None:
                raise _Bad(_("The day is missing."))
            sku, currency = _sku(row), _currency(row, account)
            one = _sum(row)
        except _Bad as error:
            reading.complain(Trouble(number, error.why, error.cell))
            continue
        if _is_told(account, on):
            reading.told += 1
            # Nobody but a file tells what ads cost.
            if one.ad_spend is None:
                continue
            one = DaySum(ad_spend=one.ad_spend)
        _add(reading.days.setdefault((on, sku, currency), DaySum(asin=one.asin)), one)


def _sum(row: dict[str, str]) -> DaySum:
    optional: dict[str, Any] = {
        "sessions": _count(row, "sessions") if row.get("sessions") else None,
        "page_views": _count(row, "page_views") if row.get("page_views") else None,
        "buy_box": _number(row, "buy_box") if row.get("buy_box") else None,
        "ad_spend": _amount(row, "ad_spend") if row.get("ad_spend") else None,
    }
    if optional["buy_box"] is not None and not 0 <= optional["buy_box"] <= 100:
        raise _Bad(_("A share of the buy box is 0 to 100 %."), row["buy_box"])
    return DaySum(
        asin=row.get("asin", "")[:20],
        units=_count(row, "units"),
        gross=_amount(row, "gross"),
        discount=abs(_number(row, "discount")),
        units_refunded=_count(row, "units_refunded"),
        refund=abs(_number(row, "refund")),
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
                raise _Bad(_("The order's number is missing."))
            order = found[key] = found.get(key) or _opened(row, account, latest)
            line = _line(row, numbers[key] + 1, is_void=order.is_void)
        except _Bad as error:
            reading.complain(Trouble(number, error.why, error.cell))
            continue
        if _is_told(account, account.day_of(order.placed_at)):
            reading.told += 1
            continue
        numbers[key] += 1
        order.lines.append(line)
    reading.orders = [_order(key, order) for key, order in found.items() if order.lines]


def _opened(row: dict[str, str], account: ChannelAccount, latest: date) -> _Open:
    try:
        placed_at = instant_of(row["placed"], account.time_zone)
    except ValueError as error:
        raise _Bad(_("This is no date that can be read."), row["placed"]) from error
    _check_day(account.day_of(placed_at), row["placed"], latest)
    status = row.get("status", "").casefold()
    is_void = bool(row.get("cancelled")) or any(word in status for word in _VOID)
    return _Open(placed_at, _currency(row, account), is_void, abs(_number(row, "order_discount")))


def _line(row: dict[str, str], number: int, *, is_void: bool) -> Line:
    units = _count(row, "units")
    if not units:
        raise _Bad(_("No units."), row["units"])
    return Line(
        line_id=f"{number}",
        sku=_sku(row),
        units=units,
        amount=_amount(row, "price") * units,
        discount=abs(_number(row, "line_discount")),
        status="void" if is_void or _is_void_line(row) else "counted",
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
    return account.covered_from is not None and on >= account.covered_from


def _sku(row: dict[str, str]) -> str:
    sku = row.get("sku", "").lstrip("'")
    if not sku:
        raise _Bad(_("The SKU is missing."))
    if len(sku) > SKU_LENGTH:
        raise _Bad(_("This SKU is too long."), sku[:40])
    return sku


def _currency(row: dict[str, str], account: ChannelAccount) -> str:
    currency = row.get("currency", "").upper() or account.currency
    if len(currency) != _CURRENCY_LENGTH or not currency.isascii() or not currency.isalpha():
        raise _Bad(_("A currency has three letters, as in USD."), currency)
    return currency


def _day(text: str, latest: date) -> date:
    try:
        on = day_of(text.partition(" ")[0] if ":" in text else text)
    except ValueError as error:
        raise _Bad(_("This is no date that can be read."), text) from error
    _check_day(on, text, latest)
    return on


def _check_day(on: date, text: str, latest: date) -> None:
    if not _EARLIEST <= on <= latest:
        raise _Bad(_("This day lies ahead, or too far back."), text)


def _count(row: dict[str, str], name: str) -> int:
    try:
        return count_of(row.get(name, ""))
    except ValueError as error:
        raise _Bad(_("This is no whole number."), row[name]) from error


def _number(row: dict[str, str], name: str) -> Decimal:
    try:
        return number_of(row.get(name, ""))
    except ValueError as error:
        raise _Bad(_("This is no number."), row[name]) from error


def _amount(row: dict[str, str], name: str) -> Decimal:
    value = _number(row, name)
    if value < 0:
        raise _Bad(_("This may not be negative."), row[name])
    return value

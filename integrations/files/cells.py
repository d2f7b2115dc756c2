"""What stands in a cell: numbers, money, days and instants as sellers' files write them."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

_MONEY = re.compile(r"[^\d.,()+\-]")
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%m/%d/%y", "%Y年%m月%d日", "%Y.%m.%d", "%b %d, %Y", "%Y%m%d")
_TIMES = ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M")
_MOST = Decimal(10) ** 9


def number_of(text: str) -> Decimal:
    """ "$1,234.50", "1,234", "(12.00)", "-3", "56.1%"; "" and a dash are nothing. Raises ValueError."""
    plain = _MONEY.sub("", text.replace("，", ","))
    if text.strip() in ("", "-", "–", "—", "N/A", "n/a"):
        return Decimal(0)
    is_negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()").replace(",", "")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if abs(value) >= _MOST:
        raise ValueError(text)
    return -value if is_negative else value


def count_of(text: str) -> int:
    value = number_of(text)
    if value != value.to_integral_value() or value < 0:
        raise ValueError(text)
    return int(value)


def day_of(text: str) -> date:
    """As written, whatever the zone. Raises ValueError."""
    text = text.strip()
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValueError(text)


def instant_of(text: str, zone: str) -> datetime:
    """Without an offset it is on the clock of `zone`; a day alone is its noon. Raises ValueError."""
    text = text.strip()
    try:
        at = datetime.fromisoformat(text)
        is_day = len(text) <= len("2026-01-01")
    except ValueError:
        at, is_day = _by_form(text)
    if is_day:
        at = at.replace(hour=12)
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def _by_form(text: str) -> tuple[datetime, bool]:
    for form in _TIMES:
        try:
            return datetime.strptime(text, form), False  # noqa: DTZ007 - the caller gives it its zone
        except ValueError:
            continue
    found = day_of(text)
    return datetime(found.year, found.month, found.day), True  # noqa: DTZ001 - as above

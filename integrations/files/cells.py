"""What stands in a cell: numbers, money, days and instants as sellers' files write them."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

# As most cells are; the others take longer.
_PLAIN = re.compile(r"\d{1,9}(?:\.\d+)?", re.ASCII)
_NOTHING = frozenset({"", "-", "–", "—", "N/A", "n/a"})
_AMOUNT = re.compile(
    r"(?P<sign>[-+−]?)(?P<before>[^\W\d_]{0,3}[$€£¥]?)(?P<late>[-+−]?)"
    r"(?P<digits>[\d.][\d.,'E+-]*?)(?P<after>%|€|[^\W\d_]{0,3})"
)
# Commas between thousands or a comma before the cents, never a guess: "1.234,50" and "12,50" can be read one way only.
_POINT = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?:'\d{3})+)?(?:\.\d*)?(?:E[+-]?\d{1,2})?")
_COMMA = re.compile(r"(?:\d+|\d{1,3}(?:\.\d{3})+),\d{1,2}|\d{1,3}(?:\.\d{3}){2,}")
# Blanks stand between thousands only.
_TWO_NUMBERS = re.compile(r"\d\s+\d(?!\d\d(?!\d))")
_WIDE = str.maketrans("，（）￥", ",()¥")
_DOLLARS = frozenset({"USD", "CAD", "MXN", "AUD", "NZD", "SGD", "HKD", "TWD", "BRL"})
_SIGNS = {
    "$": _DOLLARS, "US$": frozenset({"USD"}), "CA$": frozenset({"CAD"}), "C$": frozenset({"CAD"}),
    "MX$": frozenset({"MXN"}), "A$": frozenset({"AUD"}), "€": frozenset({"EUR"}), "£": frozenset({"GBP"}),
    "¥": frozenset({"CNY", "JPY"}), "元": frozenset({"CNY"}), "RMB": frozenset({"CNY"}), "円": frozenset({"JPY"}),
}  # fmt: skip
_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%d.%m.%Y", "%Y年%m月%d日", "%Y.%m.%d", "%b %d, %Y",
    "%B %d, %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%Y%m%d",
)  # fmt: skip
_TIMES = ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M")
# A day that a spreadsheet gives as its number, days since the end of 1899: 2009 to 2064.
_SERIAL = re.compile(r"[45]\d{4}(?:\.\d+)?")
_SPREADSHEET_EPOCH = date(1899, 12, 30)
_NUMBERED = re.compile(r"^(\d{1,2})([/-])(\d{1,2})\2(?=\d)")
_MONTHS = 12
_MOST = Decimal(10) ** 9


def number_of(text: str) -> Decimal:
    """ "$1,234.50", "1.234,50 €", "(12.00)", "-3", "56.1%"; "" and a dash are nothing. Raises ValueError."""
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if text.strip() in _NOTHING:
        return Decimal(0)
    found = _parts(text)
    digits = found["digits"]
    if _COMMA.fullmatch(digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif not _POINT.fullmatch(digits):
        raise ValueError(text)
    try:
        value = Decimal(digits.replace(",", "").replace("'", ""))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if abs(value) >= _MOST:
        raise ValueError(text)
    return -value if {found["sign"], found["late"]} & {"-", "−"} else value


def currencies_of(text: str) -> frozenset[str]:
    """Those that its sign or letters may mean: "€20" is EUR, "$20" any dollar; none where it has neither."""
    if _PLAIN.fullmatch(text) or text.strip() in _NOTHING:
        return frozenset()
    found = _parts(text)
    return frozenset().union(*(_SIGNS.get(mark, frozenset({mark})) for mark in _marks(found)))


def _parts(text: str) -> re.Match[str]:
    """Raises ValueError for what is no number, and for what would have to be worked out: "=5*3", "3 of 5"."""
    plain = text.strip().removeprefix("'").translate(_WIDE).upper()
    # As accountants write what is negative: "(5.00)", "$ (5.00)".
    if plain.count("(") == 1 and plain.endswith(")"):
        plain = plain.replace("(", "-").removesuffix(")")
    found = None if _TWO_NUMBERS.search(plain) else _AMOUNT.fullmatch(re.sub(r"\s", "", plain))
    if found is None or (found["sign"] and found["late"]):
        raise ValueError(text)
    if any(mark not in _SIGNS and not _is_code(mark) for mark in _marks(found)):
        raise ValueError(text)
    return found


def _marks(found: re.Match[str]) -> list[str]:
    return [mark for mark in (found["before"], found["after"]) if mark and mark != "%"]


def _is_code(mark: str) -> bool:
    return len(mark) == 3 and mark.isascii()


def count_of(text: str) -> int:
    value = number_of(text)
    if value != value.to_integral_value() or value < 0:
        raise ValueError(text)
    return int(value)


def is_day_first(texts: list[str]) -> bool:
    """Whether days like 13/11/2026 stand in a column, and none like 11/13/2026: then 03/11 is in November too."""
    pairs = [(int(found[1]), int(found[3])) for text in texts if (found := _NUMBERED.match(text.strip()))]
    return any(first > _MONTHS for first, _second in pairs) and all(second <= _MONTHS for _first, second in pairs)


def month_first(text: str) -> str:
    """A day whose number comes first, as those are read whose month does."""
    return _NUMBERED.sub(r"\3\g<2>\1\2", text.strip(), count=1)


# A file of a hundred thousand rows has a few hundred days.
@lru_cache(maxsize=1024)
def day_of(text: str) -> date:
    """As written, whatever the zone. Raises ValueError."""
    text = text.strip()
    if _SERIAL.fullmatch(text):
        return _SPREADSHEET_EPOCH + timedelta(days=int(text[:5]))
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

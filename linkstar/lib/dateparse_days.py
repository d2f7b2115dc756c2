"""The day in a typed deadline, once its time and zone are taken out of the text."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from linkstar.lib import dateparse_words as words

_WEEK = 7
_LEAP_YEARS = 8
_MONTH = rf"(?P<month>{words.choose(words.MONTHS)})\.?"
_ORDINAL = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?: (?P<year>\d{4}))?"
_WEEKDAY_EN = rf"(?P<weekday>{words.choose(words.WEEKDAYS)})\.?"
_WEEKDAY_ZH = r"(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天1-7])"
_UNIT = rf"(?P<count>\d{{1,4}})\s*(?P<unit>{words.choose(words.UNITS)})"

_BESIDE_EN = re.compile(rf"^{_WEEKDAY_EN} (?=.*\d)", re.ASCII)
_BESIDE_ZH = re.compile(rf"(?<=[日号\d])\s*\(?{_WEEKDAY_ZH}\)?$")
_NAMED_EN = re.compile(rf"(?:(?P<which>this|next|coming) )?{_WEEKDAY_EN}")
_NAMED_ZH = re.compile(rf"(?P<which>本|这个?|下个?|下下个?)?{_WEEKDAY_ZH}")
_DATES = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<year>\d{4})(?:[-/.]|年)(?P<month>\d{1,2})(?:[-/.]|月)(?P<day>\d{1,2})[日号]?",
        r"(?P<month>\d{1,2})[-/](?P<day>\d{1,2})[-/](?P<year>\d{4})",
        r"(?P<month>\d{1,2})(?:[-/.]|月)\s?(?P<day>\d{1,2})[日号]?",
        rf"{_ORDINAL} ?(?:of )?{_MONTH}{_YEAR}",
        rf"{_MONTH} ?{_ORDINAL}{_YEAR}",
        r"(?P<day>\d{1,2})[日号]",
        r"(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)",
    )
)
_OFFSETS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (rf"(?:\+|in )\s*{_UNIT}", rf"{_UNIT}[之以]?后", rf"{_UNIT} from (?:now|today)")
)


def find_day(text: str, today: date, *, is_ahead: bool) -> date | None:
    """The day that the whole of `text` names; None when it names none.

    `is_ahead` says that a time was given which is still to come today, so that a bare weekday may mean today.
    Raises ValueError or OverflowError for a day that no calendar has.
    """
    text, weekday = _take_weekday(text)
    for find in (_by_word, _by_offset, _by_date):
        day = find(text, today)
        if day:
            return None if weekday is not None and day.weekday() != weekday else day
    return None if weekday is not None else _by_weekday(text, today, is_ahead=is_ahead)


def _take_weekday(text: str) -> tuple[str, int | None]:
    """The text without a weekday that stands beside a date, as in a copied label, and that weekday."""
    match = _BESIDE_EN.search(text) or _BESIDE_ZH.search(text)
    if match is None:
        return text, None
    return f"{text[: match.start()]}{text[match.end() :]}".strip(), _weekday(match)


def _weekday(match: re.Match[str]) -> int:
    name = match["weekday"]
    return words.WEEKDAYS[name] if name in words.WEEKDAYS else words.WEEKDAYS_ZH[name]


def _by_word(text: str, today: date) -> date | None:
    if text in words.DAYS:
        return today + timedelta(days=words.DAYS[text])
    if text in words.MONTH_ENDS:
        first = _months_later(today.replace(day=1), words.MONTH_ENDS[text])
        return first.replace(day=monthrange(first.year, first.month)[1])
    if text in words.YEAR_ENDS:
        return date(today.year + words.YEAR_ENDS[text], 12, 31)
    return None


def _by_offset(text: str, today: date) -> date | None:
    match = _first_match(_OFFSETS, text)
    if match is None:
        return None
    count, unit = int(match["count"]), words.UNITS[match["unit"]]
    if unit == "months":
        return _months_later(today, count)
    return today + timedelta(days=count * (_WEEK if unit == "weeks" else 1))


def _by_date(text: str, today: date) -> date | None:
    match = _first_match(_DATES, text)
    if match is None:
        return None
    groups = match.groupdict()
    day, year, month = int(groups["day"]), groups.get("year"), groups.get("month")
    if month is None:
        return _next_such(today, lambda number: _day_of_month(today, number, day), tries=3)
    number = words.MONTHS.get(month) or int(month)
    # 27/11 can only be meant the other way round.
    if number > 12 >= day and not year:
        number, day = day, number
    if year:
        return date(int(year), number, day)
    return _next_such(today, lambda later: _day_in(today.year + later, number, day), tries=_LEAP_YEARS + 1)


def _next_such(today: date, candidate: Callable[[int], date | None], *, tries: int) -> date | None:
    """The first of the candidates 0, 1, 2 … that exists and is not before today."""
    days = (candidate(number) for number in range(tries))
    return next((day for day in days if day and day >= today), None)


def _day_of_month(today: date, later: int, day: int) -> date | None:
    first = _months_later(today.replace(day=1), later)
    return _day_in(first.year, first.month, day)


def _day_in(year: int, month: int, day: int) -> date | None:
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def _by_weekday(text: str, today: date, *, is_ahead: bool) -> date | None:
    match = _NAMED_EN.fullmatch(text) or _NAMED_ZH.fullmatch(text)
    if match is None:
        return None
    weekday, which = _weekday(match), match["which"] or ""
    monday = today - timedelta(days=today.weekday())
    if which == "next" or which.startswith("下"):
        weeks = 2 if which.startswith("下下") else 1
        return monday + timedelta(days=weeks * _WEEK + weekday)
    if which.startswith(("本", "这")):
        return monday + timedelta(days=weekday)
    distance = (weekday - today.weekday()) % _WEEK
    return today + timedelta(days=distance if distance or is_ahead else _WEEK)


def _months_later(day: date, months: int) -> date:
    """The same day some months on, or the last day of a month that is shorter."""
    years, index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, index + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _first_match(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    return next((match for match in (pattern.fullmatch(text) for pattern in patterns) if match), None)

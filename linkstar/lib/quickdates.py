"""The deadline that stands somewhere in a line: "交主图 明天18:00 @林悦", "Call the factory by fri 5pm PT".

A line is mostly not a date, so this is careful where dateparse is generous: a short form alone ("3/4", "sat", "10点")
counts only where a deadline would stand, and a day that names something ("Black Friday", "每周五", "昨天的销量") never.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from linkstar.lib import dateparse_words as words
from linkstar.lib.dateparse import ParsedDeadline, parse_deadline
from linkstar.lib.zones import get_zone

_MOST_ATOMS = 16
_WIDEST = 8
# As far as deadlines are accepted (deadlines.py).
_YEARS_AHEAD = 20
_NUMBER = "[0-9０-９]"
_HAN = "[〇零一二两三四五六七八九十]{1,3}"
_COUNT = rf"(?:{_NUMBER}{{1,4}}|{_HAN})"
_UNITS = words.choose([unit for unit in words.UNITS if unit.isascii()])
_UNITS_ZH = r"(?:天|日|周|个?星期|个?礼拜|个月|个?小时)"
_MONTHS = words.choose(words.MONTHS)
_WEEKDAYS = words.choose(words.WEEKDAYS)
_CITIES = ("北京", "太平洋", "美西", "美东", "美中", "beijing", "pacific", "eastern", "central", "mountain")
_SPELLED = [word for word in words.ZONES if word not in _CITIES]
_LATIN_DAYS = [word for word in words.DAYS if word.isascii()]
_HAN_DAYS = [word for word in words.DAYS if not word.isascii()]
_PARTS = [*words.MORNING, *words.EVENING, *words.NOON]


# Not the tail of a number, a price or another date.
_FREE = r"(?<![A-Za-z0-9０-９.,/:：\-])"


def _latin(pattern: str) -> str:
    return rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9'’])"


def _figures(pattern: str) -> str:
    return rf"{_FREE}{pattern}(?![0-9０-９]|[/:：\-.][0-9]|[A-Za-z])"


# What a date is put together from. "sure" alone is a deadline, "day", "short" and "clock" only in certain places.
_ATOMS = {
    "sure": (
        rf"(?<![A-Za-z0-9+])\+ ?{_NUMBER}{{1,4}} ?(?:{_UNITS}|h|hrs?|hours?)(?![A-Za-z0-9])",
        _latin(rf"in [0-9]{{1,4}} ?(?:{_UNITS}|h|hrs?|hours?)"),
        _latin(rf"[0-9]{{1,4}} ?(?:{_UNITS}) from (?:now|today)"),
        rf"(?<![第0-9０-９〇零一二两三四五六七八九十]){_COUNT} ?{_UNITS_ZH}[之以]?后(?!天)",
        rf"(?<![0-9０-９]){_NUMBER}{{4}}[-/.]{_NUMBER}{{1,2}}[-/.]{_NUMBER}{{1,2}}(?![0-9])",
        rf"(?<![0-9０-９]){_NUMBER}{{4}}年{_NUMBER}{{1,2}}月{_NUMBER}{{1,2}}[日号]?",
        rf"(?<![0-9０-９])(?:{_NUMBER}{{1,2}}|{_HAN})月 ?(?:{_NUMBER}{{1,2}}|{_HAN})[日号]?",
        _latin(rf"(?:{_MONTHS})\.? ?[0-9]{{1,2}}(?:st|nd|rd|th)?(?:,? [0-9]{{4}})?"),
        _latin(rf"[0-9]{{1,2}}(?:st|nd|rd|th)? ?(?:of )?(?:{_MONTHS})(?: [0-9]{{4}})?"),
        _latin(rf"(?:this|next|coming) (?:{_WEEKDAYS})"),
        r"(?:本|这个?|下下?个?)(?:周|星期|礼拜)[一二三四五六日天1-7]",
        _latin(f"(?:{words.choose(_LATIN_DAYS)}|tonight|eod|end of day)"),
        rf"(?:{words.choose([*_HAN_DAYS, *(word for word in words.EXPANSIONS if not word.isascii())])})(?!头条)",
        words.choose(word for word in [*words.MONTH_ENDS, *words.YEAR_ENDS, *words.DAY_ENDS] if not word.isascii()),
    ),
    "day": (rf"{_latin(f'(?:{_WEEKDAYS})')}\.?", r"(?:周|星期|礼拜)[一二三四五六日天](?![一-鿿]{0,1}年)"),
    "short": (
        _figures(rf"{_NUMBER}{{1,2}}[-/]{_NUMBER}{{1,2}}(?:[-/]{_NUMBER}{{4}})?"),
        _figures(rf"{_NUMBER}{{1,2}}[日号]"),
        _latin(r"the [0-9]{1,2}(?:st|nd|rd|th)"),
        _latin(f"(?:{words.choose(w for w in [*words.MONTH_ENDS, *words.YEAR_ENDS, *words.DAY_ENDS] if w.isascii())})"),
    ),
    "clock": (
        rf"{_FREE}{_NUMBER}{{1,2}}[:：]{_NUMBER}{{2}}(?:[:：]{_NUMBER}{{2}})?(?: ?[ap]\.?m\.?)?(?![A-Za-z0-9:：])",
        r"(?<![A-Za-z0-9.,/:])[0-9]{1,2} ?(?:[ap]m|[ap]\.m\.)(?![A-Za-z0-9])",
        rf"(?<![0-9０-９.])(?:{_NUMBER}{{1,2}}|{_HAN})[点时](?:半|[一三13]刻|(?:{_NUMBER}{{1,2}}|{_HAN})分?|整)?",
        _latin("noon"),
    ),
    "part": (_latin(f"(?:{words.choose(part for part in _PARTS if part.isascii())})"),
             words.choose(part for part in _PARTS if not part.isascii())),
    "zone": (
        _latin(f"(?:{words.choose([*(zone for zone in _SPELLED if zone.isascii()), words.AMBIGUOUS_ZONE])})"),
        words.choose(zone for zone in _SPELLED if not zone.isascii()),
        r"(?<![A-Za-z0-9])[A-Za-z]+/[A-Za-z_]+(?:/[A-Za-z_\-]+)?",
        r"\(?(?:UTC|GMT)[+\-−][0-9]{1,2}(?::[0-9]{2})?\)?",
    ),
    "city": (_latin(f"(?:{words.choose(city for city in _CITIES if city.isascii())})"),
             rf"(?:{words.choose(city for city in _CITIES if not city.isascii())})(?![㐀-鿿])"),
    "filler": (_latin("(?:by|at|on|due)"), "之前|以前|截止|前(?!天)"),
}  # fmt: skip
_ATOM = re.compile("|".join(f"(?P<{kind}>{'|'.join(patterns)})" for kind, patterns in _ATOMS.items()), re.IGNORECASE)
_GAP = re.compile(r"[ ,，、]*")
_NAMES_SOMETHING = re.compile(
    r"(?:(?<![a-z])(?:black|cyber|super|green|good|giving|small business|prime|last|every|each)\s+"
    r"|每个?|上个?|黑色|网络|网购|疯狂|超级)$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r" ?(?:[-–—~～至到]|to\b|until\b) ?", re.IGNORECASE)
_AFTER = re.compile(r"[的'’]")
_ONLY_MARKS = re.compile(r"[\s,，.。;；!！、:：]*")
_NOT_FIRST = re.compile(r"(?:sat|sun|mon|wed)\.?", re.IGNORECASE)
_LATIN_BEFORE = re.compile(r"(?:by|at|on|due)", re.IGNORECASE)


class Atom(NamedTuple):
    kind: str
    start: int
    end: int


class FoundDate(NamedTuple):
    """The deadline and where it stands in the line."""

    start: int
    end: int
    parsed: ParsedDeadline


def find_date(line: str, *, now: datetime, zone: str, language: str) -> FoundDate | None:
    r"""The deadline that a line names: with a day and a time before one with a day, else the first; None for none.

    What is no word of the title is blanked out beforehand: by \0 what leaves it, by \1 what stays. What comes before
    today is no deadline.
    """
    found = list(_dates(line, now=now, zone=zone, language=language))
    return max(found, key=lambda one: (one.parsed.time is not None, -one.start), default=None)


def starts_like_a_date(line: str, at: int) -> bool:
    """Whether something stands at `at` that dates are made of, so that a backslash before it is meant."""
    return _ATOM.match(line, at) is not None


def _dates(line: str, *, now: datetime, zone: str, language: str) -> Iterator[FoundDate]:
    atoms = [Atom(match.lastgroup or "", *match.span()) for match in _ATOM.finditer(line)][:_MOST_ATOMS]
    first = 0
    while first < len(atoms):
        for last in range(min(first + _WIDEST, len(atoms)), first, -1):
            some = atoms[first:last]
            if not _is_one_run(line, some) or not _may_be_meant(line, some):
                continue
            parsed = parse_deadline(line[some[0].start : some[-1].end], now=now, zone=zone, language=language)
            if parsed and _is_ahead(parsed, now):
                yield FoundDate(some[0].start, some[-1].end, parsed)
                first = last
                break
        else:
            first += 1


def _is_ahead(parsed: ParsedDeadline, now: datetime) -> bool:
    today = now.astimezone(get_zone(parsed.zone)).date()
    return today <= parsed.on and parsed.on.year <= today.year + _YEARS_AHEAD


def _is_one_run(line: str, atoms: list[Atom]) -> bool:
    return all(_GAP.fullmatch(line, one.end, other.start) is not None for one, other in pairwise(atoms))


def _may_be_meant(line: str, atoms: list[Atom]) -> bool:
    start, end, kinds = atoms[0].start, atoms[-1].end, {atom.kind for atom in atoms}
    before, after = line[:start], line[end:]
    if (
        before.endswith("\\")
        or _NAMES_SOMETHING.search(before)
        or _AFTER.match(after)
        or _is_in_a_range(line, start, end)
    ):
        return False
    if "city" in kinds and "clock" not in kinds:
        return False
    if atoms[0].kind == "filler" and not _LATIN_BEFORE.fullmatch(line, start, atoms[0].end) and line[start] != "截":
        return False
    days = kinds & {"sure", "day", "short"}
    if "sure" in kinds or (days and kinds & {"clock", "filler"}):
        return True
    return _stands_apart(line, start, end, days)


def _stands_apart(line: str, start: int, end: int, days: set[str]) -> bool:
    """A short form where it cannot be part of the title's words: at the end, a weekday also in front or by itself."""
    before, after = line[:start].replace("\0", " "), line[end:].replace("\0", " ")
    if _ONLY_MARKS.fullmatch(after):
        return bool(before.strip()) or "day" in days
    if days != {"day"} or _NOT_FIRST.fullmatch(line, start, end):
        return False
    is_han = not line[start].isascii()
    return not before.strip() or (is_han and before.endswith(" ") and after.startswith(" "))


def _is_in_a_range(line: str, start: int, end: int) -> bool:
    """ "周一到周五" and "11/20 - 11/28" are spans of time and no deadline."""
    after = _BETWEEN.match(line, end)
    if after and _ATOM.match(line, after.end()):
        return True
    return any(_BETWEEN.fullmatch(line, atom.end(), start) for atom in _ATOM.finditer(line, 0, start))

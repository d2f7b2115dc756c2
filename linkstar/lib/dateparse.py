"""Deadlines as people type them: 明天 18:00, 下周一 9:30, 11月27日 23:59, fri 5pm PT, nov 27, +3d, eod.

What was understood is shown in both clocks before it is saved, so this reads generously; but a word left over makes the
whole text not understood, because half a date is worse than none.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from linkstar.lib import dateparse_words as words
from linkstar.lib.dateparse_days import find_day
from linkstar.lib.deadlines import resolve
from linkstar.lib.zones import find_zone, get_zone, is_zone

_LONGEST = 80
_OFFSET = re.compile(r"\(?\b(?:utc|gmt)(?P<sign>[+\-−])(?P<hours>\d{1,2})(?::(?P<minutes>\d{2}))?\)?", re.ASCII)
_IANA = re.compile(r"\b[A-Za-z]+(?:/[A-Za-z_\-]+){1,2}\b")
_ZONE = re.compile(rf"(?<![a-z])(?:{words.choose([*words.ZONES, words.AMBIGUOUS_ZONE])})(?![a-z])")
_DAY_END = re.compile(rf"(?<![a-z])(?:{words.choose(words.DAY_ENDS)})(?![a-z])")
_FILLERS = re.compile(r"(?<![a-z])(?:at|on|by|due)(?![a-z])|之前|以前|截止|前(?!天)|[,，、的]")
_EXPANSION = re.compile(words.choose(words.EXPANSIONS))

_PART = rf"(?P<part>{words.choose([*words.MORNING, *words.EVENING, *words.NOON])})?"
_CLOCK = re.compile(
    rf"{_PART}\s*(?<!\d)(?P<hour>\d{{1,2}})\s*"
    r"(?:(?::(?P<minute>\d{2})(?::(?P<second>\d{2}))?|[点时](?:(?P<half>半|[13]刻)|(?P<han>\d{1,2})分?|整)?)"
    r"\s*(?P<half_day>am|pm|a\.m\.|p\.m\.)?|(?P<short>am|pm|a\.m\.|p\.m\.))(?![\d:a-z])"
    r"\s*(?P<after>morning|afternoon|evening)?",
    re.ASCII,
)
_BARE_EVENING = re.compile(r"\b(?P<part>morning|afternoon|evening)\s*(?P<hour>\d{1,2})$", re.ASCII)
_NOON = re.compile(r"\bnoon\b|中午|正午")
_FRACTIONS = {"半": 30, "1刻": 15, "3刻": 45}


class ParsedDeadline(NamedTuple):
    """A day, a time (None: the whole day) and the IANA zone they are in.

    `is_zone_guessed` says that CST was typed, which is China's time as well as Chicago's: show `guess_text`.
    """

    on: date
    time: time | None
    zone: str
    is_zone_guessed: bool = False


class _Clock(NamedTuple):
    """A time of day; `next_day` for 24:00, which is the first moment of the day after."""

    time: time
    next_day: bool = False


def parse_deadline(text: str, *, now: datetime, zone: str, language: str) -> ParsedDeadline | None:
    """The deadline meant by a typed text; None when it is not understood in full. Never raises for any text.

    `now` is aware. `zone` is where the words are meant unless they name another: "today" is the day it is there now.
    Days without a year or month are the next such ones, a bare weekday never today unless its time is still to come,
    and a time alone is its next occurrence. 3/4 is 4 March. An offset, as in a copied label, has to be the zone's own
    at that time. `language` decides only what CST means.
    """
    if not text or len(text) > _LONGEST:
        return None
    text, offset = _take_offset(_normal(text))
    text, zone, is_guessed = _take_zone(text, zone, language)
    try:
        found = _read(text, now.astimezone(get_zone(zone)))
        if found and offset is not None and resolve(*found, zone).wall.utcoffset() != offset:
            return None
    except (ValueError, OverflowError):
        # There is no 31 June, no hour 25 and no year 0: not a date, whatever it looked like.
        return None
    return ParsedDeadline(*found, zone, is_guessed) if found else None


def guess_text(parsed: ParsedDeadline, language: str) -> str:
    """A sentence on how CST was read; "" when no such guess was made."""
    if not parsed.is_zone_guessed:
        return ""
    china = parsed.zone == "Asia/Shanghai"
    if language == "zh-hans":
        return f"CST 既指中国时间也指美中时间，这里按{'北京时间' if china else '美中时间（芝加哥）'}理解。"
    return f"CST is China's time and US Central time. It is read as {'Beijing time' if china else 'Chicago time'}."


def _normal(text: str) -> str:
    """Half-width, lower case but for IANA names, single spaces, Chinese numbers as digits."""
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    text = _IANA.sub(lambda match: find_zone(match.group()) or match.group(), text)
    kept = [word if "/" in word and is_zone(word) else word.lower() for word in text.split(" ")]
    text = _EXPANSION.sub(lambda match: words.EXPANSIONS[match.group()], " ".join(kept))
    return words.with_digits(text)


def _take_offset(text: str) -> tuple[str, timedelta | None]:
    """The text without "(UTC−8)", and that offset."""
    match = _OFFSET.search(text)
    if match is None:
        return text, None
    length = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    return f"{text[: match.start()]} {text[match.end() :]}", length if match["sign"] == "+" else -length


def _take_zone(text: str, zone: str, language: str) -> tuple[str, str, bool]:
    """The text without its zone words, the zone meant, and whether that was a guess."""
    for word in text.split(" "):
        if "/" in word and is_zone(word):
            return text.replace(word, " ", 1), word, False
    match = _ZONE.search(text)
    if match is None:
        return text, zone, False
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    if match.group() == words.AMBIGUOUS_ZONE:
        return rest, words.CST["zh-hans" if language == "zh-hans" else "en"], True
    return rest, words.ZONES[match.group()], False


def _read(text: str, local: datetime) -> tuple[date, time | None] | None:
    later = _later(text, local)
    if later:
        return later
    text, ends_day = _DAY_END.subn(" ", text, count=1)
    text, clock = _take_clock(text)
    if clock and ends_day:
        return None
    rest = " ".join(_FILLERS.sub(" ", text).split())
    if not rest:
        if clock:
            return _next_occurrence(clock, local)
        return (local.date(), None) if ends_day else None
    is_ahead = bool(clock and (clock.next_day or clock.time > local.time()))
    day = find_day(rest, local.date(), is_ahead=is_ahead)
    if day is None:
        return None
    return (day + timedelta(days=clock.next_day), clock.time) if clock else (day, None)


def _later(text: str, local: datetime) -> tuple[date, time] | None:
    """Hours from now: +3h, in 3 hours, 3小时后. They are elapsed hours, to the minute.

    Where they end in the second of two equal times, the first is what can be typed and is what comes out.
    """
    match = re.fullmatch(
        r"(?:\+|in )\s*(\d{1,4})\s*(?:h|hrs?|hours?)|(\d{1,4})\s*个?小时[之以]?后", text.strip(), re.ASCII
    )
    if match is None:
        return None
    hours = timedelta(hours=int(match[1] or match[2]))
    wall = (local.astimezone(get_zone("UTC")) + hours).astimezone(local.tzinfo)
    return wall.date(), wall.time().replace(second=0, microsecond=0, fold=0)


def _next_occurrence(clock: _Clock, local: datetime) -> tuple[date, time]:
    is_ahead = clock.next_day or clock.time > local.time()
    return local.date() + timedelta(days=clock.next_day or not is_ahead), clock.time


def _take_clock(text: str) -> tuple[str, _Clock | None]:
    """The text without its time of day, and that time. Raises ValueError for hour 25 and its like."""
    match = _CLOCK.search(text) or _BARE_EVENING.search(text)
    if match:
        return f"{text[: match.start()]} {text[match.end() :]}", _clock(match)
    match = _NOON.search(text)
    if match:
        return f"{text[: match.start()]} {text[match.end() :]}", _Clock(time(12))
    # "tonight" and 今晚 alone name the day; when it ends is for the person to add.
    for part in (*words.EVENING, *words.MORNING):
        if text.endswith((f"天{part}", f" {part}")):
            return text.removesuffix(part), None
    return text, None


def _clock(match: re.Match[str]) -> _Clock:
    groups = match.groupdict()
    hour = int(groups["hour"])
    half = groups.get("half")
    minute = _FRACTIONS[half] if half else int(groups.get("minute") or groups.get("han") or 0)
    second = int(groups.get("second") or 0)
    half_day = (groups.get("half_day") or groups.get("short") or "").replace(".", "")
    if half_day:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half_day == "pm" else 0)
    else:
        hour = _hour_in(groups["part"] or groups.get("after"), hour)
    if hour == 24 and minute == second == 0:
        return _Clock(time(0), next_day=True)
    return _Clock(time(hour, minute, second))


def _hour_in(part: str | None, hour: int) -> int:
    """The hour of 24 that is meant in a part of the day: 下午3点 is 15, 凌晨12点 is 0, 晚上12点 is 24."""
    if part in words.MORNING:
        return 0 if hour == 12 and part == "凌晨" else hour
    if part in words.NOON:
        return hour + 12 if hour < 3 else hour
    if part in words.EVENING:
        if hour == 12:
            return 12 if part in ("下午", "afternoon") else 24
        return hour + 12 if 0 < hour < 12 else hour
    return hour

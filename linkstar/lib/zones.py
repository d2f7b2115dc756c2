"""Time zones by their IANA name, and what people call them.

`language` is "zh-hans" or "en"; anything else reads as English.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

import pytz

from linkstar.lib.zone_cities import CITIES_EN, CITIES_ZH, REGIONS_ZH

# Files that lie in a zoneinfo folder and are no place: the machine's own zone, and a placeholder of tzdata.
_NOT_PLACES = {"localtime", "Factory", "posixrules"}
_NOT_TREES = ("posix/", "right/", "SystemV/")
_NAMES = frozenset(
    name for name in available_timezones() if name not in _NOT_PLACES and not name.startswith(_NOT_TREES)
)

# Where American shoppers live, east to west: the zones that a template's market may have.
MARKET_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
_FIRST = ("America/New_York", "America/Los_Angeles", "Asia/Shanghai")
# Older second names of zones that are in the list anyway.
_DOUBLES = ("US/", "Canada/", "GMT")
_AMERICAN = frozenset(pytz.country_timezones["US"]) | {name for name in _NAMES if name.startswith("US/")}

# Standard and summer time have one Chinese name: the offset beside it tells them apart.
_AMERICAN_ZH = {
    "EST": "美东时间",
    "EDT": "美东时间",
    "CST": "美中时间",
    "CDT": "美中时间",
    "MST": "山地时间",
    "MDT": "山地时间",
    "PST": "太平洋时间",
    "PDT": "太平洋时间",
    "AKST": "阿拉斯加时间",
    "AKDT": "阿拉斯加时间",
    "HST": "夏威夷时间",
    "HDT": "夏威夷时间",
}
_BY_ZONE_ZH = {"America/Phoenix": "亚利桑那时间", "US/Arizona": "亚利桑那时间", "America/Adak": "阿留申时间"}
_LONG_EN = {
    "美东时间": "Eastern time",
    "美中时间": "Central time",
    "山地时间": "Mountain time",
    "太平洋时间": "Pacific time",
    "阿拉斯加时间": "Alaska time",
    "夏威夷时间": "Hawaii time",
    "亚利桑那时间": "Arizona time",
    "阿留申时间": "Aleutian time",
}

_CHINESE = frozenset(
    {"Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "PRC", "Asia/Kashgar"}
)

Choices = list[tuple[str, list[tuple[str, str]]]]


class UnknownZone(ValueError):
    """The name is no IANA time zone that this machine knows."""


def is_zone(name: object) -> bool:
    """Whether `name` is an IANA zone, exactly as spelled there; old aliases such as US/Pacific count."""
    return isinstance(name, str) and name in _NAMES


def find_zone(typed: str) -> str | None:
    """The IANA name that was typed in whatever case: "america/new_york"."""
    return _lower_names().get(typed.lower())


@cache
def _lower_names() -> dict[str, str]:
    return {name.lower(): name for name in _NAMES}


@cache
def get_zone(name: str) -> ZoneInfo:
    """The zone of that name; raises UnknownZone. Never a path, so a typed name may be given."""
    if not is_zone(name):
        raise UnknownZone(name)
    return ZoneInfo(name)


def zone_abbreviation(zone: str, at: datetime) -> str:
    """The letters in use at the aware instant `at` ("PST", "PDT", "CET"); the offset where a zone has none."""
    letters = at.astimezone(get_zone(zone)).tzname() or ""
    return letters if letters.isalpha() else offset_text(zone, at)


def zone_name(zone: str, language: str, at: datetime) -> str:
    """What people call the zone at the aware instant `at`, never empty.

    American zones: "PST" or "PDT" in English, "太平洋时间" in Chinese. Elsewhere the city: "Beijing time", "北京时间".
    """
    if zone in _AMERICAN or ("/" not in zone and zone not in CITIES_ZH) or zone.startswith("Etc/"):
        return _american_zh(zone, at) if language == "zh-hans" else zone_abbreviation(zone, at)
    return _city_time(zone, language)


def clock_name(zone: str, language: str) -> str:
    """What people call the zone all year round, where no moment is meant: "Pacific time", "北京时间"."""
    name = zone_name(zone, language, _WINTER)
    return name if language == "zh-hans" or zone not in _AMERICAN else _LONG_EN.get(_american_zh(zone, _WINTER), name)


def offset_text(zone: str, at: datetime) -> str:
    """The offset in force at the aware instant `at`: "UTC−8" (a real minus sign), "UTC+5:30", "UTC+0"."""
    return format_offset(at.astimezone(get_zone(zone)).utcoffset() or timedelta(0))


@lru_cache(maxsize=512)
def format_offset(offset: timedelta) -> str:
    """An offset east of Greenwich as "UTC−8"; seconds only for offsets of before 1972."""
    seconds = int(offset.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    text = f"UTC{'−' if seconds < 0 else '+'}{hours}"
    if minutes or rest:
        text += f":{minutes:02d}"
    return f"{text}:{rest:02d}" if rest else text


def city_name(zone: str, language: str) -> str:
    """The city of a zone: "Los Angeles", "洛杉矶"; Asia/Shanghai is Beijing, as the clock is called there."""
    if language == "zh-hans" and zone in CITIES_ZH:
        return CITIES_ZH[zone]
    return CITIES_EN.get(zone) or zone.rpartition("/")[2].replace("_", " ")


def home_country(zone: str) -> str:
    """Whose holidays people on that clock keep of the two that are known here: "cn" in mainland China, else "us"."""
    return "cn" if zone in _CHINESE else "us"


def zone_choices(language: str, first: Sequence[str] = _FIRST) -> Choices:
    """Every zone in common use, grouped for a <select>: `first` in its order, then one group a region, by label.

    A zone of `first` is not repeated below. Labels name no offset, because it changes with the date.
    """
    return [(group, list(choices)) for group, choices in _choices(language, tuple(first))]


@lru_cache(maxsize=16)
def _choices(language: str, first: tuple[str, ...]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for zone in pytz.common_timezones:
        if zone in first or zone.startswith(_DOUBLES) or not is_zone(zone):
            continue
        region = zone.partition("/")[0]
        groups.setdefault(region, []).append((zone, _label(zone, language)))
    top = ("常用" if language == "zh-hans" else "Most used", tuple((zone, _label(zone, language)) for zone in first))
    below = ((_region(key, language), tuple(sorted(groups[key], key=_by_label))) for key in sorted(groups))
    return (top, *below)


def _by_label(choice: tuple[str, str]) -> str:
    return choice[1]


def _region(key: str, language: str) -> str:
    return REGIONS_ZH.get(key, key) if language == "zh-hans" else key


def _label(zone: str, language: str) -> str:
    """As in "Pacific time (Los Angeles)", "Beijing time (Asia/Shanghai)", "Tokyo, Japan", "东京 (Asia/Tokyo)"."""
    chinese = language == "zh-hans"
    if zone in _AMERICAN:
        name = _american_zh(zone, _WINTER)
        city = city_name(zone, language)
        return f"{name}（{city}）" if chinese else f"{_LONG_EN[name]} ({city})"
    if zone == "Asia/Shanghai":
        return f"{_city_time(zone, language)} (Asia/Shanghai)"
    if chinese:
        return f"{CITIES_ZH[zone]} ({zone})" if zone in CITIES_ZH else zone
    country = _countries().get(zone, "")
    return f"{city_name(zone, language)}, {country}" if country else city_name(zone, language)


@cache
def _countries() -> dict[str, str]:
    """English country name per zone; a zone that several countries share keeps the first in the ISO order."""
    codes = sorted(pytz.country_timezones, reverse=True)
    return {zone: pytz.country_names[code] for code in codes for zone in pytz.country_timezones[code]}


def _american_zh(zone: str, at: datetime) -> str:
    letters = zone_abbreviation(zone, at)
    return _BY_ZONE_ZH.get(zone) or _AMERICAN_ZH.get(letters, letters)


def _city_time(zone: str, language: str) -> str:
    city = city_name(zone, language)
    if language != "zh-hans":
        return f"{city} time"
    return f"{city}时间" if zone in CITIES_ZH else f"{city} 时间"


_WINTER = datetime(2026, 1, 15, tzinfo=ZoneInfo("UTC"))

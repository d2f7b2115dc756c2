from datetime import UTC, datetime, timedelta

import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.zones import (
    MARKET_ZONES,
    UnknownZone,
    clock_name,
    find_zone,
    format_offset,
    get_zone,
    is_zone,
    offset_text,
    zone_abbreviation,
    zone_choices,
    zone_name,
)

WINTER = datetime(2026, 11, 28, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", [*MARKET_ZONES, "Asia/Shanghai", "UTC", "US/Pacific", "America/Indiana/Knox"])
def test_is_zone(name: str) -> None:
    assert is_zone(name)
    assert get_zone(name).key == name


@pytest.mark.parametrize(
    "name", ["", "localtime", "Factory", "posix/UTC", "posixrules", "../etc/passwd", "asia/shanghai", "PT", None, 8]
)
def test_is_zone_when_it_is_none(name: object) -> None:
    assert not is_zone(name)


@given(st.text())
def test_get_zone_never_reads_a_typed_path(name: str) -> None:
    if not is_zone(name):
        with pytest.raises(UnknownZone):
            get_zone(name)


@pytest.mark.parametrize(
    ("zone", "at", "english", "chinese", "letters", "offset"),
    [
        ("America/Los_Angeles", WINTER, "PST", "太平洋时间", "PST", "UTC−8"),
        ("America/Los_Angeles", SUMMER, "PDT", "太平洋时间", "PDT", "UTC−7"),
        ("America/New_York", WINTER, "EST", "美东时间", "EST", "UTC−5"),
        ("America/Chicago", SUMMER, "CDT", "美中时间", "CDT", "UTC−5"),
        ("America/Denver", WINTER, "MST", "山地时间", "MST", "UTC−7"),
        ("America/Phoenix", SUMMER, "MST", "亚利桑那时间", "MST", "UTC−7"),
        ("Pacific/Honolulu", SUMMER, "HST", "夏威夷时间", "HST", "UTC−10"),
        ("Asia/Shanghai", SUMMER, "Beijing time", "北京时间", "CST", "UTC+8"),
        ("Asia/Kathmandu", SUMMER, "Kathmandu time", "加德满都时间", "UTC+5:45", "UTC+5:45"),
        ("Australia/Lord_Howe", SUMMER, "Lord Howe time", "豪勋爵岛时间", "UTC+10:30", "UTC+10:30"),
        ("Europe/London", WINTER, "London time", "伦敦时间", "GMT", "UTC+0"),
        ("America/Boa_Vista", WINTER, "Boa Vista time", "Boa Vista 时间", "UTC−4", "UTC−4"),
        ("Etc/GMT+8", WINTER, "UTC−8", "UTC−8", "UTC−8", "UTC−8"),
        ("UTC", WINTER, "UTC", "UTC", "UTC", "UTC+0"),
    ],
)
def test_names(zone: str, at: datetime, english: str, chinese: str, letters: str, offset: str) -> None:
    assert zone_name(zone, "en", at) == english
    assert zone_name(zone, "zh-hans", at) == chinese
    assert zone_abbreviation(zone, at) == letters
    assert offset_text(zone, at) == offset


def test_format_offset_when_it_has_seconds() -> None:
    assert format_offset(-timedelta(minutes=44, seconds=30)) == "UTC−0:44:30"


def test_find_zone() -> None:
    assert find_zone("america/new_york") == "America/New_York"
    assert find_zone("nowhere") is None


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_zone_choices_name_each_place_once(language: str) -> None:
    groups = zone_choices(language)
    values = [value for _group, choices in groups for value, _label in choices]
    assert values[:3] == ["America/New_York", "America/Los_Angeles", "Asia/Shanghai"]
    assert len(values) == len(set(values))
    doubles = {name for name in pytz.common_timezones if name.startswith(("US/", "Canada/", "GMT"))}
    assert set(values) == set(pytz.common_timezones) - doubles
    assert all(label for _group, choices in groups for _value, label in choices)


def test_zone_choices_labels() -> None:
    assert zone_choices("en", first=("Asia/Tokyo", "America/Phoenix"))[0] == (
        "Most used",
        [("Asia/Tokyo", "Tokyo, Japan"), ("America/Phoenix", "Arizona time (Phoenix)")],
    )
    assert zone_choices("zh-hans")[0] == (
        "常用",
        [
            ("America/New_York", "美东时间（纽约）"),
            ("America/Los_Angeles", "太平洋时间（洛杉矶）"),
            ("Asia/Shanghai", "北京时间 (Asia/Shanghai)"),
        ],
    )


@pytest.mark.parametrize(
    ("zone", "english", "chinese"),
    [
        ("America/Los_Angeles", "Pacific time", "太平洋时间"),
        ("America/New_York", "Eastern time", "美东时间"),
        ("America/Phoenix", "Arizona time", "亚利桑那时间"),
        ("Asia/Shanghai", "Beijing time", "北京时间"),
        ("America/Mexico_City", "Mexico City time", "墨西哥城时间"),
        ("UTC", "UTC", "UTC"),
    ],
)
def test_what_a_clock_is_called_whatever_the_season(zone: str, english: str, chinese: str) -> None:
    assert (clock_name(zone, "en"), clock_name(zone, "zh-hans")) == (english, chinese)

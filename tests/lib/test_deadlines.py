import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.clock_text import MONTHS_EN
from linkstar.lib.deadlines import (
    Deadline,
    DeadlineOutOfRange,
    check_range,
    describe,
    due_state,
    note_text,
    resolve,
)
from linkstar.lib.zones import UnknownZone, get_zone

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
ZONES = st.sampled_from(pytz.common_timezones)
DAYS = st.dates(date(2000, 1, 1), date(2046, 12, 31))
MINUTES = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
_FROM, _UNTIL = datetime(2000, 1, 2, tzinfo=UTC), datetime(2046, 12, 30, tzinfo=UTC)
INSTANTS = st.integers(int(_FROM.timestamp()), int(_UNTIL.timestamp())).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)
DEADLINES = st.builds(Deadline, DAYS, st.none() | MINUTES, ZONES)


@pytest.mark.parametrize(
    ("on", "at", "zone", "utc", "note", "moved"),
    [
        ("2026-03-08", "01:59", "America/Los_Angeles", "2026-03-08T09:59:00", None, 0),
        ("2026-03-08", "02:00", "America/Los_Angeles", "2026-03-08T10:00:00", "skipped", 60),
        ("2026-03-08", "02:30", "America/New_York", "2026-03-08T07:30:00", "skipped", 60),
        ("2026-03-08", "03:00", "America/Los_Angeles", "2026-03-08T10:00:00", None, 0),
        ("2026-11-01", "01:00", "America/Los_Angeles", "2026-11-01T08:00:00", "doubled", 0),
        ("2026-11-01", "02:00", "America/Los_Angeles", "2026-11-01T10:00:00", None, 0),
        ("2026-03-08", "02:30", "America/Phoenix", "2026-03-08T09:30:00", None, 0),
        ("2026-11-01", "01:30", "Pacific/Honolulu", "2026-11-01T11:30:00", None, 0),
        ("2026-03-08", "02:30", "Asia/Shanghai", "2026-03-07T18:30:00", None, 0),
        ("2026-11-27", "18:00", "Asia/Kathmandu", "2026-11-27T12:15:00", None, 0),
        ("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:45:00", "skipped", 30),
        ("2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00", "doubled", 0),
        ("2011-12-30", "09:00", "Pacific/Apia", "2011-12-30T19:00:00", "skipped", 1440),
        ("2026-03-08", None, "America/Los_Angeles", "2026-03-09T06:59:59", None, 0),
        ("2026-11-01", None, "America/Los_Angeles", "2026-11-02T07:59:59", None, 0),
        ("2026-11-27", None, "Asia/Shanghai", "2026-11-27T15:59:59", None, 0),
        ("2011-12-29", None, "Pacific/Apia", "2011-12-30T09:59:59", None, 0),
        ("2011-12-30", None, "Pacific/Apia", "2011-12-31T09:59:59", "skipped", 1440),
        # Clocks jump from 23:00 to midnight, and go back from midnight to 23:00.
        ("2024-03-30", None, "America/Nuuk", "2024-03-31T00:59:59", None, 0),
        ("2024-10-26", None, "America/Nuuk", "2024-10-27T01:59:59", None, 0),
    ],
)
def test_resolve(on: str, at: str | None, zone: str, utc: str, note: str | None, moved: int) -> None:
    found = resolve(date.fromisoformat(on), time.fromisoformat(at) if at else None, zone)
    assert found.instant == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert (found.note, found.moved_minutes) == (note, moved)
    assert found.wall.astimezone(UTC) == found.instant
    assert bool(note_text(found, "en")) == bool(note_text(found, "zh-hans")) == (note is not None)


def test_note_when_a_whole_day_was_left_out() -> None:
    found = resolve(date(2011, 12, 30), None, "Pacific/Apia")
    assert note_text(found, "en") == "Fri 30 Dec was left out there. Sat 31 Dec is used."
    assert note_text(found, "zh-hans") == "当地没有12月30日 周五这一天，已改为12月31日 周六。"


def test_resolve_when_the_zone_is_unknown() -> None:
    with pytest.raises(UnknownZone):
        resolve(date(2026, 11, 27), None, "../../etc/passwd")


@given(DAYS, ZONES)
def test_day_end_is_the_last_second_of_the_day(on: date, zone: str) -> None:
    found = resolve(on, None, zone)
    next_second = (found.instant + timedelta(seconds=1)).astimezone(get_zone(zone))
    assert found.wall.date() == on or found.note == "skipped"
    assert next_second.date() > found.wall.date()


@given(st.lists(st.tuples(DAYS, MINUTES), min_size=2, max_size=2).map(sorted), ZONES)
def test_resolve_is_monotone_for_times_that_exist_once(walls: list[tuple[date, time]], zone: str) -> None:
    first, second = (resolve(on, at, zone) for on, at in walls)
    if first.note is None and second.note is None:
        assert first.instant <= second.instant


@given(ZONES, st.dates(date(2000, 1, 2), date(2046, 12, 30)))
def test_day_ends_are_monotone(zone: str, on: date) -> None:
    ends = [Deadline(on + timedelta(days=days), None, zone).instant for days in (-1, 0, 1)]
    assert ends == sorted(ends)


@given(DEADLINES, DAYS)
def test_moved_to_day_keeps_time_and_zone(deadline: Deadline, on: date) -> None:
    moved = deadline.moved_to_day(on)
    assert (moved.on, moved.time, moved.zone) == (on, deadline.time, deadline.zone)
    assert moved.moved_to_day(deadline.on) == deadline


@given(INSTANTS, ZONES)
def test_from_instant_gives_the_instant_back(instant: datetime, zone: str) -> None:
    deadline = Deadline.from_instant(instant, zone)
    assert deadline.instant == instant
    assert Deadline.stored(deadline.on, deadline.time, zone, instant) == deadline


def test_second_of_two_equal_times() -> None:
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    deadline = Deadline.from_instant(second, "America/New_York")
    assert deadline == Deadline(date(2026, 11, 1), time(1, 30), "America/New_York", 1)
    label = describe(deadline, reader_zone="UTC", language="en", now=NOW)
    assert label.at_text == "Sun 1 Nov, 01:30 EST (UTC−5)"


def test_stored_when_the_instant_does_not_fit() -> None:
    stored = Deadline.stored(date(2026, 11, 27), time(18), "Asia/Shanghai", NOW)
    assert stored == Deadline(date(2026, 11, 27), time(18), "Asia/Shanghai")


@pytest.mark.parametrize("on", [date(2000, 1, 1), date(2026, 11, 24), date(2046, 12, 31)])
def test_check_range_when_inside(on: date) -> None:
    check_range(on, today=NOW.date())
    check_range(date(2030, 1, 1))


@pytest.mark.parametrize("on", [date(1900, 1, 1), date(1999, 12, 31), date(2047, 1, 1), date.max])
def test_check_range_when_outside(on: date) -> None:
    with pytest.raises(DeadlineOutOfRange) as caught:
        check_range(on, today=NOW.date())
    assert (caught.value.earliest, caught.value.latest) == (date(2000, 1, 1), date(2046, 12, 31))


@pytest.mark.parametrize(
    ("left", "state"),
    [
        (timedelta(hours=24, seconds=1), "later"),
        (timedelta(hours=24), "soon"),
        (timedelta(0), "soon"),
        (timedelta(seconds=-1), "overdue"),
        (timedelta(days=-3), "overdue"),
        (timedelta(days=-3, seconds=-1), "late"),
    ],
)
def test_due_state(left: timedelta, state: str) -> None:
    assert due_state(NOW + left, now=NOW, is_done=False) == state
    assert due_state(NOW + left, now=NOW, is_done=True) == "done"


def test_label_in_both_languages() -> None:
    deadline = Deadline(date(2026, 11, 27), time(23, 59), "America/Los_Angeles")
    english = describe(deadline, reader_zone="Asia/Shanghai", language="en", now=NOW)
    chinese = describe(deadline, reader_zone="Asia/Shanghai", language="zh-hans", now=NOW)
    iso = "2026-11-28T07:59:00Z"
    assert english == (
        "Fri 27 Nov, 23:59 PST (UTC−8)", "Sat 28 Nov, 15:59 for you (UTC+8)", True,
        "in 3 days", "later", "Upcoming", iso,
    )  # fmt: skip
    assert chinese == (
        "11月27日 周五 23:59 太平洋时间 (UTC−8)", "你的时间 11月28日 周六 15:59 (UTC+8)", True,
        "3 天后", "later", "未到期", iso,
    )  # fmt: skip


def test_label_when_there_is_no_time() -> None:
    deadline = Deadline(date(2026, 11, 27), None, "America/Los_Angeles")
    english = describe(deadline, reader_zone="Asia/Shanghai", language="en", now=NOW)
    chinese = describe(deadline, reader_zone="Asia/Shanghai", language="zh-hans", now=NOW)
    assert english[:2] == ("Fri 27 Nov, end of day PST (UTC−8)", "Sat 28 Nov, 15:59 for you (UTC+8)")
    assert chinese[:2] == ("11月27日 周五 当日结束 太平洋时间 (UTC−8)", "你的时间 11月28日 周六 15:59 (UTC+8)")
    assert english.iso == "2026-11-28T07:59:59Z"


def test_label_when_the_reader_has_the_same_clock_on_that_date() -> None:
    summer = Deadline(date(2026, 7, 1), time(9), "America/Los_Angeles")
    assert describe(summer, reader_zone="America/Phoenix", language="en", now=NOW).you_text is None
    winter = summer.moved_to_day(date(2026, 12, 1))
    label = describe(winter, reader_zone="America/Phoenix", language="en", now=NOW)
    assert label.you_text == "Tue 1 Dec, 10:00 for you (UTC−7)"
    assert label.other_day is False


def test_label_when_the_year_is_another() -> None:
    deadline = Deadline(date(2026, 12, 31), time(23, 59), "America/Los_Angeles")
    label = describe(deadline, reader_zone="Asia/Shanghai", language="en", now=NOW)
    assert label.at_text == "Thu 31 Dec, 23:59 PST (UTC−8)"
    assert label.you_text == "Fri 1 Jan 2027, 15:59 for you (UTC+8)"
    # In Los Angeles it is still 2026.
    new_year = datetime(2027, 1, 1, 3, tzinfo=UTC)
    assert describe(deadline, reader_zone="UTC", language="en", now=new_year).at_text == label.at_text
    later = describe(deadline, reader_zone="Asia/Shanghai", language="zh-hans", now=datetime(2027, 2, 1, tzinfo=UTC))
    assert later.at_text == "2026年12月31日 周四 23:59 太平洋时间 (UTC−8)"
    assert later.you_text == "你的时间 1月1日 周五 15:59 (UTC+8)"


@pytest.mark.parametrize(
    ("left", "english", "chinese"),
    [
        (timedelta(seconds=59), "now", "现在"),
        (timedelta(minutes=59, seconds=59), "in 59 min", "59 分钟后"),
        (timedelta(hours=3), "in 3 h", "3 小时后"),
        (timedelta(hours=47, minutes=59), "in 47 h", "47 小时后"),
        (timedelta(days=2), "in 2 days", "2 天后"),
        (timedelta(minutes=-1), "1 min ago", "1 分钟前"),
        (timedelta(days=-2, hours=-5), "2 days ago", "2 天前"),
    ],
)
def test_relative_text(left: timedelta, english: str, chinese: str) -> None:
    deadline = Deadline.from_instant(NOW, "America/Denver")
    for language, words in (("en", english), ("zh-hans", chinese)):
        label = describe(deadline, reader_zone="UTC", language=language, now=NOW - left)
        assert label.relative_text == words


_EN = re.compile(r"^(\w{3}) (\d+) (\w{3})(?: (\d{4}))?, (?:(\d\d):(\d\d)|end of day) .*\((UTC[^)]+)\)$")
_ZH = re.compile(r"^(?:你的时间 )?(?:(\d+)年)?(\d+)月(\d+)日 周. (?:(\d\d):(\d\d)|当日结束) .*?\(?(UTC[^)]+)\)$")


def _named(text: str, language: str, year: int) -> tuple[date, datetime | None]:
    """The day and, unless it is a whole day, the instant that a label names, read as a stranger would."""
    match = (_ZH if language == "zh-hans" else _EN).match(text)
    assert match, text
    if language == "zh-hans":
        told, month, day, hour, minute, offset = match.groups()
        number = int(month)
    else:
        _weekday, day, month, told, hour, minute, offset = match.groups()
        number = MONTHS_EN.index(month) + 1
    on = date(int(told or year), number, int(day))
    if hour is None:
        return on, None
    sign = -1 if "−" in offset else 1
    hours, _, minutes = offset[4:].partition(":")
    tz = timezone(sign * timedelta(hours=int(hours), minutes=int(minutes or 0)))
    return on, datetime.combine(on, time(int(hour), int(minute)), tz)


@given(
    DEADLINES, st.sampled_from([0, 1]), ZONES, st.sampled_from(["en", "zh-hans"]),
    INSTANTS,
)  # fmt: skip
def test_no_label_names_another_instant(
    deadline: Deadline, fold: int, reader_zone: str, language: str, now: datetime
) -> None:
    deadline = replace(deadline, fold=fold)
    label = describe(deadline, reader_zone=reader_zone, language=language, now=now)
    year = now.astimezone(get_zone(deadline.zone)).year
    minute = deadline.instant.replace(second=0)
    on, instant = _named(label.at_text, language, year)
    assert on == deadline.wall.date()
    assert instant == (None if deadline.is_date_only else minute)
    if label.you_text is not None:
        assert _named(label.you_text, language, year)[1] == minute
    assert datetime.fromisoformat(label.iso) == deadline.instant

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytz
from hypothesis import example, given, settings
from hypothesis import strategies as st

from linkstar.lib.dateparse import guess_text, parse_deadline
from linkstar.lib.deadlines import Deadline, describe

# A Tuesday afternoon in Shenzhen; in New York it is still the night of the same day.
NOW = datetime(2026, 11, 24, 16, tzinfo=ZoneInfo("Asia/Shanghai"))
LA, NY, CN = "America/Los_Angeles", "America/New_York", "Asia/Shanghai"

CASES = [
    ("今天", "2026-11-24", None, CN),
    ("明天 18:00", "2026-11-25", "18:00", CN),
    ("明天18点", "2026-11-25", "18:00", CN),
    ("明天下午三点半", "2026-11-25", "15:30", CN),
    ("明天九点一刻", "2026-11-25", "09:15", CN),
    ("明天中午", "2026-11-25", "12:00", CN),
    ("今晚8点", "2026-11-24", "20:00", CN),
    ("今晚", "2026-11-24", None, CN),
    ("明早9点半", "2026-11-25", "09:30", CN),
    ("凌晨12点", "2026-11-25", "00:00", CN),
    ("晚上12点", "2026-11-25", "00:00", CN),
    ("24:00", "2026-11-25", "00:00", CN),
    ("后天", "2026-11-26", None, CN),
    ("大后天早上9点", "2026-11-27", "09:00", CN),
    ("三天后", "2026-11-27", None, CN),
    ("两周后下午3点", "2026-12-08", "15:00", CN),
    ("3小时后", "2026-11-24", "19:00", CN),
    ("周五", "2026-11-27", None, CN),
    ("周五前", "2026-11-27", None, CN),
    ("周二", "2026-12-01", None, CN),
    ("周二 18:00", "2026-11-24", "18:00", CN),
    ("周二 15:00", "2026-12-01", "15:00", CN),
    ("本周一", "2026-11-23", None, CN),
    ("下周一 9:30", "2026-11-30", "09:30", CN),
    ("下下周三", "2026-12-09", None, CN),
    ("11月27日 23:59", "2026-11-27", "23:59", CN),
    ("十一月二十七日", "2026-11-27", None, CN),
    ("2026年11月27日18时30分", "2026-11-27", "18:30", CN),
    ("11-27", "2026-11-27", None, CN),
    ("11-20", "2027-11-20", None, CN),
    ("27/11", "2026-11-27", None, CN),
    ("2/29", "2028-02-29", None, CN),
    ("31号", "2026-12-31", None, CN),
    ("2026-11-27 18:00", "2026-11-27", "18:00", CN),
    ("５月６日　１８：００", "2027-05-06", "18:00", CN),
    ("月底", "2026-11-30", None, CN),
    ("年底", "2026-12-31", None, CN),
    ("明天 18:00 北京时间", "2026-11-25", "18:00", CN),
    ("周五下午5点 太平洋时间", "2026-11-27", "17:00", LA),
    ("美东 11月27日 23:59", "2026-11-27", "23:59", NY),
    ("27 Nov 5pm", "2026-11-27", "17:00", CN),
    ("nov 27", "2026-11-27", None, CN),
    ("Nov 27th, 2027 at 9:15 am", "2027-11-27", "09:15", CN),
    ("fri 5pm PT", "2026-11-27", "17:00", LA),
    ("by friday 5 p.m. Pacific", "2026-11-27", "17:00", LA),
    ("tomorrow 9am ET", "2026-11-25", "09:00", NY),
    ("tomorrow at noon", "2026-11-25", "12:00", CN),
    ("12am fri", "2026-11-27", "00:00", CN),
    ("next monday", "2026-11-30", None, CN),
    ("in 3 days", "2026-11-27", None, CN),
    ("in 2 months", "2027-01-24", None, CN),
    ("+3d", "2026-11-27", None, CN),
    ("+2w", "2026-12-08", None, CN),
    ("+3h", "2026-11-24", "19:00", CN),
    ("eod", "2026-11-24", None, CN),
    ("next fri eod PST", "2026-12-04", None, LA),
    ("18:00", "2026-11-24", "18:00", CN),
    ("9am", "2026-11-25", "09:00", CN),
    ("tonight 8", "2026-11-24", "20:00", CN),
    ("11/27/2026 17:00 UTC", "2026-11-27", "17:00", "UTC"),
    ("america/los_angeles fri", "2026-11-27", None, LA),
    # In Los Angeles it is one in the morning of the 24th.
    ("today 9pm PT", "2026-11-24", "21:00", LA),
]


@pytest.mark.parametrize(("text", "on", "at", "zone"), CASES, ids=[case[0] for case in CASES])
def test_parse(text: str, on: str, at: str | None, zone: str) -> None:
    parsed = parse_deadline(text, now=NOW, zone=CN, language="zh-hans")
    assert parsed == (date.fromisoformat(on), time.fromisoformat(at) if at else None, zone, False)


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "明天 明天", "11-31", "25:00", "13pm", "18:60", "thu 27 nov", "someday 5pm", "明天 eod 5pm",
        "in 9999 months in", "+9999w 5pm x", "0000-00-00", "9999-99-99", "x" * 81,
    ],
)  # fmt: skip
def test_parse_when_it_is_not_understood(text: str) -> None:
    assert parse_deadline(text, now=NOW, zone=CN, language="en") is None


def test_today_is_the_day_of_the_zone_that_is_named() -> None:
    late = datetime(2026, 11, 24, 22, tzinfo=ZoneInfo(LA))
    here = parse_deadline("today", now=late, zone=CN, language="en")
    there = parse_deadline("today PT", now=late, zone=CN, language="en")
    assert here is not None and here.on == date(2026, 11, 25)
    assert there is not None and there.on == date(2026, 11, 24)


def test_hours_from_now_elapse_across_a_switch() -> None:
    before = datetime(2026, 3, 8, 1, 30, tzinfo=ZoneInfo(LA))
    parsed = parse_deadline("+1h", now=before, zone=LA, language="en")
    assert parsed == (date(2026, 3, 8), time(3, 30), LA, False)


def test_cst_is_explained() -> None:
    chinese = parse_deadline("明天 18:00 CST", now=NOW, zone=CN, language="zh-hans")
    english = parse_deadline("tomorrow 6pm CST", now=NOW, zone=CN, language="en")
    assert chinese is not None and (chinese.zone, chinese.is_zone_guessed) == (CN, True)
    assert english is not None and (english.zone, english.is_zone_guessed) == ("America/Chicago", True)
    assert guess_text(chinese, "zh-hans") == "CST 既指中国时间也指美中时间，这里按北京时间理解。"
    assert guess_text(english, "en") == "CST is China's time and US Central time. It is read as Chicago time."


def test_offset_has_to_be_the_one_of_the_zone() -> None:
    def read(text: str) -> object:
        return parse_deadline(text, now=NOW, zone=CN, language="en")

    here = (date(2026, 11, 27), time(17), CN, False)
    assert read("27 nov 5pm UTC+8") == read("27 nov 5pm (GMT+08:00)") == here
    assert read("27 nov 5pm UTC-5") is None
    assert read("27 nov 5pm PT (UTC−7)") is None
    # The second 01:30 of that night cannot be typed, and is not taken for the first.
    assert read("1 nov 2026 1:30 ET (UTC-4)") == (date(2026, 11, 1), time(1, 30), NY, False)
    assert read("1 nov 2026 1:30 ET (UTC-5)") is None


def test_no_guess_is_explained_when_none_was_made() -> None:
    parsed = parse_deadline("tomorrow 6pm CT", now=NOW, zone=CN, language="en")
    assert parsed is not None and guess_text(parsed, "en") == ""


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@given(
    st.dates(NOW.date() + timedelta(days=1), date(2027, 11, 20)),
    st.none() | st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    st.sampled_from(["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]),
)
def test_a_copied_label_is_read_back(language: str, on: date, at: time | None, zone: str) -> None:
    deadline = Deadline(on, at, zone)
    label = describe(deadline, reader_zone="UTC", language=language, now=NOW)
    parsed = parse_deadline(label.at_text, now=NOW, zone=CN, language=language)
    assert parsed is not None
    assert (parsed.on, parsed.zone) == (deadline.wall.date(), zone)
    assert parsed.time == (None if at is None else deadline.wall.time())


PIECES = [
    *(case[0] for case in CASES),
    "0", "9", "99", ":", "-", "/", ".", "+", "点", "半", "周", "月", "日", "号", "前", "后", "天", "am", "pm", "in",
    "next", "of", "PST", "CST", "utc", "eod", "（", "十",
]  # fmt: skip


@settings(max_examples=400)
@given(
    st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join)
    | st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
    st.sampled_from(pytz.common_timezones), st.sampled_from(["en", "zh-hans", ""]),
)  # fmt: skip
@example("十十十点", "UTC", "en")
@example("9999-12-31 24:00", "UTC", "en")
@example("in 9999 months", "UTC", "en")
@example("\ud800 5pm", "UTC", "en")
def test_parse_never_raises(text: str, zone: str, language: str) -> None:
    parsed = parse_deadline(text, now=datetime(2026, 11, 24, 8, tzinfo=UTC), zone=zone, language=language)
    if parsed:
        assert Deadline(*parsed[:3]).on == parsed.on

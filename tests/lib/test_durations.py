import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.durations import (
    DAY,
    MOST_MINUTES,
    DurationOutOfRange,
    DurationUnknown,
    duration_text,
    parse_duration,
)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("3h", 180),
        ("3", 180),
        ("1.5", 90),
        ("1,5 h", 90),
        ("1.5d", 720),
        ("90m", 90),
        ("90 min", 90),
        ("1h30", 90),
        ("1 h 30 min", 90),
        ("1:30", 90),
        ("2 days and 4 hours", 1200),
        ("1d4", 720),
        ("1w", 2400),
        ("half a day", 240),
        ("half an hour", 30),
        ("½ d", 240),
        ("2天", 960),
        ("两天", 960),
        ("２天", 960),
        ("十二小时", 720),
        ("二十天", 9600),
        ("半天", 240),
        ("半小时", 30),
        ("半个小时", 30),
        ("一天半", 720),
        ("三个小时", 180),
        ("3個工作日", 1440),
        ("1天3小时30分钟", 690),
        ("1小时零5分", 65),
        ("  2 H  ", 120),
        ("0.01h", 1),
    ],
)
def test_what_people_type(typed: str, minutes: int) -> None:
    assert parse_duration(typed) == minutes


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "soon",
        "3 apples",
        "h",
        "--3h",
        "-3h",
        "1h x",
        "3hh",
        "明天",
        "1:75",
        "十十天",
        "一二天",
        "🕐",
        "1e9h",
        "٣h ٪",
        "1w3",
        "3h,,",
    ],
)
def test_what_nobody_understands(typed: str) -> None:
    with pytest.raises(DurationUnknown):
        parse_duration(typed)


@pytest.mark.parametrize("typed", ["0", "0h", "0.001h", "1001d", "9999999w", "99999 d"])
def test_absurd_lengths(typed: str) -> None:
    with pytest.raises(DurationOutOfRange) as refused:
        parse_duration(typed)
    assert refused.value.most == MOST_MINUTES


def test_the_limit_is_the_callers() -> None:
    assert parse_duration("24h", most=1440) == 1440
    with pytest.raises(DurationOutOfRange):
        parse_duration("24h01", most=1440)


@pytest.mark.parametrize(
    ("minutes", "english", "chinese"),
    [(0, "0 h", "0小时"), (45, "45 min", "45分钟"), (DAY, "1 d", "1天"), (DAY + 185, "1 d 3 h 5 min", "1天3小时5分钟")],
)
def test_what_is_read_back(minutes: int, english: str, chinese: str) -> None:
    assert (duration_text(minutes, "en"), duration_text(minutes, "zh-hans")) == (english, chinese)


@given(st.integers(1, MOST_MINUTES), st.sampled_from(["en", "zh-hans"]))
def test_what_is_read_back_can_be_typed_again(minutes: int, language: str) -> None:
    assert parse_duration(duration_text(minutes, language)) == minutes


@given(st.text(max_size=40))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    try:
        minutes = parse_duration(text)
    except (DurationUnknown, DurationOutOfRange):
        return
    assert 1 <= minutes <= MOST_MINUTES

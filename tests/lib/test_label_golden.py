"""Golden labels: the days on which clocks change, zones that never do, and zones whose law was changed in tzdata."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.deadlines import Deadline, as_parts, describe, note_text, of_parts, resolve
from linkstar.lib.zones import get_zone

GOLDEN = yaml.safe_load((Path(__file__).parent / "golden_labels.yaml").read_text(encoding="utf-8"))
BEIJING, EASTERN, PACIFIC = "Asia/Shanghai", "America/New_York", "America/Los_Angeles"


def label(
    on: str, at: str | None, zone: str, reader: str, language: str, fold: int = 0
) -> tuple[str, str | None, bool]:
    day = date.fromisoformat(on)
    deadline = Deadline(day, time.fromisoformat(at) if at else None, zone, fold)
    said = describe(deadline, reader_zone=reader, language=language, now=datetime(day.year, 6, 1, tzinfo=UTC))
    return said.at_text, said.you_text, said.other_day


@pytest.mark.parametrize(("on", "at", "zone", "reader", "english", "yours", "other_day"), GOLDEN["en"])
def test_golden_labels_in_english(on, at, zone, reader, english, yours, other_day):
    assert label(on, at, zone, reader, "en") == (english, yours, other_day)


@pytest.mark.parametrize(("on", "at", "zone", "reader", "chinese", "yours"), GOLDEN["zh-hans"])
def test_golden_labels_in_chinese(on, at, zone, reader, chinese, yours):
    assert label(on, at, zone, reader, "zh-hans")[:2] == (chinese, yours)


def test_the_second_of_two_equal_times_is_another_label():
    first, second = (label("2026-11-01", "01:30", EASTERN, BEIJING, "en", fold) for fold in (0, 1))
    assert first[0] == "Sun 1 Nov, 01:30 EDT (UTC−4)"
    assert second == ("Sun 1 Nov, 01:30 EST (UTC−5)", "Sun 1 Nov, 14:30 for you (UTC+8)", False)


def test_story_03_a_doubled_time_is_said_and_the_first_taken():
    resolved = resolve(date(2026, 11, 1), time(1, 30), EASTERN)
    assert resolved.instant == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert note_text(resolved, "zh-hans") == "11月1日 周日 01:30 会出现两次：夏令时结束，取第一次 (UTC−4)。"


def test_story_04_a_skipped_time_is_said_and_moved_on():
    resolved = resolve(date(2027, 3, 14), time(2, 30), PACIFIC)
    assert resolved.instant == datetime(2027, 3, 14, 10, 30, tzinfo=UTC)
    assert note_text(resolved, "en") == (
        "02:30 does not exist on Sun 14 Mar, because clocks go forward. Moved on by 1 h to 03:30 (UTC−7)."
    )


ZONES = [
    BEIJING,
    EASTERN,
    PACIFIC,
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Mexico_City",
    "Asia/Amman",
    "Asia/Almaty",
    "Asia/Kathmandu",
    "Europe/Istanbul",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Nuuk",
    "Europe/London",
    "UTC",
]
# The days on which somebody's clocks change in 2026, and the nights around them, to the minute.
EDGES = [
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2024, 3, 1),
    date(2022, 10, 30),
]
NEAR = st.builds(
    lambda edge, minutes: datetime(edge.year, edge.month, edge.day, tzinfo=UTC) + timedelta(minutes=minutes),
    st.sampled_from(EDGES),
    st.integers(-48 * 60, 48 * 60),
)


@given(NEAR, st.sampled_from(ZONES), st.sampled_from(ZONES), st.sampled_from(["en", "zh-hans"]))
def test_near_a_change_no_label_names_another_moment(instant, zone, reader, language):
    """Property: the offset, day and time of either line lead back to the instant that is stored."""
    deadline = Deadline.from_instant(instant, zone)
    said = describe(deadline, reader_zone=reader, language=language, now=instant)
    assert deadline.instant == instant
    for text, where in ((said.at_text, zone), (said.you_text, reader)):
        if text is None:
            continue
        local = instant.astimezone(get_zone(where))
        assert f"{local:%H:%M}" in text
        assert f" {local.day} " in text if language == "en" else f"{local.month}月{local.day}日" in text
        assert _offset_of(text) == local.utcoffset()
    assert of_parts(as_parts(deadline)).instant == instant


def _offset_of(text: str) -> timedelta:
    sign, rest = text[text.rindex("UTC") + 3], text[text.rindex("UTC") + 4 :].rstrip(")")
    hours, _colon, minutes = rest.partition(":")
    length = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -length if sign == "−" else length


@pytest.mark.parametrize(
    ("deadline", "parts"),
    [
        (Deadline(date(2026, 11, 27), time(18), PACIFIC), {"on": "2026-11-27", "time": "18:00", "zone": PACIFIC}),
        (Deadline(date(2026, 11, 27), None, PACIFIC), {"on": "2026-11-27", "time": None, "zone": PACIFIC}),
        (
            Deadline(date(2026, 11, 1), time(1, 30, 5), EASTERN, 1),
            {"on": "2026-11-01", "time": "01:30:05", "zone": EASTERN, "fold": "1"},
        ),
    ],
)
def test_parts_keep_the_very_deadline(deadline, parts):
    assert as_parts(deadline) == parts
    assert of_parts(parts) == deadline

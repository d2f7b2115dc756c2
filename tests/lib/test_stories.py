"""Every instant of the acceptance stories, as the library resolves and shows it."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from linkstar.lib.deadlines import Deadline, describe, note_text, resolve
from linkstar.lib.workdays import get_calendar
from linkstar.lib.zones import get_zone

INSTANTS = yaml.safe_load((Path(__file__).parent / "story_instants.yaml").read_text(encoding="utf-8"))


def _name(row: dict[str, Any]) -> str:
    return f"{row['story']} {row['label']}"


def _deadline(row: dict[str, Any]) -> Deadline:
    local = datetime.fromisoformat(row["local"])
    return Deadline(local.date(), local.time(), row["tz"], row.get("fold", 0))


@pytest.mark.parametrize("row", INSTANTS, ids=_name)
def test_story_instant_when_resolved(row: dict[str, Any]) -> None:
    instant = _deadline(row).instant
    assert instant.strftime("%Y-%m-%dT%H:%M:%SZ") == row["utc"]
    shown = {zone: instant.astimezone(get_zone(zone)).strftime("%Y-%m-%d %H:%M") for zone in row["shown"]}
    assert shown == row["shown"]


@pytest.mark.parametrize("row", INSTANTS, ids=_name)
def test_story_instant_when_read_back_from_the_instant(row: dict[str, Any]) -> None:
    instant = datetime.fromisoformat(row["utc"])
    for zone in row["shown"]:
        assert Deadline.from_instant(instant, zone).instant == instant


@pytest.mark.parametrize("row", INSTANTS, ids=_name)
def test_story_label_shows_both_clocks(row: dict[str, Any]) -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC)
    label = describe(_deadline(row), reader_zone="Asia/Shanghai", language="en", now=now)
    assert label.iso == row["utc"]
    day, clock = row["shown"]["Asia/Shanghai"].split(" ")
    if row["tz"] == "Asia/Shanghai":
        assert label.you_text is None
        assert clock in label.at_text
        return
    assert label.you_text is not None
    assert f"{clock} for you (UTC+8)" in label.you_text
    assert f" {date.fromisoformat(day).day} " in label.you_text
    assert label.other_day == (day != resolve_day(row))


def resolve_day(row: dict[str, Any]) -> str:
    return _deadline(row).wall.date().isoformat()


def test_coupon_when_it_runs_all_of_the_switch_day() -> None:
    day, zone = date(2026, 3, 8), "America/Los_Angeles"
    length = Deadline(day, time(23, 59), zone).instant - Deadline(day, time(0), zone).instant
    assert length == timedelta(hours=22, minutes=59)


def test_note_when_a_time_was_skipped() -> None:
    resolved = resolve(date(2027, 3, 14), time(2, 30), "America/Los_Angeles")
    assert (resolved.note, resolved.moved_minutes) == ("skipped", 60)
    assert resolved.wall.time() == time(3, 30)
    assert (
        note_text(resolved, "zh-hans") == "3月14日 周日 02:30 不存在：夏令时开始。已顺延 1 小时，改为 03:30 (UTC−7)。"
    )
    assert note_text(resolved, "en") == (
        "02:30 does not exist on Sun 14 Mar, because clocks go forward. Moved on by 1 h to 03:30 (UTC−7)."
    )


def test_note_when_a_time_is_doubled() -> None:
    resolved = resolve(date(2026, 11, 1), time(1, 30), "America/New_York")
    assert (resolved.note, resolved.moved_minutes) == ("doubled", 0)
    assert note_text(resolved, "zh-hans") == "11月1日 周日 01:30 会出现两次：夏令时结束，取第一次 (UTC−4)。"
    assert note_text(resolved, "en") == (
        "01:30 comes twice on Sun 1 Nov, because clocks go back. The first is used (UTC−4)."
    )


def test_recall_clock_when_24_hours_elapse_across_the_switch() -> None:
    known = Deadline(date(2026, 10, 31), time(20, 15), "America/Los_Angeles").instant
    due = Deadline.from_instant(known + timedelta(hours=24), "America/Los_Angeles")
    assert due == Deadline(date(2026, 11, 1), time(19, 15), "America/Los_Angeles")


def test_production_when_it_crosses_golden_week() -> None:
    china = get_calendar("cn")
    assert china.add_workdays(date(2026, 9, 28), 5 - 1) == date(2026, 10, 9)
    assert china.add_workdays(date(2026, 9, 28), 6 - 1) == date(2026, 10, 10)
    assert china.start_for(date(2026, 10, 10), 6) == date(2026, 9, 28)


def test_due_date_when_it_falls_into_spring_festival() -> None:
    china = get_calendar("cn")
    assert china.previous_workday(date(2026, 2, 18)) == date(2026, 2, 14)
    assert china.holiday_name(date(2026, 2, 18), "zh-hans") == "春节"


def test_american_days_of_the_stories() -> None:
    america = get_calendar("us")
    assert america.previous_workday(date(2026, 10, 31)) == date(2026, 10, 30)
    assert america.add_workdays(date(2026, 11, 10), 2) == date(2026, 11, 13)


@pytest.mark.parametrize("days", [1, 14])
def test_moved_to_day_keeps_the_time_across_a_switch(days: int) -> None:
    before = Deadline(date(2026, 3, 7), time(17), "America/Los_Angeles")
    after = before.moved_to_day(before.on + timedelta(days=days))
    assert (after.time, after.wall.time()) == (time(17), time(17))
    assert after.instant - before.instant == timedelta(days=days, hours=-1)

"""What the chart writes over its hours where clocks change: its own script, on the offsets that the server lays out."""

import json
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from projects.timeline_axis import Axis, day_number

ROOT = Path(__file__).parents[2]
ANGELES, BEIJING, NEW_YORK = "America/Los_Angeles", "Asia/Shanghai", "America/New_York"
WORDS = {"skipped": "{from}–{to} not there, {first} to {second}", "twice": "{from}–{to} twice, {first} and {second}"}
# `asked` are wall minutes; the answers come as a list in their order.
SCRIPT = """
import { Clock, changeText, hourLabel, otherLabel } from "./static/js/timeline/clock.js";
const { offsets, others, asked, words } = JSON.parse(process.argv[1]);
const [clock, other] = [new Clock({ name: "", offsets }), new Clock({ name: "", offsets: others })];
console.log(JSON.stringify(asked.map((wall) => {
  const change = clock.changeIn(wall, wall + 60);
  const text = change ? changeText(change, words) : "";
  return [hourLabel(clock, wall), otherLabel(clock, other, wall), text, clock.instants(wall), clock.instant(wall)];
})));
"""


def labels(zone: str, other: str, axis: tuple[date, date], asked: list[int]) -> list[list[Any]]:
    frame = Axis(*axis, zone)
    given = {"offsets": frame.offsets(), "others": frame.offsets(other), "asked": asked, "words": WORDS}
    command = ["node", "--input-type=module", "-e", SCRIPT, "--", json.dumps(given)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return list(json.loads(ran.stdout))


def hours(day: date, first: int, count: int) -> list[int]:
    return [day_number(day) * 1440 + (first + number) * 60 for number in range(count)]


def test_the_hour_that_is_left_out_in_march_has_no_number() -> None:
    day = date(2026, 3, 8)
    found = labels(ANGELES, BEIJING, (date(2026, 1, 1), date(2026, 12, 31)), hours(day, 0, 5))
    assert [(own, other) for own, other, *_rest in found] == [
        ("00", "16"), ("01", "17"), ("–", "–"), ("03", "18"), ("04", "19"),
    ]  # fmt: skip
    assert [text for _own, _other, text, *_rest in found] == ["", "", "02:00–03:00 not there, UTC−8 to UTC−7", "", ""]


def test_the_hour_that_comes_twice_in_november_says_so_on_both_clocks() -> None:
    day = date(2026, 11, 1)
    found = labels(ANGELES, BEIJING, (date(2026, 1, 1), date(2026, 12, 31)), hours(day, 0, 4))
    assert [(own, other) for own, other, *_rest in found] == [
        ("00", "15"), ("01×2", "16/17"), ("02", "18"), ("03", "19"),
    ]  # fmt: skip
    assert found[1][2] == "01:00–02:00 twice, UTC−7 and UTC−8"
    # New York changed three hours before, at 22:00 of the day before here.
    theirs = labels(
        ANGELES, NEW_YORK, (date(2026, 10, 1), date(2026, 12, 1)), hours(date(2026, 10, 31), 21, 3) + hours(day, 0, 3)
    )
    assert [other for _own, other, *_rest in theirs] == ["00", "01", "01", "02", "03/04", "05"]


def test_every_half_hour_of_both_days_is_the_instant_that_the_zone_database_says() -> None:
    for day in (date(2026, 3, 8), date(2026, 11, 1)):
        asked = [place + half for place in hours(day, 0, 24) for half in (0, 30)]
        for axis in ((day, day), (date(2026, 1, 1), date(2026, 12, 31)), (date(2025, 7, 1), date(2027, 1, 1))):
            found = labels(ANGELES, BEIJING, axis, asked)
            for wall, (_own, _other, _text, instants, first) in zip(asked, found, strict=True):
                assert instants == true_instants(wall), (day, wall)
                assert first == (instants[0] if instants else skipped_instant(wall))


def true_instants(wall: int) -> list[int]:
    """By looking at every minute of UTC around it."""
    named = datetime(1970, 1, 1) + timedelta(minutes=wall)  # noqa: DTZ001 - a wall time
    zone = ZoneInfo(ANGELES)
    around = range(wall + 360, wall + 601, 30)
    shown = {at: (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=at)).astimezone(zone) for at in around}
    return [at for at, clock in shown.items() if clock.replace(tzinfo=None) == named]


def skipped_instant(wall: int) -> int:
    """Moved forward by the length of the jump, as the server reads it (lib/deadlines: resolve)."""
    return wall + 8 * 60

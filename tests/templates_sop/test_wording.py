"""What is said of when a step is due, how long others take, and what reminds."""

from dataclasses import replace

import pytest

from templates_sop.library import get_template
from templates_sop.shapes import LeadTime, Text
from templates_sop.wording import lead_time_text, reminders_text, short_name, when_text

ANCHOR = Text(zh="上架日（首日可售并开广告）", en="Launch day (first buyable day with ads on)")
STEP = get_template("prime_day").steps[0]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-38, "38 days before Launch day"),
        (-1, "1 day before Launch day"),
        (0, "On Launch day"),
        (1, "1 day after Launch day"),
        (30, "30 days after Launch day"),
    ],
)
def test_when_by_days(days: int, said: str) -> None:
    assert when_text(STEP, ANCHOR, days, "en") == said


@pytest.mark.parametrize(("hours", "said"), [(24, "24 hours after Launch day"), (-2, "2 hours before Launch day")])
def test_when_by_hours(hours: int, said: str) -> None:
    assert when_text(replace(STEP, offset_hours=hours), ANCHOR, 0, "en") == said


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Launch day (first buyable day with ads on, Pacific time)", "Launch day"),
        ("Prime Day first day, 00:01 Pacific", "Prime Day first day"),
        ("上架日（首日可售并开广告，按美国太平洋时间）", "上架日"),
        ("Cargo-ready date", "Cargo-ready date"),
    ],
)
def test_short_name_leaves_out_what_explains(label: str, name: str) -> None:
    assert short_name(label) == name


def test_lead_time() -> None:
    whose = Text(zh="亚马逊仓库收货", en="Amazon receiving")
    assert lead_time_text(LeadTime(3, 14, whose), "en") == "3–14 days, Amazon receiving"
    assert lead_time_text(LeadTime(14, 14, whose), "en") == "14 days, Amazon receiving"
    assert lead_time_text(LeadTime(1, 1, whose), "en") == "1 day, Amazon receiving"


def test_reminders_come_longest_first() -> None:
    assert reminders_text((4, 72, 24), "en") == "72, 24, 4 hours before the deadline"
    assert reminders_text((), "en") == ""

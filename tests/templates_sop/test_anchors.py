from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from templates_sop.anchors import first_day_in_time, next_black_friday, quarter_end, suggested_day
from templates_sop.library import get_template, library
from templates_sop.planning import plan

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 24), date(2026, 11, 27)),
        (date(2026, 11, 27), date(2026, 11, 27)),
        (date(2026, 11, 28), date(2027, 11, 26)),
        (date(2028, 1, 1), date(2028, 11, 24)),
        (date(2029, 6, 1), date(2029, 11, 23)),
    ],
)
def test_next_black_friday(today: date, expected: date) -> None:
    assert next_black_friday(today) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 6, 30), date(2026, 6, 30)),
        (date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_quarter_end(today: date, expected: date) -> None:
    assert quarter_end(today) == expected


@pytest.mark.parametrize("key", library())
def test_suggested_day_leaves_everything_ahead_unless_the_year_decides(key: str) -> None:
    template = get_template(key)
    if template.anchor.is_instant:
        return
    day = suggested_day(template, today=NOW.date())
    past = plan(template, variant=None, anchor=day, now=NOW).past_count
    assert (past > 0) == (key == "black_friday_cyber_monday")


def test_a_copy_counts_from_the_same_day_as_its_built_in_one() -> None:
    copy = replace(get_template("black_friday_cyber_monday"), key="ws-q4", based_on="black_friday_cyber_monday")
    assert suggested_day(copy, today=date(2026, 12, 1)) == date(2027, 11, 26)


def test_first_day_in_time_is_the_first() -> None:
    template = get_template("prime_day")

    def past_on(day: date) -> int:
        return plan(template, variant="electronics", anchor=day, now=NOW).past_count

    day = first_day_in_time(
        template, variant="electronics", anchor_on=date(2026, 11, 27), anchor_zone=template.market_zone, now=NOW
    )
    assert day is not None
    assert past_on(day) == 0
    assert past_on(day - timedelta(days=1)) > 0


def test_first_day_in_time_of_black_friday_is_a_black_friday() -> None:
    template = get_template("black_friday_cyber_monday")
    values = {"variant": None, "anchor_zone": template.market_zone, "now": NOW}
    assert first_day_in_time(template, anchor_on=date(2026, 11, 27), **values) == date(2027, 11, 26)
    assert first_day_in_time(template, anchor_on=date(2027, 11, 26), **values) == date(2027, 11, 26)

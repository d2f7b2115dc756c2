"""Proof: every template, category and answer gives a plan in which nothing is due before what it waits for.

Categories and answers in pairs, on four anchors: across Spring Festival, across a clock change, past, and in 2028.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest

from linkstar.lib.workdays import get_calendar
from templates_sop.answers import Answers
from templates_sop.dating import COUNTRIES, Concern
from templates_sop.library import get_template, library
from templates_sop.planning import Plan, PlannedStep, plan
from templates_sop.questions import asked_for
from templates_sop.shapes import SopTemplate
from tests.templates_sop.pairs import pairwise

DAYS = {
    "spring_festival": date(2026, 3, 10),
    "clock_change": date(2026, 11, 2),
    "past": date(2025, 6, 23),
    "2028": date(2028, 6, 20),
}
NOW = datetime(2026, 1, 5, tzinfo=UTC)
LA = ZoneInfo("America/Los_Angeles")


def rows_of(template: SopTemplate) -> list[dict[str, object]]:
    categories = [None, *(variant.key for variant in template.variants)]
    return pairwise({"category": categories, **{asked.key: [True, False] for asked in asked_for(template)}})


def plans_of(template: SopTemplate, day: date, *, has_room: bool = False) -> Iterator[Plan]:
    anchor = datetime(day.year, day.month, day.day, 20, 15, tzinfo=LA) if template.anchor.is_instant else day
    for row in rows_of(template):
        properties = {key: bool(value) for key, value in row.items() if key != "category"}
        category = row["category"]
        assert category is None or isinstance(category, str)
        yield plan(template, variant=category, anchor=anchor, now=NOW, answers=Answers(properties, has_room=has_room))


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
@pytest.mark.parametrize("key", library())
def test_no_dependency_is_violated(key: str, day: date) -> None:
    for result in plans_of(get_template(key), day):
        for planned in result.steps:
            _check(result, planned)


def _check(result: Plan, planned: PlannedStep) -> None:
    zone = ZoneInfo(planned.deadline.zone)
    for key in planned.step.depends_on:
        other = result.by_key[key]
        assert other.due_at <= planned.due_at, (key, planned.step.key)
        assert other.due_at.astimezone(zone).date() <= planned.start_on, (key, planned.step.key)
    assert planned.start_on <= planned.deadline.on
    concerns = {caution.concern for caution in planned.warnings}
    assert Concern.FIXED_TOO_EARLY not in concerns
    answered = result.composition.answered
    if planned.step.key in answered or answered & set(planned.step.depends_on):
        assert concerns == set(), planned.step.key
    if not planned.step.is_fixed:
        assert get_calendar(COUNTRIES[planned.step.calendar]).is_workday(planned.deadline.on)
        assert planned.is_moved == bool(planned.moved_because or planned.pushed_by or planned.pulled_for)


@pytest.mark.parametrize("key", library())
def test_with_room_every_step_has_its_working_days(key: str) -> None:
    """Only what starts at a moment in the past cannot begin before it."""
    template = get_template(key)
    for result in plans_of(template, DAYS["spring_festival"], has_room=True):
        squeezed = {planned.step.key for planned in result.steps if planned.warnings}
        assert squeezed == set() or template.anchor.is_instant


def test_the_pairs_are_all_there() -> None:
    factors = {"a": [1, 2, 3], "b": [True, False], "c": [True, False], "d": ["x", "y"]}
    rows = pairwise(factors)
    for first, second in combinations(factors, 2):
        assert {(row[first], row[second]) for row in rows} == {(a, b) for a in factors[first] for b in factors[second]}
    assert len(rows) < 10

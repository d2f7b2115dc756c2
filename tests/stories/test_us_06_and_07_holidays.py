"""US-06 and US-07: durations over Golden Week and its make-up Saturday; a deadline that falls into Spring Festival."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from django.urls import reverse

from linkstar.accounts.models import User
from linkstar.lib.deadlines import Deadline
from projects.models import Task
from projects.scheduling.computing import computed_schedule, to_minutes
from templates_sop.library import get_template
from templates_sop.planning import plan
from templates_sop.wording import moved_text
from tests.factories import client_of, make_project, make_task
from tests.pages import HTMX, text
from tests.stories.conftest import SHENZHEN, at, clock, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(owner: Any) -> Task:
    """The factory's step from Monday 28 September on the China calendar."""
    now = at("2026-09-01T00:00:00Z")
    project = make_project(owner, time_zone=SHENZHEN, now=now)
    first_guess = Deadline(date(2026, 9, 30), time(18), SHENZHEN)
    return make_task(
        project, "生产", owner=owner, deadline=first_guess, calendar="cn", start_on=date(2026, 9, 28), now=now
    )


@pytest.mark.parametrize(
    ("days", "utc", "wall"),
    [
        (5, "2026-10-09T10:00:00Z", "2026-10-09 18:00"),
        # Saturday the 10th is worked; by Saturdays and Sundays alone it would be the 12th.
        (6, "2026-10-10T10:00:00Z", "2026-10-10 18:00"),
    ],
)
def test_us_06_working_days_from_the_start(owner: Any, production: Task, days: int, utc: str, wall: str) -> None:
    address = reverse("projects:task-reschedule", args=[production.pk])
    sent = {"start_on": "2026-09-28", "duration_days": str(days)}
    browser = client_of(owner)
    with clock("2026-09-01T00:00:00Z"):
        seal = text(browser.post(address, sent, **HTMX)).partition('name="seal" value="')[2].partition('"')[0]
        browser.post(address, {**sent, "step": "apply", "seal": seal}, **HTMX)
    production.refresh_from_db()
    assert (production.duration_days, production.due_at, shown(production, SHENZHEN)) == (days, at(utc), wall)
    computed = computed_schedule(production.project, today=date(2026, 9, 1)).tasks[production.pk]
    assert computed.early_finish == to_minutes(at(utc))


def test_us_07_a_deadline_in_spring_festival_moves_to_the_make_up_saturday() -> None:
    template = get_template("amazon_us_new_product_launch")
    first = replace(template.steps[0], offset_days=-35)
    assert (first.calendar, first.on_non_working_day) == ("cn_team", "previous")
    result = plan(replace(template, steps=(first,), gate_step=first.key), variant=None, anchor=date(2026, 3, 25))
    moved = result.by_key[first.key]
    assert replace(moved.deadline, on=moved.raw_due_on).instant == at("2026-02-18T10:00:00Z")
    assert moved.deadline.instant == at("2026-02-14T10:00:00Z")
    assert moved_text(moved, result, "en") == "Moved from Wed 18 Feb, a day off: Spring Festival."
    zh = moved_text(moved, result, "zh-hans")
    assert "春节" in zh
    assert "2月18日" in zh


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Moved from Wed 18 Feb, a day off: Spring Festival."), ("zh-hans", "2月18日")],
)
def test_us_07_the_page_shows_the_day_it_was_and_why(owner: Any, language: str, said: str) -> None:
    """A step of the electronics template lies 35 days before the anchor, 18:00 in Beijing, on the China calendar."""
    User.objects.filter(pk=owner.user_id).update(language=language, time_zone=SHENZHEN)
    address = reverse("templates_sop:template-start", args=["compliance_electronics"])
    with clock("2025-12-01T02:00:00Z"):
        page = text(client_of(owner).get(address, {"anchor_on": "2026-03-25"}))
    template = get_template("compliance_electronics")
    title = next(one for one in template.steps if one.key == "gcc_issue").title.get(language)
    row = page[page.index(title) :].partition("</li>")[0]
    assert said in row
    assert 'datetime="2026-02-14T10:00:00Z"' in row
    assert ("春节" in row) == (language == "zh-hans")

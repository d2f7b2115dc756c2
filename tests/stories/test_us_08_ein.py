"""US-08: no store registration before the EIN, and what a late EIN does to the day of opening."""

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from linkstar.accounts.models import User
from linkstar.lib.schedule import to_instant
from notifications.models import Notification
from projects.actions.forecasting import forecast_project
from projects.models import Project, Task
from projects.scheduling.computing import computed_schedule, to_minutes
from tests.factories import client_of, make_column
from tests.pages import HTMX, text
from tests.stories.conftest import PACIFIC, SHENZHEN, at, clock, shown, step

pytestmark = pytest.mark.django_db
CHAIN = ("ein_letter", "doc_pack", "clean_env", "register_amz")


@pytest.fixture
def opening(start: Callable[..., Project]) -> Project:
    return start("brand_and_account_opening", date(2026, 12, 15), language="en")


def test_dates_of_the_chain(opening: Project) -> None:
    letter, register, store = (step(opening, key) for key in ("ein_letter", "register_amz", "open_store"))
    # The raw day, Saturday 31 October, moves to Friday.
    assert (letter.due_at, shown(letter, PACIFIC)) == (at("2026-10-31T00:00:00Z"), "2026-10-30 17:00")
    assert (register.due_at, shown(register, SHENZHEN)) == (at("2026-11-25T01:00:00Z"), "2026-11-25 09:00")
    assert (store.due_at, shown(store, PACIFIC)) == (at("2026-12-16T01:00:00Z"), "2026-12-15 17:00")


def test_registration_is_held_back_and_shows_the_open_chain(owner: Any, opening: Project) -> None:
    register = step(opening, "register_amz")
    with clock("2026-11-01T00:00:00Z"):
        address = reverse("projects:task-move", args=[register.pk])
        answer = client_of(owner).post(address, {"column": make_column(opening, "doing").pk, "before": ""}, **HTMX)
    assert answer.status_code == 422
    page = text(answer)
    places = [page.index(f">{step(opening, key).title}<") for key in CHAIN]
    assert places == sorted(places)
    register.refresh_from_db()
    assert register.column.status == "todo"


def test_a_letter_on_20_november_makes_registration_late_and_the_opening_at_risk(opening: Project) -> None:
    letter, register, store = (step(opening, key) for key in ("ein_letter", "register_amz", "open_store"))
    before = computed_schedule(opening, today=date(2026, 11, 1))
    assert before.tasks[register.pk].early_finish <= to_minutes(register.due_at)
    done = at("2026-11-21T01:00:00Z")  # 20 November, 17:00 in Los Angeles
    Task.objects.filter(pk=letter.pk).update(completed_at=done, column=make_column(opening, "done"))
    after = computed_schedule(opening, today=date(2026, 11, 1))
    # Registered on 4 December instead of 24 November, on the clock of Los Angeles.
    check = step(opening, "inform_verify")
    late = to_instant(after.tasks[register.pk].early_finish)
    assert register.due_at and check.due_at and store.due_at
    assert late > register.due_at
    assert late.astimezone(ZoneInfo(PACIFIC)).date() == date(2026, 12, 4)
    # What is left before the day of opening melts away: the last check before it is done two days later.
    left = [computed.tasks[check.pk].free_slack for computed in (before, after)]
    assert left[1] < left[0]
    assert to_instant(after.tasks[check.pk].early_finish) > check.due_at
    assert to_instant(after.tasks[store.pk].early_finish) >= store.due_at


def test_after_20_november_the_page_says_that_the_day_of_opening_is_at_risk(owner: Any, opening: Project) -> None:
    """All that was due by then is done but the chain behind the letter, which came on 20 November."""
    done = at("2026-11-21T01:00:00Z")  # 20 November, 17:00 in Los Angeles
    later = ("doc_pack", "clean_env", "register_amz")
    before = Task.objects.filter(project=opening, due_at__lt=done).exclude(sop_step__in=later)
    before.update(completed_at=done, column=make_column(opening, "done"))
    forecast = forecast_project(opening, now=at("2026-11-21T02:00:00Z"))
    store, register = step(opening, "open_store"), step(opening, "register_amz")
    lines = {line["task"]: line for line in forecast.data["targets"]}
    assert (forecast.state, lines[store.pk]["state"], lines[store.pk]["cause"]) == ("amber", "amber", "stuck")
    assert register.pk in lines[store.pk]["chain"]
    assert [one["kind"] for one in forecast.data["signals"] if one["task"] == register.pk] == ["late"]
    User.objects.filter(pk=owner.user_id).update(language="en")
    with clock("2026-11-21T02:00:00Z"):
        page = text(client_of(owner).get(reverse("projects:forecast", args=[opening.pk])))
    assert store.title in page
    assert f"“{register.title}” will be late: it can be done on " in page
    assert f"On the way to “{store.title}” on Tue 15 Dec:" in page
    assert Notification.objects.filter(kind__startswith="forecast_", member=owner).count() == 1

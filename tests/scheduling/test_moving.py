"""What moves when somebody moves a task: by three policies, over weekends and projects, and what stays."""

from collections.abc import Callable
from typing import Any

import pytest

from projects.models import Project, Task
from projects.scheduling.preview import Preview, Stays
from tests.factories import make_column, make_project
from tests.scheduling.conftest import chain, dated, moved

pytestmark = pytest.mark.django_db
Ask = Callable[..., Preview]


@pytest.fixture
def three(project: Project) -> list[Task]:
    """Photos from Tue 8 to Thu 10 September, a week's gap, the listing on Fri 18, review on Mon 21."""
    tasks = [
        dated(project, "Photos", "09-08", "09-10 17:00"),
        dated(project, "Listing", "09-17", "09-18 17:00"),
        dated(project, "Review", "09-21", "09-21"),
    ]
    chain(*tasks)
    return tasks


def test_gaps_are_kept_in_working_days(three: list[Task], ask: Ask) -> None:
    """Two working days later: Friday's listing goes to Tuesday, over the weekend."""
    assert moved(ask(three[0], "09-10", "09-14 17:00")) == {
        "Photos": ("09-10", "09-14 17:00"),
        "Listing": ("09-21", "09-22 17:00"),
        "Review": ("09-23", "09-23"),
    }


def test_gaps_are_kept_when_it_moves_earlier(three: list[Task], ask: Ask) -> None:
    assert moved(ask(three[0], "09-04", "09-09 17:00"))["Listing"] == ("09-16", "09-17 17:00")


def test_slack_is_used_up_first(three: list[Task], ask: Ask) -> None:
    assert moved(ask(three[0], "09-10", "09-14 17:00", "use_slack")) == {"Photos": ("09-10", "09-14 17:00")}
    # On Fri 18 at five it ends, when the listing would have been due: that is pushed, and so is the review. What is
    # left of a day is worked, so the review's own day goes from Tuesday to Wednesday.
    assert moved(ask(three[0], "09-16", "09-18 17:00", "use_slack")) == {
        "Photos": ("09-16", "09-18 17:00"),
        "Listing": ("09-18", "09-22 17:00"),
        "Review": ("09-22", "09-23"),
    }


def test_push_only_pulls_nothing_back(three: list[Task], ask: Ask) -> None:
    assert moved(ask(three[0], "09-04", "09-09 17:00", "push_only")) == {"Photos": ("09-04", "09-09 17:00")}
    assert moved(ask(three[0], "09-16", "09-18 17:00", "push_only"))["Listing"] == ("09-18", "09-22 17:00")


def test_a_start_on_the_day_the_other_is_due_is_no_overlap(project: Project, ask: Ask) -> None:
    """As the SOP templates plan: one begins on the day on which the one before it is due."""
    first = dated(project, "Brief", "09-08", "09-09 17:00")
    second = dated(project, "Draft", "09-09", "09-10 17:00")
    chain(first, second)
    assert moved(ask(first, "09-09", "09-10 17:00", "push_only")) == {
        "Brief": ("09-09", "09-10 17:00"),
        "Draft": ("09-10", "09-11 17:00"),
    }


def test_what_the_marketplace_fixes_stays_and_says_what_it_would_need(three: list[Task], ask: Ask) -> None:
    Task.objects.filter(pk=three[1].pk).update(is_fixed=True)
    preview = ask(three[0], "09-16", "09-22 17:00")
    assert list(moved(preview)) == ["Photos"]
    [stay] = preview.stays
    assert (stay.task.title, stay.why) == ("Listing", Stays.FIXED)


def test_pins_and_work_in_hand_stay(three: list[Task], project: Project, ask: Ask) -> None:
    Task.objects.filter(pk=three[1].pk).update(is_pinned=True)
    assert [(stay.task.title, stay.why) for stay in ask(three[0], "09-16", "09-22 17:00").stays] == [
        ("Listing", Stays.PINNED)
    ]
    Task.objects.filter(pk=three[1].pk).update(is_pinned=False, column=make_column(project, "doing"))
    assert list(moved(ask(three[0], "09-16", "09-22 17:00"))) == ["Photos"]


def test_it_reaches_into_other_projects(three: list[Task], maya: Any, ask: Ask) -> None:
    elsewhere = make_project(maya, name="Ads")
    campaign = dated(elsewhere, "Campaign", "09-21", "09-23 17:00")
    chain(three[1], campaign)
    preview = ask(three[0], "09-10", "09-14 17:00")
    assert moved(preview)["Campaign"] == ("09-23", "09-25 17:00")
    assert {move.task.title: move.by.title for move in preview.moves if move.by} == {
        "Listing": "Photos",
        "Review": "Listing",
        "Campaign": "Listing",
    }


def test_it_stops_where_the_person_may_not_go_and_names_nobody(three: list[Task], maya: Any, ask: Ask) -> None:
    Task.objects.filter(pk=three[1].pk).update(sensitivity="finance", owner=None)
    preview = ask(three[0], "09-16", "09-22 17:00")
    assert (list(moved(preview)), preview.stays, preview.barred) == (["Photos"], [], 1)


def test_a_parent_makes_room_and_does_not_shrink(project: Project, ask: Ask) -> None:
    parent = dated(project, "Listing", "09-08", "09-18 17:00")
    child = dated(project, "Photos", "09-08", "09-10 17:00")
    Task.objects.filter(pk=child.pk).update(parent=parent)
    assert list(moved(ask(child, "09-10", "09-14 17:00"))) == ["Photos"]
    assert moved(ask(child, "09-16", "09-22 17:00"))["Listing"][1] == "09-22 17:00"


def test_a_gap_with_a_lag_in_working_days(project: Project, ask: Ask) -> None:
    first = dated(project, "Samples", "09-08", "09-09 17:00")
    second = dated(project, "Verdict", "09-11", "09-11 17:00")
    chain(first, second, lag_days=2, lag_is_working=True)
    assert moved(ask(first, "09-10", "09-11 17:00", "push_only"))["Verdict"] == ("09-15", "09-15 17:00")

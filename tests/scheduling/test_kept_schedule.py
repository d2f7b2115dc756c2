"""What is kept of a plan is let go of as soon as working time changes: leave, closures, hours, announced holidays."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from linkstar.calendars.actions.absences import (
    add_closure,
    add_leave,
    delete_closure,
    delete_leave,
    edit_closure,
    set_hours,
)
from linkstar.calendars.models import Closure, Leave
from linkstar.lib import workdays
from linkstar.lib.deadlines import Deadline
from linkstar.lib.hours import STANDARD
from linkstar.lib.workdays import Announcement
from projects.models import Dependency, Project, Task
from projects.timeline_schedule import schedule_of
from tests.factories import make_member, make_project, make_task

SHANGHAI = "Asia/Shanghai"
# A Monday; five working days follow.
NOW = datetime(2026, 5, 11, 1, tzinfo=UTC)
TODAY = NOW.date()
TUESDAY = date(2026, 5, 12)


@pytest.fixture(autouse=True)
def _announcements_put_back() -> Iterator[None]:
    yield
    workdays.take({})


@pytest.fixture
def person(_inside_acme: None) -> Any:
    return make_member(display_name="Wang", time_zone=SHANGHAI)


@pytest.fixture
def task(person: Any) -> Task:
    """Two days of work from Monday on, of somebody in Shenzhen, before a date on Friday."""
    project = make_project(person, time_zone=SHANGHAI, now=NOW)
    values = {"owner": person, "now": NOW}
    work = make_task(
        project, "Shoot", deadline=at(12), start_on=date(2026, 5, 11), duration_days=2, calendar="", **values
    )
    goal = make_task(project, "Sale", deadline=at(15), is_fixed=True, **values)
    Dependency.objects.create(blocker=work, blocked=goal)
    return work


def at(day: int) -> Deadline:
    return Deadline(date(2026, 5, day), time(18), SHANGHAI)


def slack(task: Task) -> int:
    return schedule_of(Project.objects.get(pk=task.project_id), today=TODAY).tasks[task.pk].slack


def free_day(first: date) -> dict[str, Any]:
    return {"first_on": first, "last_on": first}


ACTS: dict[str, Callable[[Any], object]] = {
    "leave": lambda who: add_leave(who, **free_day(date(2026, 5, 14)), note="", note_for="", actor=who),
    "closure": lambda who: add_closure(name="Fair", **free_day(date(2026, 5, 14)), country="", actor=who),
    "hours": lambda who: set_hours(who, (*STANDARD[:3], (), *STANDARD[4:]), holidays="", actor=who),
    "announced": lambda _who: workdays.take({2026: Announcement({date(2026, 5, 14): "假"}, frozenset())}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("act", ACTS)
def test_a_day_less_to_work_is_seen_at_once(
    task: Task, person: Any, act: str, django_capture_on_commit_callbacks: Any
) -> None:
    before = slack(task)
    assert slack(task) == before
    with django_capture_on_commit_callbacks(execute=True):
        ACTS[act](person)
    assert slack(task) == before - 8 * 60


@pytest.mark.django_db
def test_so_is_what_is_changed_and_taken_back(task: Task, person: Any, django_capture_on_commit_callbacks: Any) -> None:
    def seen_after(act: Callable[[], object]) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return slack(task)

    before = slack(task)
    assert seen_after(lambda: ACTS["closure"](person)) == before - 8 * 60
    assert seen_after(lambda: edit_closure(Closure.objects.get(), actor=person, **free_day(date(2026, 6, 4)))) == before
    assert seen_after(lambda: ACTS["leave"](person)) == before - 8 * 60
    assert seen_after(lambda: delete_leave(Leave.objects.get(), actor=person)) == before
    assert seen_after(lambda: ACTS["closure"](person)) == before - 8 * 60
    assert seen_after(lambda: delete_closure(Closure.objects.get(first_on=date(2026, 5, 14)), actor=person)) == before


@pytest.mark.django_db
def test_what_nobody_changed_is_kept(task: Task, django_assert_num_queries: Any) -> None:
    project = Project.objects.get(pk=task.project_id)
    found = schedule_of(project, today=TODAY)
    with django_assert_num_queries(1):
        assert schedule_of(project, today=TODAY) == found

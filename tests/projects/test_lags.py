"""Until when a link with a lag or a lead holds a task back: one rule, in the database, on the pages and in words."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from linkstar.accounts.models import User
from linkstar.calendars.actions.absences import add_leave
from linkstar.lib.deadlines import Deadline
from projects.actions.archive import archive_task
from projects.actions.deadlines import set_deadline, set_start
from projects.actions.dependencies import edit_link, link_tasks, unlink_tasks
from projects.actions.finishing import finish_task, reopen_task
from projects.actions.forecasting import look_at
from projects.actions.links import WAITS_OF_TASK
from projects.actions.refusals import StillBlocked
from projects.actions.tasks import delete_task, move_task
from projects.actions.undo import undo
from projects.blocking import is_blocked, is_unmet, open_links
from projects.models import Column, Dependency, Task
from tests.factories import client_of, make_member, make_project, make_ready_task
from tests.factories.projects import make_column
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)


@pytest.fixture
def project(maya: Any) -> Any:
    return make_project(maya, name="Launch")


@pytest.fixture
def pair(project: Any) -> tuple[Task, Task]:
    return make_ready_task(project, "Ship"), make_ready_task(project, "Shelve")


def link(pair: tuple[Task, Task], actor: Any, now: datetime = NOW, **values: Any) -> Dependency:
    return link_tasks(*pair, actor=actor, now=now, **values)[0]


def fresh(task: Task) -> Task:
    return Task.objects.select_related("project__owner", "column__board", "owner").get(pk=task.pk)


def begin(task: Task, actor: Any, now: datetime = NOW) -> None:
    move_task(fresh(task), column=make_column(task.project, "doing"), before=None, actor=actor, now=now)


def free_at() -> datetime | None:
    return Dependency.objects.get().free_at


def at(year: int, month: int, day: int, *clock: int) -> datetime:
    return datetime.combine(date(year, month, day), time(*clock), UTC)


def test_five_days_after_a_finish_are_waited_for_to_the_minute(maya: Any, pair: Any) -> None:
    link(pair, maya, lag_days=5)
    done = NOW - DAY
    finish_task(fresh(pair[0]), actor=maya, now=done)
    assert free_at() == done + 5 * DAY
    with pytest.raises(StillBlocked):
        begin(pair[1], maya, done + 5 * DAY - timedelta(seconds=1))
    begin(pair[1], maya, done + 5 * DAY)
    assert fresh(pair[1]).column.is_doing


def test_working_days_are_those_of_who_waits_over_golden_week(maya: Any, pair: Any) -> None:
    """Finished on Wed 30 September 2026 at noon: five hours are left, the 8th has eight, the 9th three."""
    Task.objects.filter(pk=pair[1].pk).update(calendar="cn")
    set_deadline(fresh(pair[1]), Deadline(date(2026, 10, 20), time(18), "Asia/Shanghai"), actor=maya, now=NOW)
    link(pair, maya, lag_days=2, lag_is_working=True)
    finish_task(fresh(pair[0]), actor=maya, now=at(2026, 9, 30, 4, 0))
    assert free_at() == at(2026, 10, 9, 4, 0)


@pytest.mark.parametrize(("kind", "holds"), [("ss", "start"), ("sf", "end")])
def test_what_follows_a_start_waits_its_lag_after_the_start(maya: Any, pair: Any, kind: str, holds: str) -> None:
    link(pair, maya, kind=kind, lag_days=3)
    assert free_at() is None
    begin(pair[0], maya, NOW)
    assert free_at() == NOW + 3 * DAY
    early, late = NOW + 3 * DAY - timedelta(seconds=1), NOW + 3 * DAY
    if holds == "start":
        with pytest.raises(StillBlocked):
            begin(pair[1], maya, early)
        begin(pair[1], maya, late)
    else:
        begin(pair[1], maya, early)
        with pytest.raises(StillBlocked):
            finish_task(fresh(pair[1]), actor=maya, now=early)
        finish_task(fresh(pair[1]), actor=maya, now=late)


def test_a_start_date_says_when_a_begun_task_was_begun(maya: Any, pair: Any) -> None:
    set_start(fresh(pair[0]), (NOW - 2 * DAY).date(), time(8), actor=maya, now=NOW)
    begin(pair[0], maya)
    link(pair, maya, kind="ss", lag_days=3)
    started = fresh(pair[0]).start_at
    assert started is not None
    assert free_at() == started + 3 * DAY


def test_a_lead_begins_before_the_deadline_of_what_is_at_work_and_follows_it(maya: Any, pair: Any) -> None:
    due = Deadline((NOW + 10 * DAY).date(), time(12), "UTC")
    set_deadline(fresh(pair[0]), due, actor=maya, now=NOW)
    link(pair, maya, lag_days=-2)
    # Nobody is at it: it is not about to be finished.
    assert free_at() is None
    begin(pair[0], maya)
    assert free_at() == due.instant - 2 * DAY
    set_deadline(fresh(pair[0]), due.moved_to_day(due.on + DAY), actor=maya, now=NOW)
    assert free_at() == due.instant - DAY
    with pytest.raises(StillBlocked):
        begin(pair[1], maya, due.instant - DAY - timedelta(seconds=1))
    finish_task(fresh(pair[0]), actor=maya, now=NOW)
    assert free_at() == NOW - 2 * DAY
    begin(pair[1], maya)


def test_a_lead_before_a_start_needs_only_that_day(maya: Any, pair: Any) -> None:
    set_start(fresh(pair[0]), (NOW + 4 * DAY).date(), time(8), actor=maya, now=NOW)
    link(pair, maya, kind="ss", lag_days=-1)
    starts = fresh(pair[0]).start_at
    assert starts is not None
    assert free_at() == starts - DAY
    begin(pair[1], maya, starts - DAY)


def test_it_is_held_again_when_the_other_is_opened_again(maya: Any, pair: Any) -> None:
    made = link(pair, maya, lag_days=5)
    change = finish_task(fresh(pair[0]), actor=maya, now=NOW)
    assert free_at() == NOW + 5 * DAY
    assert change is not None
    undo(change, actor=maya, now=NOW)
    assert free_at() is None
    finish_task(fresh(pair[0]), actor=maya, now=NOW)
    edit_link(made, kind="fs", lag_days=1, lag_is_working=False, actor=maya, now=NOW)
    assert free_at() == NOW + DAY
    reopen_task(fresh(pair[0]), actor=maya, now=NOW)
    assert free_at() is None


def test_a_link_that_is_put_back_knows_when_it_is_free(maya: Any, pair: Any) -> None:
    made = link(pair, maya, lag_days=5)
    finish_task(fresh(pair[0]), actor=maya, now=NOW)
    gone = unlink_tasks(made, actor=maya, now=NOW)
    undo(gone, actor=maya, now=NOW)
    assert free_at() == NOW + 5 * DAY


def test_many_finished_at_once_start_the_lags_behind_them(maya: Any, project: Any, pair: Any) -> None:
    link(pair, maya, lag_days=5)
    values = {"tasks": str(pair[0].pk), "kind": "finish", "shown": "1"}
    browser, url = client_of(maya), f"/projects/{project.pk}/bulk/"
    seal = text(browser.post(url, values, **HTMX)).partition('name="seal" value="')[2].partition('"')[0]
    browser.post(url, {**values, "step": "apply", "seal": seal}, **HTMX)
    done = fresh(pair[0]).completed_at
    assert done is not None
    assert free_at() == done + 5 * DAY


def test_leave_that_is_entered_later_lengthens_a_lag_with_the_next_look_at_the_project(
    maya: Any, project: Any, pair: Any
) -> None:
    person = make_member("member")
    User.objects.filter(pk=person.user_id).update(time_zone="UTC")
    monday = at(2027, 6, 7, 9, 0)
    Task.objects.filter(pk=pair[1].pk).update(owner=person)
    link(pair, maya, lag_days=2, lag_is_working=True)
    finish_task(fresh(pair[0]), actor=maya, now=monday)
    before = free_at()
    add_leave(person, first_on=date(2027, 6, 8), last_on=date(2027, 6, 8), note="", note_for="", actor=maya)
    look_at(project.pk, now=monday)
    after = free_at()
    assert before is not None
    assert after is not None
    assert (before.date(), after.date()) == (date(2027, 6, 8), date(2027, 6, 9))


STATES = ("todo", "doing", "done", "archived", "archived done", "binned")


@pytest.mark.parametrize("state", STATES)
def test_the_rule_is_the_same_wherever_it_stands(maya: Any, project: Any, state: str) -> None:
    """In SQL for a move, in a condition for lists, and for a link at hand: of every kind, lag and moment."""
    before = make_ready_task(project, "Before")
    if "done" in state:
        finish_task(before, actor=maya, now=NOW)
    if state == "doing":
        begin(before, maya)
    if state.startswith("archived"):
        archive_task(before, actor=maya, now=NOW)
    if state == "binned":
        delete_task(before, actor=maya, now=NOW)
    moments = [None, timezone.now() - DAY, timezone.now() + DAY]
    for kind, (lag, moment) in product(Dependency.Kind.values, [(0, None), *product((2, -2), moments)]):
        after = make_ready_task(project, "After")
        made = Dependency.objects.create(blocker=before, blocked=after, kind=kind, lag_days=lag, free_at=moment)
        with connection.cursor() as cursor:
            statement = f"SELECT {WAITS_OF_TASK} FROM projects_task task WHERE id = %(task)s"  # noqa: S608
            cursor.execute(statement, {"task": after.pk, "now": timezone.now()})
            by_statement = bool(cursor.fetchone()[0])
        blocker = fresh(before)
        at_hand = is_unmet(
            kind, lag, made.free_at,
            is_done=blocker.is_done, is_gone=state in ("archived", "binned"),
            is_started=blocker.is_done or blocker.column.status != Column.Status.TODO, now=timezone.now(),
        )  # fmt: skip
        case = (kind, lag, moment)
        assert (bool(open_links(after)), by_statement) == (at_hand, at_hand), case
        marked = Task.objects.filter(is_blocked(), pk=after.pk).exists()
        assert marked == (at_hand and kind in ("fs", "ss")), case


def held_by_a_lag(maya: Any, pair: Any) -> str:
    """Finished yesterday; five days are still four. Until when, as the page says it."""
    link(pair, maya, lag_days=5)
    finish_task(fresh(pair[0]), actor=maya, now=timezone.now() - DAY)
    until = free_at()
    assert until is not None
    User.objects.filter(pk=maya.user_id).update(time_zone="Asia/Shanghai", language="en")
    there = until + timedelta(hours=8)
    return f"{there:%a} {there.day} {there:%b}, {there:%H:%M}"


def test_pages_say_until_when(maya: Any, project: Any, pair: Any) -> None:
    until = held_by_a_lag(maya, pair)
    browser, doing = client_of(maya), make_column(project, "doing")
    sheet = text(browser.get(f"/tasks/{pair[1].pk}/"))
    assert f"Waits until {until}" in sheet
    dialog = text(browser.post(f"/tasks/{pair[1].pk}/move/", {"column": doing.pk, "before": ""}, **HTMX))
    assert f"After “Ship” it waits until {until}" in dialog
    assert "waits for work that is not done yet" not in dialog
    assert "card__mark--blocked" in text(browser.get(f"/projects/{project.pk}/board/"))
    filtered = text(browser.get(f"/projects/{project.pk}/list/?blocked=1"))
    assert ("Shelve" in filtered, ">Ship<" in filtered) == (True, False)
    # Once it is over nothing of it is left.
    Dependency.objects.update(free_at=timezone.now() - timedelta(minutes=1))
    assert "Waits until" not in text(browser.get(f"/tasks/{pair[1].pk}/"))
    assert "card__mark--blocked" not in text(browser.get(f"/projects/{project.pk}/board/"))


def test_of_a_hidden_task_not_even_the_day_is_told(maya: Any, project: Any, pair: Any) -> None:
    until = held_by_a_lag(maya, pair)
    Task.objects.filter(pk=pair[0].pk).update(sensitivity="finance")
    member = make_member(language="en")
    User.objects.filter(pk=member.user_id).update(time_zone="Asia/Shanghai")
    browser = client_of(member)
    pages = [
        text(browser.get(f"/tasks/{pair[1].pk}/")),
        text(browser.get(f"/tasks/{pair[1].pk}/begin/")),
    ]
    assert "blocked by a task you cannot see" in pages[0]
    for page in pages:
        assert until not in page
        assert "Ship" not in page

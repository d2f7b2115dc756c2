"""The numbers of a retrospective, live and kept, and what a reader is shown of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.retrospectives.figures import figures_of
from linkstar.retrospectives.shown import Report, report_of
from projects.actions.boards import edit_column
from projects.actions.deadlines import set_deadline
from projects.actions.forecasting import end_forecast, forecast_project
from projects.actions.projects import finish_project
from projects.actions.tasks import delete_task
from projects.actions.undo import undo
from projects.cards import Reader
from projects.models import Activity, Change, Dependency, Forecast, ForecastState, Project, Task
from tests.factories import make_column, make_member, make_project, make_ready_task, make_task
from tests.retrospectives.conftest import LA, Scene, at, fresh, move, on

pytestmark = pytest.mark.django_db
NOW = at(3, 20)


def report(project: Project, member: Any, now: Any = NOW) -> Report:
    return report_of(figures_of(project, now=now), project, Reader(member, LA, "en", now))


def row(found: Report, task: Task) -> Any:
    [one] = [row for row in found.rows if row.pk == task.pk]
    return one


def test_planned_against_actual(scene: Scene) -> None:
    found = report(scene.project, scene.lin)
    sample, photos = row(found, scene.sample), row(found, scene.photos)
    assert (sample.planned_from, sample.planned_to, sample.planned) == ("Mon 2 Mar", "Fri 6 Mar", 5)
    assert (sample.began, sample.done, sample.took, sample.late) == ("Tue 3 Mar", "Fri 13 Mar", 9, 5)
    assert (photos.planned, photos.took, photos.late, photos.is_start_known) == (2, 2, 4, True)
    assert (found.done, found.dated, found.in_time) == (2, 2, 0)
    assert (found.latest, [one.number for one in found.longest]) == (sample, [sample.number])
    assert found.plan_text == "Measured by the plan “Kick-off” of Sun 1 Mar 2026."


def test_moved_deadlines_are_summed_up_by_reason(scene: Scene) -> None:
    found = report(scene.project, scene.lin)
    assert [tuple(slip) for slip in found.slips] == [("Waiting for the supplier", 1, 5, ["The mould is late"])]
    assert (found.slip_count, found.slip_days, found.unexplained) == (1, 5, 0)


def test_who_waited_for_whom(scene: Scene) -> None:
    """From Monday 9, when the photos were planned, to Friday 13: four working days."""
    [wait] = report(scene.project, scene.lin).waits
    assert (wait.who, wait.by, wait.days) == ("Lin", "Maya", 4)
    assert wait.tasks == [("Take the photos", scene.photos.pk, "Get the sample", 4)]


def test_nobody_waits_for_themselves(scene: Scene) -> None:
    own = make_task(scene.project, "Book the studio", owner=scene.lin, deadline=on(3, 6), calendar="us", now=at(3, 1))
    Dependency.objects.create(blocker=own, blocked=scene.photos)
    Task.objects.filter(pk=own.pk).update(completed_at=at(3, 13))
    found = report(scene.project, scene.lin)
    assert [(wait.who, wait.by, wait.days) for wait in found.waits] == [("Lin", "Maya", 4)]
    assert found.wait_days == 4


def test_who_went_on_all_the_same_waits_no_more(scene: Scene) -> None:
    third = make_task(
        scene.project, "Write the words", owner=scene.lin, deadline=on(3, 12), calendar="us", now=at(3, 1)
    )
    Task.objects.filter(pk=third.pk).update(start_on=at(3, 9).date())
    Dependency.objects.create(blocker=scene.sample, blocked=third)
    Task.objects.filter(pk=third.pk).update(completed_at=at(3, 11))
    [wait] = report(scene.project, scene.lin).waits
    assert [(title, days) for title, _pk, _blocker, days in wait.tasks] == [
        ("Take the photos", 4), ("Write the words", 2)
    ]  # fmt: skip


def test_a_column_may_have_had_another_name(scene: Scene) -> None:
    column = make_column(scene.project, "doing")
    edit_column(column, name="Under way", wip_limit=None, actor=scene.lin, now=at(3, 17))
    assert row(report(scene.project, scene.lin), scene.sample).took == 9


def test_a_move_that_was_taken_back_is_not_read(scene: Scene) -> None:
    task = make_ready_task(scene.project, "Book the boat", now=at(3, 1))
    Task.objects.filter(pk=task.pk).update(start_on=at(3, 16).date(), calendar="us")
    now = timezone.now()
    move(task, "doing", scene.lin, now)
    undo(Change.objects.filter(verb="moved").latest("pk"), actor=scene.lin, now=now + timedelta(seconds=5))
    assert Activity.objects.filter(task=task, verb="moved").exists()
    figures = figures_of(scene.project, now=now)
    [one] = [each for each in figures["tasks"] if each["pk"] == task.pk]
    assert (one["began"], one["took"]) == (None, None)


def test_without_a_frozen_plan_the_first_deadline_counts(owner: Any) -> None:
    lin = make_member("manager", display_name="Lin", language="en", time_zone=LA)
    project = make_project(lin, name="Blank", time_zone=LA, now=at(3, 1))
    task = make_task(project, "Sample", owner=lin, deadline=on(3, 6), calendar="us", now=at(3, 1))
    set_deadline(fresh(task), on(3, 11), actor=lin, now=at(3, 2))
    move(task, "done", lin, at(3, 11))
    found = report(project, lin)
    assert (row(found, task).planned_to, row(found, task).late, row(found, task).source) == ("Fri 6 Mar", 3, "first")
    assert found.plan_text == "No plan was frozen, so each task is measured by its first deadline."
    assert [slip.name for slip in found.slips] == ["No reason yet"]
    assert found.unexplained == 1


def test_what_was_deleted_is_no_step(scene: Scene) -> None:
    delete_task(fresh(scene.photos), actor=scene.lin, now=at(3, 17))
    found = report(scene.project, scene.lin)
    assert [one.pk for one in found.rows] == [scene.sample.pk]
    assert found.waits == []


def test_finance_is_counted_for_who_may_see_it_alone(scene: Scene) -> None:
    Task.objects.filter(pk=scene.sample.pk).update(sensitivity="finance", may_be_shared=False, owner=scene.lin)
    stranger = make_member(display_name="Someone", language="en")
    assert len(report(scene.project, scene.lin).rows) == 2
    found = report(scene.project, stranger)
    assert [one.title for one in found.rows] == ["Take the photos"]
    assert (found.slips, found.waits, found.unexplained) == ([], [], 0)


def test_forecast_states_are_kept_and_counted(scene: Scene) -> None:
    project = scene.project
    ForecastState.objects.bulk_create(
        ForecastState(project=project, state=state, at=when)
        for state, when in [("green", at(3, 1)), ("red", at(3, 5)), ("amber", at(3, 12)), ("green", at(3, 14))]
    )
    finish_project(project, actor=scene.lin, now=at(3, 16))
    found = report(project, scene.lin)
    assert found.counts == {"green": 6, "red": 8, "amber": 2}
    assert [(box.state, box.length) for box in found.strip] == [("green", 4), ("red", 8), ("amber", 2), ("green", 2)]
    assert (found.states_since, found.strip_length) == ("", 16)


def test_a_history_that_begins_late_says_so(scene: Scene) -> None:
    ForecastState.objects.create(project=scene.project, state="red", at=at(3, 9))
    found = report(scene.project, scene.lin)
    assert found.states_since == "Mon 9 Mar 2026"
    assert found.counts == {"red": 8}


def test_a_forecast_leaves_its_states_behind(owner: Any) -> None:
    project = make_project(owner, now=at(3, 1))
    make_ready_task(project, now=at(3, 1))
    forecast_project(project, now=at(3, 1))
    forecast_project(project, now=at(3, 2))
    assert ForecastState.objects.filter(project=project).count() == 1
    end_forecast(project, now=at(3, 3))
    end_forecast(project, now=at(3, 4))
    states = list(ForecastState.objects.filter(project=project).order_by("at").values_list("state", "at"))
    assert [state for state, _at in states][-1] == "none"
    assert states[-1][1] == at(3, 3)
    assert not Forecast.objects.filter(project=project).exists()


def test_statements_do_not_grow_with_the_tasks(scene: Scene) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            report(scene.project, scene.lin)
        return len(queries)

    before = count()
    for number in range(3):
        task = make_ready_task(scene.project, f"Task {number}", now=at(3, 1))
        move(task, "done", scene.lin, at(3, 12))
    assert count() == before
    assert before <= 16

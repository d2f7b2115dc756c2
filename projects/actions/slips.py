"""Keep that a deadline has moved, by how much and why; and keep a plan as it is now."""

import json
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction

from linkstar.calendars.days import Absences, DayCalendar
from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from projects.actions.states import as_kept
from projects.actions.trace import leave_trace
from projects.models import Baseline, Change, Project, Slip, Task

MOST_BASELINES = 50
_MOST_DAYS = 32_000


class Moved(NamedTuple):
    """A task whose deadline has moved from one to another."""

    task: Task
    before: Deadline | None
    after: Deadline | None


class Cause(NamedTuple):
    """Of slips: a code of Slip.Reason, "" for not said yet, and some words, which "other" needs."""

    reason: str = ""
    note: str = ""


UNSAID = Cause()


class NameTaken(ValueError):
    """The project has a baseline of that name."""


class TooManyBaselines(ValueError):
    """The project keeps MOST_BASELINES already."""


_INSERT = """
WITH made AS (
    INSERT INTO projects_slip
        (task_id, before, after, working_days, reason, note, change_id, actor_id, created_at)
    SELECT task, before, after, days, %(reason)s, %(note)s, %(change)s, %(actor)s, %(now)s
    FROM jsonb_to_recordset(%(rows)s) AS given (task bigint, before jsonb, after jsonb, days smallint)
    RETURNING task_id
)
UPDATE projects_task task SET slip_count = least(slip_count + 1, 32000) FROM made WHERE task.id = made.task_id
"""


def keep_slips(
    moved: Iterable[Moved], *, change: Change | None, actor: Member, now: datetime, why: Cause = UNSAID
) -> None:
    """Keep those of the moves that are slips: of open tasks, from one instant to another. Two statements, or none.

    The tasks are locked, and the change is told that it asks why when nobody has said it.
    """
    slips = [each for each in moved if _is_slip(each)]
    if not slips:
        return
    absences = Absences.load()
    calendars = {country: absences.day_calendar(country) for country in {_country(each.task) for each in slips}}
    rows = [
        {
            "task": task.pk,
            "before": as_kept(before),
            "after": as_kept(after),
            "days": working_days(before.on, after.on, calendars[_country(task)]),
        }
        for task, before, after in slips
        if before is not None and after is not None
    ]
    values = {"reason": why.reason, "note": why.note, "change": change.pk if change else None, "actor": actor.pk}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {**values, "now": now, "rows": json.dumps(rows)})
    for each in slips:
        each.task.slip_count += 1
    if change is not None:
        change.asks_why = not why.reason


def working_days(before: date, after: date, calendar: DayCalendar) -> int:
    """How many working days later, or less than 0 for earlier; a move over a weekend is none."""
    if after < before:
        return -working_days(after, before, calendar)
    days = calendar.workdays_between(before, after) - (1 if calendar.is_workday(before) else 0)
    return min(days, _MOST_DAYS)


def _is_slip(moved: Moved) -> bool:
    if moved.before is None or moved.after is None or moved.task.completed_at is not None:
        return False
    return moved.before.instant != moved.after.instant


def _country(task: Task) -> str:
    return task.calendar or "cn"


@transaction.atomic
def explain_slips(slips: Collection[Slip], why: Cause, *, actor: Member, now: datetime) -> int:
    """Say why deadlines have moved, for the first time or another; how many say something new.

    Each is a slip of a task that the actor may edit, with its task and project.
    """
    wanted = Slip.objects.select_for_update(no_key=True).filter(pk__in=[slip.pk for slip in slips])
    said = dict(wanted.order_by("pk").values_list("pk", "reason").exclude(reason=why.reason, note=why.note))
    Slip.objects.filter(pk__in=said).update(reason=why.reason, note=why.note)
    for slip in sorted((slip for slip in slips if slip.pk in said), key=lambda slip: slip.task.project_id):
        data: dict[str, Any] = {"reason": why.reason, "note": why.note}
        leave_trace("slip explained", project=slip.task.project, task=slip.task, actor=actor, now=now, **data)
    return len(said)


def forget_slips(change: Change, tasks: Collection[int]) -> None:
    """The deadlines of these tasks (pks) are back where they were: nothing has slipped by this change."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"change": change.pk, "tasks": list(tasks)})


_FORGET = """
WITH gone AS (DELETE FROM projects_slip WHERE change_id = %(change)s AND task_id = ANY(%(tasks)s) RETURNING task_id)
UPDATE projects_task task SET slip_count = greatest(slip_count - 1, 0) FROM gone WHERE task.id = gone.task_id
"""

_FREEZE = """
INSERT INTO projects_baselinetask (baseline_id, task_id, title, start_on, due_on, due_time, due_zone, due_at)
SELECT %s, id, title, start_on, due_on, due_time, due_zone, due_at FROM projects_task
WHERE project_id = %s AND deleted_at IS NULL AND (archived_at IS NULL OR completed_at IS NOT NULL)
"""


@transaction.atomic
def freeze_plan(project: Project, name: str, *, actor: Member, now: datetime) -> Baseline:
    """Keep the dates of all tasks as they are now, under a clean name. Raises NameTaken and TooManyBaselines."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    names = [each.lower() for each in project.baselines.values_list("name", flat=True)]
    if len(names) >= MOST_BASELINES:
        raise TooManyBaselines
    if name.lower() in names:
        raise NameTaken
    try:
        with transaction.atomic():
            made = Baseline.objects.create(project=project, name=name, created_by=actor, created_at=now)
    except IntegrityError as error:
        # PostgreSQL folds case in ways of its own.
        raise NameTaken from error
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE, [made.pk, project.pk])
    leave_trace("plan frozen", project=project, actor=actor, now=now, name=name)
    return made


@transaction.atomic
def remove_baseline(baseline: Baseline, *, actor: Member, now: datetime) -> None:
    """The plan that was kept is kept no longer; nothing brings it back."""
    project, name = baseline.project, baseline.name
    baseline.delete()
    leave_trace("baseline removed", project=project, actor=actor, now=now, name=name)

"""The numbers of a retrospective: what was planned and what it took, as JSON that is kept when it is closed.

People and projects are named by pk only, so that whoever is forgotten later is forgotten here too; titles stand as they
were. What a reader may not see is left out when they are read (shown.py), so all sums are made there.

    as_of    instant
    plan     {"name", "at"} of the first frozen plan, or null
    tasks    [{pk, number, title, step, phase, owner, start, due, days, source, began, known, done, took, late,
               reopened, milestone}]: days of the calendar as ISO dates; `days` and `took` in working days; `late`
               working days after the planned due day, less than 0 before; `source` of the plan: "plan" (frozen),
               "first" (the deadline before it first moved) or "task" (as it stands)
    slips    [{task, reason, count, days, notes}]
    states   [[state, instant]]: what was forecast from when on; `ended` is when the project was over
    waits    [{task, owner, blocker, by, days, from, to}]: `owner` waited for `by`
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from linkstar.retrospectives.history import FIELDS, Calendars, TaskRow, works_of
from linkstar.retrospectives.spans import Work, days_lost, working_days_of
from projects.actions.slips import working_days
from projects.actions.states import deadline_of
from projects.models import Activity, BaselineTask, Dependency, ForecastState, Project, Slip

Figures = dict[str, Any]
_NOTES = 5


def figures_of(project: Project, *, now: datetime) -> Figures:
    """As they are now; a dozen statements, however many tasks. `now` is aware."""
    rows = [TaskRow(*values) for values in project.tasks.counted().order_by("number").values_list(*FIELDS)]
    ended_at = _ended_at(project, rows, now)
    works, calendars = works_of(rows, until=ended_at), Calendars.load()
    baseline = project.baselines.order_by("created_at", "pk").first()
    planned = dict(_planned(baseline.pk)) if baseline else {}
    slips = list(Slip.objects.filter(task__project=project).order_by("created_at", "pk"))
    first = {slip.task_id: slip.before for slip in reversed(slips)}
    return {
        "as_of": now.isoformat(),
        "ended": ended_at.isoformat(),
        "plan": {"name": baseline.name, "at": baseline.created_at.isoformat()} if baseline else None,
        "tasks": [_task(row, works[row.pk], calendars, planned, first, ended_at) for row in rows],
        "slips": _slips(slips),
        "states": _states(project),
        "waits": _waits(rows, works, calendars, planned, ended_at),
    }


def _ended_at(project: Project, rows: Sequence[TaskRow], now: datetime) -> datetime:
    """When it was declared finished or archived, or else when its last task was done; now, while it runs."""
    if project.state != Project.State.ACTIVE:
        over = Activity.objects.filter(project=project, verb__in=["project finished", "project archived"])
        ends = over.order_by("-created_at", "-pk").values_list("created_at", flat=True)
        return ends.first() or project.archived_at or now
    done = [row.completed_at for row in rows if row.completed_at is not None]
    return max(done) if rows and len(done) == len(rows) else now


_Planned = tuple[date | None, date | None]


def _planned(baseline: int) -> list[tuple[int, _Planned]]:
    rows = BaselineTask.objects.filter(baseline=baseline).values_list("task_id", "start_on", "due_on")
    return [(task, (start, due)) for task, start, due in rows]


def _task(
    row: TaskRow,
    work: Work,
    calendars: Calendars,
    planned: Mapping[int, _Planned],
    first: Mapping[int, list[Any]],
    ended_at: datetime,
) -> dict[str, Any]:
    calendar = calendars.of(row)
    source, start, due = "task", row.start_on, row.due_on
    if row.pk in planned:
        source, (start, due) = "plan", planned[row.pk]
    elif (deadline := deadline_of(first.get(row.pk))) is not None:
        source, due = "first", deadline.on
    days = calendar.workdays_between(start, due) if start and due else row.duration_days
    done = row.day(row.completed_at) if row.completed_at else None
    reached = done or row.day(ended_at)
    is_late_or_done = due is not None and (done is not None or reached > due)
    return {
        "pk": row.pk,
        "number": row.number,
        "title": row.title,
        "step": row.step,
        "phase": row.phase,
        "owner": row.owner,
        "start": _iso(start),
        "due": _iso(due),
        "days": None if row.is_milestone else days,
        "source": source,
        "began": _iso(row.day(work.started_at)) if work.started_at else None,
        "known": work.is_start_known,
        "done": _iso(done),
        "took": None if row.is_milestone or not work.stretches else working_days_of(work.days(row.zone), calendar),
        "late": working_days(due, reached, calendar) if due and is_late_or_done else None,
        "reopened": work.times_reopened,
        "milestone": row.is_milestone,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _slips(slips: Sequence[Slip]) -> list[dict[str, Any]]:
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for slip in slips:
        key = (slip.task_id, slip.reason)
        kept = found.setdefault(key, {"task": slip.task_id, "reason": slip.reason, "count": 0, "days": 0, "notes": []})
        kept["count"] += 1
        kept["days"] += slip.working_days
        if slip.note and slip.note not in kept["notes"] and len(kept["notes"]) < _NOTES:
            kept["notes"].append(slip.note)
    return list(found.values())


def _states(project: Project) -> list[list[str]]:
    rows = ForecastState.objects.filter(project=project).order_by("at").values_list("state", "at")
    return [[state, at.isoformat()] for state, at in rows]


def _waits(
    rows: Sequence[TaskRow],
    works: Mapping[int, Work],
    calendars: Calendars,
    planned: Mapping[int, _Planned],
    ended_at: datetime,
) -> list[dict[str, Any]]:
    """How long tasks whose planned day had come could not begin because another was not done, in their own working
    days. One that waited for two at once counts for both; one that was begun all the same waits no more.
    """
    by_pk = {row.pk: row for row in rows}
    links = Dependency.objects.filter(
        blocked__in=by_pk, kind=Dependency.Kind.FINISH_START, lag_days__gte=0, blocker__deleted_at=None
    )
    fields = ("blocked_id", "blocker_id", "blocker__owner_id", "blocker__completed_at", "blocker__archived_at")
    found: list[dict[str, Any]] = []
    for task, blocker, by, done_at, archived_at in links.order_by("blocked", "blocker").values_list(*fields):
        row, work = by_pk[task], works[task]
        start = planned[task][0] if task in planned else row.start_on
        begun_at = work.started_at if work.is_start_known else row.completed_at
        if start is None:
            continue
        free = row.day(min(at for at in (done_at or archived_at, begun_at, ended_at) if at is not None))
        days = days_lost(start, free, calendars.of(row))
        if days:
            found.append(
                {
                    "task": task,
                    "owner": row.owner,
                    "blocker": blocker,
                    "by": by,
                    "days": days,
                    "from": start.isoformat(),
                    "to": free.isoformat(),
                }
            )
    return found

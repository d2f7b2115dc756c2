"""What else a forecast goes by: who is away, which cut-offs have passed, how long such work took before."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Max

from linkstar.calendars.market import Entry, dates_between
from linkstar.calendars.models import Leave, MarketDate
from linkstar.lib.workdays import get_calendar
from linkstar.lib.zones import get_zone, home_country
from projects.models import Activity, Project, Task
from projects.scheduling.load import Plan

# Fewer finished tasks of a step say too little about the next one.
FEWEST_CASES = 4
# What was finished last says more than what was finished years ago.
_MOST_CASES = 40
_LEAVE_AHEAD = timedelta(days=60)
_CUTOFF_AGO = timedelta(days=45)


@dataclass(frozen=True)
class Facts:
    """`leaves` by member; `cutoffs` of warehouses that have passed lately; `lengths` in working days by step.

    `touched` says when something last happened in a task that somebody is at.
    """

    leaves: dict[int, list[tuple[date, date]]] = field(default_factory=dict)
    cutoffs: list[Entry] = field(default_factory=list)
    lengths: dict[str, list[int]] = field(default_factory=dict)
    touched: dict[int, datetime] = field(default_factory=dict)


def load_facts(plan: Plan, project: Project, *, now: datetime) -> Facts:
    """In four statements."""
    today = now.astimezone(get_zone(project.time_zone)).date()
    open_tasks = [task for task in plan.tasks.values() if task.completed_at is None]
    owners = {task.owner_id for task in open_tasks if task.owner_id}
    leaves: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for leave in (
        Leave.objects.filter(member__in=owners).touching(today, today + _LEAVE_AHEAD).order_by("first_on", "pk")
    ):
        leaves[leave.member_id].append((leave.first_on, leave.last_on))
    return Facts(
        dict(leaves),
        _cutoffs(project, today, now),
        lengths_of({task.sop_step for task in open_tasks if task.sop_step}),
        _touched([task.pk for task in open_tasks if task.column.is_doing]),
    )


def _touched(tasks: list[int]) -> dict[int, datetime]:
    rows = Activity.objects.filter(task__in=tasks).order_by().values("task").annotate(at=Max("created_at"))
    return dict(rows.values_list("task", "at"))


def _cutoffs(project: Project, today: date, now: datetime) -> list[Entry]:
    if project.channel != Project.Channel.AMAZON_US:
        return []
    return [
        entry
        for entry in dates_between(today - _CUTOFF_AGO, today)
        if entry.kind == MarketDate.Kind.MARKETPLACE_DEADLINE
        and entry.key.startswith("fba_arrival")
        and entry.deadline is not None
        and entry.deadline.instant < now
    ]


def lengths_of(steps: Collection[str]) -> dict[str, list[int]]:
    """Of the finished tasks of each step, how many working days lie from their start date to the day they were done."""
    done = Task.objects.alive().filter(sop_step__in=steps, start_on__isnull=False, completed_at__isnull=False)
    rows = done.order_by("-completed_at", "-pk").values_list(
        "sop_step", "start_on", "completed_at", "calendar", "due_zone", "project__time_zone"
    )
    found: dict[str, list[int]] = defaultdict(list)
    for step, start_on, at, country, zone, home in rows[: _MOST_CASES * max(1, len(steps))]:
        if start_on is None or at is None:
            continue
        clock = zone or home
        if start_on is None or at is None:
            continue
        finished_on = at.astimezone(get_zone(clock)).date()
        if len(found[step]) < _MOST_CASES and finished_on >= start_on:
            calendar = get_calendar(country or home_country(clock))
            found[step].append(max(1, calendar.workdays_between(start_on, finished_on)))
    return {step: lengths for step, lengths in found.items() if len(lengths) >= FEWEST_CASES}

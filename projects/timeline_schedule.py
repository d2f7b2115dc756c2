"""What the planner says of a project's tasks, for its timeline: kept until something in the project changes.

It is the same for every reader, and each is told of the tasks they see. Working time may change without the project
(leave, a holiday that is announced): what is kept grows old within minutes.
"""

from datetime import date
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import F

from linkstar.lib.schedule import to_instant
from projects.cards import Reader
from projects.models import Dependency, Project
from projects.scheduling.computing import computed_schedule
from projects.timeline import Row, Timeline
from projects.timeline_axis import wall_minutes

_KEPT_SECONDS = 300


class Planned(NamedTuple):
    """`slack` in working minutes, of which `day` make a day; `late_finish` in minutes since 1970, UTC."""

    slack: int
    day: int
    late_finish: int
    is_critical: bool
    is_breached: bool


class Schedule(NamedTuple):
    """By task. `circle` are tasks that wait for each other: then nothing is known of any."""

    tasks: dict[int, Planned]
    circle: tuple[int, ...]


def with_schedule(timeline: Timeline, project: Project, reader: Reader) -> Timeline:
    """The same rows with slack, what is critical, and what its links do not allow."""
    found = schedule_of(project, today=reader.now.date())
    for row in timeline.rows:
        planned = found.tasks.get(row.pk)
        if planned is not None and not row.is_done:
            _tell(row, planned, timeline.axis.zone)
    return timeline


def _tell(row: Row, planned: Planned, zone: str) -> None:
    row.is_violated = planned.is_breached
    if row.finish is None:
        return
    row.slack, row.day_minutes, row.is_critical = planned.slack, planned.day, planned.is_critical
    row.late_finish = wall_minutes(to_instant(planned.late_finish), zone)


def schedule_of(project: Project, *, today: date) -> Schedule:
    """Two statements when it is kept, one of them to the cache."""
    key = f"schedule:{project.pk}:{today:%Y%m%d}:{_state(project)}"
    kept = cache.get(key)
    if kept is None:
        kept = _compute(project, today)
        cache.set(key, kept, _KEPT_SECONDS)
    tasks, circle = kept
    return Schedule({pk: Planned._make(values) for pk, values in tasks.items()}, tuple(circle))


def _state(project: Project) -> str:
    """When something last happened here, and in the projects whose tasks it waits for."""
    before = Dependency.objects.filter(blocked__project=project).exclude(blocker__project=project)
    others = before.order_by("blocker__project").values_list(
        "blocker__project", F("blocker__project__last_activity_at")
    )
    moments = [project.last_activity_at, *(at for _pk, at in others.distinct())]
    return "-".join(f"{at.timestamp():.6f}" for at in moments)


def _compute(project: Project, today: date) -> tuple[dict[int, tuple[int, int, int, bool, bool]], tuple[int, ...]]:
    computed = computed_schedule(project, today=today)
    told = {
        pk: (one.total_slack, one.day_minutes, one.late_finish, one.is_critical, pk in computed.breaches)
        for pk, one in computed.tasks.items()
    }
    return told, computed.refused

"""What the planner says of a project's tasks, for its timeline: kept until something in the project changes.

It is reckoned once for every reader, and each is told of the tasks they see: a guest of no slack that hangs on tasks
hidden from them, which could be read off it. Working time changes without the project (leave, closures, hours, a
holiday that is announced): what is kept carries its stamp. It grows old within minutes, for what has none: somebody who
moves to another time zone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import F

from linkstar.calendars import stamps
from linkstar.lib.schedule import to_instant
from linkstar.members.models import Member
from projects.cards import Reader
from projects.models import Dependency, Project, Task
from projects.scheduling.computing import compute
from projects.scheduling.load import load_plan
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
    """By task. `circle` are tasks that wait for each other: then nothing is known of any.

    `ways` lead from task to task that the other's dates hang on; `last` are those with which the project ends.
    """

    tasks: dict[int, Planned]
    circle: tuple[int, ...]
    ways: list[tuple[int, int]]
    last: list[int]


def with_schedule(timeline: Timeline, project: Project, reader: Reader) -> Timeline:
    """The same rows with slack, what is critical, and what its links do not allow."""
    found = schedule_of(project, today=reader.now.date())
    untold = _hung_on_hidden(found, reader.member) if reader.member.is_guest else set()
    for row in timeline.rows:
        planned = found.tasks.get(row.pk)
        if planned is not None and not row.is_done and row.pk not in untold:
            _tell(row, planned, timeline.axis.zone)
    return timeline


def _hung_on_hidden(found: Schedule, guest: Member) -> set[int]:
    """Tasks whose slack would be another one without those that the guest does not see; one statement."""
    known = found.tasks.keys() | {pk for way in found.ways for pk in way}
    hidden = known - set(Task.objects.filter(pk__in=known).visible_to(guest).values_list("pk", flat=True))
    before: dict[int, list[int]] = defaultdict(list)
    after: dict[int, list[int]] = defaultdict(list)
    for first, then in found.ways:
        after[first].append(then)
        before[then].append(first)
    pushed = _reached(hidden, after)
    if not pushed.isdisjoint(found.last):
        return set(known)
    return pushed | _reached(hidden, before)


def _reached(begin: Iterable[int], ways: Mapping[int, list[int]]) -> set[int]:
    reached, waiting = set(begin), list(begin)
    while waiting:
        new = [pk for pk in ways.get(waiting.pop(), ()) if pk not in reached]
        reached.update(new)
        waiting += new
    return reached


def _tell(row: Row, planned: Planned, zone: str) -> None:
    row.is_violated = planned.is_breached
    if row.finish is None:
        return
    row.slack, row.day_minutes, row.is_critical = planned.slack, planned.day, planned.is_critical
    row.late_finish = wall_minutes(to_instant(planned.late_finish), zone)


def schedule_of(project: Project, *, today: date) -> Schedule:
    """Two statements when it is kept, one of them to the cache."""
    key = f"schedule3:{project.pk}:{today:%Y%m%d}:{_state(project)}"
    found = cache.get_many([key, stamps.KEY])
    stamp, kept = stamps.working_time_stamp(found.get(stamps.KEY)), found.get(key)
    if kept is None or kept[0] != stamp:
        kept = (stamp, *_compute(project, today))
        cache.set(key, kept, _KEPT_SECONDS)
    _stamp, tasks, *rest = kept
    return Schedule({pk: Planned._make(values) for pk, values in tasks.items()}, *rest)


def _state(project: Project) -> str:
    """When something last happened here, and in the projects whose tasks it waits for."""
    before = Dependency.objects.filter(blocked__project=project).exclude(blocker__project=project)
    others = before.order_by("blocker__project").values_list(
        "blocker__project", F("blocker__project__last_activity_at")
    )
    moments = [project.last_activity_at, *(at for _pk, at in others.distinct())]
    return "-".join(f"{at.timestamp():.6f}" for at in moments)


def _compute(
    project: Project, today: date
) -> tuple[dict[int, tuple[int, int, int, bool, bool]], tuple[int, ...], list[tuple[int, int]], list[int]]:
    plan = load_plan([project], today=today)
    computed = compute(plan)
    ways = [(link.before, link.after) for link in plan.links]
    for item in plan.items:  # a parent spans its subtasks, and what it waits for holds them back
        if item.parent is not None:
            ways += [(item.key, item.parent), (item.parent, item.key)]
    ways += [(first, pk) for first in computed.first for pk in plan.tasks.keys() - plan.current.keys()]
    told = {
        pk: (one.total_slack, one.day_minutes, one.late_finish, one.is_critical, pk in computed.breaches)
        for pk, one in computed.tasks.items()
    }
    return told, computed.refused, ways, computed.last

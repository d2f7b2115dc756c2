"""Ways that lead from one task to another: what would close a circle, as the planner would find it.

A task that has subtasks begins before them and ends after them, so it has two places: what waits for its start holds
each of them back, and it is finished once all of them are. Links lead out of a task's own place, and into that or the
entry by their kind (lib/schedule/network.py). What lies in the bin or the archive counts: it may come back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from projects.models import Dependency, Task

Kind = Dependency.Kind
# How one task leads to the next: the next waits for it, is a part of it, or is what it is a part of.
LINK, PART, WHOLE = "link", "part", "whole"
# A task, and whether it is its entry.
_Place = tuple[int, bool]

_AHEAD = """
WITH RECURSIVE walked AS (
    SELECT NULL::bigint AS before, false AS before_entry, %(task)s::bigint AS id, %(is_entry)s::boolean AS is_entry,
        'link' AS step
    UNION
    SELECT walked.id, walked.is_entry, step.id, step.is_entry, step.step FROM walked CROSS JOIN LATERAL (
        SELECT link.blocked_id AS id, link.kind IN ('fs', 'ss') AS is_entry, 'link' AS step
            FROM projects_dependency link WHERE NOT walked.is_entry AND link.blocker_id = walked.id
        UNION ALL
        SELECT task.parent_id, false, 'whole' FROM projects_task task
            WHERE NOT walked.is_entry AND task.id = walked.id AND task.parent_id IS NOT NULL
                AND task.id <> %(moved)s
        UNION ALL
        SELECT child.id, true, 'part' FROM projects_task child WHERE walked.is_entry AND child.parent_id = walked.id
                AND child.id <> %(moved)s
        UNION ALL
        SELECT walked.id, false, 'link' WHERE walked.is_entry
    ) step
) SELECT before, before_entry, id, is_entry, step FROM walked WHERE before IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Way:
    """Tasks (pks) of which each holds back the next; `steps` say how each is reached, the first one by LINK."""

    tasks: tuple[int, ...]
    steps: tuple[str, ...]

    def closed(self, step: str = LINK) -> "Way":
        """Round: back to its first task."""
        return Way((*self.tasks, self.tasks[0]), (*self.steps, step))


def way_back(blocker: int, blocked: int, kind: str) -> Way | None:
    """How `blocker` waits already for `blocked`, which shall wait for it in this kind; the shortest way there is."""
    return _way((blocked, kind in (Kind.FINISH_START, Kind.START_START)), (blocker, False))


def way_into(task: int, parent: int) -> Way | None:
    """How a task and the one that it shall be a part of hold each other back already: round, both included.

    What it is a part of now does not count: it leaves that.
    """
    ahead = _way((task, True), (parent, True), moved=task)
    if ahead is not None:
        return ahead.closed(PART)
    behind = _way((parent, False), (task, False), moved=task)
    return behind.closed(WHOLE) if behind is not None else None


def link_within(task: int, parent: int) -> tuple[int, int] | None:
    """A link between what would be a part and what it would be a part of, at any depth: blocker and blocked."""
    parts = Q(pk=task) | Q(pk__in=Task.objects.under(task).values("pk"))
    wholes = Q(pk=parent) | Q(pk__in=Task.objects.above(parent).values("pk"))
    low, high = Task.objects.filter(parts).values("pk"), Task.objects.filter(wholes).values("pk")
    links = Dependency.objects.filter(Q(blocker__in=low, blocked__in=high) | Q(blocker__in=high, blocked__in=low))
    return links.order_by("pk").values_list("blocker_id", "blocked_id").first()


def _way(first: _Place, last: _Place, *, moved: int = 0) -> Way | None:
    after: dict[_Place, list[tuple[_Place, str]]] = {}
    for before, before_entry, task, is_entry, step in sorted(_walk(first, moved)):
        after.setdefault((before, before_entry), []).append(((task, is_entry), step))
    came_from: dict[_Place, tuple[_Place, str]] = {}
    reached = [first]
    for here in reached:
        for there, step in after.get(here, ()):
            if there not in came_from and there != first:
                came_from[there] = here, step
                reached.append(there)
    if last not in came_from:
        return None
    way, place = [], last
    while place != first:
        here, step = came_from[place]
        way.append((place[0], step))
        place = here
    return _named([(first[0], LINK), *reversed(way)])


def _walk(first: _Place, moved: int) -> list[tuple[int, bool, int, bool, str]]:
    task, is_entry = first
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD, {"task": task, "is_entry": is_entry, "moved": moved})
        return list(cursor.fetchall())


def _named(way: Sequence[tuple[int, str]]) -> Way:
    """Each task once, whichever of its places the way goes over."""
    kept = [here for here, before in zip(way, [None, *way], strict=False) if before is None or before[0] != here[0]]
    return Way(tuple(task for task, _step in kept), tuple(step for _task, step in kept))

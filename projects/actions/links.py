"""Links between tasks below the actions that change them: who waits for whom, one at a time, and who is told."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Q

from projects.actions.trace import mark
from projects.circles import way_back
from projects.models import Task
from projects.scheduling.lags import settle_lags

# The kinds of those links of `task` (as an SQL statement calls it) that hold something back at %(now)s; the same rule
# as blocking.unmet().
WAITS_OF_TASK = """ARRAY(
        SELECT DISTINCT link.kind FROM projects_dependency link
            JOIN projects_task blocker ON blocker.id = link.blocker_id
            JOIN projects_column stands ON stands.id = blocker.column_id
        WHERE link.blocked_id = task.id AND blocker.deleted_at IS NULL
            AND (blocker.archived_at IS NULL OR blocker.completed_at IS NOT NULL)
            AND CASE WHEN link.lag_days <> 0 THEN link.free_at IS NULL OR link.free_at > %(now)s
                ELSE blocker.completed_at IS NULL AND (link.kind IN ('fs', 'ff') OR stands.status = 'todo') END
    )"""


def lock_links() -> None:
    """Until the end of the transaction nobody else changes links, or parents, in this workspace.

    Two people who add the two halves of a circle would each find none. Taken after the locks of boards and before
    those of tasks.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('dependencies'), hashtext(current_schema()))")


def may_wait_again(task: int, wanted: Sequence[str], held: Sequence[str]) -> bool:
    """Whether links that a task (pk) had can come back (states.WAITS): their tasks are there, none of them belongs to
    its family by now, and no circle closes.
    """
    known = {link.split(":")[0] for link in held}
    back = {int(blocker): kind for blocker, kind, *_lag in (link.split(":") for link in wanted) if blocker not in known}
    if Task.objects.alive().filter(pk__in=back).count() < len(back):
        return False
    if any(are_family(task, blocker) for blocker in back):
        return False
    return not any(way_back(blocker, task, kind) for blocker, kind in back.items())


def are_family(one: int, other: int) -> bool:
    """Whether one of two tasks (pks) is a part of the other, at any depth."""
    above_one = Task.objects.above(one).filter(pk=other)
    return above_one.exists() or Task.objects.above(other).filter(pk=one).exists()


_WAITING = """
SELECT task.project_id, task.id, bool_or(link.lag_days <> 0) FROM projects_dependency link
    JOIN projects_task task ON task.id = link.blocked_id
WHERE link.blocker_id = ANY(%s) AND task.completed_at IS NULL AND task.deleted_at IS NULL AND task.archived_at IS NULL
GROUP BY task.id
"""


def tell_waiting(blockers: Collection[int], *, now: datetime) -> None:
    """These tasks (pks) were begun, done or opened again: what waits for them looks different now, wherever it is open,
    and lags count from now on. After the trace of what has happened.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [list(blockers)])
        found = list(cursor.fetchall())
    if any(has_lag for _project, _task, has_lag in found):
        settle_lags(Q(blocker__in=blockers), now=now)
    _mark_all((project, task) for project, task, _has_lag in found)


def follow_dates(blockers: Collection[int], *, now: datetime) -> None:
    """These tasks (pks) have got other dates, from which some lags and leads count."""
    links = settle_lags(Q(blocker__in=blockers), now=now)
    _mark_all((link.blocked.project_id, link.blocked_id) for link in links)


def _mark_all(tasks: Iterable[tuple[int, int]]) -> None:
    """Pairs of project and task."""
    by_project: dict[int, list[int]] = {}
    for project, task in tasks:
        by_project.setdefault(project, []).append(task)
    for project, waiting in sorted(by_project.items()):
        mark(project, waiting)

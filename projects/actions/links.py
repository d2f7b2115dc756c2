"""Links between tasks below the actions that change them: who waits for whom, one at a time, and who is told."""

from collections.abc import Collection, Sequence

from django.db import connection

from projects.actions.trace import mark
from projects.circles import way_back
from projects.models import Task

# The kinds of those links of `task` (as an SQL statement calls it) whose blockers are still to come; the same rule as
# dependencies.is_blocked().
WAITS_OF_TASK = """ARRAY(
        SELECT DISTINCT link.kind FROM projects_dependency link
            JOIN projects_task blocker ON blocker.id = link.blocker_id
            JOIN projects_column stands ON stands.id = blocker.column_id
        WHERE link.blocked_id = task.id AND blocker.completed_at IS NULL AND blocker.deleted_at IS NULL
            AND blocker.archived_at IS NULL
            AND ((link.kind IN ('fs', 'ff') AND link.lag_days >= 0) OR stands.status = 'todo')
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
SELECT DISTINCT task.project_id, task.id FROM projects_dependency link
    JOIN projects_task task ON task.id = link.blocked_id
WHERE link.blocker_id = ANY(%s) AND task.completed_at IS NULL AND task.deleted_at IS NULL AND task.archived_at IS NULL
"""


def tell_waiting(blockers: Collection[int]) -> None:
    """What waits for these tasks (pks) looks different now, wherever it is open."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [list(blockers)])
        found = list(cursor.fetchall())
    by_project: dict[int, list[int]] = {}
    for project, task in found:
        by_project.setdefault(project, []).append(task)
    for project, tasks in sorted(by_project.items()):
        mark(project, tasks)

"""Leave a trace. Every action that changes something calls this in its own transaction.

Beside each trace stands a mark for pages that are open elsewhere (models/changes.py), written in the same statement as
something else: what is live costs a change no statement of its own. Open pages are rung once the transaction is
committed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from linkstar.members.models import Member
from linkstar.workspaces.live import ring_project
from projects.models import Activity, Change, Project, Task
from projects.models.changes import KEPT, NO_TASK

_MARK = """
INSERT INTO projects_changemark (project_id, xid, task_id)
SELECT %(project)s, pg_current_xact_id()::text::bigint, task FROM unnest(%(tasks)s::bigint[]) AS task
ON CONFLICT DO NOTHING
"""
# One transaction in so many looks for old marks; for the others PostgreSQL knows from its number alone that there is
# nothing to look for. The project's row is written first and marks are deleted after it, so that sweepers come one by
# one.
SWEPT_ONCE_IN = 64
_SWEEP = """
DELETE FROM projects_changemark
WHERE project_id = %(project)s AND at < now() - make_interval(secs => %(kept)s)
    AND mod(pg_current_xact_id()::text::bigint, %(once_in)s) = 0
"""
_WAKE = f"""
WITH mark AS ({_MARK}), sweep AS ({_SWEEP})
UPDATE projects_project SET last_activity_at = %(now)s WHERE id = %(project)s
"""  # noqa: S608 - put together from the constants above
_VERSION = f"WITH mark AS ({_MARK}) SELECT version FROM projects_task WHERE id = %(task)s"  # noqa: S608


def leave_trace(
    verb: str,
    *,
    project: Project,
    actor: Member | None,
    now: datetime,
    task: Task | None = None,
    change: Change | None = None,
    **data: Any,
) -> None:
    """Write one activity and wake the project. `data` is JSON: names and values as they are now, before and after.

    `change` is what can be taken back of it (actions/undo.py).
    """
    Activity.objects.create(
        project=project, task=task, actor=actor, verb=verb, change=change, data=data, created_at=now
    )
    _wake(project, [task.pk if task is not None else NO_TASK], now)


def leave_traces(
    verb: str,
    *,
    project: Project,
    actor: Member | None,
    now: datetime,
    tasks: Iterable[tuple[Task, dict[str, Any]]],
    change: Change | None = None,
) -> None:
    """The same for many tasks of one project, each with its own data, in two statements."""
    made = Activity.objects.bulk_create(
        Activity(project=project, task=task, actor=actor, verb=verb, change=change, data=data, created_at=now)
        for task, data in tasks
    )
    _wake(project, [activity.task_id for activity in made if activity.task_id], now)


def touch(task: Task, *fields: str, now: datetime) -> None:
    """Save the named fields of a task and count the change; after it `task.version` is the new number."""
    task.updated_at = now
    task.version = F("version") + 1
    task.save(update_fields=[*fields, "updated_at", "version"])
    with connection.cursor() as cursor:
        cursor.execute(_VERSION, {"project": task.project_id, "tasks": [task.pk], "task": task.pk})
        [task.version] = cursor.fetchone()
    ring_project(task.project_id)


def mark(project_id: int, tasks: Sequence[int]) -> None:
    """For a change that neither touches its tasks nor leaves a trace: a card that moves within its column."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, {"project": project_id, "tasks": list(tasks)})
    ring_project(project_id)


def lock_tasks(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The rows as they are now, by pk, for who changes several in one transaction.

    All of them before the first trace: a trace writes the project's row, and whoever edits one task writes that after
    the task's. The other way round, the two would stop each other.
    """
    ids = list(tasks.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    return Task.objects.filter(pk__in=ids).order_by("pk")


def _wake(project: Project, tasks: list[int], now: datetime) -> None:
    told: dict[str, Any] = {
        "project": project.pk,
        "tasks": tasks,
        "now": now,
        "kept": KEPT.total_seconds(),
        "once_in": SWEPT_ONCE_IN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAKE, told)
    ring_project(project.pk)

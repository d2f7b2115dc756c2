"""Leave a trace. Every action that changes something calls this in its own transaction.

Beside each trace stands a mark for pages that are open elsewhere (models/changes.py), written in the same statement as
something else: what is live costs a change no statement of its own. Open pages are rung once the transaction is
committed.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from linkstar.lib.kept import prepared_cursor
from linkstar.members.models import Member
from linkstar.workspaces.live import ring_project
from projects.models import Change, Project, Task
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
_REMEMBER = """
INSERT INTO projects_change (project_id, actor_id, verb, data, created_at)
SELECT %(project)s, %(actor)s::bigint, %(of)s::text, %(remembered)s::jsonb, %(now)s
WHERE %(of)s::text <> '' RETURNING id
"""
_WRITE = """
INSERT INTO projects_activity (project_id, task_id, actor_id, verb, data, change_id, created_at)
SELECT %(project)s, task, %(actor)s::bigint, %(verb)s::text, data::jsonb,
    coalesce(%(change)s::bigint, (SELECT id FROM change)), %(now)s
FROM unnest(%(about)s::bigint[], %(data)s::text[]) WITH ORDINALITY AS line (task, data, place) ORDER BY place
"""
# All of a trace in one statement: each of them would cost a change as much as all do.
_LEAVE = f"""
WITH change AS ({_REMEMBER}), line AS ({_WRITE}), mark AS ({_MARK}), sweep AS ({_SWEEP})
UPDATE projects_project SET last_activity_at = %(now)s WHERE id = %(project)s RETURNING (SELECT id FROM change)
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

    `change` is what can be taken back of it (actions/undo.py); one that is not saved yet is saved with it.
    """
    _leave(verb, project, actor, now, [(task.pk if task is not None else None, data)], change)


def leave_traces(
    verb: str,
    *,
    project: Project,
    actor: Member | None,
    now: datetime,
    tasks: Iterable[tuple[Task, dict[str, Any]]],
    change: Change | None = None,
) -> None:
    """The same for many tasks of one project, each with its own data."""
    _leave(verb, project, actor, now, [(task.pk, data) for task, data in tasks], change)


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
    with prepared_cursor() as cursor:
        cursor.execute(_MARK, {"project": project_id, "tasks": list(tasks)})
    ring_project(project_id)


def lock_tasks(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The rows as they are now, by pk, for who changes several in one transaction.

    All of them before the first trace: a trace writes the project's row, and whoever edits one task writes that after
    the task's. The other way round, the two would stop each other.
    """
    ids = list(tasks.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    return Task.objects.filter(pk__in=ids).order_by("pk")


def _leave(
    verb: str,
    project: Project,
    actor: Member | None,
    now: datetime,
    lines: list[tuple[int | None, dict[str, Any]]],
    change: Change | None,
) -> None:
    is_new = change is not None and change.pk is None
    told = {
        "project": project.pk,
        "actor": actor.pk if actor is not None else None,
        "verb": verb,
        "now": now,
        "about": [task for task, _data in lines],
        "data": [json.dumps(data) for _task, data in lines],
        "tasks": [task or NO_TASK for task, _data in lines],
        "change": change.pk if change is not None else None,
        "of": change.verb if change is not None and is_new else "",
        "remembered": json.dumps(change.data if change is not None and is_new else {}),
        "kept": KEPT.total_seconds(),
        "once_in": SWEPT_ONCE_IN,
    }
    with prepared_cursor() as cursor:
        cursor.execute(_LEAVE, told)
        [made] = cursor.fetchone()
    if change is not None and is_new:
        change.pk = made
    ring_project(project.pk)

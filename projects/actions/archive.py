"""Put a task away, read-only and off the board, and take it out again: with the subtasks under it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from linkstar.members.models import Member
from projects.actions.deadlines import plan_reminders_of
from projects.actions.families import lock_family, recount, taken_along
from projects.actions.occurrences import lock_promise
from projects.actions.remembering import record
from projects.actions.states import save_all, snapshot
from projects.actions.tasks import lock_board
from projects.actions.trace import leave_traces
from projects.models import Change, Task


@transaction.atomic
def archive_task(task: Task, *, actor: Member, now: datetime) -> Change | None:
    """Off the board with the subtasks that the actor sees; nobody is reminded of them. Twice is once: None."""
    family = _lock(task, actor)
    if task.is_archived:
        return None
    away = [each for each in family if not each.is_archived]
    return _put(away, now, actor=actor, now=now)


@transaction.atomic
def unarchive_task(task: Task, *, actor: Member, now: datetime) -> Change | None:
    """Back to where it stood in its column, with the subtasks that went with it. Twice is once: None."""
    family = _lock(task, actor)
    if not task.is_archived:
        return None
    back = [each for each in family if each.archived_at == task.archived_at]
    return _put(back, None, actor=actor, now=now)


def _lock(task: Task, actor: Member) -> list[Task]:
    """The task and what goes with it, as they are now."""
    lock_promise(task)
    lock_board(task.column)
    lock_family(task, *taken_along(task, actor=actor))
    task.refresh_from_db(fields=["archived_at", "completed_at", "parent"])
    return [task, *taken_along(task, actor=actor)]


def _put(tasks: Sequence[Task], at: datetime | None, *, actor: Member, now: datetime) -> Change:
    verb = "task archived" if at else "task unarchived"
    before = {task.pk: snapshot(task, "archived") for task in tasks}
    for task in tasks:
        task.archived_at = at
    save_all(tasks, "archived", now=now)
    plan_reminders_of(tasks, now=now)
    recount([pk for task in tasks for pk in (task.parent_id, task.pk if task.subtask_count else None)], now=now)
    project = tasks[0].project
    rows = [(task, before[task.pk], snapshot(task, "archived")) for task in tasks]
    change = record(verb, project=project, actor=actor, now=now, rows=rows)
    traces = [(task, {"title": task.title}) for task in tasks]
    leave_traces(verb, project=project, actor=actor, now=now, tasks=traces, change=change)
    return change

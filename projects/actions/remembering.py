"""Remember what somebody has done to tasks, so that it can be taken back (actions/undo.py)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from linkstar.members.models import Member
from linkstar.workspaces import due
from projects.actions.states import State, snapshot
from projects.actions.trace import leave_trace
from projects.models import UNDO_FOR, Change, Project, Task

# Bigger ones are emptied once nobody can undo them any more.
_SMALL = 20
OVER = "change_over"


def remembered(
    verb: str, *, project: Project, actor: Member, now: datetime, rows: Iterable[tuple[Task, State, State]]
) -> Change:
    """The change of a few tasks, not saved: leave_trace does that in its own statement. See record."""
    data = {str(task.pk): [before, after] for task, before, after in rows}
    return Change(verb=verb, project=project, actor=actor, created_at=now, data=data)


def record(
    verb: str,
    *,
    project: Project,
    actor: Member,
    now: datetime,
    rows: Iterable[tuple[Task, State, State]],
    of_project: Mapping[str, Any] | None = None,
) -> Change:
    """Remember a change of tasks: each with the parts that changed (actions/states.py), before and after.

    The tasks may be of several projects; `project` is where it was done. `of_project` are fields of it that changed
    along, as JSON, before and after.
    """
    change = remembered(verb, project=project, actor=actor, now=now, rows=rows)
    change.of_project = dict(of_project or {})
    change.save(force_insert=True)
    if len(change.data) > _SMALL:
        due.schedule(OVER, change.pk, now + UNDO_FOR)
    return change


def leave_change(
    verb: str, task: Task, was: State, *, actor: Member, now: datetime, links: State | None = None, **data: Any
) -> Change:
    """The trace of an edit of one task that can be taken back. `was` are its parts before; after, they are read from
    the task, or of helpers and labels given as `links`.
    """
    rows = [(task, was, snapshot(task, *was) if links is None else links)]
    change = remembered(verb, project=task.project, actor=actor, now=now, rows=rows)
    leave_trace(verb, project=task.project, task=task, actor=actor, now=now, change=change, **data)
    return change

"""Begin a draft, finish a task and take it up again."""

from datetime import datetime

from django.db import transaction

from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from projects.actions.deadlines import set_deadline
from projects.actions.edits import set_owner
from projects.actions.occurrences import lock_promise
from projects.actions.tasks import lock_board, move_task
from projects.models import Change, Column, Task


@transaction.atomic
def begin_task(
    task: Task,
    *,
    owner: Member | None,
    deadline: Deadline | None,
    column: Column,
    before: Task | None,
    actor: Member,
    now: datetime,
    despite: str = "",
    waived: str = "",
) -> Change | None:
    """Give a draft what it lacks and put it where work begins; None leaves what it has. All of it or nothing.

    Raises what set_owner, set_deadline and move_task raise.
    """
    # First, as every move does: the traces of the first two lock the project's row, for which a mover would wait.
    lock_promise(task)
    lock_board(column)
    if owner is not None:
        set_owner(task, owner, actor=actor, now=now)
    if deadline is not None:
        set_deadline(task, deadline, actor=actor, now=now)
    return move_task(task, column=column, before=before, actor=actor, now=now, despite=despite, waived=waived)


def finish_task(task: Task, *, actor: Member, now: datetime) -> Change | None:
    """Into the first done column; nothing happens to a task that is done already."""
    return None if task.is_done else _move_to_first(task, Column.Status.DONE, actor=actor, now=now)


def reopen_task(task: Task, *, actor: Member, now: datetime) -> Change | None:
    """Into the first "doing" column; a draft waits in the first "to do" one. Nothing happens to one that is open.

    Raises ColumnFull and ColumnGone.
    """
    if not task.is_done:
        return None
    status = Column.Status.TODO if task.is_draft else Column.Status.DOING
    return _move_to_first(task, status, actor=actor, now=now)


@transaction.atomic
def _move_to_first(task: Task, status: Column.Status, *, actor: Member, now: datetime) -> Change | None:
    column = task.column.board.columns.filter(status=status).order_by("position")[0]
    return move_task(task, column=column, before=None, actor=actor, now=now)

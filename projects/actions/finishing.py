"""Finish a task and take it up again, without caring which column that is."""

from datetime import datetime

from django.db import transaction

from linkstar.members.models import Member
from projects.actions.tasks import move_task
from projects.models import Column, Task


def finish_task(task: Task, *, actor: Member, now: datetime) -> None:
    """Into the first done column; nothing happens to a task that is done already."""
    if not task.is_done:
        _move_to_first(task, Column.Status.DONE, actor=actor, now=now)


def reopen_task(task: Task, *, column: Column | None, actor: Member, now: datetime) -> None:
    """Into `column`, where it came from, or the first "doing" one. Raises ColumnFull and ColumnGone."""
    if not task.is_done:
        return
    if column is not None and not column.is_done:
        move_task(task, column=column, before=None, actor=actor, now=now)
    else:
        _move_to_first(task, Column.Status.DOING, actor=actor, now=now)


@transaction.atomic
def _move_to_first(task: Task, status: Column.Status, *, actor: Member, now: datetime) -> None:
    column = task.column.board.columns.filter(status=status).order_by("position")[0]
    move_task(task, column=column, before=None, actor=actor, now=now)

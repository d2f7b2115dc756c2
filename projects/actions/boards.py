"""What people do with the columns of a board."""

from datetime import datetime

from django.db import transaction

from linkstar.members.models import Member
from projects.actions.trace import leave_trace
from projects.models import Board, Column, Task


class ColumnInUse(ValueError):
    """The column still holds tasks, or is the last one with its status."""


@transaction.atomic
def add_column(board: Board, *, name: str, status: str, wip_limit: int | None, actor: Member, now: datetime) -> Column:
    """A column at the right end."""
    _lock(board)
    column = Column.objects.create(
        board=board, name=name, status=status, wip_limit=wip_limit, position=board.columns.count()
    )
    leave_trace("column added", project=board.project, actor=actor, now=now, name=name, status=status)
    return column


@transaction.atomic
def edit_column(column: Column, *, name: str, wip_limit: int | None, actor: Member, now: datetime) -> None:
    """Rename a column or change its limit; cards above a lowered limit stay."""
    before = (column.name, column.wip_limit)
    if before == (name, wip_limit):
        return
    column.name, column.wip_limit = name, wip_limit
    column.save(update_fields=["name", "wip_limit"])
    leave_trace(
        "column edited", project=column.board.project, actor=actor, now=now,
        before={"name": before[0], "wip_limit": before[1]}, after={"name": name, "wip_limit": wip_limit},
    )


@transaction.atomic
def move_column(column: Column, *, position: int, actor: Member, now: datetime) -> None:
    """Put a column at `position`, counted from 0 among the others; past the end means last."""
    _lock(column.board)
    order = list(column.board.columns.exclude(pk=column.pk).order_by("position"))
    order.insert(position, column)
    for index, each in enumerate(order):
        each.position = index
    Column.objects.bulk_update(order, ["position"])
    leave_trace("column moved", project=column.board.project, actor=actor, now=now, name=column.name, position=position)


@transaction.atomic
def delete_column(column: Column, *, actor: Member, now: datetime) -> None:
    """Remove an empty column. Raises ColumnInUse; a board keeps a column of each status."""
    _lock(column.board)
    twins = column.board.columns.filter(status=column.status).exclude(pk=column.pk)
    if Task.objects.filter(column=column).exists() or not twins.exists():
        raise ColumnInUse
    board, name = column.board, column.name
    column.delete()
    rest = list(board.columns.order_by("position"))
    for index, each in enumerate(rest):
        each.position = index
    Column.objects.bulk_update(rest, ["position"])
    leave_trace("column deleted", project=board.project, actor=actor, now=now, name=name)


def _lock(board: Board) -> None:
    """Positions are read and then written, so two changes of one board must not interleave."""
    Board.objects.select_for_update(no_key=True).get(pk=board.pk)

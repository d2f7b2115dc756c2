"""What people do with the columns of a board."""

from datetime import datetime

from django.db import transaction

from linkstar.lib import ranks
from linkstar.members.models import Member
from projects.actions.trace import leave_trace, lock_tasks
from projects.models import Board, Column, Task


class ColumnInUse(ValueError):
    """The column still holds tasks, or is the last one with its status."""


class TooManyColumns(ValueError):
    """The board has as many columns as it may have."""

    def __init__(self, most: int) -> None:
        super().__init__(f"a board has up to {most} columns")
        self.most = most


MOST_COLUMNS = 12


@transaction.atomic
def add_column(board: Board, *, name: str, status: str, wip_limit: int | None, actor: Member, now: datetime) -> Column:
    """A column at the right end of those with its status, so that work still goes from left to right.

    Raises TooManyColumns.
    """
    _lock(board)
    order = list(board.columns.order_by("position"))
    if len(order) >= MOST_COLUMNS:
        raise TooManyColumns(MOST_COLUMNS)
    column = Column.objects.create(board=board, name=name, status=status, wip_limit=wip_limit, position=len(order))
    steps = list(Column.Status.values)
    before = [each for each in order if steps.index(each.status) <= steps.index(status)]
    after = [each for each in order if each not in before]
    _save_order([*before, column, *after])
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
        "column edited",
        project=column.board.project,
        actor=actor,
        now=now,
        before={"name": before[0], "wip_limit": before[1]},
        after={"name": name, "wip_limit": wip_limit},
    )


@transaction.atomic
def move_column(column: Column, *, position: int, actor: Member, now: datetime) -> None:
    """Put a column at `position`, counted from 0 among the others; past the end means last."""
    _lock(column.board)
    order = list(column.board.columns.exclude(pk=column.pk).order_by("position"))
    order.insert(position, column)
    _save_order(order)
    leave_trace("column moved", project=column.board.project, actor=actor, now=now, name=column.name, position=position)


@transaction.atomic
def delete_column(column: Column, *, actor: Member, now: datetime) -> None:
    """Remove an empty column. Raises ColumnInUse; a board keeps a column of each status.

    What of it lies in the bin or the archive goes to the first other column of the same status, and comes back there.
    """
    _lock(column.board)
    twin = column.board.columns.filter(status=column.status).exclude(pk=column.pk).order_by("position").first()
    if twin is None or column.tasks.current().exists():
        raise ColumnInUse
    _move_put_away(column, twin)
    board, name = column.board, column.name
    column.delete()
    _save_order(list(board.columns.order_by("position")))
    leave_trace("column deleted", project=board.project, actor=actor, now=now, name=name)


def _move_put_away(source: Column, target: Column) -> None:
    last = target.tasks.order_by("-rank").values_list("rank", flat=True).first()
    resting = list(lock_tasks(source.tasks.all()).order_by("rank"))
    for task in resting:
        last = ranks.between(last, None)
        task.column, task.rank = target, last
    Task.objects.bulk_update(resting, ["column", "rank"], batch_size=500)


def _save_order(columns: list[Column]) -> None:
    for index, column in enumerate(columns):
        column.position = index
    Column.objects.bulk_update(columns, ["position"])


def _lock(board: Board) -> None:
    """Positions are read and then written, so two changes of one board must not interleave."""
    Board.objects.select_for_update(no_key=True).get(pk=board.pk)

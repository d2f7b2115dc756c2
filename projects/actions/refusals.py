"""Why a task does not go where somebody wants it."""

from collections.abc import Collection, Sequence

from projects.holding import Hold
from projects.models import Column, Dependency, Task

_ON_START = {Dependency.Kind.FINISH_START, Dependency.Kind.START_START}


class MoveRefused(ValueError):
    """A column does not take a task, or does not let go of what the task has. What is on the screen stays."""


class ColumnFull(MoveRefused):
    """The column has reached its WIP limit."""

    def __init__(self, column: Column) -> None:
        super().__init__(f"column {column.pk} is full")
        self.column = column


class ColumnGone(MoveRefused):
    """The column was deleted since the page was drawn."""


class StillDraft(MoveRefused):
    """Without an owner and a deadline a task is not begun: a column of doing takes no draft, and makes none.

    `task` is the one that lacks something, or would; None for tasks that were to be made there.
    """

    def __init__(self, column: Column, task: Task | None = None) -> None:
        super().__init__(f"column {column.pk} takes no drafts")
        self.column, self.task = column, task


class StillBlocked(MoveRefused):
    """What the task waits for is not done yet: it is begun, or finished, only with a word why (actions/tasks.py)."""

    def __init__(self, column: Column, task: Task) -> None:
        super().__init__(f"task {task.pk} waits for others")
        self.column, self.task = column, task


class Withheld(MoveRefused):
    """Something else than a task keeps it from being done (projects/holding.py); an admin may waive that."""

    def __init__(self, column: Column, task: Task, holds: Sequence[Hold]) -> None:
        super().__init__(f"task {task.pk} is withheld")
        self.column, self.task, self.holds = column, task, holds


def is_held_back(kinds: Collection[str], source: Column, column: Column) -> bool:
    """Whether links of these kinds, whose blockers are still to come, keep a task from going there without a reason.

    What has been begun in spite of them is asked again only by those that hold back its end.
    """
    if source.status == Column.Status.TODO:
        if column.is_done:
            return bool(kinds)
        return column.is_doing and not _ON_START.isdisjoint(kinds)
    return column.is_done and not source.is_done and not _ON_START.issuperset(kinds)


def check_not_in_hand(task: Task) -> None:
    """Before its owner or deadline goes: raises StillDraft when the task stands in a doing column.

    The row is locked.
    """
    if task.completed_at is None and task.column.is_doing:
        raise StillDraft(task.column, task)

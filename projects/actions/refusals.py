"""Why a task does not go where somebody wants it."""

from projects.models import Column, Task


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


def check_not_in_hand(task: Task) -> None:
    """Before its owner or deadline goes: raises StillDraft when the task stands in a doing column.

    The row is locked.
    """
    if task.completed_at is None and task.column.is_doing:
        raise StillDraft(task.column, task)

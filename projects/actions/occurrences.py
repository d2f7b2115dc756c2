"""The promise to look after a recurring task, for whoever changes a copy of it; actions/recurrence.py keeps it."""

from collections.abc import Iterable
from datetime import datetime

from linkstar.workspaces import due
from projects.models import Task

KIND = "recurrence"


def lock_promise(task: Task) -> None:
    """Before the board's lock, which a worker that makes the next copy takes after the promise's."""
    lock_promises([task.recurrence_id])


def lock_promises(recurrences: Iterable[int | None]) -> None:
    """The same for several tasks, by their recurrences; None among them is a task that does not come again."""
    known = {pk for pk in recurrences if pk is not None}
    if known:
        due.lock(KIND, *known)


def look_soon(*tasks: Task, now: datetime) -> None:
    """Copies were finished: the next ones may be due already. Without this they would be found some hours later."""
    known = {task.recurrence_id for task in tasks if task.recurrence_id is not None}
    if known:
        due.schedule_many((KIND, pk, now) for pk in known)

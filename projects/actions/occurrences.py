"""The promise to look after a recurring task, for whoever changes a copy of it; actions/recurrence.py keeps it."""

from datetime import datetime

from linkstar.workspaces import due
from projects.models import Task

KIND = "recurrence"


def lock_promise(task: Task) -> None:
    """Before the board's lock, which a worker that makes the next copy takes after the promise's."""
    if task.recurrence_id is not None:
        due.lock(KIND, task.recurrence_id)


def look_soon(task: Task, *, now: datetime) -> None:
    """A copy was finished: the next one may be due already. Without this it would be found some hours later."""
    if task.recurrence_id is not None:
        due.schedule(KIND, task.recurrence_id, now)

"""Move deadlines from day to day, in a way that can be taken back."""

from datetime import datetime

from django.db import transaction

from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from projects.actions.deadlines import lock, set_deadline
from projects.actions.states import snapshot
from projects.actions.undo import record
from projects.models import Change, Task


class FixedByMarketplace(ValueError):
    """The moment is the marketplace's own, and does not move with the plan."""


@transaction.atomic
def move_deadline(task: Task, deadline: Deadline, *, actor: Member, now: datetime) -> Change | None:
    """Put the deadline where a calendar was asked to; the change can be undone, None when there is none.

    Raises FixedByMarketplace and StartAfterDue.
    """
    if task.is_fixed:
        raise FixedByMarketplace
    before = snapshot(lock(task), "deadline")
    set_deadline(task, deadline, actor=actor, now=now)
    after = snapshot(task, "deadline")
    if before == after:
        return None
    return record("deadline changed", project=task.project, actor=actor, now=now, rows=[(task, before, after)])

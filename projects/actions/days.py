"""Move deadlines from day to day, in a way that can be taken back."""

from datetime import datetime

from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from projects.actions.deadlines import set_deadline
from projects.models import Change, Task


class FixedByMarketplace(ValueError):
    """The moment is the marketplace's own, and does not move with the plan."""


def move_deadline(task: Task, deadline: Deadline, *, actor: Member, now: datetime) -> Change | None:
    """Put the deadline where a calendar was asked to; the change can be undone, None when there is none.

    Raises FixedByMarketplace and StartAfterDue.
    """
    if task.is_fixed:
        raise FixedByMarketplace
    return set_deadline(task, deadline, actor=actor, now=now)

"""Whom an action tells, and of what."""

from collections.abc import Sequence
from datetime import datetime

from linkstar.members.models import Member
from notifications.actions.notify import notify
from projects.models import Task


def tell_assigned(task: Task, members: Sequence[Member], *, actor: Member, now: datetime) -> None:
    """Tell people that they are on a task now; telling the same person of the same task again needs a new version."""
    notify(
        members,
        kind="assigned",
        key=f"assigned:{task.pk}:{task.version}",
        data={"task": task.title, "project": task.project.name, "actor": actor.display_name},
        url=task.get_absolute_url(),
        actor=actor,
        now=now,
    )

"""What a reminder of a task says, and whether it still holds (notifications/actions/reminders.py asks)."""

from datetime import datetime

from linkstar.members.models import Member
from notifications.actions.reminders import Occasion, subject
from notifications.models import Reminder
from projects.actions.deadlines import deadline_data
from projects.models import Task


@subject("task")
def task_occasion(reminder: Reminder, now: datetime) -> Occasion | None:
    """Tell the task's owner, or the project's when it has none. None for tasks that are done, binned or archived,
    themselves or with their project.

    A moved deadline has moved its reminders in the same transaction, so the one that fires is on time.
    """
    tasks = Task.objects.current().unfinished().select_related("project__owner", "owner")
    task = tasks.filter(pk=reminder.subject_id).first()
    if task is None or task.project.is_archived or task.due_at is None:
        return None
    receivers = _receivers(task)
    if not receivers:
        return None
    return Occasion(
        members=receivers,
        kind="task_due",
        data={
            "task": task.title,
            "project": task.project.name,
            "deadline": deadline_data(task.deadline),
            "hours_before": reminder.hours_before,
        },
        url=task.get_absolute_url(),
    )


def _receivers(task: Task) -> list[Member]:
    """The task's owner; or else the project's. Nobody who has left or may not see the task (any more)."""
    for member in (task.owner, task.project.owner):
        if member is not None and member.is_active and Task.objects.visible_to(member).filter(pk=task.pk).exists():
            return [member]
    return []

"""What happened before the day of loading: many tasks at once, with the same rows that the actions leave one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from linkstar.lib import ranks
from linkstar.members.models import Member
from linkstar.workspaces import due
from linkstar.workspaces.models import Letter, Workspace
from notifications.actions import reminders
from notifications.models import Notification, Reminder
from projects.models import Activity, ChecklistItem, Column, Project, Task


@dataclass(frozen=True)
class Finished:
    """A task that somebody took up, ticked off and moved to done; `began` None: from to-do to done in one step."""

    task: Task
    actor: Member
    at: datetime
    began: datetime | None = None


@transaction.atomic
def finish_many(project: Project, finished: Sequence[Finished]) -> None:
    """As move_task when it began, check_item for each item an hour before the end, then move_task to the end of done.

    In the order given.
    """
    doing = project.board.columns.filter(status=Column.Status.DOING).order_by("position")[0]
    done = project.board.columns.filter(status=Column.Status.DONE).order_by("position")[0]
    if done.tasks.exists():
        raise ValueError("Only an empty done column is filled at once.")
    by_task = {each.task.pk: each for each in finished}
    items = list(ChecklistItem.objects.filter(task__in=by_task, done_at=None).order_by("task", "position"))
    traces = []
    for item in items:
        each = by_task[item.task_id]
        item.done_at, item.done_by = each.at - timedelta(hours=1), each.actor
        traces.append(_trace(project, each, "checked", item.done_at, text=item.text))
        each.task.version += 1
    for each, rank in zip(finished, ranks.evenly(len(finished)), strict=True):
        task, before = each.task, each.task.column.name
        if each.began is not None:
            traces.append(_trace(project, each, "moved", each.began, before=before, after=doing.name))
            before = doing.name
        traces.append(_trace(project, each, "moved", each.at, before=before, after=done.name))
        task.column, task.rank, task.completed_at, task.updated_at = done, rank, each.at, each.at
        task.checklist_done_count, task.version = task.checklist_count, task.version + 1
    ChecklistItem.objects.bulk_update(items, ["done_at", "done_by"])
    Task.objects.bulk_update(
        [each.task for each in finished],
        ["column", "rank", "completed_at", "updated_at", "checklist_done_count", "version"],
    )
    Activity.objects.bulk_create(traces)
    reminders.cancel_all("task", *by_task)


def _trace(project: Project, each: Finished, verb: str, at: datetime, **data: str) -> Activity:
    return Activity(project=project, task=each.task, actor=each.actor, verb=verb, data=data, created_at=at)


def settle(workspace: Workspace, *, now: datetime) -> None:
    """Reminders of the past have been given, what is older than a day and a half has been read, letters have left.

    The letters of the last hour stay in the outbox: the guest who is invited still has to find theirs.
    """
    for reminder in Reminder.objects.filter(state=Reminder.State.WAITING, fire_at__lte=now).order_by("fire_at", "pk"):
        reminders.remind(reminder.pk, now=reminder.fire_at)
        due.cancel(reminders.DUE_KIND, reminder.pk)
    old = list(Notification.objects.filter(created_at__lt=now - timedelta(hours=36), read_at=None))
    for notice in old:
        notice.read_at = notice.created_at + timedelta(hours=3)
    Notification.objects.bulk_update(old, ["read_at"])
    Letter.objects.filter(workspace=workspace).exclude(name="guest_invitation").delete()
    newest = Activity.objects.values("project").annotate(at=Max("created_at")).values_list("project", "at")
    for project, at in newest:
        Project.objects.filter(pk=project).update(last_activity_at=at)

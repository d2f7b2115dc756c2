"""Leave a trace. Every action that changes something calls this in its own transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from linkstar.members.models import Member
from projects.models import Activity, Project, Task


def leave_trace(
    verb: str, *, project: Project, actor: Member | None, now: datetime, task: Task | None = None, **data: Any
) -> None:
    """Write one activity and wake the project. `data` is JSON: names and values as they are now, before and after."""
    Activity.objects.create(project=project, task=task, actor=actor, verb=verb, data=data, created_at=now)
    Project.objects.filter(pk=project.pk).update(last_activity_at=now)


def leave_traces(
    verb: str, *, project: Project, actor: Member | None, now: datetime, tasks: Iterable[tuple[Task, dict[str, Any]]]
) -> None:
    """The same for many tasks of one project, each with its own data, in two statements."""
    Activity.objects.bulk_create(
        Activity(project=project, task=task, actor=actor, verb=verb, data=data, created_at=now) for task, data in tasks
    )
    Project.objects.filter(pk=project.pk).update(last_activity_at=now)


def touch(task: Task, *fields: str, now: datetime) -> None:
    """Save the named fields of a task and count the change; after it `task.version` is the new number."""
    task.updated_at = now
    task.version = F("version") + 1
    task.save(update_fields=[*fields, "updated_at", "version"])
    task.refresh_from_db(fields=["version"])


def lock_tasks(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The rows as they are now, by pk, for who changes several in one transaction.

    All of them before the first trace: a trace writes the project's row, and whoever edits one task writes that after
    the task's. The other way round, the two would stop each other.
    """
    ids = list(tasks.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    return Task.objects.filter(pk__in=ids).order_by("pk")

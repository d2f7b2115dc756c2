"""Leave a trace. Every action that changes something calls this in its own transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F

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
    task.version = F("version") + 1  # type: ignore[assignment]
    task.save(update_fields=[*fields, "updated_at", "version"])
    task.refresh_from_db(fields=["version"])

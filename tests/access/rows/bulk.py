"""Undo, the archive of tasks, and what is done with many tasks at once."""

from typing import TYPE_CHECKING

from django.utils import timezone

from projects.actions.archive import archive_task
from projects.actions.remembering import record
from projects.models import Project, Task
from tests.access.rows.base import INSIDERS, READ_ONLY, READ_ONLY_TEAM, Row, who
from tests.factories import make_task

if TYPE_CHECKING:
    from tests.access.world import World

ROWS = [
    Row("projects:archived-tasks", "project", INSIDERS),
    Row("projects:archived-tasks", "archived", INSIDERS),
    Row("projects:task-archive", "task", INSIDERS, {}),
    Row("projects:task-archive", "archived_task", READ_ONLY_TEAM, {}),
    Row("projects:task-unarchive", "put_away_task", INSIDERS, {}),
    Row("projects:task-move", "put_away_task", READ_ONLY, {"column": "$doing"}),
    Row("projects:bulk", "project", INSIDERS, {"tasks": "$task", "kind": "priority"}, ok=200),
    Row("projects:bulk", "archived", READ_ONLY_TEAM, {"tasks": "$task", "kind": "priority"}, ok=200),
    Row("projects:change-undo", "change", who(guests=403, guest_elsewhere=404, member=403), {}),
]


def lay(world: "World", project: Project) -> None:
    """A task put away, and a change that the project's owner made."""
    task = Task.objects.get(pk=world.ids["task"])
    states = (task, {"priority": task.priority}, {"priority": task.priority})
    owner = task.project.owner
    world.ids["change"] = record("priority changed", project=project, actor=owner, now=timezone.now(), rows=[states]).pk
    away = make_task(project, "Old price floor", owner=owner)
    archive_task(away, actor=owner, now=timezone.now())
    world.ids["put_away_task"] = away.pk
    world.secrets.append("Old price floor")

"""Links between tasks and the chain they make."""

from typing import TYPE_CHECKING

from django.utils import timezone

from projects.actions.dependencies import link_tasks
from projects.models import Project, Task
from tests.access.rows.base import INSIDERS, INTERNAL, READ_ONLY_TEAM, SHARED, Row

if TYPE_CHECKING:
    from tests.access.world import World


def lay(world: "World", project: Project) -> None:
    """What the guest works on waits for a task of the team, and so does the task that only the team sees."""
    tasks = Task.objects.in_bulk([world.ids["task"], world.ids["internal_task"]])
    theirs, internal = tasks[world.ids["task"]], tasks[world.ids["internal_task"]]
    link, _change = link_tasks(internal, theirs, actor=world.members["owner"], now=timezone.now())
    world.ids["link"] = link.pk


ROWS = [
    Row("projects:link-add", "task", INSIDERS),
    Row("projects:link-add", "task", INSIDERS, {"side": "waits", "other": "$shown_task", "kind": "ss"}),
    Row("projects:link-add", "archived_task", READ_ONLY_TEAM),
    Row("projects:link-edit", "task link", INSIDERS),
    Row("projects:link-edit", "task link", INSIDERS, {"kind": "ff", "lag_days": "2"}),
    Row("projects:task-chain", "task", SHARED),
    Row("projects:task-chain", "internal_task", INTERNAL),
]

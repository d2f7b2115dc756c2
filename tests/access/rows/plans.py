"""Links between tasks, frozen plans, and why deadlines have moved."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from projects.actions.deadlines import set_deadline
from projects.actions.dependencies import link_tasks
from projects.actions.slips import freeze_plan
from projects.models import Project, Task
from tests.access.rows.base import INSIDERS, INTERNAL, READ_ONLY_TEAM, RUNNERS, SHARED, Row
from tests.factories.projects import FAR_OFF, make_task

if TYPE_CHECKING:
    from tests.access.world import World


def lay(world: "World", project: Project) -> None:
    """What the guest works on waits for a task of the team, and so does the task that only the team sees."""
    tasks = Task.objects.in_bulk([world.ids["task"], world.ids["internal_task"]])
    theirs, internal = tasks[world.ids["task"]], tasks[world.ids["internal_task"]]
    link, _change = link_tasks(internal, theirs, actor=world.members["owner"], now=timezone.now())
    world.ids["link"] = link.pk
    _move(world, project)


def _move(world: "World", project: Project) -> None:
    """A plan that is frozen, and the deadline of an internal task that has moved since."""
    owner, now = world.members["owner"], timezone.now()
    task = make_task(project, "Haggle once more", deadline=FAR_OFF, actor=owner)
    frozen = freeze_plan(project, "Kick-off", actor=owner, now=now)
    change = set_deadline(task, FAR_OFF.moved_to_day(FAR_OFF.on + timedelta(days=7)), actor=owner, now=now)
    world.ids |= {"baseline": frozen.pk, "slip": task.slips.get().pk, "moved": change.pk if change else 0}
    world.secrets.append("Haggle once more")


ROWS = [
    Row("projects:link-add", "task", INSIDERS),
    Row("projects:link-add", "task", INSIDERS, {"side": "waits", "other": "$shown_task", "kind": "ss"}),
    Row("projects:link-add", "archived_task", READ_ONLY_TEAM),
    Row("projects:link-edit", "task link", INSIDERS),
    Row("projects:link-edit", "task link", INSIDERS, {"kind": "ff", "lag_days": "2"}),
    Row("projects:task-chain", "task", SHARED),
    Row("projects:task-chain", "internal_task", INTERNAL),
    Row("projects:baseline", "project", SHARED),
    Row("projects:plan-freeze", "project", RUNNERS, {"name": "After the sample"}),
    Row("projects:baseline-remove", "baseline", RUNNERS, {}),
    Row("projects:slips", "project", SHARED),
    Row("projects:slip-explain", "slip", INSIDERS, {"reason": "design"}),
    Row("projects:change-reason", "moved", INSIDERS),
    Row("projects:change-reason", "moved", INSIDERS, {"reason": "platform"}),
]

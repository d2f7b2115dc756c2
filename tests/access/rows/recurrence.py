"""Tasks that come again."""

from datetime import time
from typing import TYPE_CHECKING

from django.utils import timezone

from linkstar.lib.recurrence import Rule
from projects.actions.edits import set_visibility
from projects.actions.recurrence import repeat_task
from projects.models import Project
from tests.access.rows.base import INSIDERS, READ_ONLY, Row
from tests.factories import make_task

if TYPE_CHECKING:
    from tests.access.world import World

_READ_ONLY = READ_ONLY | {"guest": 403, "guest elsewhere": 403}
_RULE = {"unit": "weeks", "every": "1", "weekdays": "4", "time": "18:00", "zone": "UTC", "window_days": "3"}
ROWS = [
    Row("projects:task-repeat", "recurring_task", INSIDERS),
    Row("projects:task-repeat", "recurring_task", INSIDERS, _RULE),
    Row("projects:task-repeat", "archived_task", _READ_ONLY, _RULE),
    Row("projects:repeat-preview", "recurring_task", INSIDERS),
    Row("projects:repeat-skip", "recurring_task", INSIDERS, {}),
    Row("projects:repeat-stop", "recurring_task", INSIDERS, {}),
]


def lay(world: "World", project: Project) -> None:
    """A weekly task that the guest sees, and of whose rule they learn nothing."""
    owner, now = world.members["owner"], timezone.now()
    task = make_task(project, "Check the stock", owner=owner)
    set_visibility(task, "shared", actor=owner, now=now)
    rule = Rule("weeks", now.date(), "UTC", time(18, 0), weekdays=(4,))
    repeat_task(task, rule=rule, window_days=3, ends_on=None, most_copies=None, actor=owner, now=now)
    world.ids["recurring_task"] = task.pk

"""What looks over tasks and projects: the portfolio as a table, the calendar and what is done in it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from projects.actions.deadlines import set_deadline
from projects.models import Project, Task
from tests.access.rows.base import EVERYBODY, INSIDERS, INTERNAL, READ_ONLY_TEAM, SHARED, SHARED_TO_READ, Row

_NEW = {"title": "Order samples", "on": "2026-12-01", "zone": "UTC", "time": "", "owner": ""}

ROWS = [
    Row("projects:project-csv", "", EVERYBODY),
    Row("projects:waits", "", EVERYBODY),
    Row("projects:task-check", "task", SHARED, {}),
    Row("projects:task-check", "shown_task", SHARED_TO_READ, {}),
    Row("projects:calendar-all", "", EVERYBODY),
    Row("projects:calendar", "project", SHARED),
    Row("projects:calendar", "archived", INTERNAL),
    Row("projects:calendar-all-add", "", INSIDERS),
    Row("projects:calendar-all-add", "", INSIDERS, {**_NEW, "project": "$project"}),
    Row("projects:calendar-add", "project", INSIDERS),
    Row("projects:calendar-add", "project", INSIDERS, _NEW),
    Row("projects:calendar-add", "archived", READ_ONLY_TEAM, _NEW),
    Row("projects:task-day", "task", INSIDERS, {"on": "2026-12-01", "zone": "UTC"}),
    Row("projects:task-day", "internal_task", INSIDERS, {"on": "2026-12-01", "zone": "UTC"}),
]


def lay(world: Any, project: Project) -> None:
    """What a calendar shows to some and not to others."""
    now = timezone.now()
    soon = Deadline(timezone.localdate() + timedelta(days=1), None, project.time_zone)
    for name in ("task", "internal_task", "finance_task"):
        task = Task.objects.select_related("project").get(pk=world.ids[name])
        set_deadline(task, soon, actor=world.members["owner"], now=now)

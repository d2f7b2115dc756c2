"""The timeline of a project."""

from typing import TYPE_CHECKING

from django.utils import timezone

from projects.actions.printouts import ask_for_printout
from projects.models import Printout, Project
from projects.pdf import can_print
from tests.access.rows.base import FINANCE, INSIDERS, INTERNAL, READ_ONLY_TEAM, SHARED, Row, who

if TYPE_CHECKING:
    from tests.access.world import World

# A machine without Pango says so instead.
_PRINTED = 200 if can_print() else 503
# The bar's own version is asked for, which nobody names here.
_EMPTY = {"mode": "move"}


def lay(world: "World", project: Project) -> None:
    guest, now = world.members["guest"], timezone.now()
    asked = ask_for_printout(project, html="<p>Spring launch</p>", sheets=31, actor=guest, now=now)
    Printout.objects.filter(pk=asked.pk).update(ready_at=now)
    world.ids["printout"] = asked.pk


ROWS = [
    Row("projects:timeline", "project", SHARED),
    Row("projects:timeline", "archived", INTERNAL),
    Row("projects:timeline-data", "project", SHARED),
    Row("projects:timeline-data", "archived", INTERNAL),
    Row("projects:timeline-print", "project", SHARED, ok=_PRINTED),
    Row("projects:timeline-print", "project", SHARED, {}, ok=302 if can_print() else 503),
    # Theirs alone, whoever looks after the project.
    Row("projects:printout", "printout", who(inside=404, guests=404, guest="ok")),
    Row("projects:task-join", "task", INSIDERS, {}, ok=422),
    Row("projects:task-plan", "task", INSIDERS, _EMPTY, ok=422),
    Row(
        "projects:task-plan",
        "finance_task",
        {**FINANCE, **who(inside=404, guests=403, owner="ok", admin="ok")},
        _EMPTY,
        ok=422,
    ),
    Row("projects:task-plan", "archived_task", READ_ONLY_TEAM, _EMPTY, ok=422),
]

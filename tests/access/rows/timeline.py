"""The timeline of a project."""

from projects.views.timeline_print import can_print
from tests.access.rows.base import FINANCE, INSIDERS, INTERNAL, READ_ONLY_TEAM, SHARED, Row, who

# A machine without Pango says so instead.
_PRINTED = 200 if can_print() else 503
# The bar's own version is asked for, which nobody names here.
_EMPTY = {"mode": "move"}

ROWS = [
    Row("projects:timeline", "project", SHARED),
    Row("projects:timeline", "archived", INTERNAL),
    Row("projects:timeline-data", "project", SHARED),
    Row("projects:timeline-data", "archived", INTERNAL),
    Row("projects:timeline-print", "project", SHARED, ok=_PRINTED),
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

"""The timeline of a project."""

from tests.access.rows.base import INTERNAL, SHARED, Row

ROWS = [
    Row("projects:timeline", "project", SHARED),
    Row("projects:timeline", "archived", INTERNAL),
    Row("projects:timeline-data", "project", SHARED),
    Row("projects:timeline-data", "archived", INTERNAL),
]

"""What open pages ask for."""

from tests.access.rows.base import INTERNAL, SHARED, Row, who

ROWS = [
    Row("projects:changes", "project", SHARED),
    Row("projects:changes", "archived", INTERNAL),
    Row("projects:board-cards", "project", SHARED, ok=302),
    Row("projects:board-cards", "archived", who(guests=404), ok=302),
]

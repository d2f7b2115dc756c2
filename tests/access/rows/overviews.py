"""What looks over all projects: the portfolio as a table, the calendar, what waits."""

from tests.access.rows.base import EVERYBODY, Row

ROWS = [
    Row("projects:project-csv", "", EVERYBODY),
]

"""What a project is heading for: for the team."""

from tests.access.rows.base import INSIDERS, Row

ROWS = [Row("projects:forecast", "project", INSIDERS)]

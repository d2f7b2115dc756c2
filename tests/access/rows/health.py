"""Whether projects are looked after: for the team."""

from tests.access.rows.base import INSIDERS, Row

ROWS = [Row("projects:health", "", INSIDERS), Row("projects:project-health", "project", INSIDERS)]

"""What anybody may look for; what each finds is told in tests/projects/test_search_sight.py."""

from tests.access.rows.base import EVERYBODY, Row

ROWS = [Row("projects:search", "", EVERYBODY)]

"""The rows of quick add, the palette and the keys."""

from tests.access.rows.base import INSIDERS, MANAGERS, READ_ONLY_TEAM, Row

ROWS = [
    Row("projects:quick-read", "column", INSIDERS),
    Row("projects:quick-read", "archived_column", READ_ONLY_TEAM),
    Row("projects:label-add", "", MANAGERS, {"name": "coupon"}),
]

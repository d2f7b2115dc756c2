"""The rows of quick add, the palette and the keys."""

from tests.access.rows.base import EVERYBODY, INSIDERS, MANAGERS, READ_ONLY_TEAM, Row

ROWS = [
    Row("projects:quick-read", "column", INSIDERS),
    Row("projects:quick-read", "archived_column", READ_ONLY_TEAM),
    Row("projects:label-add", "", MANAGERS, {"name": "coupon"}),
    Row("projects:quick", "", INSIDERS),
    Row("projects:quick", "", INSIDERS, {"titles": "Order samples"}),
    Row("projects:quick-read-any", "", INSIDERS),
    Row("projects:palette", "", EVERYBODY),
    Row("members:look-set", "", EVERYBODY, {"theme": "dark"}),
]

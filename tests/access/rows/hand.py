"""The rows of quick add, the palette and the keys."""

from tests.access.rows.base import (
    EVERYBODY,
    INSIDERS,
    INTERNAL,
    MANAGERS,
    READ_ONLY_TEAM,
    SHARED,
    SHARED_TO_READ,
    Row,
)

ROWS = [
    Row("projects:quick-read", "column", INSIDERS),
    Row("projects:quick-read", "archived_column", READ_ONLY_TEAM),
    Row("projects:label-add", "", MANAGERS, {"name": "coupon"}),
    Row("projects:quick", "", INSIDERS),
    Row("projects:quick", "", INSIDERS, {"titles": "Order samples"}),
    Row("projects:quick-read-any", "", INSIDERS),
    Row("projects:task-pick", "task +column", SHARED, ok=302),
    Row("projects:task-pick", "task +owner", SHARED_TO_READ, ok=302),
    Row("projects:task-pick", "internal_task +labels", INTERNAL, ok=302),
    Row("projects:palette", "", EVERYBODY),
    Row("members:look-set", "", EVERYBODY, {"theme": "dark"}),
]

"""What keeps a task owned and dated."""

from tests.access.rows.base import INSIDERS, READ_ONLY, Row

ROWS = [
    Row("projects:task-begin", "task", INSIDERS),
    Row(
        "projects:task-begin",
        "task",
        INSIDERS,
        {"column": "$doing", "typed": "2027-03-01", "zone": "UTC", "owner": "$members.owner"},
    ),
    Row("projects:task-begin", "archived_task", READ_ONLY | {"guest": 403, "guest elsewhere": 403}),
]

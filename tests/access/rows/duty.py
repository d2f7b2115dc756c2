"""What keeps a task owned and dated."""

from typing import TYPE_CHECKING

from django.utils import timezone

from projects.actions.comments import add_comment
from projects.models import Project, Task
from tests.access.rows.base import ADMINS, INSIDERS, INTERNAL, READ_ONLY, SHARED, Row

if TYPE_CHECKING:
    from tests.access.world import World


ROWS = [
    Row("projects:task-begin", "task", SHARED),
    Row(
        "projects:task-begin",
        "task",
        SHARED,
        {"column": "$doing", "typed": "2027-03-01", "zone": "UTC", "owner": "$members.owner", "reason": "Enough"},
    ),
    Row("projects:task-begin", "archived_task", READ_ONLY),
    Row("projects:project-rest", "project", ADMINS, {"answer": "keep"}),
    Row("projects:task-size-fine", "task", INSIDERS, {}),
    Row("templates_sop:task-split", "task", INSIDERS),
    Row("templates_sop:task-split", "task", INSIDERS, {"lines": "Choose the props"}),
    Row("templates_sop:task-split", "archived_task", READ_ONLY | {"guest": 403, "guest elsewhere": 403}),
    Row("projects:comment-react", "comment", SHARED, {"sign": "👍"}),
    Row("projects:comment-react", "team_comment", INTERNAL, {"sign": "👍"}),
    Row("projects:comment-quote", "comment", SHARED),
    Row("projects:comment-quote", "team_comment", INTERNAL),
]


def lay(world: "World", project: Project) -> None:
    """A comment that only the team reads, on the task that the guest works on."""
    task = Task.objects.get(pk=world.ids["task"])
    said = add_comment(
        task, "Only among us: half the price.", is_shared=False, author=world.members["owner"], now=timezone.now()
    )
    world.ids["team_comment"] = said.pk
    world.secrets.append("Only among us: half the price.")

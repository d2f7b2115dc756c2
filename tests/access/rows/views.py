"""The list of a project, and the views that people keep."""

from typing import Any

from projects.models import Project, SavedView
from tests.access.rows.base import (
    EVERYBODY,
    FINANCE,
    INSIDERS,
    INTERNAL,
    READ_ONLY,
    SHARED,
    SHARED_TO_READ,
    Row,
    who,
)

# The member's own, which others cannot see; and one of theirs that the project shares, which managers may change.
MINE = who(inside=404, guests=403, member="ok")
SHARED_ONE = INSIDERS
HERS = who(guests=403, member=403)

ROWS = [
    Row("projects:list", "project", SHARED),
    Row("projects:list", "archived", INTERNAL),
    Row("projects:list-csv", "project", SHARED),
    Row("projects:list-csv", "archived", INTERNAL),
    Row("projects:list-columns", "project", INSIDERS, {"columns": "due"}),
    Row("projects:task-row", "task", EVERYBODY, unknown=200),
    Row("projects:task-cell", "task +column", SHARED, ok=302),
    Row("projects:task-cell", "task +column", SHARED, {"column": "$column"}),
    Row("projects:task-cell", "task +title", SHARED_TO_READ, ok=302),
    Row("projects:task-cell", "task +title", SHARED_TO_READ, {"text": "Newer"}),
    Row("projects:task-cell", "finance_task +due", FINANCE, ok=302),
    Row("projects:task-cell", "archived_task +title", READ_ONLY, {"text": "Newer"}),
    Row("projects:view-add", "project", INSIDERS),
    Row("projects:view-add", "project", INSIDERS, {"name": "Mine", "reach": "mine"}),
    Row("projects:saved-view", "own_view", MINE, ok=302),
    Row("projects:saved-view", "shared_view", SHARED_ONE, ok=302),
    Row("projects:view-edit", "own_view", MINE),
    Row("projects:view-edit", "own_view", MINE, {"name": "Ours", "reach": "mine"}),
    Row("projects:view-edit", "shared_view", SHARED_ONE),
    Row("projects:view-edit", "shared_view", SHARED_ONE, {"name": "Ours", "reach": "shared"}),
    Row("projects:view-edit", "owners_view", HERS, {"name": "Ours", "reach": "shared"}),
    Row("projects:view-update", "own_view", MINE, {"query": "q=a"}),
    Row("projects:view-update", "owners_view", HERS, {"query": "q=a"}),
    Row("projects:view-delete", "own_view", MINE, {}),
    Row("projects:view-delete", "owners_view", HERS, {}),
]


def lay(world: Any, project: Project) -> None:
    member, owner = world.members["member"], world.members["owner"]
    make = SavedView.objects.create
    world.ids["own_view"] = make(member=member, project=project, kind="list", name="Own", query="q=secret").pk
    world.ids["shared_view"] = make(member=member, project=project, kind="list", name="Shared", is_shared=True).pk
    world.ids["owners_view"] = make(member=owner, project=project, kind="board", name="Hers", is_shared=True).pk

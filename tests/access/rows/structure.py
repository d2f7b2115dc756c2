"""What a task is made of: subtasks, its parent, promoted checklist items."""

from typing import Any

from django.utils import timezone

from projects.actions.checklists import add_items
from projects.actions.edits import set_owner, set_visibility
from projects.actions.subtasks import create_subtasks, promote_item
from projects.models import Project, Task
from tests.access.rows.base import INSIDERS, INTERNAL, READ_ONLY_TEAM, SHARED, SHARED_TO_READ, Row


def lay(world: Any, project: Project) -> None:
    owner, guest, now = world.members["owner"], world.members["guest"], timezone.now()
    task = Task.objects.select_related("project", "column__board").get(pk=world.ids["task"])
    theirs, shown, hidden = create_subtasks(task, ["Cut it out", "Check it", "Haggle"], actor=owner, now=now)
    for sub in (theirs, shown):
        set_visibility(sub, Task.Visibility.SHARED, actor=owner, now=now)
    set_owner(theirs, guest, actor=owner, now=now)
    [item] = add_items(task, ["Grown too large"], actor=owner, now=now)
    made = promote_item(item, actor=owner, now=now)
    world.ids |= {"subtask": theirs.pk, "shown_subtask": shown.pk, "hidden_subtask": hidden.pk, "promoted": made.pk}
    world.secrets += ["Haggle", "Grown too large"]


ROWS = [
    Row("projects:subtasks", "task", SHARED),
    Row("projects:subtasks", "internal_task", INTERNAL),
    Row("projects:subtask-add", "task", INSIDERS, {"titles": "One more"}),
    Row("projects:subtask-add", "archived_task", READ_ONLY_TEAM, {"titles": "One more"}),
    Row("projects:subtask-tick", "subtask", SHARED, {"is_done": "1"}),
    Row("projects:subtask-tick", "shown_subtask", SHARED_TO_READ, {"is_done": "1"}),
    Row("projects:subtask-tick", "hidden_subtask", INTERNAL, {"is_done": "1"}),
    Row("projects:task-parent", "task", INSIDERS),
    Row("projects:task-parent", "task", INSIDERS, {"parent": "$shown_task"}),
    Row("projects:task-set", "task +milestone", SHARED_TO_READ, {"milestone": "1"}),
    Row("projects:item-promote", "item", INSIDERS, {}),
    Row("projects:promotion-undo", "promoted", INSIDERS, {}),
]

"""What a task is made of: subtasks, its parent, promoted checklist items."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from linkstar.lib.products import recognise
from projects.actions.checklists import add_items
from projects.actions.edits import set_owner, set_visibility
from projects.actions.effort import log_time
from projects.actions.products import link_products
from projects.actions.subtasks import create_subtasks, promote_item
from projects.models import Project, Task
from tests.access.rows.base import (
    INSIDERS,
    INTERNAL,
    OK,
    READ_ONLY,
    READ_ONLY_TEAM,
    SHARED,
    SHARED_TO_READ,
    THE_GUEST_AMONG,
    Row,
    who,
)


def lay(world: Any, project: Project) -> None:
    owner, guest, now = world.members["owner"], world.members["guest"], timezone.now()
    task = Task.objects.select_related("project", "column__board").get(pk=world.ids["task"])
    theirs, shown, hidden = create_subtasks(task, ["Cut it out", "Check it", "Haggle"], actor=owner, now=now)
    for sub in (theirs, shown):
        set_visibility(sub, Task.Visibility.SHARED, actor=owner, now=now)
    set_owner(theirs, guest, actor=owner, now=now)
    [item] = add_items(task, ["Grown too large"], actor=owner, now=now)
    made = promote_item(item, actor=owner, now=now)
    entry = log_time(task, minutes=90, spent_on=timezone.localdate(), note="Cut out", actor=guest, now=now)
    theirs_not = log_time(task, minutes=60, spent_on=timezone.localdate(), note="Talked", actor=owner, now=now)
    [product] = link_products(task, [recognise("B0C1234XYZ")], actor=owner, now=now)
    world.ids |= {"time": entry.pk, "team_time": theirs_not.pk, "product": product.pk}
    world.ids |= {"subtask": theirs.pk, "shown_subtask": shown.pk, "hidden_subtask": hidden.pk, "promoted": made.pk}
    # A day that has come in every zone, whatever the time is here.
    world.ids["day"] = (timezone.localdate() - timedelta(days=1)).isoformat()
    world.secrets += ["Haggle", "Grown too large", "Talked", "B0C1234XYZ"]


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
    Row("projects:task-set", "task +passport", SHARED_TO_READ, {"passport": ""}),
    Row("projects:task-set", "task +estimate", SHARED_TO_READ, {"estimate": "3h"}),
    Row("projects:task-set", "task +faster", SHARED_TO_READ, {"days": "3", "note": "By air"}),
    Row("projects:task-time", "task", SHARED),
    Row("projects:task-time", "shown_task", SHARED_TO_READ),
    Row("projects:task-time", "internal_task", INTERNAL),
    Row("projects:task-time", "archived_task", INTERNAL),
    Row("projects:task-time", "task", SHARED, {"length": "1h", "spent_on": "$day"}),
    Row("projects:task-time", "shown_task", SHARED_TO_READ, {"length": "1h", "spent_on": "$day"}),
    Row("projects:task-time", "archived_task", READ_ONLY, {"length": "1h", "spent_on": "$day"}),
    Row("projects:time-edit", "time", THE_GUEST_AMONG, {"length": "2h", "spent_on": "$day"}),
    Row("projects:time-edit", "team_time", who(inside=403, guests=404, owner=OK), {"length": "2h", "spent_on": "$day"}),
    Row("projects:time-remove", "time", who(guests=OK, guest_elsewhere=404, member=403), {}),
    Row("projects:time-remove", "team_time", who(guests=404, member=403), {}),
    Row("projects:product-add", "task", INSIDERS, {"entries": "PF-01"}),
    Row("projects:product-remove", "product", INSIDERS, {}),
    Row("projects:item-promote", "item", INSIDERS, {}),
    Row("projects:promotion-undo", "promoted", INSIDERS, {}),
]

"""Custom fields: who defines them, who fills them in, and who knows of those of finance."""

from typing import TYPE_CHECKING

from django.utils import timezone

from projects.actions.fields import choose_fields, create_field, set_field
from projects.models import Project, Task
from tests.access.rows.base import INSIDERS, MANAGERS, READ_ONLY, RUNNERS, Row, who

if TYPE_CHECKING:
    from tests.access.world import World

_FINANCE = who(guests=403, manager=404, member=404)
_FINANCE_PAGES = who(guests=403, manager=404, member=403)
_READ_ONLY = READ_ONLY | {"guest": 403, "guest elsewhere": 403}
ROWS = [
    Row("projects:field-list", "", MANAGERS),
    Row("projects:field-new", "", MANAGERS),
    Row("projects:field-new", "", MANAGERS, {"name": "Budget", "kind": "money"}),
    Row("projects:field-edit", "field", MANAGERS),
    Row("projects:field-edit", "field", MANAGERS, {"name": "Renamed"}),
    Row("projects:field-edit", "finance_field", _FINANCE_PAGES),
    Row("projects:field-move", "field", MANAGERS, {"by": "1"}),
    Row("projects:field-archive", "field", MANAGERS, {}),
    Row("projects:field-archive", "finance_field", _FINANCE_PAGES, {}),
    Row("projects:field-restore", "field", MANAGERS, {}),
    Row("projects:project-fields", "project", RUNNERS),
    Row("projects:project-fields", "project", RUNNERS, {}),
    Row("projects:task-field", "task field", INSIDERS, {"value": "Five"}),
    Row("projects:task-field", "task finance_field", _FINANCE, {"value": "5"}),
    Row("projects:task-field", "archived_task +1", _READ_ONLY, {"value": "Five"}),
]


def lay(world: "World", project: Project) -> None:
    """A field of the team and one of finance, both filled in on the task that the guest works on."""
    owner, now = world.members["owner"], timezone.now()
    values = {"choices": [], "for_guests": False, "actor": owner, "now": now}
    plain = create_field(name="Who pays the freight", kind="text", sensitivity="normal", **values)
    margin = create_field(name="Target margin", kind="number", sensitivity="finance", **values)
    choose_fields(project, shown=[plain.pk, margin.pk], on_cards=[plain.pk, margin.pk], actor=owner, now=now)
    task = Task.objects.select_related("project").get(pk=world.ids["task"])
    set_field(task, plain, "The factory does", actor=owner, now=now)
    set_field(task, margin, "31.75", actor=owner, now=now)
    world.ids |= {"field": plain.pk, "finance_field": margin.pk}
    world.secrets += ["Who pays the freight", "The factory does", "Target margin", "31.75"]

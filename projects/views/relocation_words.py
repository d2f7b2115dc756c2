"""What moving tasks to another project changes beside the place: said before it is done."""

from collections import Counter

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linkstar.members.models import Member
from projects.actions.relocating import Relocation
from projects.models import CustomField, Project, ProjectAccess, Task
from projects.wording import listed

_NAMED = 5


def notes(plan: Relocation, source: Project) -> list[str]:
    """For the preview, in a few statements however many tasks there are; what the actor does not see is not told."""
    if not plan.changed:
        return []
    target = next(iter(plan.places.values())).board.project
    lines = [_("They get new numbers. Their addresses, and links to them, stay.")]
    lines += _columns(plan)
    cut = [task for task in plan.cut if task in plan.changed]
    if cut:
        words = ngettext(
            "%(count)d is no longer a subtask: its parent stays.",
            "%(count)d are no longer subtasks: their parents stay.",
            len(cut),
        )
        lines.append(words % {"count": len(cut)})
    lines += _fields(plan, target)
    if any(task.recurrence_id for task in plan.changed):
        lines.append(_("What comes again does so there from now on; earlier copies stay here."))
    return lines + _guests(plan, source, target)


def _columns(plan: Relocation) -> list[str]:
    turns = Counter(
        (task.column.name, plan.places[task.pk].name)
        for task in plan.changed
        if task.column.name.casefold() != plan.places[task.pk].name.casefold()
    )
    said = [_("“%(before)s” becomes “%(after)s”") % {"before": a, "after": b} for a, b in turns]
    return [_("Columns: %(list)s.") % {"list": listed(said[:_NAMED])}] if said else []


def _fields(plan: Relocation, target: Project) -> list[str]:
    """Of open fields only: what an archived one keeps is shown nowhere anyway."""
    held = {int(pk) for task in plan.changed for pk in task.field_values} - set(target.shown_fields)
    names = CustomField.objects.open().filter(pk__in=held, sensitivity=CustomField.Sensitivity.NORMAL)
    found = list(names.order_by("position", "pk").values_list("name", flat=True))
    if not found:
        return []
    return [
        _("“%(project)s” does not show %(names)s; the values are kept.")
        % {"project": target.name, "names": listed(found)}
    ]


def _guests(plan: Relocation, source: Project, target: Project) -> list[str]:
    keys = ProjectAccess.objects.valid(now=timezone.now()).filter(project__in=[source, target], member__is_active=True)
    held: dict[int, set[int]] = {source.pk: set(), target.pk: set()}
    for project, member in keys.values_list("project", "member"):
        held[project].add(member)
    lines = []
    for words, guests in (
        (_("No longer seen by the guests %(names)s."), held[source.pk] - held[target.pk]),
        (_("Seen from now on by the guests %(names)s."), held[target.pk] - held[source.pk]),
    ):
        names = _who_sees(plan, guests)
        if names:
            lines.append(words % {"names": listed(names)})
    return lines


def _who_sees(plan: Relocation, guests: set[int]) -> list[str]:
    """Those of the guests who see one of the tasks where they have the key."""
    if not guests:
        return []
    tasks = Task.objects.filter(pk__in=[task.pk for task in plan.changed], may_be_shared=True)
    if not tasks.shown_to_all_guests().exists():
        owners = set(tasks.filter(owner__in=guests).values_list("owner", flat=True))
        helping = Task.helpers.through.objects.filter(task__in=tasks, member_id__in=guests)
        guests = owners | set(helping.values_list("member_id", flat=True))
    people = Member.objects.filter(pk__in=guests).order_by("display_name", "pk")
    return list(people.values_list("display_name", flat=True))

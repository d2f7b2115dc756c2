"""What an edit of many tasks does, and why some of them stay as they are, in sentences."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linkstar.lib.deadlines import Deadline, describe
from projects.actions.bulk import Plan
from projects.actions.bulk_edits import (
    ChangeHelpers,
    ChangeLabels,
    Edit,
    Finish,
    Move,
    SetDeadline,
    SetMilestone,
    SetOwner,
    SetPriority,
    ShiftDeadline,
)
from projects.actions.relocating import Relocate, Relocation
from projects.models import Task
from projects.wording import listed

SHOWN = 20


class Row(NamedTuple):
    """A task that changes: what stands there now and what will, "" where there is nothing to tell apart."""

    task: Task
    before: str
    after: str


def headline(edit: Edit, count: int) -> str:
    """What happens to `count` tasks."""
    message, values = _headline(edit, count)
    return message % {"count": count, **values}


def _headline(edit: Edit, n: int) -> tuple[str, Mapping[str, object]]:
    match edit:
        case Finish():
            return ngettext("%(count)d task is marked done.", "%(count)d tasks are marked done.", n), {}
        case Move():
            words = ngettext("%(count)d task moves to “%(column)s”.", "%(count)d tasks move to “%(column)s”.", n)
            return words, {"column": edit.column.name}
        case Relocate():
            words = ngettext(
                "%(count)d task moves to the project “%(project)s”.",
                "%(count)d tasks move to the project “%(project)s”.",
                n,
            )
            return words, {"project": edit.project.name}
        case SetOwner(owner=None):
            return ngettext("%(count)d task loses its owner.", "%(count)d tasks lose their owner.", n), {}
        case SetOwner():
            words = ngettext("%(count)d task gets the owner %(name)s.", "%(count)d tasks get the owner %(name)s.", n)
            return words, {"name": edit.owner.display_name if edit.owner else ""}
        case ChangeHelpers():
            names = {"names": listed(member.display_name for member in edit.members)}
            if edit.is_adding:
                return ngettext(
                    "%(count)d task gets the help of %(names)s.", "%(count)d tasks get the help of %(names)s.", n
                ), names
            return ngettext(
                "%(count)d task loses the help of %(names)s.", "%(count)d tasks lose the help of %(names)s.", n
            ), names
        case ChangeLabels():
            names = {"names": listed(label.name for label in edit.labels)}
            if edit.is_adding:
                return ngettext("%(count)d task gets %(names)s.", "%(count)d tasks get %(names)s.", n), names
            return ngettext("%(count)d task loses %(names)s.", "%(count)d tasks lose %(names)s.", n), names
        case SetPriority():
            words = ngettext(
                "%(count)d task gets the priority %(name)s.", "%(count)d tasks get the priority %(name)s.", n
            )
            return words, {"name": Task.Priority(edit.priority).label}
        case SetMilestone(is_milestone=True):
            return ngettext("%(count)d task becomes a milestone.", "%(count)d tasks become milestones.", n), {}
        case SetMilestone():
            return ngettext("%(count)d task becomes an ordinary one.", "%(count)d tasks become ordinary ones.", n), {}
        case ShiftDeadline():
            words = ngettext(
                "%(count)d deadline moves by %(days)s days.", "%(count)d deadlines move by %(days)s days.", n
            )
            return words, {"days": f"{edit.days:+d}"}
        case SetDeadline(deadline=None):
            return ngettext("%(count)d task loses its deadline.", "%(count)d tasks lose their deadline.", n), {}
        case SetDeadline():
            words = ngettext("%(count)d task is due %(when)s.", "%(count)d tasks are due %(when)s.", n)
            return words, {"when": _due(edit.deadline)}
    if edit.kind == "archive":
        return ngettext("%(count)d task goes into the archive.", "%(count)d tasks go into the archive.", n), {}
    return ngettext("%(count)d task goes into the bin.", "%(count)d tasks go into the bin.", n), {}


def rows(plan: Plan) -> list[Row]:
    """The first of those that change."""
    return [_row(plan, task) for task in plan.changed[:SHOWN]]


def blocked(plan: Plan) -> list[Task]:
    """The first of those that wait for others, and could go on if somebody said why."""
    return plan.barred.get("blocked", [])[:SHOWN]


def _row(plan: Plan, task: Task) -> Row:
    edit = plan.edit
    if isinstance(edit, Move):
        return Row(task, task.column.name, edit.column.name)
    if isinstance(plan, Relocation):
        return Row(task, task.column.name, plan.places[task.pk].name)
    if isinstance(edit, SetOwner):
        before = task.owner.display_name if task.owner else _("Nobody")
        return Row(task, before, edit.owner.display_name if edit.owner else _("Nobody"))
    if isinstance(edit, SetPriority):
        return Row(task, str(task.get_priority_display()), str(Task.Priority(edit.priority).label))
    if isinstance(edit, SetDeadline):
        return Row(task, _due(task.deadline), _due(edit.after(task)))
    return Row(task, "", "")


def _due(deadline: Deadline | None) -> str:
    if deadline is None:
        return _("No deadline")
    zone, language = timezone.get_current_timezone_name(), get_language() or "en"
    return describe(deadline, reader_zone=zone, language=language, now=timezone.now()).at_text


def reasons(plan: Plan) -> list[str]:
    """Why the others stay, most of them first."""
    said = [(len(tasks), _reason(plan.edit, why, len(tasks))) for why, tasks in plan.barred.items() if tasks]
    lines = [text for _count, text in sorted(said, key=lambda one: -one[0])]
    # What each lacks, once.
    lines += list(dict.fromkeys(hold.text for holds in plan.holds.values() for hold in holds))[:SHOWN]
    if plan.same:
        same = len(plan.same)
        lines.append(
            ngettext("%(count)d is like that already.", "%(count)d are like that already.", same) % {"count": same}
        )
    return lines


def _reason(edit: Edit, why: str, n: int) -> str:
    texts = {
        "access": ngettext(
            "%(count)d stays: you may not change it, as in an archive.",
            "%(count)d stay: you may not change them, as in an archive.",
            n,
        ),
        "full": ngettext(
            "%(count)d stays where it is: “%(column)s” takes %(limit)s cards at a time.",
            "%(count)d stay where they are: “%(column)s” takes %(limit)s cards at a time.",
            n,
        ),
        "full_there": ngettext(
            "%(count)d stays: its column is full there, or that of a subtask.",
            "%(count)d stay: their columns are full there, or those of subtasks.",
            n,
        ),
        "draft": ngettext(
            "%(count)d stays: work is not begun without an owner and a deadline.",
            "%(count)d stay: work is not begun without an owner and a deadline.",
            n,
        ),
        "blocked": ngettext(
            "%(count)d stays: it waits for work that is not done yet.",
            "%(count)d stay: they wait for work that is not done yet.",
            n,
        ),
        "withheld": ngettext(
            "%(count)d stays open: it needs a passport that is not in order.",
            "%(count)d stay open: they need passports that are not in order.",
            n,
        ),
        "in_hand": ngettext(
            "%(count)d stays: work that goes on needs an owner and a deadline.",
            "%(count)d stay: work that goes on needs an owner and a deadline.",
            n,
        ),
        "internal": ngettext(
            "%(count)d stays: it is internal by its SOP, and no guest can be put on it.",
            "%(count)d stay: they are internal by their SOP, and no guest can be put on them.",
            n,
        ),
        "start": ngettext(
            "%(count)d stays: it would be due before it starts.",
            "%(count)d stay: they would be due before they start.",
            n,
        ),
        "fixed": ngettext(
            "%(count)d stays: its deadline is fixed by the marketplace.",
            "%(count)d stay: their deadlines are fixed by the marketplace.",
            n,
        ),
        "no_deadline": ngettext(
            "%(count)d stays: it has no deadline to move.", "%(count)d stay: they have no deadline to move.", n
        ),
        "range": ngettext("%(count)d stays: that day is out of reach.", "%(count)d stay: that day is out of reach.", n),
    }
    column = edit.column if isinstance(edit, Move) else None
    return texts[why] % {
        "count": n,
        "column": column.name if column else "",
        "limit": (column.wip_limit if column else None) or 0,
    }


def done(edit: Edit, count: int) -> str:
    """For the toast."""
    if edit.kind == "archive":
        words = ngettext("%(count)d task archived.", "%(count)d tasks archived.", count)
    elif edit.kind == "bin":
        words = ngettext("%(count)d task moved to the bin.", "%(count)d tasks moved to the bin.", count)
    else:
        words = ngettext("%(count)d task changed.", "%(count)d tasks changed.", count)
    return words % {"count": count}

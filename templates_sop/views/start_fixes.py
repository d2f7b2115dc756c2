"""One click that makes a plan better: each fix changes what stands in the form, and nothing that was typed is lost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linkstar.lib.clock_text import day_text
from linkstar.members.models import Member
from templates_sop.capacity import Load, Weeks, has_room_for
from templates_sop.dating import Concern, WorkingDays
from templates_sop.planning import Plan
from templates_sop.questions import optional_steps
from templates_sop.views.start_form import StartForm

_MOST_GIVEN = 3


@dataclass(frozen=True, slots=True)
class Fix:
    """`value` is what the button sends back: the kind, and after a colon what it is about."""

    value: str
    text: str


def apply_fix(data: QueryDict, fix: str) -> QueryDict:
    """The form's data with the fix in it; what is no fix changes nothing. The form judges the values as always."""
    changed = data.copy()
    kind, _colon, about = fix.partition(":")
    if kind == "anchor":
        changed["anchor_on"] = about
    elif kind == "room":
        changed["has_room"] = "on"
    elif kind == "drop":
        changed.setlist("leave_out", list(dict.fromkeys([*data.getlist("leave_out"), *about.split(",")])))
    elif kind == "give":
        role, _colon, member = about.partition(":")
        changed[f"role_{role}"] = member
    return changed


def date_fixes(plan: Plan, form: StartForm, in_time_on: date | None, language: str) -> list[Fix]:
    """What can be done about deadlines that are past and steps that lack days."""
    fixes = []
    if in_time_on is not None:
        day = day_text(in_time_on, language, with_year=True)
        fixes.append(Fix(f"anchor:{in_time_on.isoformat()}", _("Move the main date to %(day)s") % {"day": day}))
    squeezed = sum(any(one.concern is Concern.SQUEEZED for one in planned.warnings) for planned in plan.steps)
    if squeezed and not form.cleaned_data.get("has_room"):
        text = ngettext(
            "Begin earlier, so that %(count)d step has its days",
            "Begin earlier, so that %(count)d steps have their days",
            squeezed,
        )
        fixes.append(Fix("room", text % {"count": squeezed}))
    optional = optional_steps(form.template)
    late = [planned.step.key for planned in plan.steps if planned.is_past and planned.step.key in optional]
    if late:
        text = ngettext(
            "Leave out %(count)d optional step that is late",
            "Leave out %(count)d optional steps that are late",
            len(late),
        )
        fixes.append(Fix(f"drop:{','.join(late)}", text % {"count": len(late)}))
    return fixes


def people_fixes(
    loads: Iterable[Load],
    candidates: Iterable[Member],
    *,
    calendars: dict[int, WorkingDays],
    taken: dict[int, Weeks],
    names: dict[str, str],
) -> list[Fix]:
    """Who could take a role from somebody with too full a week. `names` are those of roles."""
    loads = list(loads)
    own = {load.member: {week.monday: week.needed for week in load.weeks} for load in loads if load.member is not None}
    fixes: list[Fix] = []
    for load in loads:
        if load.member is None or not load.overloads:
            continue
        full = {week.monday for week in load.overloads}
        for role in load.roles:
            if not full & load.needed_by_role[role].keys():
                continue
            free = (
                person
                for person in candidates
                if person.pk != load.member
                and has_room_for(load, role, taken.get(person.pk, {}), own.get(person.pk, {}), calendars[person.pk])
            )
            person = next(free, None)
            if person is not None:
                text = _("Give “%(role)s” to %(person)s") % {"role": names[role], "person": person.display_name}
                fixes.append(Fix(f"give:{role}:{person.pk}", text))
    return fixes[:_MOST_GIVEN]

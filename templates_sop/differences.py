"""What is different between two states of a template, step by step and field by field, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from linkstar.lib.zones import city_name
from templates_sop.shapes import Anchor, LeadTime, Phase, SopTemplate, Step, Text
from templates_sop.wording import CALENDARS, CLOCKS, GOALS, PLATFORMS, VISIBILITIES, duration_text, offset_text

ON_DAYS_OFF: dict[str, Promise] = {
    "previous": gettext_lazy("The working day before"),
    "next": gettext_lazy("The next working day"),
    "keep": gettext_lazy("Stays on that day"),
}
# In the order in which a step's form asks for them.
STEP_FIELDS: dict[str, Promise] = {
    "title": gettext_lazy("Title"),
    "why": gettext_lazy("Why"),
    "outcome": gettext_lazy("Done when"),
    "deliverable": gettext_lazy("Deliverable"),
    "risk": gettext_lazy("What goes wrong"),
    "phase": gettext_lazy("Phase"),
    "role": gettext_lazy("Role"),
    "offset_days": gettext_lazy("Due"),
    "anchor": gettext_lazy("Counted from"),
    "due_time": gettext_lazy("Time of day"),
    "zone": gettext_lazy("Clock"),
    "duration_days": pgettext_lazy("length of a step", "Working days"),
    "calendar": gettext_lazy("Calendar"),
    "on_non_working_day": gettext_lazy("On a day off"),
    "is_fixed": gettext_lazy("Fixed by the marketplace"),
    "depends_on": gettext_lazy("Waits for"),
    "blocks": gettext_lazy("Held back by it"),
    "checklist": gettext_lazy("Checklist"),
    "evidence": gettext_lazy("Evidence"),
    "reminders_hours": gettext_lazy("Reminders"),
    "is_shareable": gettext_lazy("Who may see it"),
    "is_finance": gettext_lazy("Finance"),
    "is_milestone": gettext_lazy("Milestone"),
    "needs_passport": gettext_lazy("Needs a passport"),
    "lead_time": gettext_lazy("Usual lead time"),
}
FRAME_FIELDS: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "project_name": gettext_lazy("Name of the projects made from it"),
    "purpose": gettext_lazy("Purpose"),
    "category": gettext_lazy("Goal"),
    "platform": gettext_lazy("Channel"),
    "anchor": gettext_lazy("The day that everything counts from"),
    "market_zone": gettext_lazy("Clock of the market"),
    "gate_step": gettext_lazy("Gate"),
    "languages": gettext_lazy("Written in"),
    "phases": gettext_lazy("Phases"),
}
# An offset is one thing to people, and three fields to the planner.
_OFFSETS = frozenset({"offset_mode", "offset_days", "offset_hours"})


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`before` and `after` in words; lists have a line an item."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StepChange:
    """`before` is None for an added step, `after` for a removed one. `fields` are only of a changed one."""

    kind: Kind
    key: str
    title: str
    before: Step | None = None
    after: Step | None = None
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Differences:
    frame: tuple[FieldChange, ...]
    steps: tuple[StepChange, ...]

    def of(self, kind: Kind) -> list[StepChange]:
        return [change for change in self.steps if change.kind is kind]

    def __bool__(self) -> bool:
        return bool(self.frame or self.steps)


def compare(old: SopTemplate, new: SopTemplate, language: str) -> Differences:
    """The steps in the order of the new template, removed ones after them. What the categories add is compared too."""
    frame = [
        _change(name, FRAME_FIELDS, getattr(old, name), getattr(new, name), old, new, language) for name in FRAME_FIELDS
    ]
    steps = compare_steps(old.every_step, new.every_step, old, new, language)
    return Differences(tuple(change for change in frame if change), steps)


def compare_steps(
    before: Iterable[Step], after: Iterable[Step], old: SopTemplate, new: SopTemplate, language: str
) -> tuple[StepChange, ...]:
    was, now = {step.key: step for step in before}, {step.key: step for step in after}
    found = []
    for key, step in now.items():
        if key not in was:
            found.append(StepChange(Kind.ADDED, key, step.title.get(language), after=step))
        elif changes := step_changes(was[key], step, old, new, language):
            found.append(StepChange(Kind.CHANGED, key, step.title.get(language), was[key], step, changes))
    gone = [step for key, step in was.items() if key not in now]
    return (*found, *(StepChange(Kind.REMOVED, step.key, step.title.get(language), before=step) for step in gone))


def step_changes(was: Step, now: Step, old: SopTemplate, new: SopTemplate, language: str) -> tuple[FieldChange, ...]:
    """Field by field; an order of things waited for, or where steps stand in the outline, is no difference."""
    found = []
    for name in STEP_FIELDS:
        if name == "offset_days":
            change = _offset_change(was, now, language)
        elif name in ("depends_on", "blocks") and set(getattr(was, name)) == set(getattr(now, name)):
            change = None
        else:
            change = _change(name, STEP_FIELDS, getattr(was, name), getattr(now, name), old, new, language)
        if change is not None:
            found.append(change)
    return tuple(found)


def value_text(value: Any, name: str, template: SopTemplate, language: str) -> str:
    """A field of a step or of a template in words; "" for nothing."""
    with translation.override(language):
        return _words(value, name, template, language)


def _change(
    name: str,
    labels: dict[str, Promise],
    was: Any,
    now: Any,
    old: SopTemplate,
    new: SopTemplate,
    language: str,
) -> FieldChange | None:
    if was == now:
        return None
    before, after = value_text(was, name, old, language), value_text(now, name, new, language)
    if before == after:
        # The other language was changed.
        before, after = _in_both(was), _in_both(now)
    return FieldChange(name, str(labels[name]), before, after)


def _offset_change(was: Step, now: Step, language: str) -> FieldChange | None:
    if all(getattr(was, name) == getattr(now, name) for name in _OFFSETS):
        return None
    before = offset_text(was.offset_days, was.offset_hours, language)
    after = offset_text(now.offset_days, now.offset_hours, language)
    return FieldChange("offset_days", str(STEP_FIELDS["offset_days"]), before, after)


def _words(value: Any, name: str, template: SopTemplate, language: str) -> str:
    match name, value:
        case _, None | "" | ():
            return ""
        case _, Text():
            return value.get(language)
        case _, Anchor():
            return value.label.get(language)
        case _, LeadTime():
            days = _("%(least)s to %(most)s days") % {"least": value.least, "most": value.most}
            return f"{days} · {value.whose.get(language)}"
        case "phases", _:
            return "\n".join(_phase_line(phase, language) for phase in value)
        case "phase", _:
            return next((phase.name.get(language) for phase in template.phases if phase.key == value), value)
        case "role", _:
            return next((role.name.get(language) for role in template.roles if role.key == value), value)
        case "depends_on" | "blocks", _:
            return "\n".join(_title(key, template, language) for key in value)
        case "anchor", _:
            return next((one.label.get(language) for one in template.anchors if one.key == value), value)
        case "gate_step", _:
            return _title(value, template, language)
        case "checklist" | "evidence", _:
            return "\n".join(item.get(language) for item in value)
        case "reminders_hours", _:
            return "\n".join(
                ngettext("%(hours)s hour before", "%(hours)s hours before", hours) % {"hours": hours} for hours in value
            )
        case "languages", _:
            return str({("zh",): _("Only Chinese"), ("en",): _("Only English")}.get(value, _("Chinese and English")))
    return _word(value, name, language)


def _word(value: Any, name: str, language: str) -> str:
    tables: dict[str, Any] = {
        "calendar": CALENDARS,
        "category": GOALS,
        "platform": PLATFORMS,
        "on_non_working_day": ON_DAYS_OFF,
        "is_shareable": VISIBILITIES,
    }
    if name in tables:
        return str(tables[name][value])
    if name in ("zone", "market_zone"):
        return str(CLOCKS[value]) if value in CLOCKS else city_name(value, language)
    if name == "duration_days":
        return duration_text(value, language)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def _phase_line(phase: Phase, language: str) -> str:
    return phase.name.get(language)


def _title(key: str, template: SopTemplate, language: str) -> str:
    return next((step.title.get(language) for step in template.every_step if step.key == key), key)


def _in_both(value: Any) -> str:
    """Texts in both languages, for a difference that the reader's own language does not show."""
    if isinstance(value, Text):
        return " / ".join(words for words in (value.zh, value.en) if words)
    if isinstance(value, tuple):
        return "\n".join(_in_both(item) for item in value)
    if isinstance(value, Phase):
        return _in_both(value.name)
    if isinstance(value, Anchor):
        return f"{_in_both(value.label)} · {value.zone}"
    if isinstance(value, LeadTime):
        return f"{value.least}–{value.most} · {_in_both(value.whose)}"
    return str(value)

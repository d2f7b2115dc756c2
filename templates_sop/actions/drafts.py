"""Change the draft of a template: a step, several at once, its phases, what it says of itself.

Each change reads the draft as it is now and writes it whole, so that people who work on different parts of it do not
get into each other's way. Who changed the same words is told (StepChanged, FrameChanged), and nothing is written.
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, time
from typing import Any, TypeVar

from django.db import transaction

from linkstar.members.models import Member
from templates_sop.actions.templates import lock_draft
from templates_sop.models import WorkspaceTemplate
from templates_sop.parsing import MOST_STEPS, parse
from templates_sop.removing import without
from templates_sop.shapes import NOTHING, Anchor, Phase, SopTemplate, Step, Text
from templates_sop.writing import dump, text

MOST_PHASES = 30
_TEAM_ZONE, _TEAM_CLOCK, _MARKET_CLOCK = "Asia/Shanghai", time(18), time(17)
T = TypeVar("T", Step, "Frame")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a template says of itself, beside its phases and steps."""

    name: Text
    project_name: Text
    purpose: Text
    category: str
    platform: str
    anchor: Anchor
    market_zone: str
    gate_step: str
    languages: tuple[str, ...]

    @classmethod
    def of(cls, template: SopTemplate) -> "Frame":
        return cls(*(getattr(template, each.name) for each in fields(cls)))


class StepGone(Exception):
    """Somebody has removed the step."""


class Changed(Exception):
    """Somebody else has changed the same since.

    `theirs` is what stands there now, `names` the fields that both changed, `merged` what was typed with all that only
    the other has changed.
    """

    def __init__(self, theirs: Any, merged: Any, names: Sequence[str], by: Member) -> None:
        super().__init__(", ".join(names))
        self.theirs, self.merged, self.names, self.by = theirs, merged, tuple(names), by


class TooManySteps(ValueError):
    """A template has up to MOST_STEPS."""


class PhaseInUse(ValueError):
    """There are steps in the phase, or it is the only one."""


def edit_step(template: WorkspaceTemplate, mine: Step, *, base: Step, actor: Member, now: datetime) -> SopTemplate:
    """`base` is the step as it was when `mine` was begun. Raises StepGone and Changed."""

    def change(draft: SopTemplate) -> SopTemplate:
        theirs = next((step for step in draft.steps if step.key == mine.key), None)
        if theirs is None:
            raise StepGone(mine.key)
        merged = _merged(base, theirs, mine, template)
        return replace(draft, steps=tuple(merged if step is theirs else step for step in draft.steps))

    return rewrite(template, change, actor=actor, now=now)


def edit_frame(template: WorkspaceTemplate, mine: Frame, *, base: Frame, actor: Member, now: datetime) -> SopTemplate:
    """Raises Changed."""

    def change(draft: SopTemplate) -> SopTemplate:
        merged = _merged(base, Frame.of(draft), mine, template)
        steps = draft.steps
        if merged.market_zone != draft.market_zone:
            steps = tuple(_on_calendar(step, step.calendar, merged.market_zone) for step in steps)
        return replace(draft, steps=steps, **{each.name: getattr(merged, each.name) for each in fields(Frame)})

    return rewrite(template, change, actor=actor, now=now)


def add_steps(
    template: WorkspaceTemplate, titles: Sequence[Text], *, phase: str, actor: Member, now: datetime
) -> list[str]:
    """At the end of a phase, with the offset of the step above; back come their keys. Raises TooManySteps."""
    keys = [f"step_{secrets.token_hex(3)}" for _title in titles]

    def change(draft: SopTemplate) -> SopTemplate:
        if len(draft.steps) + len(titles) > MOST_STEPS:
            raise TooManySteps
        above = next((step for step in reversed(draft.steps) if step.phase == phase), None)
        offset = above.offset_days if above is not None else 0
        made = [_blank(key, title, phase, offset) for key, title in zip(keys, titles, strict=True)]
        return replace(draft, steps=_placed(draft, made, phase, None))

    rewrite(template, change, actor=actor, now=now)
    return keys


def move_steps(
    template: WorkspaceTemplate,
    keys: Collection[str],
    *,
    phase: str,
    before: str | None,
    actor: Member,
    now: datetime,
) -> SopTemplate:
    """Into a phase, in the order they have, above the step `before`; None, or one of another phase: at its end."""

    def change(draft: SopTemplate) -> SopTemplate:
        moved = [replace(step, phase=phase) for step in _in_phases(draft) if step.key in keys]
        rest = replace(draft, steps=tuple(step for step in draft.steps if step.key not in keys))
        return replace(draft, steps=_placed(rest, moved, phase, before))

    return rewrite(template, change, actor=actor, now=now)


def nudge_steps(
    template: WorkspaceTemplate, keys: Collection[str], *, by: int, actor: Member, now: datetime
) -> SopTemplate:
    """One place up (`by` -1) or down (1), over the edge of a phase into the next one."""

    def change(draft: SopTemplate) -> SopTemplate:
        order = _in_phases(draft)
        phases = [phase.key for phase in draft.phases]
        if by > 0:
            order, phases = order[::-1], phases[::-1]
        for place, step in enumerate(order):
            if step.key not in keys:
                continue
            above = order[place - 1] if place else None
            if above is not None and above.phase == step.phase:
                if above.key not in keys:
                    order[place - 1], order[place] = step, above
            elif step.phase in phases[1:] and not (
                above is not None and above.key in keys and above.phase == step.phase
            ):
                order[place] = replace(step, phase=phases[phases.index(step.phase) - 1])
        return replace(draft, steps=tuple(order[::-1] if by > 0 else order))

    return rewrite(template, change, actor=actor, now=now)


def change_steps(
    template: WorkspaceTemplate,
    keys: Collection[str],
    *,
    role: str = "",
    calendar: str = "",
    shift_days: int = 0,
    actor: Member,
    now: datetime,
) -> SopTemplate:
    """What is left empty stays. A step of hours is not shifted by days."""

    def change(draft: SopTemplate) -> SopTemplate:
        return replace(
            draft, steps=tuple(step if step.key not in keys else changed(step, draft) for step in draft.steps)
        )

    def changed(step: Step, draft: SopTemplate) -> Step:
        if role:
            step = replace(step, role=role)
        if calendar and calendar != step.calendar:
            step = _on_calendar(step, calendar, draft.market_zone)
        if shift_days and not step.is_elapsed:
            step = replace(step, offset_days=step.offset_days + shift_days)
        return step

    return rewrite(template, change, actor=actor, now=now)


def remove_steps(template: WorkspaceTemplate, keys: Collection[str], *, actor: Member, now: datetime) -> SopTemplate:
    """What waited for a removed step waits for what that one waited for, in the category variants too."""

    def change(draft: SopTemplate) -> SopTemplate:
        return without(draft, keys)

    return rewrite(template, change, actor=actor, now=now)


def add_phase(template: WorkspaceTemplate, name: Text, *, actor: Member, now: datetime) -> SopTemplate:
    """At the end. Raises PhaseInUse when there are MOST_PHASES."""

    def change(draft: SopTemplate) -> SopTemplate:
        if len(draft.phases) >= MOST_PHASES:
            raise PhaseInUse
        return replace(draft, phases=(*draft.phases, Phase(f"phase_{secrets.token_hex(3)}", name)))

    return rewrite(template, change, actor=actor, now=now)


def rename_phase(template: WorkspaceTemplate, key: str, name: Text, *, actor: Member, now: datetime) -> SopTemplate:
    def change(draft: SopTemplate) -> SopTemplate:
        phases = (Phase(key, name) if phase.key == key else phase for phase in draft.phases)
        return replace(draft, phases=tuple(phases))

    return rewrite(template, change, actor=actor, now=now)


def move_phase(template: WorkspaceTemplate, key: str, *, by: int, actor: Member, now: datetime) -> SopTemplate:
    """One place up (`by` -1) or down (1), with its steps; at the end it stays."""

    def change(draft: SopTemplate) -> SopTemplate:
        phases = list(draft.phases)
        at = next((place for place, phase in enumerate(phases) if phase.key == key), None)
        if at is not None and 0 <= at + by < len(phases):
            phases[at], phases[at + by] = phases[at + by], phases[at]
        return replace(draft, phases=tuple(phases))

    return rewrite(template, change, actor=actor, now=now)


def remove_phase(template: WorkspaceTemplate, key: str, *, actor: Member, now: datetime) -> SopTemplate:
    """Only an empty one, and never the last. What a category would add in it goes into the one before."""

    def change(draft: SopTemplate) -> SopTemplate:
        left = tuple(phase for phase in draft.phases if phase.key != key)
        if not left or any(step.phase == key for step in draft.steps):
            raise PhaseInUse
        at = next((place for place, phase in enumerate(draft.phases) if phase.key == key), 0)
        home = left[max(0, at - 1)].key
        variants = tuple(
            replace(
                variant, add=tuple(replace(step, phase=home) if step.phase == key else step for step in variant.add)
            )
            for variant in draft.variants
        )
        return replace(draft, phases=left, variants=variants)

    return rewrite(template, change, actor=actor, now=now)


@transaction.atomic
def rewrite(
    template: WorkspaceTemplate, change: Callable[[SopTemplate], SopTemplate], *, actor: Member, now: datetime
) -> SopTemplate:
    """Nothing is written when nothing changes. Raises TemplateInvalid for what no draft may hold."""
    current = lock_draft(template)
    before = parse(current.draft, is_draft=True)
    after = change(before)
    template.draft, template.draft_version = current.draft, current.draft_version
    if after == before:
        return before
    content = dump(after)
    parse(content, is_draft=True)
    template.draft, template.name, template.draft_version = content, text(after.name), current.draft_version + 1
    template.draft_by, template.draft_at = actor, now
    template.save(update_fields=["draft", "name", "draft_version", "draft_by", "draft_at"])
    return after


def _merged(base: T, theirs: T, mine: T, template: WorkspaceTemplate) -> T:
    """Field by field: what only one side has changed is taken. Raises Changed where both did, each in their own way."""
    taken: dict[str, Any] = {}
    clashes = []
    for each in fields(mine):
        was, has, wants = (getattr(side, each.name) for side in (base, theirs, mine))
        if wants != was:
            taken[each.name] = wants
            if has not in (was, wants):
                clashes.append(each.name)
    merged = replace(theirs, **taken)
    if clashes:
        by = WorkspaceTemplate.objects.select_related("draft_by").get(pk=template.pk).draft_by
        raise Changed(theirs, merged, clashes, by)
    return merged


def _in_phases(draft: SopTemplate) -> list[Step]:
    """As the outline shows them; steps without a phase come first."""
    places: Mapping[str, int] = {phase.key: place for place, phase in enumerate(draft.phases)}
    return sorted(draft.steps, key=lambda step: places.get(step.phase, -1))


def _placed(draft: SopTemplate, steps: Sequence[Step], phase: str, before: str | None) -> tuple[Step, ...]:
    order = list(draft.steps)
    for place, step in enumerate(order):
        if step.key == before and step.phase == phase:
            return (*order[:place], *steps, *order[place:])
    last = max((place for place, step in enumerate(order) if step.phase == phase), default=len(order) - 1)
    return (*order[: last + 1], *steps, *order[last + 1 :])


def _on_calendar(step: Step, calendar: str, market_zone: str) -> Step:
    """A step of the market stands on the market's clock, one of the team on the team's."""
    if calendar == "us_market":
        clock = _MARKET_CLOCK if step.due_time == _TEAM_CLOCK else step.due_time
        return replace(step, calendar=calendar, zone=market_zone, due_time=clock)
    if step.calendar == calendar:
        return step
    clock = _TEAM_CLOCK if step.due_time == _MARKET_CLOCK else step.due_time
    return replace(step, calendar=calendar, zone=_TEAM_ZONE, due_time=clock)


def _blank(key: str, title: Text, phase: str, offset_days: int) -> Step:
    return Step(
        key=key,
        phase=phase,
        title=title,
        role="",
        offset_mode="calendar_days",
        offset_days=offset_days,
        offset_hours=None,
        due_time=_TEAM_CLOCK,
        zone=_TEAM_ZONE,
        is_fixed=False,
        on_non_working_day="previous",
        duration_days=1,
        calendar="cn_team",
        depends_on=(),
        blocks=(),
        checklist=(),
        deliverable=NOTHING,
        reminders_hours=(24,),
        risk=NOTHING,
        is_shareable=False,
        is_finance=False,
        is_milestone=False,
    )

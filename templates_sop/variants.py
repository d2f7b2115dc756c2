"""The steps of a template for one product: its category, its properties, and what is left out for lack of time."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from heapq import heapify, heappop, heappush

from templates_sop.questions import Rule, rules_for
from templates_sop.shapes import Phase, SopTemplate, Step, Text


class Touch(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    RETIMED = "retimed"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Change:
    """What a category or an answer did to a step, and why. `step` is as it became, or as it was before it went.

    `days_before` is the template's duration of a retimed step; `requirement` a key of the compliance data, or "".
    """

    touch: Touch
    step: Step
    reasons: tuple[Text, ...] = ()
    requirement: str = ""
    days_before: float = 0


@dataclass(frozen=True)
class Composition:
    """`steps` have dependencies first, then deadlines as written, then keys."""

    steps: list[Step]
    changes: tuple[Change, ...]

    @cached_property
    def by_step(self) -> dict[str, Change]:
        return {change.step.key: change for change in self.changes}

    @cached_property
    def answered(self) -> frozenset[str]:
        """Steps that a property added or gave another duration: their dates are nobody's habit yet."""
        return frozenset(
            change.step.key
            for change in self.changes
            if change.touch is Touch.RETIMED or (change.touch is Touch.ADDED and change.requirement)
        )


def steps_for(template: SopTemplate, variant: str | None) -> list[Step]:
    """The steps to do for a category; None is the template as it stands. Raises VariantNotFound."""
    return compose(template, variant).steps


def compose(
    template: SopTemplate,
    variant: str | None,
    properties: Mapping[str, bool] | None = None,
    *,
    left_out: Collection[str] = (),
) -> Composition:
    """`properties` are the answers that were given; what is not answered changes nothing.

    A step that waited for a removed one waits for what that one waited for. An added step's `blocks` become
    dependencies of the steps it names, so nobody passes the gate without it. Raises VariantNotFound.
    """
    steps = {step.key: step for step in template.steps}
    changes: dict[str, Change] = {}
    removed: set[str] = set()
    if variant is not None:
        category = template.variant(variant)
        removed |= category.remove & steps.keys()
        steps |= {step.key: step for step in category.add}
        changes = {step.key: Change(Touch.ADDED, step, (category.name,)) for step in category.add}
        changes |= {key: Change(Touch.REMOVED, steps[key], (category.name,)) for key in sorted(removed)}
    for rule in rules_for(template):
        if rule.holds(properties or {}):
            removed |= _apply(rule, steps, changes, template.phases)
    for key in left_out:
        if key in steps and key not in removed:
            removed.add(key)
            changes[key] = Change(Touch.LEFT_OUT, steps[key])
    return Composition(_in_order(_rewired(steps, changes, removed)), tuple(changes.values()))


def _apply(rule: Rule, steps: dict[str, Step], changes: dict[str, Change], phases: tuple[Phase, ...]) -> set[str]:
    """Write what the rule adds and retimes into both; the keys of what it takes away come back."""
    reason = rule.reason
    for addition in rule.add:
        key = addition.step.key
        if key in changes:
            changes[key] = replace(changes[key], reasons=(*changes[key].reasons, reason))
        elif key not in steps and (not addition.unless or addition.unless not in steps):
            steps[key] = step = _in_a_phase(addition.step, phases)
            changes[key] = Change(Touch.ADDED, step, (reason,), addition.requirement)
    for key, days in rule.retime.items():
        if key in steps:
            _retime(key, days, reason, steps, changes)
    gone = {key for key in rule.remove if key in steps}
    changes |= {key: Change(Touch.REMOVED, steps[key], (reason,)) for key in sorted(gone)}
    return gone


def _in_a_phase(step: Step, phases: tuple[Phase, ...]) -> Step:
    """A workspace's own template may have done away with the phase: the first one takes the step in."""
    return step if any(phase.key == step.phase for phase in phases) else replace(step, phase=phases[0].key)


def _retime(key: str, days: float, reason: Text, steps: dict[str, Step], changes: dict[str, Change]) -> None:
    """Of two answers that want different durations the longer one counts, and both say why."""
    before, known = steps[key].duration_days, changes.get(key)
    if known is not None and known.touch is Touch.RETIMED:
        before, days = known.days_before, max(days, known.step.duration_days)
    if days != before:
        steps[key] = replace(steps[key], duration_days=days)
        reasons = (*known.reasons, reason) if known else (reason,)
        changes[key] = Change(Touch.RETIMED, steps[key], reasons, days_before=before)


def _rewired(steps: dict[str, Step], changes: Mapping[str, Change], removed: set[str]) -> dict[str, Step]:
    """What is left, each waiting for the right ones; steps that do not exist here are waited for by nobody."""
    waits = {key: _resolve(step.depends_on, steps, removed) for key, step in steps.items()}
    for key, change in changes.items():
        if change.touch is not Touch.ADDED or key in removed:
            continue
        for blocked in change.step.blocks:
            if blocked in steps and key not in waits[blocked] and not _waits_for(key, blocked, waits):
                waits[blocked] = [*waits[blocked], key]
    return {key: replace(step, depends_on=tuple(waits[key])) for key, step in steps.items() if key not in removed}


def _waits_for(key: str, other: str, waits: Mapping[str, list[str]]) -> bool:
    """Whether a step waits for another one, however far before it: a workspace's own template may have it so."""
    seen, queue = {key}, [key]
    while queue:
        before = [name for name in waits[queue.pop()] if name not in seen]
        if other in before:
            return True
        seen.update(before)
        queue += before
    return False


def _resolve(keys: Iterable[str], steps: Mapping[str, Step], removed: Collection[str]) -> list[str]:
    """Dependencies with every removed step replaced by its own, each once, in the order met."""
    found: dict[str, None] = {}
    for key in keys:
        if key in removed:
            found |= dict.fromkeys(_resolve(steps[key].depends_on, steps, removed))
        elif key in steps:
            found[key] = None
    return list(found)


def _in_order(steps: dict[str, Step]) -> list[Step]:
    waiting = {key: len(step.depends_on) for key, step in steps.items()}
    next_steps: dict[str, list[str]] = {key: [] for key in steps}
    for step in steps.values():
        for key in step.depends_on:
            next_steps[key].append(step.key)
    ready = [(steps[key].nominal_hours, key) for key, count in waiting.items() if not count]
    heapify(ready)
    ordered = []
    while ready:
        _, key = heappop(ready)
        ordered.append(steps[key])
        for follower in next_steps[key]:
            waiting[follower] -= 1
            if not waiting[follower]:
                heappush(ready, (steps[follower].nominal_hours, follower))
    if len(ordered) != len(steps):
        raise ValueError(f"these steps wait for each other: {sorted(set(steps) - {step.key for step in ordered})}")
    return ordered

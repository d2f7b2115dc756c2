"""The days of a template's further anchors, and whether they fit together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from templates_sop.questions import NamedAnchor, anchors_for
from templates_sop.shapes import SopTemplate, Step, Text


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`first` has to come no later than `second`, and does. Keys of anchors, "" is the template's own one."""

    first: str
    second: str
    first_on: date
    second_on: date


def anchor_days(template: SopTemplate, anchor: date, chosen: Mapping[str, date]) -> dict[str, date]:
    """Each named anchor's day: the one that was chosen, or the template's usual distance from the main one."""
    return {one.key: chosen.get(one.key, anchor + timedelta(days=one.days)) for one in anchors_for(template)}


def label_of(template: SopTemplate, key: str) -> Text:
    labels = {one.key: one.label for one in anchors_for(template)}
    return labels.get(key, template.anchor.label)


def contradictions(
    template: SopTemplate, steps: Iterable[Step], anchor: date, chosen: Mapping[str, date]
) -> list[Contradiction]:
    """Anchors that are chosen the wrong way round: work of the first is waited for by work of the second.

    `steps` have dependencies first. Anchors left to their usual distance contradict nothing but a chosen one.
    """
    named = anchors_for(template)
    days = {"": anchor, **anchor_days(template, anchor, chosen)}
    found = [(first, second) for first, second in _orders(named, steps) if days[first] > days[second]]
    return [Contradiction(first, second, days[first], days[second]) for first, second in sorted(found)]


def _orders(named: tuple[NamedAnchor, ...], steps: Iterable[Step]) -> set[tuple[str, str]]:
    """Which anchor comes before which, as the dependencies between their steps and their usual days say."""
    anchor_by_step = {key: one.key for one in named for key in one.steps}
    usual = {"": 0, **{one.key: one.days for one in named}}
    behind: dict[str, set[str]] = {}
    orders: set[tuple[str, str]] = set()
    for step in steps:
        own = anchor_by_step.get(step.key, "")
        before = {anchor for key in step.depends_on for anchor in behind[key]}
        orders |= {(other, own) for other in before if other != own and usual[other] <= usual[own]}
        behind[step.key] = before | {own}
    return orders

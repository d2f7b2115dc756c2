"""The dates of a project before it exists: a template, a product's answers and the anchors become dated steps.

The rules are the `semantics` of data/common.yaml. Where a step has too little room before what waits for it, the work
before it is pulled earlier (templates_sop/pulling.py). Nothing here reads the clock or the database.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from linkstar.lib.workdays import get_calendar
from linkstar.lib.zones import MARKET_ZONES
from templates_sop.answers import UNANSWERED, Answers
from templates_sop.dating import COUNTRIES, Calendars, Caution, Concern, Dating, PlannedStep
from templates_sop.named_anchors import anchor_days
from templates_sop.pulling import pulled
from templates_sop.questions import anchors_for
from templates_sop.shapes import SopTemplate
from templates_sop.variants import Composition, compose

__all__ = [
    "COUNTRIES",
    "AnchorMismatch",
    "Caution",
    "Concern",
    "Plan",
    "PlannedStep",
    "market_zone_for",
    "plan",
    "public_calendars",
]


@dataclass(frozen=True)
class Plan:
    """`steps` have dependencies first, then the order of `compose`. `warnings` are about the plan as a whole.

    `anchors` are the days of the named anchors, chosen or derived.
    """

    template: SopTemplate
    variant: str | None
    anchor: date | datetime
    market_zone: str
    steps: tuple[PlannedStep, ...]
    warnings: tuple[Caution, ...]
    composition: Composition
    anchors: Mapping[str, date] = field(default_factory=dict)

    @cached_property
    def by_key(self) -> dict[str, PlannedStep]:
        return {planned.step.key: planned for planned in self.steps}

    @property
    def start_on(self) -> date:
        return min(planned.start_on for planned in self.steps)

    @property
    def end_on(self) -> date:
        return max(planned.deadline.on for planned in self.steps)

    @property
    def past_count(self) -> int:
        return sum(planned.is_past for planned in self.steps)

    @property
    def moved_count(self) -> int:
        return sum(planned.is_moved for planned in self.steps)


class AnchorMismatch(ValueError):
    """The template wants a day and got an instant, or the other way round."""


def market_zone_for(template: SopTemplate, anchor_zone: str) -> str:
    """The zone of the American steps: the one chosen, if shoppers live there; else the template's own.

    An instant may be typed in Shanghai without moving the marketplace there.
    """
    return anchor_zone if anchor_zone in MARKET_ZONES else template.market_zone


def public_calendars() -> Calendars:
    return {country: get_calendar(country) for country in COUNTRIES.values()}


def plan(
    template: SopTemplate,
    *,
    variant: str | None,
    anchor: date | datetime,
    anchor_zone: str | None = None,
    now: datetime | None = None,
    answers: Answers = UNANSWERED,
    anchors: Mapping[str, date] | None = None,
    calendars: Calendars | None = None,
) -> Plan:
    """Every step with its start and deadline.

    `anchor` is a day of the market for a date template and an aware datetime for an instant one (AnchorMismatch
    otherwise). `anchor_zone` None means the template's market. `now` decides what is past; None: nothing is. `anchors`
    are days chosen for named anchors; the others follow from `anchor`. `calendars` are the working days by country,
    None: the public ones. Raises VariantNotFound.
    """
    if isinstance(anchor, datetime) != template.anchor.is_instant:
        raise AnchorMismatch(template.key)
    composition = compose(template, variant, answers.properties, left_out=answers.left_out)
    zone = market_zone_for(template, anchor_zone or template.market_zone)
    chosen = anchors or {}
    dating = Dating(
        tuple(composition.steps),
        anchor,
        zone,
        calendars or public_calendars(),
        _bases(template, chosen),
        _held(template, composition, chosen),
    )
    planned = pulled(dating, None if answers.has_room else _roomy(composition))
    steps = tuple(replace(one, is_past=now is not None and one.due_at < now) for one in planned.values())
    days = {} if isinstance(anchor, datetime) else anchor_days(template, anchor, chosen)
    warnings = _unknown_years(steps, dating.calendars)
    return Plan(template, variant, anchor, zone, steps, warnings, composition, days)


def _roomy(composition: Composition) -> frozenset[str]:
    """What answers brought, and what waits for it: nobody has tried yet how these fit."""
    waiting = (step.key for step in composition.steps if composition.answered.intersection(step.depends_on))
    return composition.answered | frozenset(waiting)


def _bases(template: SopTemplate, chosen: Mapping[str, date]) -> dict[str, date]:
    """The main anchor's day as steps of a chosen anchor see it: their own anchor is at its usual distance from it."""
    named = [one for one in anchors_for(template) if one.key in chosen]
    return {key: chosen[one.key] - timedelta(days=one.days) for one in named for key in one.steps}


def _held(template: SopTemplate, composition: Composition, chosen: Mapping[str, date]) -> frozenset[str]:
    """Steps that are due on the very day of an anchor that somebody chose."""
    days = {key: one.days for one in anchors_for(template) if one.key in chosen for key in one.steps}
    return frozenset(step.key for step in composition.steps if days.get(step.key) == step.offset_days)


def _unknown_years(steps: tuple[PlannedStep, ...], calendars: Calendars) -> tuple[Caution, ...]:
    seen: Counter[tuple[str, int]] = Counter()
    for planned in steps:
        country = COUNTRIES[planned.step.calendar]
        for year in {planned.start_on.year, planned.deadline.on.year}:
            if not calendars[country].knows(year):
                seen[country, year] += 1
    return tuple(
        Caution(Concern.CALENDAR_UNKNOWN, country=country, year=year, days=count)
        for (country, year), count in sorted(seen.items())
    )

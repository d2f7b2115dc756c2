"""The dates of a project before it exists: a template, a category variant and an anchor become dated steps.

The rules are the `semantics` of data/common.yaml. Nothing here reads the clock or the database.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from math import ceil
from zoneinfo import ZoneInfo

from linkstar.lib.deadlines import Deadline
from linkstar.lib.workdays import Calendar, get_calendar
from linkstar.lib.zones import MARKET_ZONES, get_zone
from templates_sop.library import SopTemplate, Step, Text
from templates_sop.variants import steps_for

# The country whose working days each calendar of the library follows.
COUNTRIES = {"cn_team": "cn", "us_market": "us"}
WEEKEND = Text(zh="周末", en="weekend")


class Concern(StrEnum):
    FIXED_TOO_EARLY = "fixed_too_early"  # a fixed instant comes before a dependency is due
    SQUEEZED = "squeezed"  # dependencies leave fewer working days than the step is meant to take
    CALENDAR_UNKNOWN = "calendar_unknown"  # the holidays of this year and country are not announced yet


@dataclass(frozen=True, slots=True)
class Caution:
    """Something the reader should know before the project is made; `wording.caution_text` says it in words.

    `steps` are the dependencies it is about; `days` the working days that are left.
    """

    concern: Concern
    steps: tuple[str, ...] = ()
    days: int = 0
    country: str = ""
    year: int = 0


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """`raw_due_on` is the day the offset alone gives; `moved_because` names the day off that it fell on, or is None;
    `pushed_by` are the dependencies that moved the step further on."""

    step: Step
    start_on: date
    deadline: Deadline
    raw_due_on: date
    moved_because: Text | None = None
    pushed_by: tuple[str, ...] = ()
    is_past: bool = False
    warnings: tuple[Caution, ...] = ()

    @property
    def is_moved(self) -> bool:
        return self.deadline.on != self.raw_due_on


@dataclass(frozen=True)
class Plan:
    """`steps` have dependencies first, then the order of `steps_for`. `warnings` are about the plan as a whole."""

    template: SopTemplate
    variant: str | None
    anchor: date | datetime
    market_zone: str
    steps: tuple[PlannedStep, ...]
    warnings: tuple[Caution, ...]

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


def plan(
    template: SopTemplate,
    *,
    variant: str | None,
    anchor: date | datetime,
    anchor_zone: str | None = None,
    now: datetime | None = None,
) -> Plan:
    """Every step with its start and deadline.

    `anchor` is a day of the market for a date template and an aware datetime for an instant one (AnchorMismatch
    otherwise). `anchor_zone` None means the template's market. `now` decides what is past; None: nothing is.
    Raises VariantNotFound.
    """
    if isinstance(anchor, datetime) != template.anchor.is_instant:
        raise AnchorMismatch(template.key)
    zone = market_zone_for(template, anchor_zone or template.market_zone)
    planned: dict[str, PlannedStep] = {}
    for step in steps_for(template, variant):
        before = [planned[key] for key in step.depends_on]
        planned[step.key] = _planned(step, anchor, _zone_of(step, zone), before, now)
    steps = tuple(planned.values())
    return Plan(template, variant, anchor, zone, steps, _unknown_years(steps))


def _zone_of(step: Step, market_zone: str) -> str:
    return market_zone if step.calendar == "us_market" else step.zone


def _planned(
    step: Step, anchor: date | datetime, zone: str, before: list[PlannedStep], now: datetime | None
) -> PlannedStep:
    calendar = get_calendar(COUNTRIES[step.calendar])
    raw = _raw_deadline(step, anchor, zone)
    deadline = _on_working_day(step, raw, calendar)
    warnings = []
    later = [other for other in before if other.deadline.instant > deadline.instant]
    keys = tuple(other.step.key for other in later)
    pushed_by: tuple[str, ...] = ()
    if later and step.is_fixed:
        warnings.append(Caution(Concern.FIXED_TOO_EARLY, keys))
    elif later:
        pushed_by = keys
        deadline = _after(deadline, max(other.deadline.instant for other in later), calendar)
    start_on, squeezed = _start(step, deadline, before, calendar)
    if squeezed:
        warnings.append(squeezed)
    return PlannedStep(
        step=step,
        start_on=start_on,
        deadline=deadline,
        raw_due_on=raw.on,
        moved_because=_reason(step, raw.on, calendar),
        pushed_by=pushed_by,
        is_past=now is not None and deadline.instant < now,
        warnings=tuple(warnings),
    )


def _raw_deadline(step: Step, anchor: date | datetime, zone: str) -> Deadline:
    if isinstance(anchor, datetime):
        if step.is_elapsed and step.offset_hours is not None:
            # In UTC first: adding to a local time would count wall-clock hours across a clock change.
            return Deadline.from_instant(anchor.astimezone(UTC) + timedelta(hours=step.offset_hours), zone)
        anchor = anchor.astimezone(get_zone(zone)).date()
    return Deadline(anchor + timedelta(days=step.offset_days), step.due_time, zone)


def _moves(step: Step) -> bool:
    return not step.is_fixed and step.on_non_working_day != "keep"


def _on_working_day(step: Step, raw: Deadline, calendar: Calendar) -> Deadline:
    if not _moves(step) or calendar.is_workday(raw.on):
        return raw
    if step.on_non_working_day == "previous":
        return raw.moved_to_day(calendar.previous_workday(raw.on))
    return raw.moved_to_day(calendar.next_workday(raw.on))


def _reason(step: Step, raw_on: date, calendar: Calendar) -> Text | None:
    if not _moves(step) or calendar.is_workday(raw_on):
        return None
    zh, en = calendar.holiday_name(raw_on, "zh-hans"), calendar.holiday_name(raw_on, "en")
    return Text(zh=zh, en=en) if zh and en else WEEKEND


def _after(deadline: Deadline, instant: datetime, calendar: Calendar) -> Deadline:
    """The first working day whose deadline, at the same time of day, is not before `instant`."""
    moved = deadline.moved_to_day(instant.astimezone(get_zone(deadline.zone)).date())
    while moved.instant < instant or not calendar.is_workday(moved.on):
        moved = moved.moved_to_day(moved.on + timedelta(days=1))
    return moved


def _start(
    step: Step, deadline: Deadline, before: list[PlannedStep], calendar: Calendar
) -> tuple[date, Caution | None]:
    """The day to begin: counted back in working days, but not before the last dependency is due."""
    days = max(1, ceil(step.duration_days))
    start_on = calendar.start_for(deadline.on, days) if days > 1 else deadline.on
    zone = get_zone(deadline.zone)
    ready = {other.step.key: _ready_on(other, zone) for other in before}
    ready_on = max(ready.values(), default=start_on)
    if ready_on <= start_on:
        return start_on, None
    late = tuple(key for key, on in ready.items() if on > start_on)
    ready_on = min(ready_on, deadline.on)
    left = calendar.workdays_between(ready_on, deadline.on)
    return ready_on, Caution(Concern.SQUEEZED, late, days=left) if left < days else None


def _ready_on(other: PlannedStep, zone: ZoneInfo) -> date:
    return other.deadline.instant.astimezone(zone).date()


def _unknown_years(steps: tuple[PlannedStep, ...]) -> tuple[Caution, ...]:
    seen: Counter[tuple[str, int]] = Counter()
    for planned in steps:
        country = COUNTRIES[planned.step.calendar]
        for year in {planned.start_on.year, planned.deadline.on.year}:
            if not get_calendar(country).knows(year):
                seen[country, year] += 1
    return tuple(
        Caution(Concern.CALENDAR_UNKNOWN, country=country, year=year, days=count)
        for (country, year), count in sorted(seen.items())
    )

"""One step after the other gets its dates: the offset, the working day, after what it waits for, and its start.

Nothing here reads the clock or the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from linkstar.lib.deadlines import Deadline
from linkstar.lib.zones import get_zone
from templates_sop.shapes import Step, Text

# The country whose working days each calendar of the library follows.
COUNTRIES = {"cn_team": "cn", "us_market": "us"}
WEEKEND = Text(zh="周末", en="weekend")


class WorkingDays(Protocol):
    """A country's working days: lib/workdays.Calendar, or with the workspace's closures calendars/days.DayCalendar."""

    def knows(self, year: int) -> bool: ...
    def is_workday(self, day: date) -> bool: ...
    def holiday_name(self, day: date, language: str) -> str | None: ...
    def previous_workday(self, day: date) -> date: ...
    def next_workday(self, day: date) -> date: ...
    def add_workdays(self, day: date, count: int) -> date: ...
    def workdays_between(self, first: date, last: date) -> int: ...
    def start_for(self, due_on: date, duration_days: int) -> date: ...


Calendars = Mapping[str, WorkingDays]


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
    `pushed_by` are the dependencies that moved the step further on, `pulled_for` the steps that need it earlier.
    `due_at` is the deadline's instant."""

    step: Step
    start_on: date
    deadline: Deadline
    due_at: datetime
    raw_due_on: date
    moved_because: Text | None = None
    pushed_by: tuple[str, ...] = ()
    pulled_for: tuple[str, ...] = ()
    is_past: bool = False
    warnings: tuple[Caution, ...] = ()

    @property
    def is_moved(self) -> bool:
        return self.deadline.on != self.raw_due_on


class Cap(NamedTuple):
    """The latest instant a step may be due at, and the steps that need it so."""

    at: datetime
    needed_by: tuple[str, ...]


@dataclass(frozen=True)
class Dating:
    """Where the steps of one plan count from. `bases` are the days for steps of an anchor that was chosen by itself;
    `held` are steps on the very day of such an anchor, which nobody moves."""

    steps: tuple[Step, ...]
    anchor: date | datetime
    market_zone: str
    calendars: Calendars
    bases: Mapping[str, date] = field(default_factory=dict)
    held: frozenset[str] = frozenset()

    def calendar_of(self, step: Step) -> WorkingDays:
        return self.calendars[COUNTRIES[step.calendar]]

    def stays(self, step: Step) -> bool:
        return step.is_fixed or step.key in self.held

    def lay(self, caps: Mapping[str, Cap], stretched: frozenset[str] = frozenset()) -> dict[str, PlannedStep]:
        """Every step by its key, in order. `stretched` are steps that end later rather than lack working days."""
        planned: dict[str, PlannedStep] = {}
        for step in self.steps:
            before = [planned[key] for key in step.depends_on]
            planned[step.key] = self._planned(step, before, caps.get(step.key), is_stretched=step.key in stretched)
        return planned

    def _planned(self, step: Step, before: list[PlannedStep], cap: Cap | None, *, is_stretched: bool) -> PlannedStep:
        calendar = self.calendar_of(step)
        raw = self._raw_deadline(step)
        deadline = _on_working_day(step, raw, calendar)
        due_at, warnings = deadline.instant, []
        pushed_by: tuple[str, ...] = ()
        pulled_for: tuple[str, ...] = ()
        if cap is not None and due_at > cap.at:
            deadline, pulled_for = no_later(deadline, cap.at, calendar), cap.needed_by
            due_at = deadline.instant
        later = [other for other in before if other.due_at > due_at]
        if later and step.is_fixed:
            warnings.append(Caution(Concern.FIXED_TOO_EARLY, _keys(later)))
        elif later:
            pushed_by = _keys(later)
            deadline = _after(deadline, max(other.due_at for other in later), calendar)
        start_on, squeezed = _start(step, deadline, before, calendar)
        if squeezed and is_stretched:
            deadline = deadline.moved_to_day(calendar.add_workdays(start_on, whole_days(step) - 1))
            pushed_by = tuple(dict.fromkeys((*pushed_by, *squeezed.steps)))
        elif squeezed:
            warnings.append(squeezed)
        return PlannedStep(
            step=step,
            start_on=start_on,
            deadline=deadline,
            due_at=deadline.instant if pushed_by else due_at,
            raw_due_on=raw.on,
            moved_because=_reason(step, raw.on, calendar),
            pushed_by=pushed_by,
            pulled_for=() if pushed_by else pulled_for,
            warnings=tuple(warnings),
        )

    def _raw_deadline(self, step: Step) -> Deadline:
        zone = self.market_zone if step.calendar == "us_market" else step.zone
        anchor = self.bases.get(step.key, self.anchor)
        if isinstance(anchor, datetime):
            if step.is_elapsed and step.offset_hours is not None:
                # In UTC first: adding to a local time would count wall-clock hours across a clock change.
                return Deadline.from_instant(anchor.astimezone(UTC) + timedelta(hours=step.offset_hours), zone)
            anchor = anchor.astimezone(get_zone(zone)).date()
        return Deadline(anchor + timedelta(days=step.offset_days), step.due_time, zone)


def whole_days(step: Step) -> int:
    return max(1, ceil(step.duration_days))


def no_later(deadline: Deadline, at: datetime, calendar: WorkingDays) -> Deadline:
    """The last working day whose deadline, at the same time of day, is not after `at`."""
    moved = deadline.moved_to_day(at.astimezone(get_zone(deadline.zone)).date())
    while moved.instant > at or not calendar.is_workday(moved.on):
        moved = moved.moved_to_day(moved.on - timedelta(days=1))
    return moved


def _keys(planned: list[PlannedStep]) -> tuple[str, ...]:
    return tuple(one.step.key for one in planned)


def _moves(step: Step) -> bool:
    return not step.is_fixed and step.on_non_working_day != "keep"


def _on_working_day(step: Step, raw: Deadline, calendar: WorkingDays) -> Deadline:
    if not _moves(step) or calendar.is_workday(raw.on):
        return raw
    if step.on_non_working_day == "previous":
        return raw.moved_to_day(calendar.previous_workday(raw.on))
    return raw.moved_to_day(calendar.next_workday(raw.on))


def _reason(step: Step, raw_on: date, calendar: WorkingDays) -> Text | None:
    if not _moves(step) or calendar.is_workday(raw_on):
        return None
    zh, en = calendar.holiday_name(raw_on, "zh-hans"), calendar.holiday_name(raw_on, "en")
    return Text(zh=zh, en=en) if zh and en else WEEKEND


def _after(deadline: Deadline, instant: datetime, calendar: WorkingDays) -> Deadline:
    """The first working day whose deadline, at the same time of day, is not before `instant`."""
    moved = deadline.moved_to_day(instant.astimezone(get_zone(deadline.zone)).date())
    while moved.instant < instant or not calendar.is_workday(moved.on):
        moved = moved.moved_to_day(moved.on + timedelta(days=1))
    return moved


def _start(
    step: Step, deadline: Deadline, before: list[PlannedStep], calendar: WorkingDays
) -> tuple[date, Caution | None]:
    """The day to begin: counted back in working days, but not before the last dependency is due."""
    days = whole_days(step)
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
    return other.due_at.astimezone(zone).date()

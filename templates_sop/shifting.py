"""Where the tasks of a project go when its anchor moves: what the template says of both anchors, against what is there.

A task that stands where the template put it is counted anew; what was changed by hand keeps its distance in calendar
days; what was added by hand goes along, if that is wanted. Nothing here reads the clock or the database.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from linkstar.lib.deadlines import Deadline, DeadlineOutOfRange, check_range
from linkstar.lib.workdays import get_calendar
from linkstar.lib.zones import get_zone
from projects.models import Task
from projects.scheduling.preview import Dates, Move, Stay, Stays, Why
from templates_sop.planning import Plan, PlannedStep

# What to do with a step whose new date would be past already.
TAKE, KEEP, SOON = "take", "keep", "soon"
DECISIONS = (TAKE, SOON, KEEP)
_LONGEST_REST = 30


@dataclass(frozen=True)
class Shift:
    """The same template at two anchors. `decisions` are by task pk; `along` says whether tasks added by hand move too.

    `today` tells which days a deadline may have.
    """

    before: Plan
    after: Plan
    now: datetime
    decisions: Mapping[int, str]
    along: bool = True

    @property
    def days(self) -> int:
        return (_day(self.after.anchor) - _day(self.before.anchor)).days


def shifted(tasks: Iterable[Task], shift: Shift) -> list[Move | Stay]:
    """What becomes of each task that has dates, in their order; tasks without any are left out."""
    found = [_shifted(task, shift) for task in tasks if task.due_on or task.start_on]
    return [one for one in found if not isinstance(one, Move) or one.before != one.after]


def _shifted(task: Task, shift: Shift) -> Move | Stay:
    if (why := _stays(task, shift)) is not None:
        return Stay(task, why)
    planned = shift.before.by_key.get(task.sop_step), shift.after.by_key.get(task.sop_step)
    after, why_moved = _along(task, shift.days), Why.ALONG
    if planned[0] is not None and planned[1] is not None:
        if task.is_fixed and task.deadline != planned[0].deadline:
            return Stay(task, Stays.FIXED)
        after, why_moved = _recounted(task, planned[0], planned[1])
    move = Move(task, Dates.of(task), after, why_moved)
    return _in_range(_decided(move, shift), shift)


def _stays(task: Task, shift: Shift) -> Stays | None:
    if task.is_done:
        return Stays.DONE
    if task.is_archived:
        return Stays.ARCHIVED
    if task.is_pinned:
        return Stays.PINNED
    if task.sop_step in shift.before.by_key and task.sop_step in shift.after.by_key:
        return None
    if task.is_fixed:
        return Stays.FIXED
    # Copies of a repeating task follow their own rule.
    return None if shift.along and task.recurrence_id is None else Stays.KEPT


def _recounted(task: Task, before: PlannedStep, after: PlannedStep) -> tuple[Dates, Why]:
    deadline, why = task.deadline, Why.ANCHOR
    if deadline == before.deadline:
        deadline = after.deadline
    elif deadline is not None:
        why = Why.DISTANCE
        deadline = deadline.moved_to_day(after.deadline.on + (deadline.on - before.deadline.on))
    start_on = task.start_on
    if start_on is not None:
        why = why if start_on == before.start_on else Why.DISTANCE
        start_on = after.start_on + (start_on - before.start_on)
    return _whole(task, start_on, deadline), why


def _along(task: Task, days: int) -> Dates:
    """By as many days; a deadline that had a working day of its calendar gets one again, the one before."""
    calendar = get_calendar(task.calendar) if task.calendar else None
    deadline = task.deadline
    if deadline is not None:
        on = deadline.on + timedelta(days=days)
        if calendar is not None and calendar.is_workday(deadline.on):
            on = calendar.previous_workday(on)
        deadline = deadline.moved_to_day(on)
    return _whole(task, task.start_on + timedelta(days=days) if task.start_on else None, deadline)


def _whole(task: Task, start_on: date | None, deadline: Deadline | None) -> Dates:
    """A start is never after the deadline."""
    start_time = task.start_time
    if start_on is not None and deadline is not None:
        start_on = min(start_on, deadline.on)
        if start_on == deadline.on and start_time and deadline.time and start_time > deadline.time:
            start_time = None
    return Dates(start_on, start_time, deadline)


def _decided(move: Move, shift: Shift) -> Move | Stay:
    """What was chosen for a date that would be past."""
    chosen = shift.decisions.get(move.task.pk, TAKE)
    if chosen == TAKE or move.deadline is None or not move.is_past(shift.now):
        return move
    if chosen == KEEP:
        return Stay(move.task, Stays.KEPT, move.deadline)
    later = soonest(move.task, move.deadline, shift.now)
    return replace(move, after=_whole(move.task, move.after.start_on, later), why=Why.DECIDED)


def soonest(task: Task, deadline: Deadline, now: datetime) -> Deadline:
    """The same time of day on the first working day on which it still lies ahead."""
    is_workday: Callable[[date], bool] = get_calendar(task.calendar).is_workday if task.calendar else lambda day: True
    today = now.astimezone(get_zone(deadline.zone)).date()
    days = (today + timedelta(days=count) for count in range(_LONGEST_REST))
    moved = (deadline.moved_to_day(day) for day in days if is_workday(day))
    return next(later for later in moved if later.instant > now)


def _in_range(move: Move | Stay, shift: Shift) -> Move | Stay:
    if isinstance(move, Stay):
        return move
    try:
        for day in (move.after.start_on, move.deadline.on if move.deadline else None):
            if day is not None:
                check_range(day, today=shift.now.date())
    except DeadlineOutOfRange:
        return Stay(move.task, Stays.RANGE, move.deadline)
    return move


def _day(anchor: date | datetime) -> date:
    return anchor.date() if isinstance(anchor, datetime) else anchor

"""When somebody was at a task: its history of columns as stretches of days, and how many working days those are.

Nothing here reads the database. A status is one of Column.Status.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple, Protocol

_DAY = timedelta(days=1)
TODO, DOING, DONE = "todo", "doing", "done"


class Moved(NamedTuple):
    """A task went from a column of one status to a column of another; "" for a column that nothing is known of."""

    at: datetime
    before: str
    after: str


class Days(NamedTuple):
    """Both included."""

    first: date
    last: date


class WorkingDays(Protocol):
    def workdays_between(self, first: date, last: date) -> int: ...


@dataclass(frozen=True, slots=True)
class Work:
    """`stretches` are those in which somebody was at the task, in order; the last may still last.

    `is_start_known`: the first began when somebody took the task up, not when it could have been begun.
    """

    stretches: tuple[tuple[datetime, datetime], ...]
    is_start_known: bool
    times_reopened: int

    @property
    def started_at(self) -> datetime | None:
        return self.stretches[0][0] if self.stretches else None

    def days(self, zone: tzinfo) -> list[Days]:
        return [Days(first.astimezone(zone).date(), last.astimezone(zone).date()) for first, last in self.stretches]


def work_of(
    moves: Iterable[Moved], *, created_at: datetime, could_begin_at: datetime, done_at: datetime | None, until: datetime
) -> Work:
    """What the moves of a task, oldest first, say of when somebody was at it.

    `could_begin_at` stands for the start that nobody told: a task may go from to-do to done in one step. `done_at` is
    when it was finished at last, by whatever way; None while it is open, when its work lasts `until` now. Back in a
    to-do column a task rests.
    """
    stretches: list[tuple[datetime, datetime]] = []
    begun: datetime | None = None
    # From when on it could be worked at although nobody said so; None: it was put back, and rests.
    ready: datetime | None = could_begin_at
    is_known, is_done, reopened = True, False, 0
    for index, move in enumerate(moves):
        if done_at is not None and move.at > done_at:
            break
        if index == 0 and move.before == DOING:
            begun = created_at
        if move.before == DONE and move.after in (TODO, DOING):
            reopened, ready = reopened + 1, move.at
        if move.after == DOING and begun is None:
            begun = move.at
        elif move.after == TODO and begun is not None:
            stretches.append((begun, move.at))
            begun, ready = None, None
        elif move.after == DONE and move.before != DONE:
            is_known = is_known and bool(stretches or begun)
            stretches.append(_ending(begun or ready, move.at))
            begun = None
        is_done = move.after == DONE
    if done_at is not None and not is_done:
        # Finished by a way that leaves no move of its own.
        is_known = is_known and bool(stretches or begun)
        stretches.append(_ending(begun or ready, done_at))
    elif done_at is None and begun is not None:
        stretches.append(_ending(begun, until))
    return Work(tuple(stretches), is_known and bool(stretches), reopened)


def _ending(first: datetime | None, last: datetime) -> tuple[datetime, datetime]:
    return (last if first is None else min(first, last)), last


def merged(stretches: Iterable[Days]) -> list[Days]:
    """The same days, each once, in order."""
    found: list[Days] = []
    for days in sorted(stretches):
        if found and days.first <= found[-1].last + _DAY:
            found[-1] = Days(found[-1].first, max(found[-1].last, days.last))
        else:
            found.append(days)
    return found


def working_days_of(stretches: Sequence[Days], calendar: WorkingDays) -> int:
    """On how many working days somebody was at it; what was done on days off alone counts as one, no work as none."""
    if not stretches:
        return 0
    return max(1, sum(calendar.workdays_between(days.first, days.last) for days in merged(stretches)))


def days_lost(planned: date, free: date, calendar: WorkingDays) -> int:
    """How many working days from `planned` on have passed before the day `free`."""
    return calendar.workdays_between(planned, free - _DAY) if free > planned else 0


class Stretch(NamedTuple):
    """From `first` on, until the next one, the forecast said `state`."""

    state: str
    first: datetime


# What a day is called that had several.
_WORST = ("red", "amber", "green", "none")


def days_by_state(states: Sequence[Stretch], *, until: datetime, zone: tzinfo) -> dict[date, str]:
    """Of each day from the first state to `until`, the worst that was forecast on it; states come oldest first."""
    found: dict[date, str] = {}
    ends = [*(each.first for each in states[1:]), until]
    for (state, first), last in zip(states, ends, strict=False):
        if last < first or first > until:
            continue
        day, end = first.astimezone(zone).date(), min(last, until).astimezone(zone).date()
        while day <= end:
            if day not in found or _WORST.index(state) < _WORST.index(found[day]):
                found[day] = state
            day += _DAY
    return found

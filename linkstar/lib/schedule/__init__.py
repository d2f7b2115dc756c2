"""The planner: a network of items and links becomes dates. Pure: no Django, no database, no clock.

    schedule(items, links, start=…, finish=…)   everything anew: early, late, slack, critical, violations
    reschedule(items, links, current, moved, policy)   what follows when somebody moves something
    find_cycle(items, links)   before a link is made

Instants are whole minutes since 1970-01-01 00:00 UTC (`to_minutes`, `to_instant`); durations and lags are minutes of a
WorkTime.
"""

from linkstar.lib.schedule.cycles import find_cycle
from linkstar.lib.schedule.errors import (
    CycleFound,
    DuplicateItem,
    DurationOutOfRange,
    LagOutOfRange,
    NoAnchor,
    NoWorkingTime,
    ScheduleRefused,
    UnknownItem,
)
from linkstar.lib.schedule.network import MOST_DURATION, MOST_LAG, Item, Link
from linkstar.lib.schedule.plan import Schedule, Scheduled, Target, schedule
from linkstar.lib.schedule.rescheduling import Dates, Move, Moves, Policy, reschedule
from linkstar.lib.schedule.violations import Violation
from linkstar.lib.schedule.worktime import ELAPSED, WorkTime, to_instant, to_minutes

__all__ = [
    "ELAPSED",
    "MOST_DURATION",
    "MOST_LAG",
    "CycleFound",
    "Dates",
    "DuplicateItem",
    "DurationOutOfRange",
    "Item",
    "LagOutOfRange",
    "Link",
    "Move",
    "Moves",
    "NoAnchor",
    "NoWorkingTime",
    "Policy",
    "Schedule",
    "ScheduleRefused",
    "Scheduled",
    "Target",
    "UnknownItem",
    "Violation",
    "WorkTime",
    "find_cycle",
    "reschedule",
    "schedule",
    "to_instant",
    "to_minutes",
]

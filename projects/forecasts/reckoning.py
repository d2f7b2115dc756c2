"""What a project is heading for: a state, the reason in numbers, what warns of it, and what would mend it.

Red: a date is missed even if everything on the way begins at once, or has passed. Amber: it is missed as planned, or
little is left, or something on the way to a near date is stuck, or is late itself and leaves hardly more room than
work; or work that leads to no such date is late: what comes after a date that was reached early. Everything is told by
pk; forecasts/shown.py has the words.
"""

from collections.abc import Iterable
from datetime import datetime, time
from enum import StrEnum
from math import ceil
from typing import Any

from linkstar.lib.deadlines import resolve
from linkstar.lib.schedule import ScheduleRefused, Target, to_minutes
from linkstar.lib.zones import get_zone
from projects.forecasts.facts import Facts
from projects.forecasts.mends import mends_for
from projects.forecasts.network import Outlook, look_ahead
from projects.forecasts.odds import odds_of
from projects.forecasts.signals import signals_of
from projects.models import Forecast
from projects.scheduling.load import Plan

State = Forecast.State
_MOST_TARGETS, _MOST_SIGNALS, MOST_MENDS = 8, 8, 3
# On the timeline, where holidays are drawn anyway.
_MOST_MARKS = 200
# From so many working days on, what is stuck on the way does not make a date doubtful yet.
_NEAR_DAYS = 5
# What is late by its own dates makes a date doubtful while there is hardly more room than work left.
_SLIPPING = ("overdue", "late")
_RANK = {State.RED: 0, State.AMBER: 1, State.GREEN: 2}


class Cause(StrEnum):
    PASSED = "passed"  # the date is over and it is not done
    SHORT = "short"  # not to be reached, whatever begins at once
    PLAN = "plan"  # missed as planned, to be reached otherwise
    TIGHT = "tight"  # little room for the work that is left
    STUCK = "stuck"  # a signal on the way to a near date
    LEFT_OVER = "left over"  # no fixed date waits for it; its own deadline is over
    LEFT_SHORT = "left short"  # no fixed date waits for it; its own deadline cannot be kept
    FINE = "fine"
    NOTHING = "nothing"  # no open task has a deadline
    CIRCLE = "circle"  # tasks wait for each other


def reckon(plan: Plan, facts: Facts, *, now: datetime, seed: int) -> tuple[Forecast.State, dict[str, Any]]:
    """`seed` makes the simulated dates the same each time.

    Today counts as a whole day of work, so that a forecast does not change from hour to hour.
    """
    zone = plan.projects[0].time_zone
    morning = resolve(now.astimezone(get_zone(zone)).date(), time.min, zone).instant
    try:
        outlook = look_ahead(plan, now=to_minutes(morning))
    except ScheduleRefused as error:
        return State.NONE, {"cause": Cause.CIRCLE, "tasks": [key for key in error.keys if isinstance(key, int)]}
    if not outlook.goals:
        return State.NONE, {"cause": Cause.NOTHING}
    signals = signals_of(outlook, facts, now=now)
    lines = [_of_target(outlook, key, signals, to_minutes(now)) for key in outlook.goals]
    lines += [line for key in outlook.beside() if (line := _of_rest(outlook, key, to_minutes(now)))]
    found = sorted(lines, key=_worst_first)
    worst = found[0]
    target = outlook.target(worst["task"])
    is_fine = worst["state"] == State.GREEN
    return State(worst["state"]), {
        **worst,
        "targets": found[:_MOST_TARGETS],
        "more": max(0, len(found) - _MOST_TARGETS),
        "marks": [signal for signal in signals if signal["kind"] != "holiday"][:_MOST_MARKS],
        "signals": _first(signals, worst["chain"])[:_MOST_SIGNALS],
        "mends": [] if is_fine else mends_for(outlook, target, facts)[:MOST_MENDS],
        "odds": odds_of(outlook, target, facts, seed=seed),
    }


def _of_target(outlook: Outlook, key: int, signals: Iterable[dict[str, Any]], minute: int) -> dict[str, Any]:
    soon, planned = outlook.soon.targets[key], outlook.planned.targets[key]
    room, as_planned, left = outlook.room(soon), outlook.room(planned), outlook.remaining(soon)
    chain = outlook.open_chain(soon)
    deadline = outlook.plan.tasks[key].deadline
    assert deadline is not None  # noqa: S101 - goals have one
    said: dict[str, Any] = {
        "task": key, "at": soon.fixed_finish, "on": deadline.on.isoformat(), "days": room, "left": left, "chain": chain,
    }  # fmt: skip
    stuck = [signal for signal in signals if signal["task"] in {key, *chain} and signal["is_grave"]]
    slipping = [signal for signal in stuck if signal["kind"] in _SLIPPING]
    if soon.fixed_finish < minute:
        state, cause = State.RED, Cause.PASSED
    elif room < 0:
        state, cause = State.RED, Cause.SHORT
    elif as_planned < 0:
        state, cause, said["days"] = State.AMBER, Cause.PLAN, as_planned
    elif chain and room < max(1, ceil(left / 5)):
        state, cause = State.AMBER, Cause.TIGHT
    elif stuck and room <= _NEAR_DAYS:
        state, cause, said["signal"] = State.AMBER, Cause.STUCK, stuck[0]
    elif slipping and room <= ceil(left * 5 / 4):
        state, cause, said["signal"] = State.AMBER, Cause.STUCK, slipping[0]
    else:
        state, cause = State.GREEN, Cause.FINE
    return {**said, "state": state, "cause": cause}


def _of_rest(outlook: Outlook, key: int, minute: int) -> dict[str, Any] | None:
    """Of a task that leads to none of the dates to keep: doubtful when its own deadline cannot be kept, or is over."""
    target = outlook.target(key)
    room, is_over = outlook.room(target), target.fixed_finish < minute
    if not is_over and room >= 0:
        return None
    deadline = outlook.plan.tasks[key].deadline
    assert deadline is not None  # noqa: S101 - asked for by `beside`
    return {
        "task": key, "at": target.fixed_finish, "on": deadline.on.isoformat(), "days": room,
        "left": outlook.remaining(target), "chain": outlook.open_chain(target), "state": State.AMBER,
        "cause": Cause.LEFT_OVER if is_over else Cause.LEFT_SHORT,
    }  # fmt: skip


def _worst_first(said: dict[str, Any]) -> tuple[int, int, int]:
    return _RANK[said["state"]], said["at"], said["task"]


def _first(signals: list[dict[str, Any]], chain: list[int]) -> list[dict[str, Any]]:
    """Those on the way to the worst date before the others; their order stays."""
    return sorted(signals, key=lambda signal: signal["task"] not in chain)


__all__ = ["Cause", "Target", "reckon"]

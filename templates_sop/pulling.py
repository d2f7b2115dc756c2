"""Backward: the work before a step with too little room is pulled earlier, each in its own working days.

Steps that lead to a moment fixed by somebody else end before it; steps that need all their working days get them. What
nobody can pull, because a fixed moment comes before it, ends later instead if nothing fixed waits for it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from linkstar.lib.deadlines import Deadline
from templates_sop.dating import Cap, Concern, Dating, PlannedStep, no_later, whole_days

# One round settles every chain; a holiday met on the way may need another.
_ROUNDS = 5
_Planned = dict[str, PlannedStep]


def pulled(dating: Dating, roomy: Collection[str] | None) -> dict[str, PlannedStep]:
    """Every step by its key, in order. `roomy` are the steps that get all their working days; None: every step."""
    planned = dating.lay({})
    caps: dict[str, Cap] = {}
    for _round in range(_ROUNDS):
        found = _needed(dating, planned, caps, roomy)
        if not found:
            break
        caps |= found
        planned = dating.lay(caps)
    stretched = _free(dating) & {
        key
        for key, one in planned.items()
        if _is_squeezed(one) and (roomy is None or key in roomy) and not dating.stays(one.step)
    }
    return dating.lay(caps, stretched) if stretched else planned


def _needed(
    dating: Dating, planned: _Planned, caps: Mapping[str, Cap], roomy: Collection[str] | None
) -> dict[str, Cap]:
    """Caps that are not kept yet, followers first, so that one goes on to all that comes before it."""
    floors = _floors(dating, planned)
    found: dict[str, Cap] = {}
    for key in reversed(planned):
        one, cap = planned[key], found.get(key)
        deadline = one.deadline if cap is None else no_later(one.deadline, cap.at, dating.calendar_of(one.step))
        needs_days = roomy is None or key in roomy or key in caps or cap is not None
        limit = _limit(dating, one, deadline, needs_days=needs_days)
        if limit is None:
            continue
        for name in one.step.depends_on:
            other, known = planned[name], found.get(name)
            stands = other.due_at if known is None else min(other.due_at, known.at)
            if stands > limit and limit >= floors[name] and _may_be_pulled(dating, other, one):
                found[name] = Cap(limit, (key,))
    return {key: cap for key, cap in found.items() if key not in caps or cap.at < caps[key].at}


def _limit(dating: Dating, one: PlannedStep, deadline: Deadline, *, needs_days: bool) -> datetime | None:
    """By when all that the step waits for has to be done; None when it takes it as it comes."""
    if not needs_days:
        is_broken = any(caution.concern is Concern.FIXED_TOO_EARLY for caution in one.warnings)
        return deadline.instant if is_broken else None
    start_on = dating.calendar_of(one.step).start_for(deadline.on, whole_days(one.step))
    return min(deadline.instant, Deadline(start_on, None, deadline.zone).instant)


def _may_be_pulled(dating: Dating, other: PlannedStep, one: PlannedStep) -> bool:
    """Not what stays, nor what the template itself puts after the step that waits for it: that is for its editor."""
    return not dating.stays(other.step) and other.step.nominal_hours <= one.step.nominal_hours


def _floors(dating: Dating, planned: _Planned) -> dict[str, datetime]:
    """Before when no step can be due, because what stays comes before it."""
    floors: dict[str, datetime] = {}
    for key, one in planned.items():
        before = [(planned[name], floors[name]) for name in one.step.depends_on]
        known = [other.due_at if dating.stays(other.step) else floor for other, floor in before]
        floors[key] = max(known, default=datetime.min.replace(tzinfo=one.due_at.tzinfo))
    return floors


def _free(dating: Dating) -> frozenset[str]:
    """Steps that nothing fixed waits for, however far behind."""
    bound: set[str] = set()
    for step in reversed(dating.steps):
        if dating.stays(step) or step.key in bound:
            bound |= {step.key, *step.depends_on}
    return frozenset(step.key for step in dating.steps if step.key not in bound)


def _is_squeezed(one: PlannedStep) -> bool:
    return any(caution.concern is Concern.SQUEEZED for caution in one.warnings)

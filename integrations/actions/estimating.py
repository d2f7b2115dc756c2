"""When results of actions are made: 7, 14 and 28 closed days after they went live, and held against the data later."""

from datetime import datetime, timedelta

from integrations.effects import CHECKED, HORIZONS, action_day, closed_through, ready_on, result_of
from integrations.models import SalesAction
from linkstar.workspaces import due

KIND = "sales_effect"
_AGAIN = timedelta(days=1)
# A shop that tells nothing for so long after the last result was due is not asked any more.
_GIVEN_UP = timedelta(days=60)
# What of a result says that it was made of other numbers.
_MADE_OF = ("units", "controls", "in_stock")


def promise(action: SalesAction, *, now: datetime, tried: bool = False) -> None:
    """Part of the transaction that changes the action: when to look at it next.

    What could not be made although its time has come (`tried`) waits a day for the shop to tell more.
    """
    at = _next_look(action, now=now, soonest=now + _AGAIN if tried else now)
    if at is None:
        due.cancel(KIND, action.pk)
    else:
        due.schedule(KIND, action.pk, at)


@due.handles(KIND)
def look(action_id: int, *, now: datetime) -> None:
    """Freeze what can be told by now, and promise the next look."""
    action = SalesAction.objects.select_for_update(of=("self",)).select_related("account").filter(pk=action_id).first()
    if action is not None:
        estimate(action, now=now)
        promise(action, now=now, tried=True)


def estimate(action: SalesAction, *, now: datetime) -> list[int]:
    """The horizons of which a result was frozen now; saves. What is frozen stays, and is held against the data once."""
    through = closed_through(action.account, now=now)
    if action.live_at is None or action.state != SalesAction.State.RECORDED or not action.skus or through is None:
        return []
    made = []
    for horizon in HORIZONS:
        key, frozen = str(horizon), action.estimates.get(str(horizon))
        if through < action_day(action) + timedelta(days=horizon):
            continue
        if frozen is None:
            result = result_of(action, horizon, through=through, now=now)
            action.estimates = {**action.estimates, key: result}
            made.append(horizon)
        elif "checked_at" not in frozen and now >= _checked_at(action, horizon):
            result = result_of(action, horizon, through=through, now=now)
            is_other = any(result["panel"][name] != frozen["panel"][name] for name in _MADE_OF)
            again = {"again": result} if is_other else {}
            action.estimates = {**action.estimates, key: {**frozen, "checked_at": now.isoformat(), **again}}
            made.append(horizon)
    if made:
        action.save(update_fields=["estimates"])
    return made


def _checked_at(action: SalesAction, horizon: int) -> datetime:
    return _begins(action, horizon) + CHECKED


def _begins(action: SalesAction, horizon: int) -> datetime:
    """When the day begins on which the result can be made."""
    return action.account.beginning_of(ready_on(action, horizon))


def _next_look(action: SalesAction, *, now: datetime, soonest: datetime) -> datetime | None:
    if action.live_at is None or action.state != SalesAction.State.RECORDED or not action.skus:
        return None
    missing = [_begins(action, horizon) for horizon in HORIZONS if str(horizon) not in action.estimates]
    frozen = [horizon for horizon in HORIZONS if str(horizon) in action.estimates]
    unchecked = [
        _checked_at(action, horizon) for horizon in frozen if "checked_at" not in action.estimates[str(horizon)]
    ]
    ahead = [*missing, *unchecked]
    if not ahead:
        return None
    at = min(ahead) if min(ahead) > now else soonest
    return at if at < _begins(action, HORIZONS[-1]) + CHECKED + _GIVEN_UP else None

"""Which days are compared: whole weeks of closed days after the action, and twice as many before it."""

from dataclasses import dataclass

from linkstar.lib.effects.panel import Panel

WEEK = 7
BASE_TO_POST = 2
# Older weeks say little about a SKU of today.
MOST_WEEKS = 26
# Base weeks beyond this age have next to no weight where drift is seen, and may be of another time where it is not.
_MOST_BASE_WEEKS = 12


@dataclass(frozen=True)
class Windows:
    """The action's own day is in none. `weeks` counts those after it, `history_weeks` the whole ones before it.

    `base` is what the rules of refusal look at. The level before the action may be read from up to `level_weeks`, older
    ones counting less; never from before an earlier action of the SKU's own.
    """

    action_day: int
    weeks: int
    history_weeks: int
    level_weeks: int

    @property
    def post(self) -> slice:
        return slice(self.action_day + 1, self.action_day + 1 + WEEK * self.weeks)

    @property
    def base(self) -> slice:
        return slice(self.action_day - BASE_TO_POST * WEEK * self.weeks, self.action_day)

    @property
    def history(self) -> slice:
        return slice(self.action_day - WEEK * self.history_weeks, self.action_day)


def closed_post_days(panel: Panel) -> int:
    return max(0, min(panel.closed_days, panel.days) - panel.action_day - 1)


def windows_of(panel: Panel) -> Windows | None:
    """None when there is no whole week after the action, or no two before it."""
    action_day = panel.action_day
    weeks = min(panel.post_days_wanted, closed_post_days(panel)) // WEEK
    weeks = min(weeks, action_day // (BASE_TO_POST * WEEK))
    if weeks < 1:
        return None
    history_weeks = min(action_day // WEEK, max(MOST_WEEKS, BASE_TO_POST * weeks))
    earlier = [day for day in own_actions(panel) if day < action_day]
    quiet_weeks = min([_MOST_BASE_WEEKS, *((action_day - day - 1) // WEEK for day in earlier)])
    return Windows(action_day, weeks, history_weeks, max(BASE_TO_POST * weeks, quiet_weeks))


def own_actions(panel: Panel) -> list[int]:
    """Days of other actions on the SKU, its parent or a variation, for which a SKU that is no control is taken."""
    return [
        (action.on - panel.start).days
        for action in panel.other_actions
        if action.sku is None or action.sku == panel.sku or action.sku not in panel.controls
    ]

"""Which days are compared: whole weeks of closed days after the action, and twice as many before it."""

from dataclasses import dataclass

from linkstar.lib.effects.panel import Panel

WEEK = 7
BASE_TO_POST = 2
# Older weeks say little about a SKU of today.
MOST_WEEKS = 26


@dataclass(frozen=True)
class Windows:
    """The action's own day is in none. `weeks` counts those after it, `history_weeks` the whole ones before it."""

    action_day: int
    weeks: int
    history_weeks: int

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
    return Windows(action_day, weeks, min(action_day // WEEK, max(MOST_WEEKS, BASE_TO_POST * weeks)))

"""The series of a panel by weeks, counted from the action in both directions, without the days that tell nothing."""

from dataclasses import dataclass

import numpy as np

from linkstar.lib.effects.panel import LEAST_STOCK, Numbers, Panel, numbers
from linkstar.lib.effects.windows import WEEK, Windows

# Event days are left out only as long as so much of each window remains.
_LEAST_LEFT = 0.5


@dataclass(frozen=True)
class Weekly:
    """Units a week, oldest first: `units` and `days` (those counted) have shape (weeks,), `controls` (SKUs, weeks).

    `post` is the number of weeks at the end that come after the action.
    """

    units: Numbers
    days: Numbers
    controls: Numbers
    post: int

    @property
    def before(self) -> "Weekly":
        end = self.units.size - self.post
        return Weekly(self.units[:end], self.days[:end], self.controls[:, :end], 0)


def exposure(panel: Panel, windows: Windows, controls: tuple[str, ...]) -> tuple[Numbers, bool]:
    """How much of each day counts, 0 to 1; and whether events were left out.

    A day in stock for a part counts for that part; one without stock, with a gap or of an event does not. SKUs answer
    an event differently, which no comparison of sums can tell from an action. The controls are taken for the same
    part of the day, so that both sides have the same days of the week.
    """
    stock = np.clip(panel.in_stock, 0, 1)
    known = ~np.isnan(numbers(panel.units)) & (stock >= LEAST_STOCK)
    for sku in controls:
        known &= ~np.isnan(numbers(panel.controls[sku]))
    whole = np.where(known, stock, 0)
    quiet = np.where(panel.is_event(), 0, whole)
    enough = all(
        quiet[window].sum() >= _LEAST_LEFT * (window.stop - window.start) for window in (windows.base, windows.post)
    )
    if not enough:
        return whole, False
    return quiet, bool((whole > quiet)[windows.history.start : windows.post.stop].any())


def by_weeks(panel: Panel, windows: Windows, controls: tuple[str, ...], counted: Numbers) -> Weekly:
    """`counted` is what `exposure` says of each day."""

    def weeks(series: Numbers) -> Numbers:
        return np.concatenate([series[windows.history], series[windows.post]]).reshape(-1, WEEK).sum(axis=1)

    return Weekly(
        weeks(np.where(counted > 0, np.nan_to_num(numbers(panel.units)), 0)),
        weeks(counted),
        np.array([weeks(np.nan_to_num(numbers(panel.controls[sku])) * counted) for sku in controls]),
        windows.weeks,
    )

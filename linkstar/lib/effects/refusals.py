"""When there is too little to say anything: the reasons, and which controls may be used."""

from enum import StrEnum

import numpy as np

from linkstar.lib.effects.panel import Numbers, Panel, numbers
from linkstar.lib.effects.windows import WEEK, Windows, closed_post_days, own_actions, windows_of

LEAST_HISTORY_DAYS = 56
LEAST_EXPECTED_UNITS = 10
MOST_OUT_OF_STOCK = 0.2
LEAST_CONTROLS = 3
MOST_TREATED = 0.5
# A control that sells so much a day and then nothing for a week was not for sale.
_SELLS_DAILY = 3


class Reason(StrEnum):
    SHORT_HISTORY = "short_history"
    SHORT_POST = "short_post"
    FEW_UNITS = "few_units"
    OUT_OF_STOCK = "out_of_stock"
    OTHER_ACTION = "other_action"
    FEW_CONTROLS = "few_controls"
    SITE_WIDE = "site_wide"
    DISCONNECTED = "disconnected"
    GAPS = "gaps"


def refusals(panel: Panel) -> tuple[Reason, ...]:
    """All reasons not to estimate, the most basic first; none: there is enough."""
    found = []
    if panel.action_day < LEAST_HISTORY_DAYS:
        found.append(Reason.SHORT_HISTORY)
    if closed_post_days(panel) < WEEK or panel.post_days_wanted < WEEK:
        found.append(Reason.SHORT_POST)
    if panel.is_disconnected:
        found.append(Reason.DISCONNECTED)
    candidates = (panel.controls.keys() | panel.treated_controls) - {panel.sku} - panel.siblings
    if candidates and len(candidates & panel.treated_controls) > MOST_TREATED * len(candidates):
        found.append(Reason.SITE_WIDE)
    windows = windows_of(panel)
    return tuple(found) if windows is None else (*found, *_within(panel, windows))


def _within(panel: Panel, windows: Windows) -> list[Reason]:
    found = []
    units = numbers(panel.units)
    if np.isnan(units[windows.base]).any() or np.isnan(units[windows.post]).any():
        found.append(Reason.GAPS)
    missing = 1 - np.clip(panel.in_stock, 0, 1)
    if max(missing[windows.base].mean(), missing[windows.post].mean()) > MOST_OUT_OF_STOCK + 1e-9:
        found.append(Reason.OUT_OF_STOCK)
    if any(_touches(windows, day) for day in own_actions(panel)):
        found.append(Reason.OTHER_ACTION)
    controls = usable_controls(panel, windows)
    if len(controls) < LEAST_CONTROLS:
        found.append(Reason.FEW_CONTROLS)
    elif expected_units(panel, windows, controls) < LEAST_EXPECTED_UNITS:
        found.append(Reason.FEW_UNITS)
    return found


def expected_units(panel: Panel, windows: Windows, controls: tuple[str, ...]) -> float:
    """What the SKU would have sold after the action, had it gone on as the controls did."""
    units, index = numbers(panel.units), sum_of(panel, controls)
    growth = (index[windows.post].sum() + 0.5) / (index[windows.base].sum() + 0.5)
    return float(np.nansum(units[windows.base]) * growth)


def usable_controls(panel: Panel, windows: Windows) -> tuple[str, ...]:
    """Those without an action of their own and without gaps, that sold before; in the order of their names."""
    acted = {action.sku for action in panel.other_actions if _touches(windows, (action.on - panel.start).days)}
    left_out = panel.treated_controls | panel.siblings | acted | {panel.sku}
    return tuple(
        sku
        for sku in sorted(panel.controls.keys() - left_out)
        if _sells(numbers(panel.controls[sku])[windows.base], numbers(panel.controls[sku])[windows.post])
    )


def sum_of(panel: Panel, controls: tuple[str, ...]) -> Numbers:
    return np.sum([numbers(panel.controls[sku]) for sku in controls], axis=0)


def _sells(base: Numbers, post: Numbers) -> bool:
    both = np.concatenate([base, post])
    if np.isnan(both).any() or base.sum() == 0:
        return False
    nothing_for_a_week = (np.convolve(both, np.ones(WEEK), "valid") == 0).any()
    return not (nothing_for_a_week and both.sum() >= _SELLS_DAILY * both.size)


def _touches(windows: Windows, day: int) -> bool:
    return windows.base.start <= day < windows.post.stop

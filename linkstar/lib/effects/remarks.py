"""What a reader has to know beside a number: not a reason to refuse it."""

from enum import StrEnum

import numpy as np

from linkstar.lib.effects.panel import Numbers, Panel, Series, numbers
from linkstar.lib.effects.refusals import sum_of
from linkstar.lib.effects.windows import Windows

_AD_SPEND, _PRICE, _BUY_BOX = 0.3, 0.01, 0.1
_FEW_CONTROLS, _CONTROLS_TO_UNITS = 5, 5
# A SKU that first sold so few days before the action is still being launched.
_LAUNCH_DAYS, _LEAST_SILENT_DAYS = 120, 7


class Remark(StrEnum):
    EVENT = "event"
    EVENT_DAYS_LEFT_OUT = "event_days_left_out"
    DAYS_WITHOUT_STOCK_LEFT_OUT = "days_without_stock_left_out"
    AD_SPEND_CHANGED = "ad_spend_changed"
    PRICE_CHANGED = "price_changed"
    BUY_BOX_LOST = "buy_box_lost"
    SIBLINGS_LEFT_OUT = "siblings_left_out"
    LAUNCH = "launch"
    FEW_CONTROLS = "few_controls"
    SMALL_CONTROLS = "small_controls"


def remarks(
    panel: Panel, windows: Windows, controls: tuple[str, ...], counted: Numbers, *, without_events: bool
) -> tuple[Remark, ...]:
    events, base, post = panel.is_event(), windows.base, windows.post
    both = np.concatenate([np.arange(base.start, base.stop), np.arange(post.start, post.stop)])
    units, index = numbers(panel.units)[both].sum(), sum_of(panel, controls)[both].sum()
    found = {
        Remark.EVENT: events[base].any() != events[post].any(),
        Remark.EVENT_DAYS_LEFT_OUT: without_events,
        Remark.DAYS_WITHOUT_STOCK_LEFT_OUT: bool(((counted < 1) & ~events)[both].any()),
        Remark.AD_SPEND_CHANGED: abs(_change(panel.ad_spend, windows)) > _AD_SPEND,
        Remark.PRICE_CHANGED: abs(_change(panel.prices, windows)) > _PRICE and panel.action_kind != "price",
        Remark.BUY_BOX_LOST: _mean(panel.buy_box, base) - _mean(panel.buy_box, post) > _BUY_BOX,
        Remark.SIBLINGS_LEFT_OUT: bool(panel.siblings & panel.controls.keys()),
        Remark.LAUNCH: _is_launch(panel),
        Remark.FEW_CONTROLS: len(controls) < _FEW_CONTROLS,
        Remark.SMALL_CONTROLS: index < _CONTROLS_TO_UNITS * units,
    }
    return tuple(remark for remark, is_so in found.items() if is_so)


def _mean(series: Series, window: slice) -> float:
    known = numbers(series)[window]
    known = known[~np.isnan(known)]
    return float(known.mean()) if known.size else 0.0


def _change(series: Series, windows: Windows) -> float:
    """Relative; from nothing to something counts as doubled."""
    before, after = _mean(series, windows.base), _mean(series, windows.post)
    return (after - before) / before if before else float(after > 0)


def _is_launch(panel: Panel) -> bool:
    sold = np.nan_to_num(numbers(panel.units)) > 0
    first = int(np.argmax(sold))
    return first >= _LEAST_SILENT_DAYS and panel.action_day - first < _LAUNCH_DAYS

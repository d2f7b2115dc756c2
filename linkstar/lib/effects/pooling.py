"""The SKUs of one action read as one: their counts add up, so smaller effects are seen."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from linkstar.lib.effects.panel import BadPanel, Panel, numbers


def pool(panels: Sequence[Panel]) -> Panel:
    """One panel whose units are those of all; what is then estimated is their common change, weighted by units.

    The panels have the same start, action day and length, else BadPanel. A SKU without stock takes its usual share
    of the day along; none of the SKUs is a control of the others.
    """
    first = panels[0]
    for name in ("start", "action_on", "post_days_wanted", "days"):
        if len({getattr(panel, name) for panel in panels}) > 1:
            raise BadPanel(name, "differs between the SKUs")
    before = np.array([np.nansum(numbers(panel.units)[: max(0, panel.action_day)]) for panel in panels]) + 0.5
    stock = before / before.sum() @ np.clip([panel.in_stock for panel in panels], 0, 1)
    units = np.sum([numbers(panel.units) for panel in panels], axis=0)
    skus = {panel.sku for panel in panels}
    controls = {sku: series for panel in panels for sku, series in panel.controls.items() if sku not in skus}
    return replace(
        first,
        sku=" + ".join(panel.sku for panel in panels),
        closed_days=min(panel.closed_days for panel in panels),
        units=tuple(None if np.isnan(value) else float(value) for value in units),
        in_stock=tuple(float(share) for share in stock),
        controls=controls,
        treated_controls=frozenset().union(*(panel.treated_controls for panel in panels)) - skus,
        siblings=frozenset().union(*(panel.siblings for panel in panels)) - skus,
        other_actions=tuple(dict.fromkeys(action for panel in panels for action in panel.other_actions)),
        event_days=frozenset().union(*(panel.event_days for panel in panels)),
        is_disconnected=any(panel.is_disconnected for panel in panels),
        ad_spend=(),
        prices=(),
        buy_box=(),
    )

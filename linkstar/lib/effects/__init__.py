"""Action → result: what sales did after an action, against comparable SKUs. Pure: no Django, no database, no clock.

    estimate_effect(panel)   an interval and a verdict, or the reasons why there is too little to say
    pool(panels)             the SKUs of one action as one panel
    freeze(panel, result)    the result as JSON, with its inputs
    by_chance(verdicts)      how many of many actions would look like one with an effect without having any

The method is integrations.md section 6, with the changes that docs/decisions/0019-effects.md measures.
"""

from linkstar.lib.effects.estimate import (
    METHOD,
    ByChance,
    Estimate,
    PostDay,
    Range,
    Result,
    Verdict,
    by_chance,
    estimate_effect,
)
from linkstar.lib.effects.freezing import freeze
from linkstar.lib.effects.panel import BadPanel, OtherAction, Panel
from linkstar.lib.effects.pooling import pool
from linkstar.lib.effects.reading import as_json, read_panel
from linkstar.lib.effects.refusals import Reason
from linkstar.lib.effects.remarks import Remark

__all__ = [
    "METHOD",
    "BadPanel",
    "ByChance",
    "Estimate",
    "OtherAction",
    "Panel",
    "PostDay",
    "Range",
    "Reason",
    "Remark",
    "Result",
    "Verdict",
    "as_json",
    "by_chance",
    "estimate_effect",
    "freeze",
    "pool",
    "read_panel",
]

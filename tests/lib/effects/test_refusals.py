"""Each reason to refuse, at its edge."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from linkstar.lib.effects import OtherAction, Panel, Reason, Verdict, estimate_effect
from tests.lib.effects.panels import HISTORY, day, panel, steady, with_days

ACTION, END = HISTORY, HISTORY + 1 + 14


def shortened(history: int) -> Panel:
    days = history + 15
    return panel(
        action_on=day(history),
        closed_days=days,
        units=steady(10, days),
        in_stock=steady(1, days),
        controls={f"C{number}": steady(30, days) for number in range(4)},
    )


def out_of_stock(days: range) -> Panel:
    return panel(in_stock=with_days(steady(1, END), days, 0.0))


def acted(on: date, sku: str | None = None) -> Panel:
    return panel(other_actions=(OtherAction(on, sku),))


def controlled(usable: int, treated: int) -> Panel:
    names = [f"C{number}" for number in range(usable + treated)]
    return panel(controls={name: steady(30, END) for name in names}, treated_controls=frozenset(names[:treated]))


def gap(number: int) -> Panel:
    return panel(units=with_days(panel().units, [number], None))


def slow(daily: float) -> Panel:
    return panel(units=steady(daily, END))


def control(changes: dict[int, Any], daily: float = 30) -> Panel:
    """Three controls, one of them changed on some days."""
    one = steady(daily, END)
    for number, value in changes.items():
        one = with_days(one, [number], value)
    return panel(controls={"C0": one, "C1": steady(30, END), "C2": steady(30, END)})


REFUSED = [
    (shortened(55), Reason.SHORT_HISTORY),
    (panel(closed_days=ACTION + 1 + 6), Reason.SHORT_POST),
    (panel(post_days_wanted=6), Reason.SHORT_POST),
    (panel(action_on=day(400)), Reason.SHORT_POST),
    (slow(0.7), Reason.FEW_UNITS),
    (out_of_stock(range(ACTION + 1, ACTION + 4)), Reason.OUT_OF_STOCK),
    (out_of_stock(range(ACTION - 6, ACTION)), Reason.OUT_OF_STOCK),
    (panel(in_stock=with_days(steady(1, END), range(ACTION + 1, END), 0.7)), Reason.OUT_OF_STOCK),
    (acted(day(ACTION - 28)), Reason.OTHER_ACTION),
    (acted(day(ACTION)), Reason.OTHER_ACTION),
    (acted(day(ACTION + 14)), Reason.OTHER_ACTION),
    (acted(day(ACTION - 3), "PARENT"), Reason.OTHER_ACTION),
    (controlled(2, 0), Reason.FEW_CONTROLS),
    (controlled(2, 2), Reason.FEW_CONTROLS),
    (panel(controls={}), Reason.FEW_CONTROLS),
    (controlled(3, 4), Reason.SITE_WIDE),
    (panel(is_disconnected=True), Reason.DISCONNECTED),
    (gap(ACTION - 28), Reason.GAPS),
    (gap(ACTION + 14), Reason.GAPS),
    (control({ACTION - 5: None}), Reason.FEW_CONTROLS),
    (control(dict.fromkeys(range(ACTION - 28, ACTION), 0.0)), Reason.FEW_CONTROLS),
    (control(dict.fromkeys(range(ACTION + 1, ACTION + 8), 0.0)), Reason.FEW_CONTROLS),
]
ESTIMATED = [
    shortened(56),
    panel(closed_days=ACTION + 1 + 7),
    slow(0.75),
    out_of_stock(range(ACTION + 1, ACTION + 3)),
    out_of_stock(range(ACTION - 5, ACTION)),
    panel(in_stock=with_days(steady(1, END), range(ACTION + 1, END), 0.8)),
    acted(day(ACTION - 29)),
    acted(day(ACTION + 15)),
    controlled(3, 3),
    gap(ACTION - 29),
    gap(ACTION),
    control({ACTION - 29: None}),
    control(dict.fromkeys(range(ACTION + 1, ACTION + 7), 0.0)),
    # One that sells little may sell nothing for a week.
    control(dict.fromkeys(range(ACTION + 1, ACTION + 8), 0.0), daily=2),
]


@pytest.mark.parametrize(("given", "reason"), REFUSED)
def test_refused(given: Panel, reason: Reason) -> None:
    result = estimate_effect(given)

    assert result.reasons == (reason,)
    assert (result.estimate, result.verdict) == (None, Verdict.NOT_ENOUGH_DATA)


@pytest.mark.parametrize("given", ESTIMATED)
def test_just_enough(given: Panel) -> None:
    result = estimate_effect(given)

    assert result.reasons == ()
    assert result.estimate is not None


def test_all_reasons_are_told() -> None:
    everything = replace(controlled(1, 3), is_disconnected=True, in_stock=steady(0, END))

    assert estimate_effect(everything).reasons == (
        Reason.DISCONNECTED,
        Reason.SITE_WIDE,
        Reason.OUT_OF_STOCK,
        Reason.FEW_CONTROLS,
    )


def test_a_control_with_an_action_of_its_own_is_none() -> None:
    result = estimate_effect(acted(day(ACTION - 3), "C1"))

    assert result.estimate.controls == ("C0", "C2", "C3")
    assert estimate_effect(acted(day(ACTION - 40), "C1")).estimate.controls == ("C0", "C1", "C2", "C3")

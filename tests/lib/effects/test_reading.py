"""The forms in which a panel may come, and what is said of one that cannot be read."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkstar.lib.effects import BadPanel, OtherAction, estimate_effect, read_panel
from tests.lib.effects.panels import day

RAW = {
    "case_id": "a",
    "sku": "MUG",
    "start": "2026-01-05",
    "action_date": "2026-03-30",
    "action_type": "price",
    "post_days_wanted": 14,
    "closed_days": 99,
    "units": [10] * 99,
    "in_stock": [True] * 99,
    "controls": {"C0": [30] * 99},
    "treated_controls": ["C0"],
    "other_actions": [],
    "event_days": ["2026-02-01"],
}


def raw(**changes: Any) -> dict[str, Any]:
    return RAW | changes


def test_the_promised_form() -> None:
    panel = read_panel(RAW)

    assert (panel.action_day, panel.closed_days, panel.post_days_wanted) == (84, 99, 14)
    assert panel.units == (10.0,) * 99
    assert panel.in_stock == (1.0,) * 99
    assert panel.treated_controls == {"C0"}
    assert panel.event_days == {date(2026, 2, 1)}


@pytest.mark.parametrize(
    ("given", "closed"),
    [
        (99, 99),
        (92, 92),
        (200, 99),
        ("2027-01-01", 99),
        # Too few to reach the action, and no more than there are days after it.
        (10, 95),
        (0, 85),
        (60, 60),
        ("2026-04-05", 91),
        ([day(number).isoformat() for number in range(92)], 92),
        ([True] * 95 + [False] * 4, 95),
        ([], 0),
    ],
)
def test_ways_to_say_which_days_are_closed(given: Any, closed: int) -> None:
    assert read_panel(raw(closed_days=given)).closed_days == closed


def test_a_day_that_is_not_closed_between_closed_ones_is_a_gap() -> None:
    open_day = [day(number).isoformat() for number in range(99) if number != 90]

    panel = read_panel(raw(closed_days=open_day))

    assert [number for number, value in enumerate(panel.units) if value is None] == [90]


def test_ways_to_say_what_else_was_done() -> None:
    panel = read_panel(
        raw(
            other_actions=[
                "2026-03-01",
                {"date": "2026-03-02T10:00:00Z", "sku": "C0", "kind": "coupon"},
                {"action_date": "2026-03-03", "action_type": "deal"},
                3,
            ]
        )
    )

    assert panel.other_actions == (
        OtherAction(date(2026, 3, 1)),
        OtherAction(date(2026, 3, 2), "C0", "coupon"),
        OtherAction(date(2026, 3, 3), None, "deal"),
        OtherAction(date(2026, 1, 8)),
    )


@pytest.mark.parametrize(
    ("given", "share"), [(None, 1), ([], 1), ([None] * 99, 1), ([0.5] * 99, 0.5), ([120] * 99, 1), ([0] * 99, 0)]
)
def test_ways_to_say_what_was_in_stock(given: Any, share: float) -> None:
    assert read_panel(raw(in_stock=given)).in_stock == (share,) * 99


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"units": None}, "units"),
        ({"units": "10"}, "units"),
        ({"units": [*RAW["units"][:-1], -1]}, "units[98]"),  # type: ignore[misc]
        ({"units": [*RAW["units"][:-1], "x"]}, "units[98]"),  # type: ignore[misc]
        ({"units": [*RAW["units"][:-1], float("nan")]}, "units[98]"),  # type: ignore[misc]
        ({"units": [*RAW["units"][:-1], 10**400]}, "units[98]"),  # type: ignore[misc]
        ({"start": "9999-12-01", "action_date": "9999-12-02"}, "units"),
        ({"start": "5 January"}, "start"),
        ({"start": 0}, "start"),
        ({"action_date": "2026-02-30"}, "action_date"),
        ({"post_days_wanted": "two weeks"}, "post_days_wanted"),
        ({"post_days_wanted": 0}, "post_days_wanted"),
        ({"closed_days": 1.5}, "closed_days"),
        ({"closed_days": -1}, "closed_days"),
        ({"closed_days": float("inf")}, "closed_days"),
        ({"closed_days": {"days": 3}}, "closed_days"),
        ({"in_stock": [1]}, "in_stock"),
        ({"controls": ["C0"]}, "controls"),
        ({"controls": {"C0": [1, 2]}}, "controls[C0]"),
        ({"other_actions": [{"sku": "C0"}]}, "other_actions"),
        ({"other_actions": "2026-03-01"}, "other_actions"),
        ({"event_days": ["yesterday"]}, "event_days"),
        ({"event_days": [10**12]}, "event_days"),
    ],
)
def test_what_cannot_be_read_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadPanel) as caught:
        read_panel(raw(**changes))

    assert caught.value.field == field


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*RAW, "siblings", "buy_box"]), JSON, min_size=1, max_size=3))
def test_whatever_comes_is_read_or_refused_by_its_field(changes: dict[str, Any]) -> None:
    try:
        panel = read_panel(raw(**changes))
    except BadPanel as error:
        assert error.field
    else:
        estimate_effect(panel)

"""Numbers that can be reckoned by hand, and what the estimate must not depend on."""

import json
import random
from dataclasses import replace
from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkstar.lib.effects import OtherAction, Remark, Verdict, by_chance, estimate_effect, freeze, pool, read_panel
from linkstar.lib.effects.ratio import log_ratio, ratio_at
from tests.lib.effects.panels import HISTORY, START, day, panel, steady, with_days

FLAT = np.asarray(1.0)


def test_ratio_of_equal_weeks_is_that_of_section_6() -> None:
    units, index = np.array([20.0, 30, 40, 30, 50, 40]), np.array([200.0, 190, 210, 200, 220, 220])

    ratio = ratio_at(units, index, np.full(6, 7.0), end=4, post=2, most=12, keep=FLAT, slope=FLAT)

    assert ratio.log == pytest.approx(log(90.5 / 60.5) - log(440.5 / 400.5))
    assert ratio.counts == pytest.approx(1 / 90.5 + 1 / 120.5)
    assert ratio.controls == pytest.approx(1 / 440.5 + 1 / 800.5)
    assert ratio.shift == pytest.approx(log(440.5 / 400.5))
    # Base weeks of a quarter each: 1/4, 2/4, 3/4; the step over the action; half of the step between its two weeks.
    assert ratio.steps == pytest.approx(1 / 16 + 4 / 16 + 9 / 16 + 8 / 7 + 1 / 4)


def test_older_base_weeks_weigh_less() -> None:
    units, index = np.array([100.0, 10, 10]), np.full(3, 1000.0)

    ratio = ratio_at(units, index, np.full(3, 7.0), end=2, post=1, most=12, keep=np.asarray(0.5), slope=FLAT)

    assert ratio.log == pytest.approx(log(10.5 / (60 / 1.5 + 0.5)))
    assert ratio.counts == pytest.approx(1 / 10.5 + (0.25 * 100 + 10 + 0.5) / 60.5**2)


@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_before_and_after_swapped_gives_the_reverse(before: float, after: float) -> None:
    assert log_ratio(np.asarray(after), np.asarray(before), FLAT) == pytest.approx(
        -log_ratio(np.asarray(before), np.asarray(after), FLAT)
    )


def test_doubled_sales_against_steady_controls() -> None:
    estimate = estimate_effect(panel()).estimate

    # 280 units in 14 days after 140 in the same time before, however the base weeks are weighed.
    assert estimate.log == pytest.approx(log(280.5 / 140.5))
    assert estimate.effect.likely == pytest.approx(280.5 / 140.5 - 1)
    assert estimate.extra.likely == pytest.approx(140)
    assert estimate.extra_daily.likely == pytest.approx(10)
    assert estimate.effect.worst == pytest.approx(exp(estimate.log - 1.96 * estimate.error) - 1)
    assert estimate.effect.best == pytest.approx(exp(estimate.log + 1.96 * estimate.error) - 1)
    assert estimate.floor == pytest.approx(0)
    assert estimate.placebos == 7
    assert estimate.error >= sqrt(1 / 280.5 + 1 / (140.5 * 12 / 2))
    assert (estimate.base_from, estimate.controls) == (day(56), ("C0", "C1", "C2", "C3"))
    assert estimate.verdict == Verdict.LIKELY_UP
    assert [(one.on, one.actual, one.is_counted) for one in estimate.days] == [
        (day(number), 20, True) for number in range(85, 99)
    ]
    assert [one.expected for one in estimate.days] == pytest.approx([10] * 14)


def test_sales_that_stop_are_a_loss() -> None:
    estimate = estimate_effect(panel(units=steady(10, HISTORY + 1) + steady(0, 14))).estimate

    assert estimate.effect.likely == pytest.approx(0.5 / 140.5 - 1)
    assert estimate.extra.likely == pytest.approx(-140)
    assert estimate.verdict == Verdict.LIKELY_DOWN


def test_what_everybody_sold_more_is_no_effect() -> None:
    same = steady(30, HISTORY + 1) + steady(60, 14)

    estimate = estimate_effect(panel(controls={f"C{number}": same for number in range(4)})).estimate

    assert estimate.effect.likely == pytest.approx(280.5 / 140.5 * 1680.5 / 3360.5 - 1)
    assert estimate.verdict == Verdict.NOT_CLEAR


def test_interval_is_never_narrower_than_the_spread_at_placebo_dates() -> None:
    restless = tuple(5.0 if number // 14 % 2 else 40.0 for number in range(HISTORY + 1)) + steady(40, 14)

    estimate = estimate_effect(panel(units=restless)).estimate

    assert estimate.floor > 0.5
    assert estimate.error >= estimate.floor


@pytest.mark.parametrize(("history", "wanted", "placebos"), [(56, 14, 3), (56, 28, 3), (84, 28, 3), (98, 28, 3)])
def test_three_placebo_dates_at_least(history: int, wanted: int, placebos: int) -> None:
    days = history + 1 + wanted
    short = panel(
        action_on=day(history),
        post_days_wanted=wanted,
        closed_days=days,
        units=steady(10, days),
        in_stock=steady(1, days),
        controls={f"C{number}": steady(30, days) for number in range(4)},
    )
    assert estimate_effect(short).estimate.placebos >= placebos


@pytest.mark.parametrize(("closed", "days"), [(7, 7), (13, 7), (14, 14)])
def test_only_whole_weeks_of_closed_days_count(closed: int, days: int) -> None:
    half_week = panel(closed_days=HISTORY + 1 + closed)
    # What comes after the closed days does not matter.
    other = replace(half_week, units=with_days(half_week.units, range(HISTORY + 1 + closed, half_week.days), 500.0))

    estimate = estimate_effect(half_week).estimate

    assert len(estimate.days) == days
    assert estimate_effect(other).estimate == estimate


def test_the_day_of_the_action_is_in_neither_window() -> None:
    assert estimate_effect(panel(units=with_days(panel().units, [HISTORY], 900.0))) == estimate_effect(panel())


def test_the_level_is_not_read_from_before_an_earlier_action() -> None:
    """10 a day until five weeks before, then 16: the action changes nothing."""
    earlier = panel(units=steady(10, HISTORY - 35) + steady(16, 50), other_actions=(OtherAction(day(HISTORY - 35)),))

    estimate = estimate_effect(earlier).estimate

    assert estimate.effect.likely == pytest.approx(224.5 / 224.5 - 1)
    # Unrecorded, the weeks of 10 a day pull the level down.
    assert estimate_effect(replace(earlier, other_actions=())).estimate.effect.likely > 0


def test_days_without_stock_are_left_out_on_both_sides() -> None:
    out = [HISTORY + 3, HISTORY + 4]
    gone = panel(
        units=with_days(panel().units, out, 0.0),
        in_stock=with_days(panel().in_stock, out, 0.0),
        # What the controls sell on those days does not count either.
        controls={sku: with_days(units, out, 900.0) for sku, units in panel().controls.items()},
    )

    result = estimate_effect(gone)

    assert result.estimate.log == pytest.approx(log(240.5 / 120.5))
    assert [one.on for one in result.estimate.days if not one.is_counted] == [day(number) for number in out]
    # 240 were sold in all.
    assert result.estimate.extra.likely == pytest.approx(240.5 * (1 - 120.5 / 240.5))
    assert Remark.DAYS_WITHOUT_STOCK_LEFT_OUT in result.remarks


def test_a_day_in_stock_for_a_part_counts_for_that_part() -> None:
    after = range(HISTORY + 1, HISTORY + 15)

    estimate = estimate_effect(
        panel(units=with_days(panel().units, after, 16.0), in_stock=with_days(panel().in_stock, after, 0.8))
    ).estimate

    assert estimate.effect.likely == pytest.approx(1, abs=0.01)
    assert [one.expected for one in estimate.days] == pytest.approx([8] * 14, abs=0.05)


def test_event_days_are_left_out_and_told() -> None:
    prime = [HISTORY + 3, HISTORY + 4]
    result = estimate_effect(
        panel(
            units=with_days(panel().units, prime, 400.0),
            controls={sku: with_days(units, prime, 90.0) for sku, units in panel().controls.items()},
            event_days=frozenset(map(day, prime)),
        )
    )

    assert result.estimate.log == pytest.approx(log(240.5 / 120.5))
    assert {Remark.EVENT, Remark.EVENT_DAYS_LEFT_OUT} <= set(result.remarks)


def test_an_event_that_leaves_too_little_stays_in_and_is_told() -> None:
    result = estimate_effect(panel(event_days=frozenset(map(day, range(HISTORY + 1, HISTORY + 10)))))

    assert all(one.is_counted for one in result.estimate.days)
    assert Remark.EVENT in result.remarks
    assert Remark.EVENT_DAYS_LEFT_OUT not in result.remarks


def test_what_else_happened_is_told() -> None:
    before, after = HISTORY + 1, 14
    result = estimate_effect(
        panel(
            controls={"C0": steady(5, 99), "C1": steady(5, 99), "C2": steady(5, 99), "SIS": steady(5, 99)},
            siblings=frozenset({"SIS"}),
            ad_spend=steady(10, before) + steady(14, after),
            prices=steady(20, before) + steady(18, after),
            buy_box=steady(0.95, before) + steady(0.8, after),
        )
    )

    assert result.remarks == (
        Remark.AD_SPEND_CHANGED,
        Remark.PRICE_CHANGED,
        Remark.BUY_BOX_LOST,
        Remark.SIBLINGS_LEFT_OUT,
        Remark.FEW_CONTROLS,
        Remark.SMALL_CONTROLS,
    )
    assert result.estimate.controls == ("C0", "C1", "C2")


def test_nothing_is_told_where_nothing_happened() -> None:
    steady_facts = {name: steady(1, 99) for name in ("ad_spend", "prices", "buy_box")}
    controls = {f"C{number}": steady(30, 99) for number in range(5)}

    assert estimate_effect(panel(controls=controls, **steady_facts)).remarks == ()


def test_a_launch_is_told() -> None:
    assert Remark.LAUNCH in estimate_effect(panel(units=with_days(panel().units, range(20), 0.0))).remarks


def noisy(seed: int, daily: float = 6) -> dict[str, object]:
    numbers = np.random.default_rng(seed)
    return {
        "units": tuple(numbers.poisson(daily, 99).astype(float).tolist()),
        "controls": {f"C{number}": tuple(numbers.poisson(30, 99).astype(float).tolist()) for number in range(6)},
    }


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_the_order_of_controls_does_not_matter(seed: int, order: random.Random) -> None:
    given_ = panel(**noisy(seed))
    names = list(given_.controls)
    order.shuffle(names)

    assert estimate_effect(replace(given_, controls={name: given_.controls[name] for name in names})) == (
        estimate_effect(given_)
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 50))
def test_the_size_of_controls_matters_little(seed: int, times: int) -> None:
    given_ = panel(**noisy(seed))
    larger = {sku: tuple(times * (units or 0) for units in series) for sku, series in given_.controls.items()}

    ours, other = estimate_effect(given_).estimate, estimate_effect(replace(given_, controls=larger)).estimate

    # More units say more about the controls, which moves the estimate within its error only.
    assert abs(other.log - ours.log) < ours.error / 3
    assert other.error == pytest.approx(ours.error, rel=1 / 3)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 13), st.integers(1, 60))
def test_more_sold_after_is_never_less_of_an_effect(seed: int, on: int, more: int) -> None:
    given_ = panel(**noisy(seed))
    at = HISTORY + 1 + on
    raised = replace(given_, units=with_days(given_.units, [at], (given_.units[at] or 0) + more))

    ours, other = estimate_effect(given_).estimate, estimate_effect(raised).estimate

    assert other.effect.likely > ours.effect.likely
    assert other.effect.worst > ours.effect.worst


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.integers(-4000, 4000))
def test_the_date_itself_does_not_matter(seed: int, shift: int) -> None:
    given_ = panel(**noisy(seed))
    moved = replace(given_, start=day(shift), action_on=day(shift + HISTORY))

    assert estimate_effect(moved).estimate.effect == estimate_effect(given_).estimate.effect


def test_a_frozen_result_can_be_reckoned_again() -> None:
    given_ = panel(**noisy(3), event_days=frozenset({day(70)}), siblings=frozenset({"C5"}))
    result = estimate_effect(given_)

    frozen = json.loads(json.dumps(freeze(given_, result)))

    assert read_panel(frozen["panel"]) == given_
    assert freeze(given_, estimate_effect(read_panel(frozen["panel"]))) == frozen
    assert (frozen["verdict"], frozen["reasons"]) == (result.verdict, [])
    assert frozen["estimate"]["effect"]["likely"] == result.estimate.effect.likely
    assert frozen["estimate"]["days"][0] == {
        "on": "2026-03-31", "actual": given_.units[85], "expected": result.estimate.days[0].expected, "is_counted": True
    }  # fmt: skip


def test_a_frozen_refusal_has_its_reasons() -> None:
    given_ = panel(closed_days=85)

    frozen = freeze(given_, estimate_effect(given_))

    assert (frozen["verdict"], frozen["reasons"], frozen["estimate"]) == ("not_enough_data", ["short_post"], None)


def test_skus_of_one_action_are_read_as_one() -> None:
    mug = panel()
    pot = panel(
        sku="POT",
        units=steady(30, HISTORY + 1) + steady(30, 14),
        controls={"MUG": mug.units, "C0": steady(30, 99), "X": steady(30, 99), "Y": steady(30, 99)},
        in_stock=with_days(steady(1, 99), [80], 0.0),
    )

    both = pool([mug, pot])

    assert both.units == steady(40, HISTORY + 1) + steady(50, 14)
    assert sorted(both.controls) == ["C0", "C1", "C2", "C3", "X", "Y"]
    assert both.in_stock[79] == pytest.approx(1)
    assert both.in_stock[80] == pytest.approx(0.25, abs=0.001)
    result = estimate_effect(both)
    assert result.estimate.log == pytest.approx(log(700.5 / 560.5), abs=0.001)
    assert result.estimate.error < estimate_effect(mug).estimate.error
    assert result.estimate.base_from == START.replace(month=3, day=2)


def test_how_many_are_likely_by_chance() -> None:
    found = by_chance(
        [Verdict.LIKELY_UP, Verdict.NOT_CLEAR, Verdict.NOT_ENOUGH_DATA, Verdict.LIKELY_DOWN, Verdict.NOT_CLEAR]
    )
    assert (found.estimated, found.likely) == (4, 2)
    assert found.expected == pytest.approx(0.2)

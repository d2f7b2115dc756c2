"""On simulated panels intervals hold the truth, and effects are found. `make bench` shows more."""

from linkstar.bench.effects import measure, total
from linkstar.bench.panels import SCENARIOS, Scenario

HARD = ("drift 8 % a week", "28 days, drift 8 %", "shocks not shared", "own restless weeks", "event after")
EASY = ("3 a day", "10 a day", "out of stock 15 %", "season")


def test_intervals_hold_the_truth_and_seldom_alarm() -> None:
    found = total(measure(one, without=100, each=25) for one in SCENARIOS if one.name in (*HARD, *EASY))

    assert found.estimated >= 1750
    assert found.coverage >= 93
    assert found.alarm_rate <= 5
    assert found.wrong == 0
    assert found.power(0.8) >= 80


def test_skus_of_one_action_together_find_more() -> None:
    alone = measure(Scenario("alone"), without=0, each=60)
    together = measure(Scenario("together"), without=0, each=60, skus=4)

    assert together.power(0.5) >= alone.power(0.5) + 25
    assert together.coverage >= 90

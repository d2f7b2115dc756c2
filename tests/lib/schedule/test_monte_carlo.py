import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkstar.lib.monte_carlo import Empirical, Odds, Percentiles, Triangular, draw, simulate
from linkstar.lib.schedule import DurationOutOfRange, Item, Link, WorkTime, schedule
from tests.lib.schedule.brute import Arrow, Task
from tests.lib.schedule.test_brute import START, as_network, networks


def percentiles(values: list[int]) -> Odds:
    ordered = sorted(values)
    return Odds(*(ordered[-(-len(ordered) * share // 100) - 1] for share in (50, 80, 95)))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(networks(), st.integers(0, 5), st.data())
def test_each_run_is_what_the_planner_says_for_its_durations(
    network: tuple[list[Task], list[Arrow]], seed: int, data: st.DataObject
) -> None:
    items, links = as_network(*network)
    spreads = {item.key: Empirical((0, 1, 2, 5, 9)) for item in items if data.draw(st.booleans())}
    runs = 7
    found = simulate(items, links, spreads, start=START, seed=seed, runs=runs)
    drawn = draw(items, spreads, seed=seed, runs=runs)
    plans = []
    for run in range(runs):
        lengths = {key: int(minutes[run]) for key, minutes in drawn.items()}
        plans.append(schedule([replaced(item, lengths.get(item.key)) for item in items], links, start=START))
    assert found.finish == percentiles([plan.finish for plan in plans])
    assert found.targets.keys() == plans[0].targets.keys()
    for key, target in found.targets.items():
        assert target.odds == percentiles([plan.targets[key].reachable for plan in plans])
        in_time = sum(plan.targets[key].reachable <= plan.targets[key].fixed_finish for plan in plans)
        assert target.in_time == pytest.approx(in_time / runs)
    assert found.criticality == pytest.approx(
        {item.key: sum(item.key in plan.last_chain for plan in plans) / runs for item in items}
    )


def replaced(item: Item[int], duration: int | None) -> Item[int]:
    if duration is None:
        return item
    return Item(
        item.key,
        duration,
        item.time,
        item.start_no_earlier,
        item.pinned_start,
        item.fixed_finish,
        item.done_at,
        item.started_at,
    )


def test_families_run_as_planned() -> None:
    items = [
        Item("a", 4),
        Item("p", start_no_earlier=6, fixed_finish=20),
        Item("x", 3, parent="p"),
        Item("y", 5, parent="p"),
        Item("z", 2),
        Item("m", 9, is_milestone=True),
    ]
    links = [Link("a", "p"), Link("x", "y", "SS", 1), Link("p", "z", "SS", 2), Link("p", "m")]
    found = simulate(items, links, {}, start=0, seed=1, runs=3)
    plan = schedule(items, links, start=0)
    assert found.finish == Odds(plan.finish, plan.finish, plan.finish)
    assert found.targets["p"].odds.p50 == plan.targets["p"].reachable == 12
    assert {key for key, share in found.criticality.items() if share == 1} == set(plan.last_chain)


def test_equal_seeds_give_equal_answers_and_others_do_not() -> None:
    items, spreads = [Item("a", 10)], {"a": Triangular(5, 10, 600)}
    first, second, other = (simulate(items, [], spreads, start=0, seed=seed, runs=500) for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_spreads() -> None:
    items = [Item("t", 1), Item("p", 1), Item("e", 1), Item("s", 1)]
    spreads = {
        "t": Triangular(10, 20, 60),
        "p": Percentiles(((0.1, 60), (0.5, 90), (0.9, 240))),
        "e": Empirical((7,)),
        "s": Triangular(5, 5, 5),
    }
    drawn = draw(items, spreads, seed=3, runs=20_000)
    assert (drawn["t"].min() >= 10, drawn["t"].max() <= 60) == (True, True)
    assert abs(drawn["t"].mean() - 30) < 1
    assert (drawn["p"].min(), drawn["p"].max()) == (60, 240)
    assert abs(float((drawn["p"] <= 90).mean()) - 0.5) < 0.02
    assert set(drawn["e"].tolist()) == {7}
    assert set(drawn["s"].tolist()) == {5}


@pytest.mark.parametrize("minutes", [(-1,), (10_000 * 1440 + 1,)])
def test_impossible_durations_are_refused(minutes: tuple[int, ...]) -> None:
    with pytest.raises(DurationOutOfRange):
        simulate([Item("a", 1)], [], {"a": Empirical(minutes)}, start=0, seed=1, runs=3)


def test_runs_that_leave_the_known_calendar_go_on() -> None:
    day = 1440
    shop = WorkTime((number * day + 540, number * day + 1020) for number in range(14) if number % 7 < 5)
    far = 4000 * 480
    found = simulate([Item("a", 1, shop)], [], {"a": Empirical((480, far))}, start=0, seed=1, runs=50)
    assert found.finish.p50 == shop.add(0, 480) or found.finish.p50 == shop.add(0, far)
    assert found.finish.p95 == shop.add(0, far)


def test_criticality_of_the_chain_to_one_item() -> None:
    items = [Item("a", 5), Item("b", 9), Item("c", 1), Item("end", 40)]
    links = [Link("a", "c"), Link("b", "c")]
    whole = simulate(items, links, {}, start=0, seed=1, runs=4)
    assert whole.criticality == {"a": 0, "b": 0, "c": 0, "end": 1}
    assert simulate(items, links, {}, start=0, seed=1, runs=4, until="c").criticality == {
        "a": 0,
        "b": 1,
        "c": 1,
        "end": 0,
    }

"""How much is looked up, not how long it takes: a busy machine must not fail this. `make bench` has the times."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from linkstar.bench.plans import START, Plan, bare_pass, lay_out
from linkstar.lib.schedule import ELAPSED, WorkTime, schedule

LOOKUPS = ("worked", "begin_of", "end_of", "run_from", "run_to")


def counted(plan: Plan) -> tuple[Plan, Counter[str]]:
    """The same plan on calendars that count what they are asked."""
    counts: Counter[str] = Counter()
    times: dict[int, WorkTime] = {id(ELAPSED): ELAPSED}

    def counting(time: WorkTime) -> WorkTime:
        if id(time) not in times:
            times[id(time)] = other = WorkTime(time.intervals())
            for name in LOOKUPS:
                setattr(other, name, tallied(name, getattr(time, name)))
        return times[id(time)]

    def tallied(name: str, ask: Callable[..., object]) -> Callable[..., object]:
        def asked(*values: int) -> object:
            counts[name] += 1
            return ask(*values)

        return asked

    items = [replace(item, time=counting(item.time)) for item in plan.items]
    links = [replace(link, lag_time=counting(link.lag_time)) for link in plan.links]
    return Plan(items, links), counts


def test_few_lookups_for_each_item_and_link_and_no_more_in_larger_plans() -> None:
    for size in (500, 2000):
        plan, counts = counted(lay_out(size, size * 8 // 5))
        schedule(plan.items, plan.links, start=START)
        lagged = sum(link.lag != 0 for link in plan.links)
        assert counts.total() <= 6 * size + 6 * lagged


def test_the_bare_pass_orders_the_same_graph() -> None:
    plan = lay_out(500, 800)
    order = {key: number for number, key in enumerate(bare_pass(plan.items, plan.links))}
    assert len(order) == 500
    assert all(order[link.before] < order[link.after] for link in plan.links)

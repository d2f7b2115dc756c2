"""When it will really be done, by how long such work took in this workspace before."""

from typing import Any

from linkstar.lib.monte_carlo import Empirical, simulate
from linkstar.lib.schedule import Target
from projects.forecasts.facts import Facts
from projects.forecasts.network import Outlook


def odds_of(outlook: Outlook, target: Target[int], facts: Facts, *, seed: int) -> dict[str, Any] | None:
    """`p50`, `p80`, `p95` in minutes, and `in_time` in per cent. None: nothing like it was finished often enough.

    `known` of the `of` tasks on the chain go by what they took before; the rest take what was planned.
    """
    if target.key not in outlook.soon.targets:
        return None
    chain = [*outlook.open_chain(target), target.key]
    spreads = {}
    for pk, task in outlook.plan.tasks.items():
        lengths = facts.lengths.get(task.sop_step)
        if lengths and task.completed_at is None and not task.is_milestone and pk not in outlook.parents:
            day = outlook.plan.times.day_minutes(task)
            spreads[pk] = Empirical(tuple(length * day for length in lengths))
    known = sum(pk in spreads for pk in chain)
    if not known:
        return None
    found = simulate(outlook.items, outlook.plan.links, spreads, start=outlook.now, seed=seed, until=target.key)
    result = found.targets[target.key]
    return {
        "p50": result.odds.p50, "p80": result.odds.p80, "p95": result.odds.p95,
        "in_time": round(result.in_time * 100), "known": known, "of": len(chain),
        "cases": sum(len(facts.lengths[outlook.plan.tasks[pk].sop_step]) for pk in chain if pk in spreads),
    }  # fmt: skip

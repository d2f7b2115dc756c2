"""Simulated sales of a SKU and its controls, to measure the honesty of `linkstar.lib.effects` by.

A day's units are drawn from a negative binomial around a level that has a weekday pattern, shocks common to all SKUs
and a walk of its own; the action multiplies it by 1 + effect from its own day on.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from linkstar.lib.effects import OtherAction, Panel
from linkstar.lib.effects.panel import Numbers

START = date(2026, 1, 5)
EARLIER = 35


@dataclass(frozen=True)
class Scenario:
    """`daily` is units a day; `drift` and `control_drift` (None: the same) the standard deviation of a weekly step.

    `shock` is the size of the common shocks and `share` how much of them the SKU takes; `own_weeks` a restlessness
    from week to week that no level explains; `event` where two days of doubled sales lie, `answer` how differently SKUs
    answer them; `stock_out` the share of the days after the action without stock; `launch` by how much the log level
    rises over the first months; `holes` the share of controls that are without stock for ten days, unmarked; `earlier`
    the effect of an action five weeks before.
    """

    name: str
    daily: float = 3
    history: int = 126
    post: int = 14
    controls: int = 12
    phi: float = 1.5
    drift: float = 0.04
    control_drift: float | None = None
    shock: float = 0.1
    share: float = 1
    own_weeks: float = 0
    event: str = ""
    answer: float = 0.35
    stock_out: float = 0
    launch: float = 0
    season: float = 0
    holes: float = 0
    earlier: float = 0


SCENARIOS = (
    Scenario("1 a day", daily=1.2),
    Scenario("3 a day"),
    Scenario("10 a day", daily=10),
    Scenario("40 a day", daily=40),
    Scenario("28 days after", post=28),
    Scenario("56 days of history", daily=5, history=56),
    Scenario("drift 8 % a week", daily=20, drift=0.08),
    Scenario("28 days, drift 8 %", daily=15, drift=0.08, post=28),
    Scenario("only the SKU drifts", daily=30, drift=0.08, control_drift=0),
    Scenario("shocks not shared", daily=10, shock=0.15, share=0),
    Scenario("own restless weeks", daily=10, own_weeks=0.15),
    Scenario("overdispersion 3", daily=5, phi=3),
    Scenario("event after", daily=20, event="post", answer=0.6),
    Scenario("event before", daily=10, event="base"),
    Scenario("out of stock 15 %", daily=10, stock_out=0.15),
    Scenario("launch", daily=10, launch=1.5, history=84),
    Scenario("season", daily=10, season=0.4),
    Scenario("controls with holes", daily=10, holes=0.4),
    Scenario("earlier action +60 %", daily=10, earlier=0.6),
    Scenario("3 controls, drift", daily=15, drift=0.08, controls=3),
)


def draw(scenario: Scenario, effect: float, random: np.random.Generator, *, skus: int = 1) -> list[Panel]:
    """A panel for each of the `skus` of one action; they have the same controls."""
    days = scenario.history + 1 + scenario.post
    day, action, rows = np.arange(days), scenario.history, skus + scenario.controls
    own = np.arange(rows) < skus
    week = (day + random.integers(0, 7)) // 7
    common = scenario.shock * (_shocks(week[-1] + 1, random)[week] + random.normal(size=days) / 2)
    common += scenario.season * np.sin(2 * np.pi * day / random.uniform(60, 200) + random.uniform(0, 6.28))
    other_drift = scenario.drift if scenario.control_drift is None else scenario.control_drift
    level = np.where(own, 0, random.normal(scale=0.7, size=rows))[:, None] + np.log(scenario.daily)
    level = level + np.where(own, scenario.share, 1)[:, None] * common
    steps = np.where(own, scenario.drift, other_drift)[:, None] / np.sqrt(7)
    level += np.cumsum(random.normal(size=(rows, days)) * steps, axis=1)
    level += (random.normal(scale=0.15, size=7) + random.normal(scale=0.06, size=(rows, 7)))[:, day % 7]
    level[own] += random.normal(scale=scenario.own_weeks, size=(skus, week[-1] + 1))[:, week]
    level[own] -= scenario.launch * np.exp(-day / 45)
    events = _events(scenario, action)
    level[:, events] += np.log(2) + random.normal(scale=scenario.answer, size=(rows, 1))
    level[own, action:] += np.log1p(effect)
    level[own, action - EARLIER :] += np.log1p(scenario.earlier)
    units = _drawn(np.exp(level), scenario.phi, random)
    for control in range(skus, rows):
        if random.random() < scenario.holes:
            first = random.integers(days - 70, days - 10)
            units[control, first : first + 10] = 0
    controls = {f"C{row:02}": tuple(units[row].tolist()) for row in range(skus, rows)}
    stock = [_stock(scenario, random) for _sku in range(skus)]
    return [
        Panel(
            sku=f"SKU {sku}",
            start=START,
            action_on=START + timedelta(days=action),
            action_kind="images",
            post_days_wanted=scenario.post,
            closed_days=days,
            units=tuple((units[sku] * stock[sku]).tolist()),
            in_stock=tuple(stock[sku].tolist()),
            controls=controls,
            event_days=frozenset(START + timedelta(days=event) for event in events),
            other_actions=(OtherAction(START + timedelta(days=action - EARLIER)),) if scenario.earlier else (),
        )
        for sku in range(skus)
    ]


def _stock(scenario: Scenario, random: np.random.Generator) -> Numbers:
    stock = np.ones(scenario.history + 1 + scenario.post)
    out = round(scenario.stock_out * scenario.post)
    first = scenario.history + 1 + random.integers(0, scenario.post - out)
    stock[first : first + out] = 0
    return stock


def _shocks(weeks: int, random: np.random.Generator) -> Numbers:
    """One a week, of variance 1, each like the one before it."""
    shocks = random.normal(size=weeks)
    for at in range(1, weeks):
        shocks[at] = 0.75 * shocks[at - 1] + np.sqrt(1 - 0.75**2) * shocks[at]
    return shocks


def _events(scenario: Scenario, action: int) -> list[int]:
    return {"": [], "post": [action + 4, action + 5], "base": [action - 12, action - 11]}[scenario.event]


def _drawn(mean: Numbers, phi: float, random: np.random.Generator) -> Numbers:
    spread = (phi - 1) / mean
    return random.poisson(mean * random.gamma(1 / spread, spread)).astype(float)

"""The honesty and the power of the estimator of actions, on simulated panels."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from linkstar.bench.panels import SCENARIOS, Scenario, draw
from linkstar.lib.effects import Verdict, estimate_effect, pool

# The goals of the issue, in percent.
LEAST_COVERAGE, MOST_ALARMS = 90, 6
EFFECTS = (0.25, 0.5, 0.8, -0.5)
# Without an effect more are drawn: the goal is a rare thing.
WITHOUT, WITH = 160, 40
POOLED = 4


@dataclass(frozen=True)
class Honesty:
    """Counts of panels: `found` those with an interval wholly on the right side, by effect, of `WITH` or what was told.

    `alarms` of `quiet` estimated ones without an effect were called likely; `wrong` of the others have the wrong sign.
    """

    estimated: int
    refused: int
    held: int
    quiet: int
    alarms: int
    wrong: int
    found: dict[float, tuple[int, int]]

    @property
    def coverage(self) -> float:
        return 100 * self.held / max(1, self.estimated)

    @property
    def alarm_rate(self) -> float:
        return 100 * self.alarms / max(1, self.quiet)

    def power(self, effect: float) -> float:
        found, of = self.found[effect]
        return 100 * found / max(1, of)

    @property
    def is_met(self) -> bool:
        return self.coverage >= LEAST_COVERAGE and self.alarm_rate <= MOST_ALARMS


def measure(scenario: Scenario, *, without: int = WITHOUT, each: int = WITH, seed: int = 6, skus: int = 1) -> Honesty:
    """`without` panels without an effect and `each` for every effect; `skus` of one action are read as one."""
    random = np.random.default_rng(seed)
    held = refused = wrong = quiet = alarms = estimated = 0
    found: dict[float, tuple[int, int]] = {}
    for effect in (0.0, *EFFECTS):
        times = each if effect else without
        results = [estimate_effect(pool(draw(scenario, effect, random, skus=skus))) for _time in range(times)]
        known = [result.estimate for result in results if result.estimate]
        up = sum(one.verdict == Verdict.LIKELY_UP for one in known)
        down = sum(one.verdict == Verdict.LIKELY_DOWN for one in known)
        estimated, refused = estimated + len(known), refused + times - len(known)
        held += sum(one.effect.worst <= effect <= one.effect.best for one in known)
        if effect:
            found[effect] = (up if effect > 0 else down, len(known))
            wrong += down if effect > 0 else up
        else:
            quiet, alarms = len(known), up + down
    return Honesty(estimated, refused, held, quiet, alarms, wrong, found)


def total(measured: Iterable[Honesty]) -> Honesty:
    rows = list(measured)
    return Honesty(
        estimated=sum(row.estimated for row in rows),
        refused=sum(row.refused for row in rows),
        held=sum(row.held for row in rows),
        quiet=sum(row.quiet for row in rows),
        alarms=sum(row.alarms for row in rows),
        wrong=sum(row.wrong for row in rows),
        found={
            effect: (sum(row.found[effect][0] for row in rows), sum(row.found[effect][1] for row in rows))
            for effect in EFFECTS
        },
    )


def measure_effects(say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Prints a row for each scenario, and one for all; judged are all, a row alone is too few panels."""
    say(
        f"{'actions, simulated':26} {'interval holds':>14} {'false alarms':>13} {'wrong sign':>11}"
        + "".join(f"{f'finds {effect:+.0%}':>12}" for effect in EFFECTS)
        + f"{'refused':>9}"
    )
    rows = {scenario.name: measure(scenario) for scenario in SCENARIOS}
    pooled = {f"{POOLED} SKUs, 3 a day each": measure(Scenario("pooled"), skus=POOLED)}
    whole = total([*rows.values(), *pooled.values()])
    for name, row in (rows | pooled | {"all": whole}).items():
        verdict = "" if name != "all" else " met" if row.is_met else " NOT MET"
        say(
            f"{name:26} {row.coverage:12.1f} % {row.alarm_rate:11.1f} % {row.wrong:11d}"
            + "".join(f"{row.power(effect):10.0f} %" for effect in EFFECTS)
            + f"{row.refused:9d}{verdict}"
        )
    return [
        {"case": name, "coverage": row.coverage, "alarms": row.alarm_rate, "wrong": row.wrong, "refused": row.refused,
         "power": {f"{effect:+.0%}": row.power(effect) for effect in EFFECTS}}
        for name, row in (rows | pooled | {"all": whole}).items()
    ]  # fmt: skip

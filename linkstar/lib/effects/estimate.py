"""What sales did after an action, against comparable SKUs; never without an interval. integrations.md section 6."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import exp, expm1, sqrt

import numpy as np

from linkstar.lib.effects.drift import Restlessness, follows, keep_of, restlessness
from linkstar.lib.effects.panel import Numbers, Panel, numbers
from linkstar.lib.effects.ratio import Ratio, ratio_at
from linkstar.lib.effects.refusals import Reason, refusals, sum_of, usable_controls
from linkstar.lib.effects.remarks import Remark, remarks
from linkstar.lib.effects.weekly import Weekly, by_weeks, exposure
from linkstar.lib.effects.windows import BASE_TO_POST, WEEK, Windows, windows_of

# Kept with a frozen result: another number means another way of reckoning.
METHOD = 1
Z = 1.96
LEVEL = 0.95
LEAST_PLACEBOS = 3
# Drift is known from few weeks: so much more of it is assumed than is seen.
_DRIFT_MARGIN = 1.6
# How many well-behaved controls are taken for granted before those that went astray widen the interval.
_CALM_CONTROLS, _MOST_ASTRAY = 12, 9.0


class Verdict(StrEnum):
    LIKELY_UP = "likely_up"
    LIKELY_DOWN = "likely_down"
    NOT_CLEAR = "not_clear"
    NOT_ENOUGH_DATA = "not_enough_data"


@dataclass(frozen=True)
class Range:
    """The ends of the 95 % interval and what is likeliest between them."""

    worst: float
    likely: float
    best: float

    def over(self, days: int) -> "Range":
        return Range(self.worst / days, self.likely / days, self.best / days)


@dataclass(frozen=True)
class PostDay:
    """`is_counted` is False for days without stock and events, which the ratio leaves out."""

    on: date
    actual: float
    expected: float
    is_counted: bool


@dataclass(frozen=True)
class Estimate:
    """`effect` is relative: 0.5 is half as much again. `extra` is in units over all days after the action.

    `log`, `error` and `floor` are r, its standard error and the spread at `placebos` pretended dates.
    """

    effect: Range
    extra: Range
    extra_daily: Range
    days: tuple[PostDay, ...]
    base_from: date
    controls: tuple[str, ...]
    log: float
    error: float
    floor: float
    placebos: int
    phi: float
    drift: float

    @property
    def verdict(self) -> Verdict:
        if self.effect.worst > 0:
            return Verdict.LIKELY_UP
        return Verdict.LIKELY_DOWN if self.effect.best < 0 else Verdict.NOT_CLEAR


@dataclass(frozen=True)
class Result:
    """`estimate` is None exactly when there are `reasons`. An association, never proof."""

    estimate: Estimate | None
    reasons: tuple[Reason, ...]
    remarks: tuple[Remark, ...]
    method: int = METHOD

    @property
    def verdict(self) -> Verdict:
        return Verdict.NOT_ENOUGH_DATA if self.estimate is None else self.estimate.verdict


@dataclass(frozen=True)
class ByChance:
    """Of `estimated` actions `likely` came out as likely up or down; without any effect `expected` would."""

    estimated: int
    likely: int
    expected: float


def by_chance(verdicts: Iterable[Verdict]) -> ByChance:
    known = [verdict for verdict in verdicts if verdict != Verdict.NOT_ENOUGH_DATA]
    return ByChance(len(known), sum(verdict != Verdict.NOT_CLEAR for verdict in known), (1 - LEVEL) * len(known))


def estimate_effect(panel: Panel) -> Result:
    """Depends on the panel alone: neither on the clock nor on the order of the controls."""
    reasons = refusals(panel)
    windows = windows_of(panel)
    if reasons or windows is None:
        return Result(None, reasons, ())
    controls = usable_controls(panel, windows)
    counted, without_events = exposure(panel, windows, controls)
    model = _Model(by_weeks(panel, windows, controls, counted), windows.level_weeks)
    log, error = float(model.ratio.log), sqrt(model.variance)
    ends = (log - Z * error, log, log + Z * error)
    extra = Range(*(_extra(panel, windows, end) for end in ends))
    estimate = Estimate(
        effect=Range(*(expm1(end) for end in ends)),
        extra=extra,
        extra_daily=extra.over(WEEK * windows.weeks),
        days=_days(panel, windows, controls, counted, log),
        base_from=panel.date_of(windows.base.start),
        controls=controls,
        log=log,
        error=error,
        floor=model.floor,
        placebos=model.placebos,
        phi=float(model.restless.phi[0]),
        drift=sqrt(float(model.restless.step[0])),
    )
    return Result(estimate, (), remarks(panel, windows, controls, counted, without_events=without_events))


class _Model:
    """The ratio of a panel's weeks, and the variance that its past gives it."""

    def __init__(self, weekly: Weekly, level_weeks: int) -> None:
        self.weekly, self.level_weeks, past = weekly, level_weeks, weekly.before
        self.index = weekly.controls.sum(axis=0)
        index = past.controls.sum(axis=0)
        self.slope, self.slope_variance = follows(past.units, index, past.days)
        self.restless = restlessness(
            np.vstack([past.units, past.controls]),
            np.vstack([index, index - past.controls]),
            past.days,
            slope=self.slope,
        )
        self.keep = keep_of(self.restless, float(past.units[-8:].mean()))
        self.end = past.units.size
        self.ratio = self._at(self.end, weekly.post)
        self.placebos, self.floor = self._floor()
        own = self._variance(self.ratio) * self._astray()
        self.variance = max(own, self.floor**2)

    def _at(self, end: int, post: int) -> Ratio:
        weekly = self.weekly
        return ratio_at(
            weekly.units, self.index, weekly.days,
            end=end, post=post, most=self.level_weeks, keep=np.asarray(self.keep), slope=np.asarray(self.slope),
        )  # fmt: skip

    def _variance(self, ratio: Ratio) -> float:
        own = _variance(ratio, Restlessness(self.restless.phi[0], self.restless.step[0]))
        return float(own + self.slope_variance * ratio.shift**2)

    def _astray(self) -> float:
        """How much further the controls went from one another after the action than they should have; at least 1."""
        units = self.weekly.controls
        others = ratio_at(
            units, self.index - units, self.weekly.days,
            end=self.end, post=self.weekly.post, most=self.level_weeks, keep=np.full(len(units), self.keep),
            slope=np.asarray(1.0),
        )  # fmt: skip
        calm = _variance(others, Restlessness(self.restless.phi[1:], self.restless.step[1:]), margin=1)
        astray = np.minimum(others.log**2 / calm, _MOST_ASTRAY)
        return max(1.0, float((astray.sum() + _CALM_CONTROLS) / (len(units) + _CALM_CONTROLS)))

    def _floor(self) -> tuple[int, float]:
        """How many dates before the action were tried as if they were one, and the spread of the ratio at them."""
        for post in range(self.weekly.post, 0, -1):
            ends = range(BASE_TO_POST * post, self.end - post + 1)
            if len(ends) >= LEAST_PLACEBOS:
                break
        pretended = [self._at(end, post) for end in ends]
        if post == self.weekly.post:
            squares = [float(ratio.log**2) for ratio in pretended]
        else:
            # The past is too short for windows as long: the spread of shorter ones, in units of what they should have.
            own = self._variance(self.ratio)
            squares = [float(ratio.log**2) / self._variance(ratio) * own for ratio in pretended]
        return len(squares), sqrt(float(np.mean(squares)))


def _variance(ratio: Ratio, restless: Restlessness, margin: float = _DRIFT_MARGIN) -> Numbers:
    return np.asarray(restless.phi * ratio.counts + ratio.controls + margin * restless.step * ratio.steps)


def _extra(panel: Panel, windows: Windows, log: float) -> float:
    """Units beyond what was expected if the ratio was e^log. The half unit of the ratio keeps a fall to 0 a loss."""
    sold = float(numbers(panel.units)[windows.post].sum())
    return (sold + 0.5) * -expm1(-log)


def _days(
    panel: Panel, windows: Windows, controls: tuple[str, ...], counted: Numbers, log: float
) -> tuple[PostDay, ...]:
    """What was expected of the counted days together, spread over the days as the controls sold.

    Of a day that does not count: what it would have been expected to sell in stock, with no event's own answer.
    """
    units, index = numbers(panel.units)[windows.post], sum_of(panel, controls)[windows.post]
    part = counted[windows.post]
    use = part > 0
    total = max(0.0, (float(units[use].sum()) + 0.5) * exp(-log) - 0.5)
    shape = (index if index[use].sum() else np.ones(index.size)) * np.where(use, part, 1)
    expected = total * shape / shape[use].sum()
    return tuple(
        PostDay(panel.date_of(windows.post.start + day), float(units[day]), float(expected[day]), bool(use[day]))
        for day in range(units.size)
    )

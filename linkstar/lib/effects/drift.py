"""How restless a SKU is: noise around its level, and how far the level itself drifts from week to week.

A small grid of pairs is weighed by how well each explains the weeks before the action, as a level that walks at random,
seen through noise. Each SKU is judged by its own weeks: controls that are calmer than it would make it look calm.
"""

from dataclasses import dataclass

import numpy as np

from linkstar.lib.effects.panel import Days, Numbers

# Overdispersion of weekly units (1: Poisson), and the drift a week as a share of the level.
_NOISE = np.array([1, 1.3, 1.7, 2.3, 3.2, 4.8, 8])
_DRIFT = np.array([0.005, 0.02, 0.04, 0.06, 0.09, 0.13, 0.19, 0.28])
# Restless SKUs are rarer: how quickly, for each.
_NOISE_SCALE, _DRIFT_SCALE = 0.6, 0.1
# Weeks with fewer days say nothing.
_LEAST_DAYS = 3
# Around 1: how much of the controls' movement a SKU may be thought to follow.
_SLOPE_SPREAD, _MOST_SLOPE = 0.5, 1.25

_PHI, _STEP = (grid.ravel() for grid in np.meshgrid(_NOISE, _DRIFT**2))
_FIRST_GUESS = np.exp(-((np.log(_PHI) / _NOISE_SCALE) ** 2) / 2 - np.sqrt(_STEP) / _DRIFT_SCALE)


@dataclass(frozen=True)
class Restlessness:
    """`phi` (at least 1) multiplies the variance of counts; `step` is the variance of the log level in a week."""

    phi: Numbers
    step: Numbers


def restlessness(units: Numbers, index: Numbers, days: Numbers, *, slope: float) -> Restlessness:
    """Of each row of `units` (SKUs, weeks) against its row of `index`; the first is the SKU in question.

    `days` (weeks,) counts the days in each week. `slope` is for the first, the others follow their index.
    """
    first = int(np.argmax(days >= _LEAST_DAYS))
    units, index, days = units[:, first:], index[:, first:], days[first:]
    spare = np.maximum(days, 0.5)
    slopes = np.ones((len(units), 1))
    slopes[0] = slope
    levels = np.log((units + 0.5) / spare) - slopes * np.log((index + 0.5) / spare)
    noise = 1 / (_around(units, days) + 0.5) + 1 / (index + 0.5)
    weights = _likelihood(levels, noise, days >= _LEAST_DAYS) * _FIRST_GUESS
    weights /= weights.sum(axis=1, keepdims=True)
    return Restlessness(weights @ _PHI, weights @ _STEP)


def follows(units: Numbers, index: Numbers, days: Numbers) -> tuple[float, float]:
    """How much of the controls' weekly movement the SKU follows, and the variance of that.

    1 unless its own weeks say otherwise: a ridge towards 1, by weekly changes of logarithms before the action.
    """
    seen, spare = days >= _LEAST_DAYS, np.maximum(days, 0.5)
    pairs = seen[1:] & seen[:-1]
    own, others = (np.where(pairs, np.diff(np.log((series + 0.5) / spare)), 0) for series in (units, index))
    noise = max(float(np.mean((own - others) ** 2)), 2 / max(float(units.mean()), 0.5))
    ridge = noise / _SLOPE_SPREAD**2
    known = float((others**2).sum()) + ridge
    return float(np.clip((float((own * others).sum()) + ridge) / known, 0, _MOST_SLOPE)), noise / known


def keep_of(restless: Restlessness, weekly_units: float) -> float:
    """How much less a week counts for being a week older: the steady state of the same model. 0.5 to 1."""
    noise = restless.phi[0] / max(weekly_units, 1)
    ratio = restless.step[0] / noise
    return float(np.clip(1 + (ratio - np.sqrt(ratio * ratio + 4 * ratio)) / 2, 0.5, 1))


def _around(units: Numbers, days: Numbers) -> Numbers:
    """Each week as the five around it have it, so that the noise of a week is not judged by that week."""

    def total(series: Numbers) -> Numbers:
        wide = np.pad(series, [(0, 0)] * (series.ndim - 1) + [(2, 2)])
        return np.asarray(sum(wide[..., at : at + series.shape[-1]] for at in range(5)))

    return np.asarray(total(units) / np.maximum(total(days), 1) * days)


def _likelihood(levels: Numbers, noise: Numbers, seen: Days) -> Numbers:
    """Of every pair of the grid for every series, up to a factor for each: a Kalman filter of the local level."""
    mean = np.repeat(levels[:, :1], _PHI.size, axis=1)
    spread = _PHI * noise[:, :1]
    log = np.zeros(mean.shape)
    for week in range(1, levels.shape[1]):
        spread = spread + _STEP
        if not seen[week]:
            continue
        total = spread + _PHI * noise[:, week, None]
        miss = levels[:, week, None] - mean
        log -= (np.log(total) + miss * miss / total) / 2
        mean = mean + spread / total * miss
        spread = spread * (1 - spread / total)
    return np.asarray(np.exp(log - log.max(axis=1, keepdims=True)))

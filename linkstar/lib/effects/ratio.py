"""The ratio of whole weeks after a date to those before it, against the controls. Works on many series at once."""

from dataclasses import dataclass

import numpy as np

from linkstar.lib.effects.panel import Numbers


@dataclass(frozen=True)
class Ratio:
    """`log` is r of integrations.md section 6; the others are what its variance is made of (see `variance`).

    `counts` is what a Poisson SKU would have, `controls` the controls' part, `steps` the drift of one week, and
    `shift` how far the controls moved.
    """

    log: Numbers
    counts: Numbers
    controls: Numbers
    steps: Numbers
    shift: Numbers


def log_ratio(post: Numbers, base: Numbers, k: Numbers) -> Numbers:
    """ln of units after over units before; `k` is how many times longer the time before was."""
    return np.log((post + 0.5) / (base / k + 0.5))


def ratio_at(
    units: Numbers, index: Numbers, days: Numbers, *, end: int, post: int, most: int, keep: Numbers, slope: Numbers
) -> Ratio:
    """The ratio at the date after week `end`, over `post` weeks.

    Series have shape (..., weeks); `days` (weeks,) counts the days in them. A base week weighs `keep` times as much
    as the next one; `most` weeks are in it. `slope` is how much of the index's movement the SKU is expected to follow.
    """
    length = min(most, end)
    age = np.arange(length)[::-1]
    weights = np.asarray(keep)[..., None] ** age
    base, after = slice(end - length, end), slice(end, end + post)
    weighted_days = weights * days[base]
    base_days = weighted_days.sum(-1)
    k = base_days / np.maximum(days[after].sum(), 0.5)
    sold, sold_before, spread = units[..., after].sum(-1), (weights * units[..., base]).sum(-1), weights**2
    others, others_before = index[..., after].sum(-1), (weights * index[..., base]).sum(-1)
    shift = log_ratio(others, others_before, k)
    return Ratio(
        log=log_ratio(sold, sold_before, k) - slope * shift,
        counts=_relative(sold, sold) + _relative((spread * units[..., base]).sum(-1), sold_before),
        controls=_relative(others, others) + _relative((spread * index[..., base]).sum(-1), others_before),
        steps=_steps(weighted_days / np.maximum(base_days, 0.5)[..., None], post),
        shift=shift,
    )


def _relative(variance: Numbers, total: Numbers) -> Numbers:
    return np.asarray((variance + 0.5) / (total + 0.5) ** 2)


def _steps(shares: Numbers, post: int) -> Numbers:
    """How often the step of one week of a random walk is in the difference of the two means.

    The step between two base weeks is in it by what weighs before it; those after the action fade out. The action's
    own day, in neither window, lengthens the step over it by a seventh.
    """
    before = (np.cumsum(shares, axis=-1)[..., :-1] ** 2).sum(-1)
    after = sum(((post - week) / post) ** 2 for week in range(1, post))
    return np.asarray(before + 8 / 7 + after)

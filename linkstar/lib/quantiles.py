"""Quantiles of what was measured: always one of the values, never a number between two."""

from collections.abc import Sequence
from typing import TypeVar

Number = TypeVar("Number", int, float)


def quantile(values: Sequence[Number], share: int) -> Number:
    """The smallest value that at least `share` of 100 of them do not exceed (the nearest rank); `share` is 1 to 100.

    Raises ValueError for no values.
    """
    if not values:
        raise ValueError("no values")
    if not 0 < share <= 100:
        raise ValueError(share)
    return sorted(values)[-(-share * len(values) // 100) - 1]

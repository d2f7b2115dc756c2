"""Rows that hold every pair of values of every two factors, so that a few plans stand for thousands."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any


def pairwise(factors: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    names = list(factors)
    open_pairs = {
        (i, a, j, b)
        for i, j in combinations(range(len(names)), 2)
        for a in factors[names[i]]
        for b in factors[names[j]]
    }
    rows = []
    while open_pairs:
        i, a, j, b = min(open_pairs, key=repr)
        row = {i: a, j: b}
        for k in range(len(names)):
            if k not in row:
                row[k] = _best(row, k, factors[names[k]], open_pairs)
        rows.append({names[k]: row[k] for k in range(len(names))})
        open_pairs = {pair for pair in open_pairs if row[pair[0]] != pair[1] or row[pair[2]] != pair[3]}
    return rows or [{name: values[0] for name, values in factors.items()}]


def _best(row: Mapping[int, Any], k: int, values: Sequence[Any], open_pairs: set[tuple[int, Any, int, Any]]) -> Any:
    return max(values, key=lambda value: _gain(row, k, value, open_pairs))


def _gain(row: Mapping[int, Any], k: int, value: Any, open_pairs: set[tuple[int, Any, int, Any]]) -> int:
    return sum(((i, row[i], k, value) in open_pairs) or ((k, value, i, row[i]) in open_pairs) for i in row)

"""Eight people at once on two worker processes, as in performance.md: the board, the Gantt chart, moves."""

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from linkstar.bench.driver import Browser

CLIENTS = 8
WORKERS = 2
# Each side in turn, so that whatever else the machine does falls on both.
ROUNDS, ROUND_SECONDS = 3, 2.5


@dataclass(frozen=True)
class Crowd:
    """Milliseconds. `failed` were answered by no success: a deadlock, an error of ours."""

    median: float
    p95: float
    a_second: float
    answered: int
    failed: int


def crowds(*sides: tuple[Callable[[Browser], Any], Sequence[Browser]]) -> list[Crowd]:
    """What each side answered; all its browsers ask at once."""
    taken: list[list[float]] = [[] for _side in sides]
    failed = [0] * len(sides)
    for _round in range(ROUNDS):
        for place, (ask, browsers) in enumerate(sides):
            end = time.monotonic() + ROUND_SECONDS
            with ThreadPoolExecutor(len(browsers)) as pool:
                for times, failures in pool.map(lambda browser: _until(end, ask, browser), browsers):  # noqa: B023
                    taken[place] += times
                    failed[place] += failures
    return [_crowd(times, failures) for times, failures in zip(taken, failed, strict=True)]


def _until(end: float, ask: Callable[[Browser], Any], browser: Browser) -> tuple[list[float], int]:
    times, failed = [], 0
    while time.monotonic() < end:
        begun = time.perf_counter()
        try:
            ask(browser)
        except RuntimeError:
            failed += 1
        else:
            times.append((time.perf_counter() - begun) * 1000)
    return times, failed


def _crowd(times: list[float], failed: int) -> Crowd:
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)]
    return Crowd(statistics.median(ordered), p95, len(ordered) / (ROUNDS * ROUND_SECONDS), len(ordered), failed)

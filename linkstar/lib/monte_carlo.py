"""When will it be done, if tasks take as long as they tend to? Many plans of one network, each with drawn durations.

All runs go through the network together, node by node, as arrays over the runs. Working time is exact: the same work
counts as in `schedule.worktime`, looked up for all runs at once. With equal seeds the answer is the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol

import numpy as np
from numpy.typing import NDArray

from linkstar.lib.schedule.errors import DurationOutOfRange
from linkstar.lib.schedule.network import ENTRY, MOST_DURATION, SPAN, Item, K, Link, Network, build
from linkstar.lib.schedule.passes import forward
from linkstar.lib.schedule.worktime import ELAPSED, WorkTime

Runs = NDArray[np.int64]
RUNS: Final = 10_000
_MOST_STEPS: Final = 1 << 22
_NEVER: Final = np.int64(-(1 << 62))


class Spread(Protocol):
    """How long a task may take, in working minutes."""

    def draw(self, random: np.random.Generator, runs: int) -> NDArray[np.float64]: ...


@dataclass(frozen=True, slots=True)
class Triangular:
    """An estimate in three numbers."""

    low: int
    mode: int
    high: int

    def draw(self, random: np.random.Generator, runs: int) -> NDArray[np.float64]:
        if self.low == self.high:
            return np.full(runs, float(self.low))
        return random.triangular(self.low, self.mode, self.high, runs)


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Durations by share of cases, both ascending: ((0.1, 60), (0.5, 90), (0.9, 240)). Straight lines between them."""

    points: tuple[tuple[float, int], ...]

    def draw(self, random: np.random.Generator, runs: int) -> NDArray[np.float64]:
        shares, minutes = zip(*self.points, strict=True)
        return np.interp(random.random(runs), shares, minutes)


@dataclass(frozen=True, slots=True)
class Empirical:
    """What it took before, each case as likely as another."""

    minutes: tuple[int, ...]

    def draw(self, random: np.random.Generator, runs: int) -> NDArray[np.float64]:
        return random.choice(np.asarray(self.minutes, float), runs)


@dataclass(frozen=True, slots=True)
class Odds:
    """Instants (minutes) by which half, four in five and nineteen in twenty of the runs are done."""

    p50: int
    p80: int
    p95: int


@dataclass(frozen=True, slots=True)
class TargetOdds:
    """Of one fixed finish: when its work would be done, and in what share of the runs that is in time."""

    odds: Odds
    in_time: float


@dataclass(frozen=True, slots=True)
class Outlook(Generic[K]):
    """`criticality` is the share of runs in which an item is on the chain that drives the finish (or `until`)."""

    runs: int
    finish: Odds
    targets: dict[K, TargetOdds]
    criticality: dict[K, float]


def simulate(
    items: Sequence[Item[K]],
    links: Sequence[Link[K]],
    spreads: Mapping[K, Spread],
    *,
    start: int,
    seed: int,
    runs: int = RUNS,
    until: K | None = None,
) -> Outlook[K]:
    """Items without a spread take their own duration every time. `until`: the item whose chain is asked for.

    Raises what `schedule` refuses, and DurationOutOfRange for a spread that draws below zero or too much.
    """
    network = build(items, links)
    order = forward(network, start).order
    walk = _Walk(network, draw(items, spreads, seed=seed, runs=runs), start, runs)
    for node in order:
        walk.place(node)
    finishes = np.stack([np.broadcast_to(walk.finish[place], (runs,)) for place in range(len(items))])
    last = np.argmax(finishes, axis=0) if until is None else np.full(runs, network.index[until])
    return Outlook(
        runs=runs,
        finish=_odds(finishes.max(axis=0)),
        targets={items[place].key: _target_odds(items[place], reach, runs) for place, reach in walk.reach.items()},
        criticality=walk.criticality(order, last),
    )


def draw(items: Sequence[Item[K]], spreads: Mapping[K, Spread], *, seed: int, runs: int) -> dict[K, Runs]:
    """Whole minutes for each run of every item that has a spread, drawn in the order of `items`."""
    random = np.random.default_rng(seed)
    drawn: dict[K, Runs] = {}
    for item in items:
        if item.key in spreads:
            minutes = np.rint(spreads[item.key].draw(random, runs)).astype(np.int64)
            if minutes.min() < 0 or minutes.max() > MOST_DURATION:
                raise DurationOutOfRange("A duration that was drawn.", [item.key])
            drawn[item.key] = minutes
    return drawn


def _odds(instants: Runs) -> Odds:
    ordered = np.sort(np.broadcast_to(instants, (max(instants.size, 1),)))
    places = [-(-len(ordered) * share // 100) - 1 for share in (50, 80, 95)]
    return Odds(*(int(ordered[place]) for place in places))


def _target_odds(item: Item[K], reach: Runs, runs: int) -> TargetOdds:
    assert item.fixed_finish is not None  # noqa: S101 - only those have a reach
    return TargetOdds(_odds(reach), float(np.mean(np.broadcast_to(reach, (runs,)) <= np.int64(item.fixed_finish))))


class _Places:
    """Finds the last key at or below each value: by even steps first, which no two keys share, then one comparison.

    Twice as fast as numpy's searchsorted for ten thousand values in no order.
    """

    def __init__(self, keys: Runs) -> None:
        narrowest = int(np.diff(keys).min()) if len(keys) > 1 else 1
        self._first, self._step = keys[0], narrowest.bit_length() - 1
        # Very short intervals over a very long time would make a table of many millions.
        self._step = max(self._step, (int(keys[-1] - keys[0]) // _MOST_STEPS).bit_length())
        self._is_exact = 1 << self._step <= narrowest
        steps = keys[0] + (np.arange((int(keys[-1] - keys[0]) >> self._step) + 1) << self._step)
        self._table = np.searchsorted(keys, steps, side="right") - 1
        self._next = np.append(keys[1:], 1 << 62)
        self._keys = keys

    def __call__(self, values: Runs) -> Runs:
        if not self._is_exact:
            return np.searchsorted(self._keys, values, side="right") - 1
        place = self._table[(values - self._first) >> self._step]
        return place + (values >= self._next[place])


class _Clock:
    """A WorkTime for arrays; its tables grow when a run gets beyond them."""

    def __init__(self, time: WorkTime, at: int) -> None:
        self._time, self._is_elapsed = time, time is ELAPSED
        first = next(time.intervals())[0]
        self._low, self._high = min(at, first), at
        if not self._is_elapsed:
            self._read()

    def _read(self) -> None:
        known = list(self._time.intervals_until(self._low, self._high))
        starts = np.array([start for start, _end in known], np.int64)
        self._ends = np.array([end for _start, end in known], np.int64)
        self._starts = starts
        lengths = self._ends - starts
        self._counts = np.concatenate(([0], np.cumsum(lengths))) + self._time.worked(int(starts[0]))
        self._offsets = self._counts[:-1] - starts
        self._place_of, self._place_counted = _Places(starts), _Places(self._counts)
        self._low, self._high = int(starts[0]), int(self._ends[-1])

    def _reach(self, low: int, high: int) -> None:
        span = max(high - low, 64 * 7 * 24 * 60)
        self._low, self._high = min(self._low, low - span), max(self._high, high + span)
        self._read()

    def worked(self, at: Runs) -> Runs:
        if self._is_elapsed:
            return at
        low, high = int(at.min()), int(at.max())
        if low < self._low or high > self._high:
            self._reach(low, high)
        place = self._place_of(np.minimum(at, self._starts[-1]))
        return self._offsets[place] + np.minimum(at, self._ends[place])

    def begin_of(self, count: Runs) -> Runs:
        if self._is_elapsed:
            return count
        self._cover(count)
        return count - self._offsets[self._place_counted(count)]

    def end_of(self, count: Runs) -> Runs:
        if self._is_elapsed:
            return count
        self._cover(count)
        return count - self._offsets[self._place_counted(count - 1)]

    def _cover(self, count: Runs) -> None:
        low, high = int(count.min()), int(count.max())
        while low <= self._counts[0] or high >= self._counts[-1]:
            self._reach(self._low, self._high)

    def shift(self, at: Runs, lag: int) -> Runs:
        return self.end_of(self.worked(at) + lag) if lag else at


class _Walk(Generic[K]):
    """What `passes.forward` does for one run, for all of them. Arrays of no dimension stand for equal runs."""

    def __init__(self, network: Network[K], drawn: Mapping[K, Runs], start: int, runs: int) -> None:
        self.network, self.drawn, self.runs = network, drawn, runs
        self.earliest = np.int64(start)
        nodes = len(network.edges)
        self.start: list[Runs] = [np.asarray(self.earliest)] * nodes
        self.finish: list[Runs] = [np.asarray(self.earliest)] * nodes
        self.start_bound: list[Runs] = [np.asarray(self.earliest)] * nodes
        self.finish_bound: list[Runs] = [np.asarray(_NEVER)] * nodes
        # Which node holds each run, by which end; -1 for none.
        self.start_driver: list[Runs] = [np.asarray(np.int64(-1))] * nodes
        self.finish_driver: list[Runs] = [np.asarray(np.int64(-1))] * nodes
        self.driver: list[Runs] = [np.asarray(np.int64(-1))] * nodes
        self.span_start: dict[int, Runs] = {}
        self.reach: dict[int, Runs] = {}
        self.clocks: dict[int, _Clock] = {}
        self.needs_start = [
            any(kind in ("SS", "SF", SPAN) for _other, kind, _lag, _time in edges) for edges in network.edges
        ]

    def clock(self, time: WorkTime) -> _Clock:
        if id(time) not in self.clocks:
            self.clocks[id(time)] = _Clock(time, int(self.earliest))
        return self.clocks[id(time)]

    def place(self, node: int) -> None:
        count = len(self.network.items)
        if node >= count:
            self._enter(node, self.network.items[self.network.owner[node - count]])
        elif node in self.network.children:
            self._span(node, self.network.items[node])
        else:
            self._put(node, self.network.items[node])
        for other, kind, lag, time in self.network.followers(node):
            self._push(node, other, kind, lag, time)

    def _enter(self, node: int, parent: Item[K]) -> None:
        self.driver[node] = self.start_driver[node]
        for at in (parent.start_no_earlier, parent.pinned_start):
            self._hold_start(node, at)
        self.start[node] = self.start_bound[node]

    def _span(self, node: int, item: Item[K]) -> None:
        start, finish = self.span_start[node], self.finish_bound[node]
        if item.done_at is not None:
            finish = np.asarray(np.int64(item.done_at))
        elif item.fixed_finish is not None:
            self.reach[node] = finish
            finish = np.asarray(np.int64(item.fixed_finish))
        self.start[node] = start if item.pinned_start is None else np.asarray(np.int64(item.pinned_start))
        self.finish[node], self.driver[node] = finish, self.finish_driver[node]

    def _hold_start(self, node: int, at: int | None) -> None:
        if at is not None:
            held = self.start_bound[node] < at
            self.start_bound[node] = np.where(held, at, self.start_bound[node])
            self.start_driver[node] = self.driver[node] = np.where(held, -1, self.start_driver[node])

    def _put(self, node: int, item: Item[K]) -> None:
        duration: Runs = self.drawn.get(item.key, np.asarray(np.int64(item.duration)))
        if item.is_milestone:
            duration = np.asarray(np.int64(0))
        self._hold_start(node, item.start_no_earlier)
        clock, end = self.clock(item.time), self.finish_bound[node]
        if item.done_at is not None:
            self.finish[node] = np.asarray(np.int64(item.done_at))
            began = item.done_at if item.started_at is None else min(item.started_at, item.done_at)
            self.start[node] = np.asarray(np.int64(began))
            if item.started_at is None and self.needs_start[node]:
                self.start[node] = self._back(clock, self.finish[node], duration)
            return
        begun = item.started_at if item.started_at is not None else item.pinned_start
        if begun is None:
            reach = self._flow(node, clock, duration)
        else:
            self.start[node] = np.asarray(np.int64(begun))
            reach = self._add(clock, self.start[node], duration)
            if item.started_at is not None:
                reach = np.maximum(reach, self.earliest)
                self.driver[node] = np.where(end > reach, self.finish_driver[node], -1)
                reach = np.maximum(reach, end)
        self.finish[node] = reach
        if item.fixed_finish is not None:
            self.reach[node] = reach
            self.finish[node] = np.asarray(np.int64(item.fixed_finish))
            if begun is None:
                self.start[node] = self._back(clock, self.finish[node], duration)

    def _flow(self, node: int, clock: _Clock, duration: Runs) -> Runs:
        """Where links bring an item that nothing else holds; its finish."""
        bound, end = self.start_bound[node], self.finish_bound[node]
        self.driver[node] = self.start_driver[node]
        if not duration.any():
            held = end > bound
            self.driver[node] = np.where(held, self.finish_driver[node], self.driver[node])
            self.start[node] = np.maximum(bound, end)
            return self.start[node]
        work = clock.worked(bound)
        is_held = bool((end > _NEVER).any())
        if is_held:
            back = clock.worked(np.maximum(end, bound)) - duration
            held = back > work
            self.driver[node] = np.where(held, self.finish_driver[node], self.driver[node])
            work = np.where(held, back, work)
        # Runs in which it takes no time at all stand where they are bound to, like a milestone.
        is_nothing = duration == 0
        if self.needs_start[node]:
            self.start[node] = np.where(is_nothing, np.maximum(bound, end), clock.begin_of(work))
        finish = np.maximum(clock.end_of(work + duration), end)
        return np.where(is_nothing, np.maximum(bound, end), finish) if is_nothing.any() else finish

    @staticmethod
    def _add(clock: _Clock, at: Runs, duration: Runs) -> Runs:
        return np.where(duration > 0, clock.end_of(clock.worked(at) + duration), at)

    @staticmethod
    def _back(clock: _Clock, at: Runs, duration: Runs) -> Runs:
        return np.where(duration > 0, clock.begin_of(clock.worked(at) - duration), at)

    def _push(self, node: int, other: int, kind: str, lag: int, time: WorkTime) -> None:
        if kind == ENTRY:
            self._bind(self.start_bound, self.start_driver, other, self.start[node], self.driver[node])
            return
        at = self.finish[node] if kind in ("FS", "FF", SPAN) else self.start[node]
        if lag:
            at = self.clock(time).shift(at, lag)
        if kind in ("FS", "SS"):
            self._bind(self.start_bound, self.start_driver, other, at, np.int64(node))
        else:
            self._bind(self.finish_bound, self.finish_driver, other, at, np.int64(node))
        if kind == SPAN:
            known = self.span_start.get(other)
            self.span_start[other] = self.start[node] if known is None else np.minimum(known, self.start[node])

    @staticmethod
    def _bind(bounds: list[Runs], drivers: list[Runs], node: int, at: Runs, driver: Runs | np.int64) -> None:
        later = at > bounds[node]
        bounds[node] = np.maximum(at, bounds[node])
        drivers[node] = np.where(later, driver, drivers[node])

    def criticality(self, order: Sequence[int], last: Runs) -> dict[K, float]:
        """Back from the last item of each run over what drove it."""
        items = self.network.items
        on_chain = np.zeros((len(items), self.runs), bool)
        every = np.arange(self.runs)
        on_chain[last, every] = True
        for node in reversed(order):
            if node < len(items) and on_chain[node].any():
                drivers = np.broadcast_to(self.driver[node], (self.runs,))
                runs = every[on_chain[node] & (drivers >= 0)]
                on_chain[drivers[runs], runs] = True
        return {item.key: float(on_chain[place].mean()) for place, item in enumerate(items)}

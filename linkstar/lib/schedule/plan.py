"""A network becomes a schedule: early and late dates, slack, what is critical and what drives each fixed date."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Generic, NamedTuple

from linkstar.lib.schedule.errors import NoAnchor
from linkstar.lib.schedule.network import Item, K, Link, Network, build
from linkstar.lib.schedule.passes import Early, Late, backward, forward, is_settled
from linkstar.lib.schedule.violations import Violation, broken_links, family_violations, leaves_of, own_violations


class Scheduled(NamedTuple):
    """One item. Slacks are in working minutes of its own time; `driven_by` is the key of what holds its early date.

    `total_slack` is how much later it may finish before a fixed date or the plan's finish is missed, negative when that
    has happened already; `free_slack`, before any successor's early date has to move. For what cannot move the early
    dates are where it stands, and a fixed finish is critical when its chain leaves no margin.
    """

    key: object
    early_start: int
    early_finish: int
    late_start: int
    late_finish: int
    total_slack: int
    free_slack: int
    is_critical: bool
    driven_by: object | None


@dataclass(frozen=True, slots=True)
class Target(Generic[K]):
    """One fixed finish: where the work would really end, the margin until then, and the chain that drives it.

    `margin` is in working minutes of the target's own time, negative when it is late. `chain` is in order of time and
    ends with the target.
    """

    key: K
    fixed_finish: int
    reachable: int
    margin: int
    chain: tuple[K, ...]


@dataclass(frozen=True)
class Schedule(Generic[K]):
    """`start` and `finish` are the plan's own: as given, or as they follow. Iterate `items` in the order given."""

    start: int
    finish: int
    items: dict[K, Scheduled]
    targets: dict[K, Target[K]]
    network: Network[K]
    early: Early[K]
    links: Sequence[Link[K]]
    is_finish_given: bool

    def __getitem__(self, key: K) -> Scheduled:
        return self.items[key]

    @cached_property
    def critical(self) -> list[K]:
        """Keys without slack, earliest first; done work is not among them."""
        found = [key for key, item in self.items.items() if item.is_critical]
        return sorted(found, key=lambda key: self.items[key].early_start)

    @cached_property
    def last_chain(self) -> tuple[K, ...]:
        """What drives the very end of the plan."""
        last = max(range(len(self.network.items)), key=lambda place: self.early.finish[place], default=None)
        return () if last is None else _chain(self.network, self.early, last)

    def chain(self, key: K) -> tuple[K, ...]:
        """What drives an item: each is held by the one before it, and the last is the item."""
        return _chain(self.network, self.early, self.network.index[key])

    @cached_property
    def violations(self) -> list[Violation[K]]:
        """Every constraint that the early dates do not keep; those of links first."""
        items = {item.key: item for item in self.network.items}
        dates = {key: (item.early_start, item.early_finish) for key, item in self.items.items()}
        leaves = leaves_of(self.network)
        found = broken_links(items, self.links, dates, leaves)
        for item in self.network.items:
            if item.key not in leaves:
                found += own_violations(item, dates[item.key], self.start)
                if self.is_finish_given and item.done_at is None and dates[item.key][1] > self.finish:
                    found.append(Violation("after_finish", item.key, dates[item.key][1], self.finish))
        for parent, inside in leaves.items():
            found += family_violations(items[parent], [items[key] for key in inside], dates)
        return found


def schedule(
    items: Sequence[Item[K]], links: Sequence[Link[K]], *, start: int | None, finish: int | None = None
) -> Schedule[K]:
    """The early and late dates of everything.

    Nothing unstarted begins before `start`, and begun work is not finished before it; None counts back instead: the
    plan then starts as late as `finish` and the fixed finishes allow. `finish` None: the plan ends with its last item.
    Raises a ScheduleRefused: CycleFound, UnknownItem, DuplicateItem, DurationOutOfRange, LagOutOfRange, NoAnchor.
    """
    network = build(items, links)
    if start is None:
        start = _latest_start(network, finish)
    early = forward(network, start)
    end = finish if finish is not None else max(early.finish[: len(items)], default=start)
    late = backward(network, early, end)
    return Schedule(
        start=start,
        finish=end,
        items=_scheduled(network, early, late),
        targets={items[place].key: _target(network, early, place) for place in early.reach},
        network=network,
        early=early,
        links=links,
        is_finish_given=finish is not None,
    )


def _latest_start(network: Network[K], finish: int | None) -> int:
    fixed = [item.fixed_finish for item in network.items if item.fixed_finish is not None and item.done_at is None]
    anchors = fixed if finish is None else [*fixed, finish]
    if not anchors:
        raise NoAnchor("A plan needs a start, or a finish to count back from.")
    # Late dates do not depend on where the forward pass begins.
    late = backward(network, forward(network, min(anchors)), max(anchors) if finish is None else finish)
    places = range(len(network.items))
    movable = [late.start[place] for place in places if _is_movable(network, place)]
    return min(movable, default=min(anchors))


def _is_movable(network: Network[K], place: int) -> bool:
    return place not in network.children and not is_settled(network.items[place])


def _scheduled(network: Network[K], early: Early[K], late: Late) -> dict[K, Scheduled]:
    keys: list[K] = [item.key for item in network.items]
    # A driver may be the entry node of nobody: only items drive.
    named: list[K | None] = [*keys, None]
    critical = [slack <= 0 and item.done_at is None for item, slack in zip(network.items, late.total, strict=True)]
    for place, reachable in early.reach.items():
        # It has no slack of its own, ever: what counts is whether its chain needs all the time there is.
        item = network.items[place]
        if not late.total[place] and place not in network.children:
            critical[place] = item.fixed_finish is not None and item.time.between(reachable, item.fixed_finish) <= 0
    drivers = [named[place] for place in early.driver[: len(keys)]]
    rows = zip(
        keys, early.start, early.finish, late.start, late.finish, late.total, late.free, critical, drivers, strict=False
    )  # fmt: skip
    # As Scheduled._make, without a call of Python for each.
    return dict(zip(keys, map(tuple.__new__, repeat(Scheduled), rows), strict=False))


def _target(network: Network[K], early: Early[K], place: int) -> Target[K]:
    item, reachable = network.items[place], early.reach[place]
    assert item.fixed_finish is not None  # noqa: S101 - only those have a reach
    margin = item.time.between(reachable, item.fixed_finish)
    return Target(item.key, item.fixed_finish, reachable, margin, _chain(network, early, place))


def _chain(network: Network[K], early: Early[K], place: int) -> tuple[K, ...]:
    chain = []
    while place >= 0:
        chain.append(network.items[place].key)
        place = early.driver[place]
    return tuple(reversed(chain))

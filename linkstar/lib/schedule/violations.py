"""Constraints that a schedule does not keep: only what cannot move breaks one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal

from linkstar.lib.schedule.network import Item, K, Link, Network
from linkstar.lib.schedule.passes import is_settled

Broken = Literal["link", "too_early", "squeezed", "before_start", "outside_parent", "after_parent", "after_finish"]


@dataclass(frozen=True, slots=True)
class Violation(Generic[K]):
    """`key` stands at `stands` (its start or finish) and ought to be at `needed`.

    link: later, because of `link`. too_early: later, by its own or a parent's earliest start. squeezed: a pin and a
    fixed finish leave less time than the duration. before_start: a fixed finish asks for a start before the plan's.
    outside_parent: it starts before its pinned parent. after_parent: it finishes after its parent is done or has its
    fixed finish. after_finish: it finishes after the whole plan must.
    """

    kind: Broken
    key: K
    stands: int
    needed: int
    link: Link[K] | None = None

    @property
    def by(self) -> int:
        """Minutes that have to go by on the clock to mend it."""
        return abs(self.needed - self.stands)


Dates = tuple[int, int]


def broken_links(
    items: Mapping[K, Item[K]], links: Sequence[Link[K]], dates: Mapping[K, Dates], leaves: Mapping[K, list[K]]
) -> list[Violation[K]]:
    """Links that `dates` (start and finish by key) do not keep; `leaves` are the childless items inside each parent.

    The start of begun work and everything about done work is a fact and keeps whatever it likes.
    """
    found = []
    for link in links:
        before = dates.get(link.before)
        if before is None:
            continue
        needed, at_start = link.bound(before), link.holds_start
        held = leaves.get(link.after, [link.after]) if at_start else [link.after]
        for key in held:
            item, stood = items[key], dates.get(key)
            if stood is None or item.done_at is not None or (at_start and item.started_at is not None):
                continue
            stands = stood[0] if at_start else stood[1]
            if stands < needed:
                found.append(Violation("link", key, stands, needed, link))
    return found


def own_violations(item: Item[K], dates: Dates, earliest: int) -> list[Violation[K]]:
    """What a childless, settled item breaks by itself; `earliest` is the plan's start."""
    if item.done_at is not None or not is_settled(item):
        return []
    found: list[Violation[K]] = []
    start, finish = dates
    duration = 0 if item.is_milestone else item.duration
    if item.started_at is None and item.start_no_earlier is not None and start < item.start_no_earlier:
        found.append(Violation("too_early", item.key, start, item.start_no_earlier))
    if item.fixed_finish is not None:
        begun = item.started_at is not None or item.pinned_start is not None
        if begun and (item.time.between(start, finish) < duration or finish < start):
            found.append(Violation("squeezed", item.key, finish, item.time.add(start, duration)))
        elif not begun and start < earliest:
            found.append(Violation("before_start", item.key, start, earliest))
    return found


def family_violations(parent: Item[K], inside: Sequence[Item[K]], dates: Mapping[K, Dates]) -> list[Violation[K]]:
    """What the childless items `inside` break of the parent's own dates."""
    found: list[Violation[K]] = []
    last = parent.done_at if parent.done_at is not None else parent.fixed_finish
    for item in inside:
        stood = dates.get(item.key)
        if item.done_at is not None or stood is None:
            continue
        start, finish = stood
        if item.started_at is None and parent.pinned_start is not None and start < parent.pinned_start:
            found.append(Violation("outside_parent", item.key, start, parent.pinned_start))
        if item.started_at is None and parent.start_no_earlier is not None and start < parent.start_no_earlier:
            found.append(Violation("too_early", item.key, start, parent.start_no_earlier))
        if last is not None and finish > last:
            found.append(Violation("after_parent", item.key, finish, last))
    return found


def leaves_of(network: Network[K]) -> dict[K, list[K]]:
    """The childless items inside each parent, however deep."""
    leaves: dict[K, list[K]] = {}
    for parent in network.children:
        waiting, inside = list(network.children[parent]), []
        while waiting:
            child = waiting.pop()
            if child in network.children:
                waiting += network.children[child]
            else:
                inside.append(network.items[child].key)
        leaves[network.items[parent].key] = inside
    return leaves

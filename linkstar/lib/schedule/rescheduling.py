"""What follows when somebody moves something: how far the successors go along, by one of three policies.

keep_gaps    the working time between linked items stays: they follow later and earlier alike.
use_slack    gaps are used up first: only what would newly overlap moves, as little as possible; nothing is pulled back,
             and an overlap that was there before may stay as large as it was.
push_only    every broken link behind the move is mended by pushing, an old overlap too; nothing is ever pulled back.

Under every policy pins, fixed finishes, begun and done work stay where they are (unless moved themselves) and drive
their successors all the same; what they then break is reported.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple

from linkstar.lib.schedule.cycles import cycle_in, family_link
from linkstar.lib.schedule.errors import CycleFound
from linkstar.lib.schedule.network import Item, K, Link, Network, build
from linkstar.lib.schedule.passes import NEVER, is_settled
from linkstar.lib.schedule.violations import Violation, broken_links, family_violations, leaves_of

Policy = Literal["keep_gaps", "use_slack", "push_only"]


class Dates(NamedTuple):
    """Minutes. An item without a start of its own starts and finishes at once."""

    start: int
    finish: int


class Move(NamedTuple):
    """`because` is the key of the moved item that this one follows; None for what was moved by hand."""

    old: Dates | None
    new: Dates
    because: object | None


@dataclass(frozen=True, slots=True)
class Moves(Generic[K]):
    """`moves` has what changes: first what was moved by hand, then predecessors before successors, parents among them.

    `violations` are the broken constraints that touch a changed item; `new_violations` those that were kept before.
    """

    moves: dict[K, Move]
    violations: list[Violation[K]]
    new_violations: list[Violation[K]]


def reschedule(
    items: Sequence[Item[K]],
    links: Sequence[Link[K]],
    current: Mapping[K, Dates],
    moved: Mapping[K, Dates],
    policy: Policy,
    *,
    earliest: int | None = None,
    settle: Callable[[K, Dates], Dates] | None = None,
) -> Moves[K]:
    """What changes when the items in `moved` come to stand there.

    `current` are the dates now; an item without any takes no part. Moved items keep exactly the dates given; moving a
    parent takes everything inside along by the working time it was moved. Others keep the working time between their
    start and finish. Nothing is pulled before `earliest` or its own `start_no_earlier`. `settle` says where an item
    that follows really comes to stand (a deadline may have a time of day of its own), before what waits for it is
    asked. Raises what `schedule` refuses.
    """
    network = build(items, links)
    order = _order(network)
    walk = _Walk(network, links, current, policy, earliest, settle)
    walk.by_hand(moved)
    for node in order:
        if node < len(items):
            walk.settle(items[node])
    return walk.result()


class _Walk(Generic[K]):
    """Walks the items, predecessors first. `new` has the dates of those that change, and all that were put by hand."""

    def __init__(
        self,
        network: Network[K],
        links: Sequence[Link[K]],
        current: Mapping[K, Dates],
        policy: Policy,
        earliest: int | None,
        settle: Callable[[K, Dates], Dates] | None,
    ) -> None:
        self.network, self.links, self.policy, self.earliest = network, links, policy, earliest
        self.settled = settle
        self.old = {key: Dates(*dates) for key, dates in current.items()}
        self.new: dict[K, Dates] = {}
        self.because: dict[K, K | None] = {}
        self.inside = leaves_of(network)
        self.holders: dict[K, list[Link[K]]] = {}
        for link in links:
            for key in self.inside.get(link.after, [link.after]) if link.holds_start else [link.after]:
                self.holders.setdefault(key, []).append(link)

    def by_hand(self, moved: Mapping[K, Dates]) -> None:
        for key, dates in moved.items():
            if key in self.inside:
                self._take_along(key, Dates(*dates))
        for key, dates in moved.items():
            if key not in self.inside:
                self.new[key] = Dates(*dates)

    def _take_along(self, parent: K, dates: Dates) -> None:
        stood = self.old.get(parent)
        for key in self.inside[parent]:
            item, stands = self._item(key), self.old.get(key)
            if stood is not None and stands is not None and not is_settled(item):
                begin = item.time.worked(stands.start) + item.time.between(stood.start, dates.start)
                self.new[key] = _placed(item, stands, begin)

    def settle(self, item: Item[K]) -> None:
        stands = self.old.get(item.key)
        if item.key in self.inside:
            self._span(item, stands)
        elif stands is not None and item.key not in self.new and not is_settled(item):
            self._follow(item, stands)

    def _span(self, parent: Item[K], stands: Dates | None) -> None:
        """From the first child to the last, and no sooner than what holds the parent's own finish."""
        children = [self._item(key).key for key in self._children(parent.key)]
        cause = next((key for key in children if self._has_changed(key)), None)
        finish_holders = self.holders.get(parent.key, [])
        if cause is None:
            cause = next((link.before for link in finish_holders if self._has_changed(link.before)), None)
        known = [dates for key in children if (dates := self._dates(key))]
        if cause is None or not known:
            return
        start, finish = min(dates.start for dates in known), max(dates.finish for dates in known)
        for link in finish_holders:
            if (before := self._dates(link.before)) is not None:
                finish = max(finish, link.bound(before))
        if stands is not None:
            start = start if parent.pinned_start is None else stands.start
            finish = finish if parent.fixed_finish is None and parent.done_at is None else stands.finish
        self._put(parent.key, stands, Dates(start, finish), cause)

    def _follow(self, item: Item[K], stands: Dates) -> None:
        """Where the links that come from changed items want this one."""
        holders = self.holders.get(item.key, [])
        changed = [link for link in holders if self._has_changed(link.before)]
        if not changed:
            return
        start, finish, cause = self._floor(item, stands, holders), NEVER, changed[0].before
        for link in changed:
            needed = self._needed(link, item, stands)
            if link.holds_start and needed >= start:
                start, cause = needed, link.before
            elif not link.holds_start and needed > finish:
                finish, cause = needed, cause if needed <= stands.finish else link.before
        work = item.time.worked
        begin = work(start)
        if finish != NEVER:
            begin = max(begin, work(finish) - item.time.between(*stands))
        if begin == work(stands.start) and stands.start >= start and stands.finish >= finish:
            return
        self._put(item.key, stands, _placed(item, stands, begin, start, finish), cause)

    def _floor(self, item: Item[K], stands: Dates, holders: list[Link[K]]) -> int:
        """The earliest it may be pulled to: a predecessor that stays, or is new, holds it where it is."""
        stays = any(link.before in self.old and not self._has_changed(link.before) for link in holders)
        is_new = any(link.before in self.new and link.before not in self.old for link in holders)
        if self.policy != "keep_gaps" or stays or is_new:
            return stands.start
        floors = [at for at in (self.earliest, item.start_no_earlier) if at is not None]
        return min(stands.start, max(floors)) if floors else NEVER

    def _needed(self, link: Link[K], item: Item[K], stands: Dates) -> int:
        """The instant that a link from a changed item asks for, with what the policy makes of the gap there was."""
        at = link.bound(self.new[link.before])
        old = self.old.get(link.before)
        if old is None or self.policy == "push_only":
            return at
        gap = item.time.between(link.bound(old), stands.start if link.holds_start else stands.finish)
        return item.time.shift(at, gap if self.policy == "keep_gaps" else min(gap, 0))

    def _put(self, key: K, stands: Dates | None, dates: Dates, cause: K) -> None:
        if self.settled is not None and dates != stands:
            dates = self.settled(key, dates)
        if dates != stands:
            self.new[key], self.because[key] = dates, cause

    def _item(self, key: K) -> Item[K]:
        return self.network.items[self.network.index[key]]

    def _children(self, parent: K) -> list[K]:
        return [self.network.items[child].key for child in self.network.children[self.network.index[parent]]]

    def _dates(self, key: K) -> Dates | None:
        return self.new.get(key) or self.old.get(key)

    def _has_changed(self, key: K) -> bool:
        return key in self.new and self.new[key] != self.old.get(key)

    def result(self) -> Moves[K]:
        changed = [key for key in self.new if self._has_changed(key)]
        moves = {key: Move(self.old.get(key), self.new[key], self.because.get(key)) for key in changed}
        broken = self._broken({**self.old, **self.new}, moves)
        before = {(found.key, found.kind, found.link) for found in self._broken(self.old, moves)}
        new = [found for found in broken if (found.key, found.kind, found.link) not in before]
        return Moves(moves, broken, new)

    def _broken(self, dates: dict[K, Dates], moves: Mapping[K, Move]) -> list[Violation[K]]:
        """What `dates` break, of the links and families that touch a moved item."""
        near = [
            link
            for link in self.links
            if link.before in moves or any(key in moves for key in (link.after, *self.inside.get(link.after, ())))
        ]
        items = {item.key: item for item in self.network.items}
        found = broken_links(items, near, dates, self.inside)
        for parent, inside in self.inside.items():
            moved = [items[key] for key in inside if key in moves]
            found += family_violations(items[parent], moved, dates)
        return found


def _placed(item: Item[K], stands: Dates, begin: int, start: int = NEVER, finish: int = NEVER) -> Dates:
    """As much work as between `stands`, from the work count `begin` on; without any, at the later of both bounds."""
    duration = item.time.between(*stands)
    if duration:
        return Dates(item.time.begin_of(begin), max(item.time.end_of(begin + duration), finish))
    at = max(start, finish)
    at = item.time.end_of(begin) if at == NEVER else at
    return Dates(at, at)


def _order(network: Network[K]) -> list[int]:
    waits_for = network.waits_for.copy()
    order = [node for node, count in enumerate(waits_for) if not count]
    for node in order:
        for other, *_rest in network.followers(node):
            waits_for[other] -= 1
            if not waits_for[other]:
                order.append(other)
    if len(order) < len(waits_for):
        path = cycle_in(network)
        raise CycleFound("Links lead round in a circle.", path or ())
    if family := family_link(network):
        raise CycleFound("A link within a family.", family)
    return order

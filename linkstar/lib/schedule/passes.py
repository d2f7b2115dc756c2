"""Both walks over a network: forward for the earliest dates, backward for the latest and for both slacks.

Forward, work begins in working time and as early as every link allows; backward is its mirror image: work ends in
working time, as late as every successor allows. An item may end later, within one pause of its calendar, than its last
minute of work, where a link holds its finish (and, backward, begin earlier).

What cannot move takes part as it stands: a pin, a fixed finish, what has begun or is done. What has happened already is
no longer a constraint: nothing holds the start of begun work, and nothing at all holds done work.
"""

from dataclasses import dataclass
from operator import sub
from typing import Final, Generic

from linkstar.lib.schedule.cycles import cycle_in, family_link
from linkstar.lib.schedule.errors import CycleFound
from linkstar.lib.schedule.network import ENTRY, SPAN, Item, K, Network
from linkstar.lib.schedule.worktime import ELAPSED

NEVER: Final = -(1 << 62)
ALWAYS: Final = 1 << 62


@dataclass(slots=True)
class Early(Generic[K]):
    """By node. `work` is the item's work count at its finish; `driver` the node that holds it, or -1.

    `reach` is where a fixed finish would lie if it could move; `first` the child that a parent begins with.
    """

    order: list[int]
    start: list[int]
    finish: list[int]
    work: list[int]
    driver: list[int]
    start_bound: list[int]
    finish_bound: list[int]
    settled: list[bool]
    reach: dict[int, int]
    first: dict[int, int]


@dataclass(slots=True)
class Late:
    """By node; both slacks are in working minutes of the item's own time."""

    start: list[int]
    finish: list[int]
    total: list[int]
    free: list[int]


def is_settled(item: Item[K]) -> bool:
    """Whether something other than its links says where a childless item stands."""
    return (
        item.pinned_start is not None
        or item.fixed_finish is not None
        or item.done_at is not None
        or item.started_at is not None
    )


def forward(network: Network[K], start: int) -> Early[K]:
    """Raises CycleFound."""
    items, edges, plain = network.items, network.edges, network.plain
    count, nodes = len(items), len(edges)
    waits_for = network.waits_for.copy()
    start_bound, finish_bound = [start] * nodes, [NEVER] * nodes
    starts, finishes, works, driver = [0] * nodes, [0] * nodes, [0] * count, [-1] * nodes
    finish_driver = [-1] * nodes
    order = [node for node in range(nodes) if not waits_for[node]]
    settled = [False] * count
    early: Early[K] = Early(order, starts, finishes, works, driver, start_bound, finish_bound, settled, {}, {})
    parents = network.children
    for node in order:
        begin, end = start_bound[node], finish_bound[node]
        # Three kinds of nodes: entries, parents, items without children.
        if node >= count:
            begin = starts[node] = _entry_start(items[network.owner[node - count]], begin)
            if begin > start_bound[node]:
                driver[node] = -1
        elif parents and node in parents:
            driver[node] = finish_driver[node]
            begin, end = _place_parent(items[node], node, early)
        else:
            item = items[node]
            no_earlier, duration = item.start_no_earlier, item.duration
            if no_earlier is not None and no_earlier > begin:
                begin = start_bound[node] = no_earlier
                driver[node] = -1
            # is_settled, without the call.
            if not (item.pinned_start is item.fixed_finish is item.done_at is item.started_at is None):
                settled[node] = True
                begin, end = _place_settled(item, node, early, start, finish_driver[node])
                works[node] = item.time.worked(end)
            elif duration and not item.is_milestone:
                if end == NEVER:
                    begin, end, works[node] = item.time.run_from(begin, duration)
                else:
                    work = item.time.worked(begin)
                    held = item.time.worked(end) - duration
                    if held > work:
                        work = held
                        driver[node] = finish_driver[node]
                    begin = item.time.begin_of(work)
                    works[node] = work + duration
                    end = max(end, item.time.end_of(work + duration))
            else:
                if end > begin:
                    begin = end
                    driver[node] = finish_driver[node]
                end = begin
                works[node] = item.time.worked(end)
            starts[node], finishes[node] = begin, end
        for other in plain[node]:
            if end > start_bound[other]:
                start_bound[other], driver[other] = end, node
            left = waits_for[other] - 1
            if left:
                waits_for[other] = left
            else:
                order.append(other)
        for other, kind, lag, lag_time in edges[node]:
            if kind == SPAN:
                if end > finish_bound[other]:
                    finish_bound[other], finish_driver[other] = end, node
                if other not in early.first or begin < starts[early.first[other]]:
                    early.first[other] = node
            elif kind == ENTRY:
                if begin > start_bound[other]:
                    start_bound[other], driver[other] = begin, driver[node]
            else:
                at = end if kind == "FS" or kind == "FF" else begin
                if lag_time is ELAPSED:
                    at += lag
                elif lag:
                    at = lag_time.end_of(lag_time.worked(at) + lag)
                if kind == "FS" or kind == "SS":
                    if at > start_bound[other]:
                        start_bound[other], driver[other] = at, node
                elif at > finish_bound[other]:
                    finish_bound[other], finish_driver[other] = at, node
            left = waits_for[other] - 1
            if left:
                waits_for[other] = left
            else:
                order.append(other)
    if len(order) < nodes:
        path = cycle_in(network)
        raise CycleFound("Links lead round in a circle.", path or ())
    if family := family_link(network):
        raise CycleFound("A link within a family.", family)
    return early


def _entry_start(parent: Item[K], bound: int) -> int:
    """What a parent's own dates add to the bound of everything inside it."""
    return max(bound, *(at for at in (parent.start_no_earlier, parent.pinned_start) if at is not None), NEVER)


def _place_parent(item: Item[K], node: int, early: Early[K]) -> tuple[int, int]:
    begin = early.start[early.first[node]]
    end = early.finish_bound[node]
    if item.done_at is not None:
        end = item.done_at
    elif item.fixed_finish is not None:
        early.reach[node] = end
        end = item.fixed_finish
    if item.pinned_start is not None:
        begin = item.pinned_start
    early.start[node], early.finish[node] = begin, end
    early.work[node] = item.time.worked(end)
    return begin, end


def _place_settled(item: Item[K], node: int, early: Early[K], earliest: int, finish_driver: int) -> tuple[int, int]:
    """Facts first, then the fixed finish, then the pin. Begun work is not finished before `earliest`."""
    duration = 0 if item.is_milestone else item.duration
    time, bound = item.time, early.finish_bound[node]
    begun = item.started_at if item.started_at is not None else item.pinned_start
    start_driver, early.driver[node] = early.driver[node], -1
    if item.done_at is not None:
        begin = begun if item.started_at is not None else None
        return min(time.subtract(item.done_at, duration) if begin is None else begin, item.done_at), item.done_at
    if begun is None:
        start_bound = early.start_bound[node]
        held = bound > start_bound and time.worked(bound) - time.worked(start_bound) > duration
        early.driver[node] = finish_driver if held else start_driver
        reach = max(time.add(start_bound, duration), bound)
    else:
        reach = time.add(begun, duration)
        if item.started_at is not None:
            reach = max(reach, earliest)
            if bound > reach:
                reach, early.driver[node] = bound, finish_driver
    if item.fixed_finish is None:
        assert begun is not None  # noqa: S101 - is_settled says so
        return begun, reach
    early.reach[node] = reach
    end = item.fixed_finish
    return time.subtract(end, duration) if begun is None else begun, end


def backward(network: Network[K], early: Early[K], finish: int) -> Late:
    """`finish` holds every item, besides what its successors and fixed finishes say."""
    items, edges, plain, parents = network.items, network.edges, network.plain, network.children
    count, nodes = len(items), len(edges)
    # What a predecessor has to keep to: the late dates of its successors, and for the free slack the early ones.
    starts, finishes = [ALWAYS] * nodes, [ALWAYS] * nodes
    free_start, free_finish = early.start.copy(), early.finish.copy()
    late_work, free_work = [0] * count, [0] * count
    # What a parent hands down to the items inside it.
    down = _HandedDown(finish, nodes) if parents else None
    standing: dict[int, tuple[int, int]] = {}
    works, early_finish, settled = early.work, early.finish, early.settled
    for node in reversed(early.order):
        if node >= count:
            _late_entry(network, node, (starts, free_start), standing)
            continue
        end, begin, gap_end, gap_begin = finish, ALWAYS, finish, ALWAYS
        if down:
            end, begin, gap_end, gap_begin = down.end[node], down.begin[node], down.gap_end[node], down.gap_begin[node]
        for other in plain[node]:
            at = starts[other]
            if at < end:
                end = at
            at = free_start[other]
            if at < gap_end:
                gap_end = at
        for other, kind, lag, lag_time in edges[node]:
            if kind == "FS" or kind == "SS":
                at, free_at = starts[other], free_start[other]
            elif kind == SPAN:
                continue
            else:
                at, free_at = finishes[other], free_finish[other]
            if free_at == ALWAYS:
                continue
            if lag_time is ELAPSED:
                at, free_at = at - lag, free_at - lag
            elif lag:
                at = lag_time.begin_of(lag_time.worked(at) - lag)
                free_at = lag_time.begin_of(lag_time.worked(free_at) - lag)
            if kind == "FS" or kind == "FF":
                if at < end:
                    end = at
                if free_at < gap_end:
                    gap_end = free_at
            else:
                if at < begin:
                    begin = at
                if free_at < gap_begin:
                    gap_begin = free_at
        item = items[node]
        time = item.time
        if item.fixed_finish is not None:
            end, gap_end = min(end, item.fixed_finish), min(gap_end, item.fixed_finish)
        if down and node in parents:
            late_work[node], free_work[node] = time.worked(end), time.worked(gap_end)
            finishes[node] = end
            if item.done_at is None:
                down.hand(parents[node], early.first[node], (end, begin, gap_end, gap_begin))
            else:
                _settle(item, node, early, (starts, finishes), (late_work, free_work), standing)
                free_finish[node] = ALWAYS
            continue
        duration = item.duration
        if begin == gap_begin == ALWAYS and duration and not item.is_milestone:
            starts[node], finishes[node], late_work[node] = time.run_to(end, duration)
            # Most items drive a successor, so that nothing is free.
            free_work[node] = works[node] if gap_end == early_finish[node] else time.worked(gap_end)
        else:
            duration = 0 if item.is_milestone else duration
            work, gap = time.worked(end), time.worked(gap_end)
            if begin != ALWAYS:
                work = min(work, time.worked(begin) + duration)
            if gap_begin != ALWAYS:
                gap = min(gap, time.worked(gap_begin) + duration)
            finishes[node] = time.end_of(work) if duration else min(begin, end)
            starts[node] = min(begin, time.begin_of(work - duration)) if duration else finishes[node]
            late_work[node], free_work[node] = work, gap
        if settled[node]:
            _settle(item, node, early, (starts, finishes), (late_work, free_work), standing)
            if item.done_at is not None or item.started_at is not None:
                free_start[node] = ALWAYS
            if item.done_at is not None:
                free_finish[node] = ALWAYS
    for node, dates in standing.items():
        starts[node], finishes[node] = dates
    return Late(starts, finishes, list(map(sub, late_work, early.work)), list(map(sub, free_work, early.work)))


class _HandedDown:
    """By node: what the families of an item hold it to, late and for the free slack."""

    def __init__(self, finish: int, nodes: int) -> None:
        self.end, self.gap_end = [finish] * nodes, [finish] * nodes
        self.begin, self.gap_begin = [ALWAYS] * nodes, [ALWAYS] * nodes

    def hand(self, children: list[int], first: int, bounds: tuple[int, int, int, int]) -> None:
        """The finish holds every child; the start only the one that the parent begins with."""
        end, begin, gap_end, gap_begin = bounds
        for child in children:
            self.end[child], self.gap_end[child] = min(self.end[child], end), min(self.gap_end[child], gap_end)
        self.begin[first] = min(self.begin[first], begin)
        self.gap_begin[first] = min(self.gap_begin[first], gap_begin)


def _late_entry(
    network: Network[K], node: int, bounds: tuple[list[int], list[int]], standing: dict[int, tuple[int, int]]
) -> None:
    """What precedes a parent is held by whichever of its children has to begin first."""
    parent = network.owner[node - len(network.items)]
    children = network.children[parent]
    pinned = network.items[parent].pinned_start
    for starts in bounds:
        starts[node] = min(starts[network.entry[child]] for child in children)
        if pinned is not None:
            starts[node] = min(starts[node], pinned)
    late = bounds[0]
    shown = min(standing[child][0] if child in standing else late[child] for child in children)
    if parent in standing:
        standing[parent] = shown, standing[parent][1]
    late[parent] = shown


def _settle(
    item: Item[K],
    node: int,
    early: Early[K],
    late: tuple[list[int], list[int]],
    works: tuple[list[int], list[int]],
    standing: dict[int, tuple[int, int]],
) -> None:
    """What cannot move holds its predecessors to where it stands; `standing` keeps the late dates to show."""
    starts, finishes = late
    stands = early.start[node], early.finish[node]
    if item.done_at is not None:
        works[0][node] = works[1][node] = early.work[node]
        standing[node] = stands
        starts[node] = finishes[node] = ALWAYS
        return
    has_slack = works[0][node] != early.work[node]
    standing[node] = (starts[node], finishes[node]) if item.fixed_finish is None or has_slack else stands
    if item.started_at is not None:
        standing[node] = stands[0], standing[node][1]
        starts[node] = ALWAYS
        if item.fixed_finish is not None:
            finishes[node] = stands[1]
    else:
        starts[node], finishes[node] = stands

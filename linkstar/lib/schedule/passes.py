"""Both walks over a network: forward for the earliest dates, backward for the latest and for both slacks.

Forward, work begins in working time and as early as every link allows; backward is its mirror image: work ends in
working time, as late as every successor allows. An item may end later, within one pause of its calendar, than its last
minute of work, where a link holds its finish (and, backward, begin earlier).

What cannot move takes part as it stands: a pin, a fixed finish, what has begun or is done. What has happened already is
no longer a constraint: nothing holds the start of begun work, and nothing at all holds done work.
"""

from dataclasses import dataclass
from typing import Final, Generic

from linkstar.lib.schedule.cycles import cycle_in, family_link
from linkstar.lib.schedule.errors import CycleFound
from linkstar.lib.schedule.network import ENTRY, SPAN, Item, K, Network

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
    items, edges = network.items, network.edges
    count, nodes = len(items), len(edges)
    waits_for = network.waits_for.copy()
    start_bound, finish_bound = [start] * nodes, [NEVER] * nodes
    starts, finishes, works, driver = [0] * nodes, [0] * nodes, [0] * count, [-1] * nodes
    finish_driver = [-1] * nodes
    order = [node for node in range(nodes) if not waits_for[node]]
    early: Early[K] = Early(order, starts, finishes, works, driver, start_bound, finish_bound, {}, {})
    parents = network.children
    for node in order:
        begin, end = start_bound[node], finish_bound[node]
        if node >= count:
            begin = starts[node] = _entry_start(items[network.owner[node - count]], begin)
            if begin > start_bound[node]:
                driver[node] = -1
        elif node in parents:
            driver[node] = finish_driver[node]
            begin, end = _place_parent(items[node], node, early)
        else:
            item = items[node]
            if item.start_no_earlier is not None and item.start_no_earlier > begin:
                begin = start_bound[node] = item.start_no_earlier
                driver[node] = -1
            time = item.time
            if is_settled(item):
                begin, end = _place_settled(item, node, early, start)
                works[node] = time.worked(end)
            elif item.duration and not item.is_milestone:
                work = time.worked(begin)
                if end != NEVER:
                    held = time.worked(end) - item.duration
                    if held > work:
                        work = held
                        driver[node] = finish_driver[node]
                begin = time.begin_of(work)
                work += item.duration
                works[node] = work
                held = time.end_of(work)
                if held > end:
                    end = held
            else:
                if end > begin:
                    begin = end
                    driver[node] = finish_driver[node]
                end = begin
                works[node] = time.worked(end)
            starts[node], finishes[node] = begin, end
        for other, kind, lag, lag_time in edges[node]:
            if kind == "FS":
                at = lag_time.shift(end, lag) if lag else end
                if at > start_bound[other]:
                    start_bound[other], driver[other] = at, node
            elif kind == "SS":
                at = lag_time.shift(begin, lag) if lag else begin
                if at > start_bound[other]:
                    start_bound[other], driver[other] = at, node
            elif kind == SPAN:
                if end > finish_bound[other]:
                    finish_bound[other], finish_driver[other] = end, node
                if other not in early.first or begin < starts[early.first[other]]:
                    early.first[other] = node
            elif kind == ENTRY:
                if begin > start_bound[other]:
                    start_bound[other], driver[other] = begin, driver[node]
            else:
                at = end if kind == "FF" else begin
                if lag:
                    at = lag_time.shift(at, lag)
                if at > finish_bound[other]:
                    finish_bound[other], finish_driver[other] = at, node
            waits_for[other] -= 1
            if not waits_for[other]:
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


def _place_settled(item: Item[K], node: int, early: Early[K], earliest: int) -> tuple[int, int]:
    """Facts first, then the fixed finish, then the pin. Begun work is not finished before `earliest`."""
    duration = 0 if item.is_milestone else item.duration
    time, bound = item.time, early.finish_bound[node]
    begun = item.started_at if item.started_at is not None else item.pinned_start
    if item.done_at is not None:
        begin = begun if item.started_at is not None else None
        return min(time.subtract(item.done_at, duration) if begin is None else begin, item.done_at), item.done_at
    if begun is None:
        work = max(time.worked(early.start_bound[node]) + duration, time.worked(bound) if bound > NEVER else NEVER)
        reach = max(time.end_of(work), bound) if duration else max(early.start_bound[node], bound)
    else:
        reach = time.add(begun, duration)
        if item.started_at is not None:
            reach = max(reach, earliest, bound)
    if item.fixed_finish is None:
        assert begun is not None  # noqa: S101 - is_settled says so
        return begun, reach
    early.reach[node] = reach
    end = item.fixed_finish
    return time.subtract(end, duration) if begun is None else begun, end


def backward(network: Network[K], early: Early[K], finish: int) -> Late:
    """`finish` holds every item, besides what its successors and fixed finishes say."""
    items, edges, parents = network.items, network.edges, network.children
    count, nodes = len(items), len(edges)
    starts, finishes, total, free = [0] * nodes, [0] * nodes, [0] * count, [0] * count
    # What a predecessor has to keep to: the late dates of its successors, and for the free slack the early ones.
    hold_start, hold_finish = [ALWAYS] * nodes, [ALWAYS] * nodes
    free_start, free_finish = early.start.copy(), early.finish.copy()
    # What a parent hands down to the items inside it.
    late_end, free_end = [finish] * nodes, [finish] * nodes
    late_begin, free_begin = [ALWAYS] * nodes, [ALWAYS] * nodes
    works = early.work
    for node in reversed(early.order):
        if node >= count:
            parent = network.owner[node - count]
            inside = [network.entry[child] for child in parents[parent]]
            hold_start[node] = min(hold_start[other] for other in inside)
            free_start[node] = min(free_start[other] for other in inside)
            starts[parent] = min(starts[child] for child in parents[parent])
            pinned = items[parent].pinned_start
            if pinned is not None:
                hold_start[node], free_start[node] = min(hold_start[node], pinned), min(free_start[node], pinned)
            continue
        end, begin, gap_end, gap_begin = late_end[node], late_begin[node], free_end[node], free_begin[node]
        for other, kind, lag, lag_time in edges[node]:
            if kind == "FS" or kind == "SS":
                late_at, free_at = hold_start[other], free_start[other]
            elif kind == SPAN:
                continue
            else:
                late_at, free_at = hold_finish[other], free_finish[other]
            if free_at == ALWAYS:
                continue
            if lag:
                free_at = lag_time.unshift(free_at, lag)
                late_at = lag_time.unshift(late_at, lag)
            if kind == "FS" or kind == "FF":
                if late_at < end:
                    end = late_at
                if free_at < gap_end:
                    gap_end = free_at
            else:
                if late_at < begin:
                    begin = late_at
                if free_at < gap_begin:
                    gap_begin = free_at
        item = items[node]
        time = item.time
        if item.fixed_finish is not None:
            end, gap_end = min(end, item.fixed_finish), min(gap_end, item.fixed_finish)
        if node in parents:
            finishes[node] = end
            total[node], free[node] = time.worked(end) - works[node], time.worked(gap_end) - works[node]
            if item.done_at is not None:
                finishes[node], total[node], free[node] = item.done_at, 0, 0
                free_finish[node] = ALWAYS
                continue
            hold_finish[node] = end
            for child in parents[node]:
                late_end[child], free_end[child] = min(late_end[child], end), min(free_end[child], gap_end)
            child = early.first[node]
            late_begin[child], free_begin[child] = min(late_begin[child], begin), min(free_begin[child], gap_begin)
            continue
        duration = 0 if item.is_milestone else item.duration
        work = time.worked(end)
        if begin != ALWAYS:
            held = time.worked(begin) + duration
            if held < work:
                work = held
        if gap_end == end and gap_begin == ALWAYS:
            free[node] = work - works[node]
        else:
            held = time.worked(gap_end)
            if gap_begin != ALWAYS:
                held = min(held, time.worked(gap_begin) + duration)
            free[node] = held - works[node]
        total[node] = work - works[node]
        if duration:
            end = time.end_of(work)
            at = time.begin_of(work - duration)
            if at < begin:
                begin = at
        else:
            begin = end = min(begin, end)
        starts[node], finishes[node] = begin, end
        hold_start[node], hold_finish[node] = begin, end
        if is_settled(item):
            _settle(item, node, early, (starts, finishes, total, free), (hold_start, hold_finish))
            if item.done_at is not None or item.started_at is not None:
                free_start[node] = ALWAYS
            if item.done_at is not None:
                free_finish[node] = ALWAYS
    return Late(starts, finishes, total, free)


def _settle(
    item: Item[K],
    node: int,
    early: Early[K],
    late: tuple[list[int], list[int], list[int], list[int]],
    hold: tuple[list[int], list[int]],
) -> None:
    """Late dates of what cannot move, and what it holds its predecessors to: the place where it stands."""
    starts, finishes, total, free = late
    if item.done_at is not None:
        starts[node], finishes[node], total[node], free[node] = early.start[node], early.finish[node], 0, 0
        hold[0][node] = hold[1][node] = ALWAYS
    elif item.started_at is not None:
        starts[node], hold[0][node] = early.start[node], ALWAYS
        if item.fixed_finish is not None:
            hold[1][node] = early.finish[node]
    else:
        hold[0][node], hold[1][node] = early.start[node], early.finish[node]
    if item.done_at is None and item.fixed_finish is not None and not total[node]:
        starts[node], finishes[node] = early.start[node], early.finish[node]

"""What is planned: items, the links between them, and both as arrays that the passes walk.

A parent is an item that another item names as its parent. It spans its children, so it has two nodes: an entry, which
its children wait for, and the item's own node, which waits for all of them. A link into a parent's start holds for each
item inside; one into its finish for the parent alone, which then ends later than its last child; a link out of a parent
begins at its earliest child's start or its last one's finish. (Planners in the field allow only FS and SS into a
parent, with the same meaning.)
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Literal, TypeVar

from linkstar.lib.schedule.errors import DuplicateItem, DurationOutOfRange, LagOutOfRange, UnknownItem
from linkstar.lib.schedule.worktime import ELAPSED, MINUTES_OF_DAY, WorkTime

K = TypeVar("K", bound=Hashable)
Kind = Literal["FS", "SS", "FF", "SF"]

MOST_DURATION: Final = 10_000 * MINUTES_OF_DAY
MOST_LAG: Final = 365 * MINUTES_OF_DAY
# A node's edges: (other node, kind, lag, the lag's time); children hang on their parent by these two kinds.
Edge = tuple[int, str, int, WorkTime]
ENTRY: Final = "entry"
SPAN: Final = "span"


@dataclass(frozen=True, slots=True)
class Item(Generic[K]):
    """`duration` is in working minutes of `time`; a milestone takes none, whatever its duration says.

    `pinned_start` is where a person put it: it never moves. `fixed_finish` is a date of the platform's: the item ends
    there, and begins its duration before unless pinned too. `done_at` and `started_at` are facts. A parent's duration
    is not read; its pinned start and `start_no_earlier` hold for its children, its fixed finish is the last they may
    end.
    """

    key: K
    duration: int = 0
    time: WorkTime = ELAPSED
    start_no_earlier: int | None = None
    pinned_start: int | None = None
    fixed_finish: int | None = None
    done_at: int | None = None
    started_at: int | None = None
    parent: K | None = None
    is_milestone: bool = False


@dataclass(frozen=True, slots=True)
class Link(Generic[K]):
    """`after` starts (FS, SS) or finishes (FF, SF) no earlier than `lag` after `before` finishes (FS, FF) or starts.

    The lag is in minutes of `lag_time`; a negative one is a lead.
    """

    before: K
    after: K
    kind: Kind = "FS"
    lag: int = 0
    lag_time: WorkTime = ELAPSED

    @property
    def holds_start(self) -> bool:
        """Whether it is the start of `after` that waits, not its finish."""
        return self.kind == "FS" or self.kind == "SS"

    def bound(self, before: tuple[int, int]) -> int:
        """The earliest that `after` may start or finish, given the start and finish of `before`."""
        return self.lag_time.shift(before[0] if self.kind == "SS" or self.kind == "SF" else before[1], self.lag)


@dataclass(slots=True)
class Network(Generic[K]):
    """Node i is item i; the entries of parents come after all items.

    `plain[i]` are the nodes that begin after node i by FS without a lag, which is most; `edges[i]` are all others out
    of it.

    `entry` gives a parent's entry node, and the item itself for the rest; `children` the children of each parent.
    """

    items: Sequence[Item[K]]
    index: dict[K, int]
    plain: list[list[int]]
    edges: list[list[Edge]]
    waits_for: list[int]
    entry: list[int]
    children: dict[int, list[int]] = field(default_factory=dict)
    owner: list[int] = field(default_factory=list)  # the parent of each entry node, in their order

    def followers(self, node: int) -> Iterator[Edge]:
        """Every edge out of a node."""
        yield from ((other, "FS", 0, ELAPSED) for other in self.plain[node])
        yield from self.edges[node]


def build(items: Sequence[Item[K]], links: Iterable[Link[K]]) -> Network[K]:
    """Raises the ScheduleRefused that says what is wrong with an item or a link; cycles are found by the passes."""
    count = len(items)
    index = {item.key: place for place, item in enumerate(items)}
    if len(index) != count:
        raise DuplicateItem("Two items have one key.", _doubles(item.key for item in items))
    network = Network(items, index, [[] for _item in items], [[] for _item in items], [0] * count, list(range(count)))
    for place, item in enumerate(items):
        if not 0 <= item.duration <= MOST_DURATION:
            raise DurationOutOfRange(f"A duration of {item.duration} minutes.", [item.key])
        parent = item.parent
        if parent is not None:
            if parent not in index:
                raise UnknownItem("There is no such parent.", [item.key, parent])
            network.children.setdefault(index[parent], []).append(place)
    if network.children:
        _hang_children(network)
    _add_links(network, links)
    return network


def _hang_children(network: Network[K]) -> None:
    for parent in network.children:
        network.entry[parent] = len(network.edges)
        network.plain.append([])
        network.edges.append([])
        network.waits_for.append(0)
        network.owner.append(parent)
    for parent, children in network.children.items():
        entry = network.entry[parent]
        for child in children:
            network.edges[entry].append((network.entry[child], ENTRY, 0, ELAPSED))
            network.edges[child].append((parent, SPAN, 0, ELAPSED))
            network.waits_for[network.entry[child]] += 1
            network.waits_for[parent] += 1


def _add_links(network: Network[K], links: Iterable[Link[K]]) -> None:
    index, edges, plain, waits_for = network.index, network.edges, network.plain, network.waits_for
    entry = network.entry if network.children else None
    for link in links:
        try:
            before, after = index[link.before], index[link.after]
        except KeyError as error:
            raise UnknownItem("A link names no item.", [link.before, link.after]) from error
        kind, lag = link.kind, link.lag
        if entry and (kind == "FS" or kind == "SS"):
            after = entry[after]
        waits_for[after] += 1
        if lag or kind != "FS":
            if not -MOST_LAG <= lag <= MOST_LAG:
                raise LagOutOfRange(f"A lag of {lag} minutes.", [link.before, link.after])
            edges[before].append((after, kind, lag, link.lag_time))
        else:
            plain[before].append(after)


def _doubles(keys: Iterable[Hashable]) -> list[Hashable]:
    return [key for key, times in Counter(keys).items() if times > 1]

"""Ways that lead back to where they began."""

from collections.abc import Iterable, Sequence

from linkstar.lib.schedule.network import ENTRY, SPAN, Item, K, Link, Network, build


def find_cycle(items: Sequence[Item[K]], links: Iterable[Link[K]]) -> list[K] | None:
    """Keys of which each waits for the one before it, and the first for the last; None when there is no such way.

    A link within a family (a parent and an item inside it) is such a way too. Raises what `build` refuses.
    """
    network = build(items, links)
    return cycle_in(network) or family_link(network)


def cycle_in(network: Network[K]) -> list[K] | None:
    """The first way round, walking the nodes in order; each item is named once."""
    count = len(network.edges)
    state = bytearray(count)  # 1 on the way now, 2 seen to the end
    for root in range(count):
        if state[root]:
            continue
        state[root] = 1
        way, rests = [root], [network.followers(root)]
        while way:
            for edge in rests[-1]:
                node = edge[0]
                if state[node] == 1:
                    return _named(network, way[way.index(node) :])
                if not state[node]:
                    state[node] = 1
                    way.append(node)
                    rests.append(network.followers(node))
                    break
            else:
                state[way.pop()] = 2
                rests.pop()
    return None


def family_link(network: Network[K]) -> list[K] | None:
    """Both ends of a link out of a parent to an item inside it, or from such an item to its parent."""
    if not network.children:
        return None
    parent_of = {child: parent for parent, children in network.children.items() for child in children}
    count = len(network.items)
    for place in range(count):
        for node, kind, _lag, _time in network.followers(place):
            other = node if node < count else network.owner[node - count]
            is_link = kind != ENTRY and kind != SPAN
            if is_link and (_is_inside(place, other, parent_of) or _is_inside(other, place, parent_of)):
                return [network.items[place].key, network.items[other].key]
    return None


def _is_inside(inner: int, outer: int, parent_of: dict[int, int]) -> bool:
    at: int | None = parent_of.get(inner)
    while at is not None and at != outer:
        at = parent_of.get(at)
    return at == outer


def _named(network: Network[K], nodes: list[int]) -> list[K]:
    count = len(network.items)
    places = [node if node < count else network.owner[node - count] for node in nodes]
    return [network.items[place].key for place in dict.fromkeys(places)]

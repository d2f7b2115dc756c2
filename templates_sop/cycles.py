"""Steps that wait for each other in a circle."""

from collections.abc import Mapping, Sequence


def cycle_among(waits: Mapping[str, Sequence[str]]) -> list[str]:
    """One circle, each step followed by the one it waits for and the first again at the end; [] when there is none.

    Steps that are named and not there are passed over.
    """
    done: set[str] = set()
    for start in waits:
        path: list[str] = []
        on_path: set[str] = set()
        stack = [iter((start,))]
        while stack:
            key = next(stack[-1], None)
            if key is None:
                stack.pop()
                if path:
                    done.add(path[-1])
                    on_path.discard(path.pop())
            elif key in on_path:
                return [*path[path.index(key) :], key]
            elif key not in done and key in waits:
                path.append(key)
                on_path.add(key)
                stack.append(iter(waits[key]))
    return []

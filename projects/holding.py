"""What may keep a task from being done, besides the tasks that it waits for: rooms above this one say so.

    @holds(attrgetter("needs_passport"))
    def papers_missing(tasks, *, now) -> dict[int, list[Hold]]: ...

The app imports the module in `AppConfig.ready`. Every way to finish a task asks here, in its transaction.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from projects.models import Task


class Hold(NamedTuple):
    """`subject` is what is short of something (an SKU), `text` a sentence about it in the reader's language, and `url`
    where it can be mended, "" where nowhere.
    """

    subject: str
    text: str
    url: str


Holds = Mapping[int, Sequence[Hold]]


class Look(Protocol):
    def __call__(self, tasks: Collection[Task], /, *, now: datetime) -> dict[int, list[Hold]]: ...


class _Holder(NamedTuple):
    concerns: Callable[[Task], bool]
    look: Look


_holders: list[_Holder] = []


def holds(concerns: Callable[[Task], bool]) -> Callable[[Look], Look]:
    """Register what may hold the tasks that it `concerns`, which is told from the row alone: others cost nothing."""

    def register(look: Look) -> Look:
        _holders.append(_Holder(concerns, look))
        return look

    return register


def holds_on(tasks: Collection[Task], *, now: datetime) -> Holds:
    """By pk, of those of the tasks that cannot be done yet. Statements do not grow with the tasks."""
    found: dict[int, list[Hold]] = {}
    for holder in _holders:
        concerned = [task for task in tasks if holder.concerns(task)]
        if concerned:
            for pk, held in holder.look(concerned, now=now).items():
                found.setdefault(pk, []).extend(held)
    return found

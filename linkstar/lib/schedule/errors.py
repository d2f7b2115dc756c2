"""What the planner refuses, each with the keys it is about."""

from collections.abc import Hashable, Sequence


class ScheduleRefused(ValueError):
    """The network cannot be computed as given. `keys` are the items it is about, in the order that explains it."""

    def __init__(self, message: str, keys: Sequence[Hashable] = ()) -> None:
        super().__init__(message)
        self.keys = tuple(keys)


class NoWorkingTime(ScheduleRefused):
    """A calendar without a single working minute: nothing on it would ever be finished."""


class DuplicateItem(ScheduleRefused):
    """Two items have one key."""


class UnknownItem(ScheduleRefused):
    """A link or a parent names a key that is no item. `keys` is the one who names, then the one that is missing."""


class CycleFound(ScheduleRefused):
    """`keys` is the way round: each waits for the one before it, and the first for the last."""

    @property
    def path(self) -> tuple[Hashable, ...]:
        return self.keys


class DurationOutOfRange(ScheduleRefused):
    """Below zero, or above MOST_DURATION."""


class LagOutOfRange(ScheduleRefused):
    """More than MOST_LAG either way. `keys` are both ends of the link."""


class NoAnchor(ScheduleRefused):
    """Neither a start nor any finish to count back from."""

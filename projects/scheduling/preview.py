"""What would move, from when to when and why: looked at first, and then carried out as it was looked at."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from hashlib import sha256

from linkstar.lib.deadlines import Deadline
from projects.models import Project, Task


class Why(StrEnum):
    CHOSEN = "chosen"  # somebody moves this one
    FOLLOWS = "follows"  # it keeps its distance to the task it waits for
    PUSHED = "pushed"  # the task it waits for would come too late for it
    PLANNED = "planned"  # the project is planned anew
    ANCHOR = "anchor"  # counted anew from the anchor
    DISTANCE = "distance"  # changed by hand once, it keeps its distance to the date of the template
    ALONG = "along"  # added by hand, it goes along by as many days
    ZONE = "zone"  # the project goes to another time zone
    DECIDED = "decided"  # its new date would be past, and somebody chose another


class Stays(StrEnum):
    FIXED = "fixed"  # the marketplace's own moment
    PINNED = "pinned"  # held where it is by hand
    BEGUN = "begun"  # somebody is at it
    DONE = "done"
    ARCHIVED = "archived"  # itself, or with its project
    HIDDEN = "hidden"  # the person may not see it, or not change it
    RANGE = "range"  # no day that a deadline may have
    DAY = "day"  # it names a day, which has no moment to carry to another clock
    KEPT = "kept"  # somebody chose to leave it


@dataclass(frozen=True, slots=True)
class Dates:
    """When a task is to be done; `start_time` is read on the deadline's clock, or else the project's."""

    start_on: date | None
    start_time: time | None
    deadline: Deadline | None

    @classmethod
    def of(cls, task: Task) -> "Dates":
        return cls(task.start_on, task.start_time, task.deadline)


@dataclass(frozen=True, slots=True)
class Move:
    """`by` is the task that it follows, when the reader may know of it. `duration_days` None: as it is."""

    task: Task
    before: Dates
    after: Dates
    why: Why
    by: Task | None = None
    duration_days: int | None = None

    @property
    def deadline(self) -> Deadline | None:
        return self.after.deadline

    @property
    def days(self) -> int:
        """By how many calendar days the deadline moves; later is positive."""
        if self.before.deadline is None or self.after.deadline is None:
            return 0
        return (self.after.deadline.on - self.before.deadline.on).days

    @property
    def is_same_moment(self) -> bool:
        """Only the clock on which it is read has changed."""
        before, after = self.before.deadline, self.after.deadline
        return before is not None and after is not None and before.instant == after.instant

    def is_past(self, now: datetime) -> bool:
        return self.deadline is not None and self.deadline.instant < now


@dataclass(frozen=True, slots=True)
class Stay:
    """A task that does not move although it would have to. `wanted` is where it would have gone, if that is known."""

    task: Task
    why: Stays
    wanted: Deadline | None = None


@dataclass
class Preview:
    """`unseen` moves along although the reader may not see it, and `barred` counts what would have to move and is not
    theirs to change: neither is named. `repeating` counts what comes again by another clock, or keeps its own. `basis`
    is what else it rests on, for the seal.
    """

    project: Project
    moves: list[Move] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    unseen: list[Move] = field(default_factory=list)
    barred: int = 0
    repeating: int = 0
    basis: str = ""

    @property
    def all_moves(self) -> list[Move]:
        return [*self.moves, *self.unseen]

    @property
    def seal(self) -> str:
        """Tells one preview from another: what moves where, and from which version of it."""
        lines = (f"{move.task.pk}:{move.task.version}:{move.after}:{move.duration_days}" for move in self.all_moves)
        return sha256("\n".join([self.basis, *sorted(lines)]).encode()).hexdigest()[:20]

    @property
    def others(self) -> list[Move]:
        """What moves along with what somebody moves."""
        return [move for move in self.moves if move.why is not Why.CHOSEN]

    def alone(self) -> "Preview":
        """Only what somebody moves, and nothing with it."""
        return Preview(self.project, [move for move in self.moves if move.why is Why.CHOSEN], basis="alone")

    def past(self, now: datetime) -> list[Move]:
        return [move for move in self.moves if move.is_past(now)]

    def stay_counts(self) -> Counter[Stays]:
        return Counter(stay.why for stay in self.stays)


def changed(moves: Iterable[Move]) -> list[Move]:
    """Those that move at all."""
    return [move for move in moves if move.before != move.after or move.duration_days is not None]

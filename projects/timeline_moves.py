"""Where a bar of the timeline is put: steps on a project's clock, back into the days and times that a task keeps.

By whole days a time of day stays what it is, on the clock it was meant on, and a day stays a day. By less, what was a
day gets a time.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal

from linkstar.lib.day_grid import day_of, moved_to
from linkstar.lib.deadlines import Deadline, resolve
from linkstar.lib.zones import get_zone
from projects.models import Task
from projects.scheduling.preview import Dates
from projects.timeline_axis import MINUTES_A_DAY, end_place, start_place, wall_time

Mode = Literal["move", "start", "finish"]


class NoDates(ValueError):
    """The task has no dates that could be moved."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A task as it is drawn in a project's `zone`: what is dated at one end only, is a day long."""

    task: Task
    zone: str
    start: int
    finish: int

    @classmethod
    def of(cls, task: Task, zone: str) -> "Bar":
        """Raises NoDates."""
        start = start_place(task.start_on, task.start_time, task.due_zone or zone, zone)
        finish = end_place(task.deadline, zone)
        if start is None and finish is None:
            raise NoDates
        if start is None:
            start = (finish or 0) - MINUTES_A_DAY
        return cls(task, zone, start, finish if finish is not None else start + MINUTES_A_DAY)

    def moved(self, mode: Mode, by: int) -> Dates:
        """`by` minutes on the project's clock; an end that is not dated gets a date only when it is the one pulled."""
        start_on, start_time = self.task.start_on, self.task.start_time
        deadline = self.task.deadline
        if mode == "finish" or (mode == "move" and deadline is not None):
            deadline = self._deadline(by)
        if mode == "start" or (mode == "move" and start_on is not None):
            start_on, start_time = self._start(by, deadline)
        return Dates(start_on, start_time, deadline)

    def _deadline(self, by: int) -> Deadline:
        deadline, days, rest = self.task.deadline, *divmod(by, MINUTES_A_DAY)
        if deadline is not None and not rest:
            return moved_to(deadline, day_of(deadline, self.zone) + timedelta(days=days), self.zone)
        place = self.finish + by
        if deadline is None and place % MINUTES_A_DAY == 0:
            return Deadline(wall_time(place - 1).date(), None, self.zone)
        wall = wall_time(place)
        at = resolve(wall.date(), wall.time(), self.zone).instant
        return Deadline.from_instant(at, deadline.zone if deadline else self.zone)

    def _start(self, by: int, deadline: Deadline | None) -> tuple[date, time | None]:
        """A start with a time is read on the deadline's clock, and so it is written."""
        days, rest = divmod(by, MINUTES_A_DAY)
        if self.task.start_on is not None and not rest:
            return self.task.start_on + timedelta(days=days), self.task.start_time
        wall = wall_time(self.start + by)
        if self.task.start_on is None and not rest:
            return wall.date(), None
        at = resolve(wall.date(), wall.time(), self.zone).instant
        theirs = at.astimezone(get_zone(deadline.zone if deadline else self.zone))
        return theirs.date(), theirs.time().replace(fold=0)

"""A planner that only counts minutes: no work counts, no order of nodes, no bisecting. The real one must agree with it.

Every date creeps minute by minute until nothing asks for more. A calendar is the set of its open minutes. Parents are
not here: tests say what a family means by writing its links out.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class Open(frozenset[int]):
    def __repr__(self) -> str:
        return f"Open({sorted(self)[:20]} …)"


Span = tuple[int, int]


@dataclass(frozen=True)
class Task:
    key: int
    duration: int
    open: Open
    no_earlier: int | None = None
    pinned: int | None = None
    fixed: int | None = None
    done: int | None = None
    started: int | None = None

    @property
    def moves(self) -> bool:
        return self.pinned is self.fixed is self.done is self.started is None


@dataclass(frozen=True)
class Arrow:
    before: int
    after: int
    kind: str
    lag: int
    open: Open

    def asks(self, dates: dict[int, Span]) -> int:
        return self.asks_from(dates[self.before])

    def asks_from(self, before: Span) -> int:
        return walk(self.open, before[1 if self.kind in ("FS", "FF") else 0], self.lag)

    @property
    def place(self) -> int:
        """Which end of `after` it holds."""
        return 0 if self.kind in ("FS", "SS") else 1


def count(open_: Open, first: int, last: int) -> int:
    """Open minutes from first to last; negative backwards."""
    if last < first:
        return -count(open_, last, first)
    return sum(minute in open_ for minute in range(first, last))


def walk(open_: Open, at: int, lag: int) -> int:
    """Step by step; a lead goes back over the whole pause it ends in."""
    left = abs(lag)
    while lag > 0 and left:
        left -= at in open_
        at += 1
    while lag < 0 and (left or at - 1 not in open_):
        left -= at - 1 in open_
        at -= 1
    return at


def last_begin(task: Task, end: int) -> int:
    left, at = task.duration, end
    while left:
        at -= 1
        left -= at in task.open
    return at


def early_dates(tasks: Sequence[Task], arrows: Sequence[Arrow], start: int) -> dict[int, Span]:
    dates = {task.key: (start, start) for task in tasks}
    while True:
        new = {task.key: _earliest(task, arrows, dates, start) for task in tasks}
        if new == dates:
            return dates
        dates = new


def late_dates(tasks: Sequence[Task], arrows: Sequence[Arrow], early: dict[int, Span], finish: int) -> dict[int, Span]:
    dates = {task.key: (finish, finish) for task in tasks}
    while True:
        held = {task.key: _stands(task, early, dates) for task in tasks}
        new = {task.key: _latest(task, arrows, early, held, finish) for task in tasks}
        if new == dates:
            return dates
        dates = new


def free_slack(tasks: Sequence[Task], arrows: Sequence[Arrow], early: dict[int, Span], finish: int) -> dict[int, int]:
    """What a task has while every other one keeps its early dates."""
    held = {task.key: _stands(task, early, early) for task in tasks}
    latest = {task.key: _latest(task, arrows, early, held, finish) for task in tasks}
    return {task.key: _slack(task, early, latest) for task in tasks}


def total_slack(tasks: Sequence[Task], early: dict[int, Span], late: dict[int, Span]) -> dict[int, int]:
    return {task.key: _slack(task, early, late) for task in tasks}


def broken(tasks: Sequence[Task], arrows: Sequence[Arrow], dates: dict[int, Span], start: int) -> set[tuple]:
    """Every constraint that `dates` do not keep, named (kind, key, arrow's number)."""
    found: set[tuple] = set()
    by_key = {task.key: task for task in tasks}
    for number, arrow in enumerate(arrows):
        task = by_key[arrow.after]
        is_past = task.done is not None or (task.started is not None and arrow.place == 0)
        if not is_past and dates[arrow.after][arrow.place] < arrow.asks(dates):
            found.add(("link", arrow.after, number))
    for task in tasks:
        begin, end = dates[task.key]
        if task.done is not None:
            continue
        if task.no_earlier is not None and task.started is None and begin < task.no_earlier:
            found.add(("too_early", task.key, None))
        if count(task.open, begin, end) < task.duration or end < begin:
            found.add(("squeezed", task.key, None))
        if begin < start and task.started is None and task.pinned is None:
            found.add(("before_start", task.key, None))
    return found


def _slack(task: Task, early: dict[int, Span], late: dict[int, Span]) -> int:
    return 0 if task.done is not None else count(task.open, early[task.key][1], late[task.key][1])


def _earliest(task: Task, arrows: Sequence[Arrow], dates: dict[int, Span], start: int) -> Span:
    mine = [arrow for arrow in arrows if arrow.after == task.key]
    end = max([arrow.asks(dates) for arrow in mine if arrow.place == 1], default=start)
    if not task.moves:
        return _placed(task, start, end)
    at = max([start, task.no_earlier or start, *(arrow.asks(dates) for arrow in mine if arrow.place == 0)])
    if task.duration == 0:
        return max(at, end), max(at, end)
    while True:
        if at in task.open:
            finish = walk(task.open, at, task.duration)
            # It may wait for its finish as long as nobody would be at work.
            while finish < end and finish not in task.open:
                finish += 1
            if finish >= end:
                return at, finish
        at += 1


def _placed(task: Task, start: int, end: int) -> Span:
    if task.done is not None:
        begun = last_begin(task, task.done) if task.started is None else task.started
        return min(begun, task.done), task.done
    since = task.started if task.started is not None else task.pinned
    if task.fixed is not None:
        return last_begin(task, task.fixed) if since is None else since, task.fixed
    assert since is not None
    finish = walk(task.open, since, task.duration)
    return since, finish if task.started is None else max(finish, start, end)


def _stands(task: Task, early: dict[int, Span], late: dict[int, Span]) -> tuple[int | None, int | None]:
    """What predecessors are held to at its start and finish."""
    if task.done is not None:
        return None, None
    if task.started is not None:
        return None, early[task.key][1] if task.fixed is not None else late[task.key][1]
    return late[task.key] if task.moves else early[task.key]


def _latest(
    task: Task,
    arrows: Sequence[Arrow],
    early: dict[int, Span],
    held: dict[int, tuple[int | None, int | None]],
    finish: int,
) -> Span:
    if task.done is not None:
        return early[task.key]
    mine = [arrow for arrow in arrows if arrow.before == task.key]

    def may(begin: int | None, end: int | None) -> bool:
        for arrow in mine:
            hold = held[arrow.after][arrow.place]
            from_finish = arrow.kind in ("FS", "FF")
            if hold is None or (end if from_finish else begin) is None:
                continue
            if arrow.asks_from((begin or 0, end or 0)) > hold:
                return False
        return True

    end = finish if task.fixed is None else min(finish, task.fixed)
    while True:
        if task.duration == 0 and may(end, end):
            return end, end
        if task.duration and end - 1 in task.open and may(None, end):
            begin = last_begin(task, end)
            # It may be said to begin earlier as long as nobody would be at work.
            while not may(begin, None) and begin - 1 not in task.open:
                begin -= 1
            if may(begin, None):
                return begin, end
        end -= 1

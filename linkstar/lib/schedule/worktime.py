"""When work goes on: a calendar with its hours, as instants.

An instant is a whole number of minutes since 1970-01-01 00:00 UTC. All arithmetic goes over the work count: the working
minutes before an instant. It stands still while nobody works, so one count belongs to a whole pause; `end_of` gives
the first instant of that pause (where work stops), `begin_of` the last (where work goes on).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from linkstar.lib.schedule.errors import NoWorkingTime

Interval = tuple[int, int]
Run = tuple[int, int, int]  # begin, end, and the work count at the end
Hours = Sequence[tuple[time, time]]

MINUTES_OF_DAY: Final = 24 * 60
_WEEK = 7 * MINUTES_OF_DAY
_WEEKS_LOOKED_AT = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).toordinal() * MINUTES_OF_DAY
_ONE_DAY = timedelta(days=1)


def to_minutes(instant: datetime) -> int:
    """The whole minute an aware instant lies in."""
    return int(instant.timestamp() // 60)


def to_instant(minutes: int) -> datetime:
    """In UTC."""
    return datetime.fromtimestamp(minutes * 60, UTC)


class WorkTime:
    """Working time from the first to the last of the intervals it is made of, [start, end) each, in any order.

    Beyond them, where nobody looked anything up, the fullest of the eight weeks next to that end repeats; `covers`
    tells whether two instants lie inside. Raises NoWorkingTime when the intervals are empty.
    """

    __slots__ = (
        "_after",
        "_before",
        "_counts",
        "_ends",
        "_starts",
        "begin_of",
        "end_of",
        "run_from",
        "run_to",
        "worked",
    )

    worked: Callable[[int], int]
    """The work count: working minutes before an instant, from the first interval on; negative before it."""
    begin_of: Callable[[int], int]
    """The last instant with that work count: where the next minute of work begins."""
    end_of: Callable[[int], int]
    """The first instant with that work count: where the last minute of work ended."""
    run_from: Callable[[int, int], Run]
    """Work of so many minutes (one at least) begun at an instant or as soon after as work goes on."""
    run_to: Callable[[int, int], Run]
    """Work of so many minutes (one at least) ended at an instant or as shortly before as work goes on."""

    def __init__(self, intervals: Iterable[Interval]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)
        if not self._starts:
            raise NoWorkingTime("A calendar needs working time.")
        self._counts = [0]  # the work count at each start, and at the last end
        for start, end in zip(self._starts, self._ends, strict=True):
            self._counts.append(self._counts[-1] + end - start)
        self._before = _Week.fullest(self.intervals(), self._starts[0], 0, ahead=1)
        self._after = _Week.fullest(self.intervals(), self._ends[-1], self._counts[-1], ahead=-1)
        self._close_over_tables()

    def _close_over_tables(self) -> None:
        # The planner asks these a hundred thousand times a second: variables of a closure are found twice as fast as
        # attributes of an object.
        starts, ends, counts, before, after = self._starts, self._ends, self._counts, self._before, self._after
        offsets = [count - start for count, start in zip(counts, starts, strict=False)]
        last = len(starts) - 1

        def worked(at: int) -> int:
            place = bisect_right(starts, at) - 1
            if place < 0:
                return before.worked(at)
            end = ends[place]
            if at <= end:
                return at + offsets[place]
            return after.worked(at) if place == last else end + offsets[place]

        def begin_of(count: int) -> int:
            place = bisect_right(counts, count) - 1
            if 0 <= place <= last:
                return count - offsets[place]
            return before.begin_of(count) if place < 0 else after.begin_of(count)

        def end_of(count: int) -> int:
            place = bisect_left(counts, count) - 1
            if 0 <= place <= last:
                return count - offsets[place]
            return before.end_of(count) if place < 0 else after.end_of(count)

        def run_from(at: int, minutes: int) -> Run:
            place = bisect_right(starts, at) - 1
            if place < 0 or place == last:
                count = worked(at)
                return begin_of(count), end_of(count + minutes), count + minutes
            if at >= ends[place]:
                place += 1
                at = starts[place]
            end = at + minutes
            if end <= ends[place]:
                return at, end, end + offsets[place]
            count = end + offsets[place]
            place = bisect_left(counts, count) - 1
            return at, count - offsets[place] if place <= last else after.end_of(count), count

        def run_to(at: int, minutes: int) -> Run:
            place = bisect_left(starts, at) - 1
            if place < 0 or (place == last and at > ends[last]):
                count = worked(at)
                return begin_of(count - minutes), end_of(count), count
            if at > ends[place]:
                at = ends[place]
            count = at + offsets[place]
            begin = at - minutes
            if begin >= starts[place]:
                return begin, at, count
            place = bisect_right(counts, count - minutes) - 1
            return count - minutes - offsets[place] if place >= 0 else before.begin_of(count - minutes), at, count

        self.worked, self.begin_of, self.end_of = worked, begin_of, end_of
        self.run_from, self.run_to = run_from, run_to

    @classmethod
    def from_days(cls, days: Iterable[date], hours: Hours | Mapping[int, Hours], zone: str) -> "WorkTime":
        """The same `hours` on the clock of `zone` each day, or those of its weekday (0 is Monday).

        An end at or before its start is on the next day: 22:00 to 06:00, and 00:00 to 00:00 for the whole day.
        """
        return cls(_intervals(days, hours, ZoneInfo(zone)))

    def without(self, intervals: Iterable[Interval]) -> "WorkTime":
        """The same without closures, leave and the like; raises NoWorkingTime when nothing stays."""
        return WorkTime(_cut(self.intervals(), sorted(intervals)))

    def intervals(self) -> Iterator[Interval]:
        """Oldest first; none touches the next."""
        return zip(self._starts, self._ends, strict=True)

    def intervals_until(self, first: int, last: int) -> Iterator[Interval]:
        """Those of the calendar, and before and after them as many repeated weeks as `first` to `last` need."""
        yield from self._before.repeated(first, self._starts[0])
        yield from self.intervals()
        yield from self._after.repeated(self._ends[-1], last)

    def covers(self, first: int, last: int) -> bool:
        return self._starts[0] <= first and last <= self._ends[-1]

    def add(self, at: int, minutes: int) -> int:
        """When `minutes` of work begun at `at` are done; `at` itself for 0."""
        return self.end_of(self.worked(at) + minutes) if minutes else at

    def subtract(self, at: int, minutes: int) -> int:
        """When `minutes` of work have to begin at the latest to be done by `at`; `at` itself for 0."""
        return self.begin_of(self.worked(at) - minutes) if minutes else at

    def between(self, first: int, last: int) -> int:
        """Working minutes from one to the other; negative when `last` is before `first`."""
        return self.worked(last) - self.worked(first)

    def next_open(self, at: int) -> int:
        """`at` itself while work goes on, else where it next begins."""
        return self.begin_of(self.worked(at))

    def previous_open(self, at: int) -> int:
        """`at` itself while work goes on or as it ends, else where it last ended."""
        return self.end_of(self.worked(at))

    def shift(self, at: int, lag: int) -> int:
        """`at` moved by a lag, or by a lead when negative: the earliest instant that is as far in working time."""
        return self.end_of(self.worked(at) + lag) if lag else at

    def unshift(self, at: int, lag: int) -> int:
        """The latest instant that `shift` brings to `at` or before."""
        return self.begin_of(self.worked(at) - lag) if lag else at


class _Week:
    """A week that repeats for ever from `anchor` on, both ways; the work count there is `count`."""

    __slots__ = ("_anchor", "_count", "_counts", "_size", "_spans")

    def __init__(self, anchor: int, count: int, spans: list[Interval]) -> None:
        self._anchor, self._count, self._spans = anchor, count, spans
        self._counts = [0]
        for start, end in spans:
            self._counts.append(self._counts[-1] + end - start)
        self._size = self._counts[-1]

    @classmethod
    def fullest(cls, intervals: Iterable[Interval], anchor: int, count: int, *, ahead: int) -> "_Week":
        """Of the weeks that begin (`ahead` 1) or end (-1) whole weeks from `anchor`, the fullest near it."""
        reach = _WEEKS_LOOKED_AT * _WEEK
        low, high = (anchor, anchor + reach) if ahead > 0 else (anchor - reach, anchor)
        weeks: list[list[Interval]] = [[] for _week in range(_WEEKS_LOOKED_AT)]
        for start, end in intervals:
            start, end = max(start, low), min(end, high)
            while start < end:
                number, inside = divmod(start - low, _WEEK)
                stop = min(end, start - inside + _WEEK)
                weeks[number].append((inside, inside + stop - start))
                start = stop
        nearest_first = weeks[::ahead]
        return cls(anchor, count, max(nearest_first, key=lambda spans: sum(end - start for start, end in spans)))

    def repeated(self, first: int, last: int) -> Iterator[Interval]:
        """Whole weeks that reach from one to the other; one of the two is the anchor."""
        for number in range((first - self._anchor) // _WEEK, -((self._anchor - last) // _WEEK)):
            begin = self._anchor + number * _WEEK
            yield from ((begin + start, begin + end) for start, end in self._spans)

    def worked(self, at: int) -> int:
        weeks, inside = divmod(at - self._anchor, _WEEK)
        part = sum(min(inside, end) - start for start, end in self._spans if start < inside)
        return self._count + weeks * self._size + part

    def begin_of(self, count: int) -> int:
        weeks, rest = divmod(count - self._count, self._size)
        place = bisect_right(self._counts, rest) - 1
        return self._anchor + weeks * _WEEK + self._spans[place][0] + rest - self._counts[place]

    def end_of(self, count: int) -> int:
        weeks, rest = divmod(count - self._count - 1, self._size)
        place = bisect_left(self._counts, rest + 1) - 1
        return self._anchor + weeks * _WEEK + self._spans[place][0] + rest + 1 - self._counts[place]


class _Elapsed(WorkTime):
    """Always: the work count is the instant itself."""

    __slots__ = ()

    def __init__(self) -> None:
        far = 1 << 60
        self._starts, self._ends, self._counts = [-far], [far], [-far, far]
        self._before = self._after = _Week(0, 0, [(0, _WEEK)])
        self.worked = self.begin_of = self.end_of = lambda minutes: minutes
        self.run_from = lambda at, minutes: (at, at + minutes, at + minutes)
        self.run_to = lambda at, minutes: (at - minutes, at, at)


def _intervals(days: Iterable[date], hours: Hours | Mapping[int, Hours], zone: ZoneInfo) -> Iterator[Interval]:
    by_weekday = hours if isinstance(hours, Mapping) else dict.fromkeys(range(7), hours)
    for day in days:
        for begin, end in by_weekday.get(day.weekday(), ()):
            last_day = day if begin < end else day + _ONE_DAY
            yield _minute(day, begin, zone), _minute(last_day, end, zone)


def _minute(day: date, at: time, zone: ZoneInfo) -> int:
    wall = day.toordinal() * MINUTES_OF_DAY + at.hour * 60 + at.minute - _EPOCH
    offset = datetime.combine(day, at, zone).utcoffset() or timedelta()
    return wall - int(offset.total_seconds()) // 60


def _cut(intervals: Iterable[Interval], holes: list[Interval]) -> Iterator[Interval]:
    for start, end in intervals:
        rest = start
        # Leave is a handful a year: looking at all of it is cheaper than being clever.
        for hole_start, hole_end in holes:
            if rest < hole_end and hole_start < end:
                yield rest, min(max(hole_start, rest), end)
                rest = max(rest, min(hole_end, end))
        yield rest, end


ELAPSED: Final[WorkTime] = _Elapsed()

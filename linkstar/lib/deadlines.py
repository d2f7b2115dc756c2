"""Deadlines: a day, perhaps a time of day, and the zone whose clock they are read on.

The wall clock is what a person agreed to and the instant is what follows from it, so a deadline keeps its day, time and
zone, and an instant is always computed from them. `language` is "zh-hans" or "en".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal, NamedTuple, Self

from linkstar.lib.clock_text import day_text, length_text, relative_text, time_text
from linkstar.lib.zones import format_offset, get_zone, zone_name

DueState = Literal["done", "later", "soon", "overdue", "late"]

# Inside Deadline the name `time` is a field.
_TimeOfDay = time

EARLIEST_ON = date(2000, 1, 1)
_YEARS_AHEAD = 20
_LAST_SECOND = time(23, 59, 59)
_SOON = timedelta(hours=24)
_LATE = timedelta(days=3)
_STATE_WORDS: dict[str, dict[DueState, str]] = {
    "en": {
        "done": "Done",
        "later": "Upcoming",
        "soon": "Due within 24 hours",
        "overdue": "Overdue",
        "late": "Overdue by more than 3 days",
    },
    "zh-hans": {
        "done": "已完成",
        "later": "未到期",
        "soon": "24 小时内到期",
        "overdue": "已逾期",
        "late": "逾期超过 3 天",
    },
}


class DeadlineOutOfRange(ValueError):
    """The day is before `earliest` or after `latest`, both of them allowed themselves."""

    def __init__(self, earliest: date, latest: date) -> None:
        super().__init__(f"a deadline is accepted from {earliest} to {latest}")
        self.earliest = earliest
        self.latest = latest


class Resolved(NamedTuple):
    """What a wall time comes to.

    `instant` is in UTC; `wall` is the same instant on the zone's clock, the time to store and show. `note` is "skipped"
    when clocks jumped over the time that was asked for, and it then moved on by `moved_minutes`; "doubled" when the
    time occurs twice and the first was taken. Compare instants: Python holds a doubled wall time equal to none of
    another zone.
    """

    instant: datetime
    wall: datetime
    note: Literal["skipped", "doubled"] | None = None
    moved_minutes: int = 0


class DueLabel(NamedTuple):
    """A deadline in words, for one reader at one moment.

    `you_text` is None when the reader's clock shows the same time at that instant. `other_day` says that the reader's
    calendar day differs. `relative_text` is counted from now and `iso` is the instant in UTC, ending in Z.
    """

    at_text: str
    you_text: str | None
    other_day: bool
    relative_text: str
    state: DueState
    state_word: str
    iso: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day `on` and a `time` on the clock of `zone`; without a time it is due when that day ends there.

    `fold` is 1 only for the second of two equal times on the night clocks go back, which arithmetic in elapsed hours
    can reach and typing cannot. The time may be one that clocks skip: `instant` and `wall` are then after the jump.
    """

    on: date
    time: time | None
    zone: str
    fold: Literal[0, 1] = 0

    @property
    def instant(self) -> datetime:
        """In UTC."""
        return resolve(self.on, self.time, self.zone, self.fold).instant

    @property
    def wall(self) -> datetime:
        """Aware, in the zone; 23:59:59 for a deadline without a time."""
        return resolve(self.on, self.time, self.zone, self.fold).wall

    @property
    def is_date_only(self) -> bool:
        return self.time is None

    def moved_to_day(self, on: date) -> Self:
        """The same time of day in the same zone on another day."""
        return replace(self, on=on, fold=0)

    @classmethod
    def from_instant(cls, instant: datetime, zone: str) -> Self:
        """The deadline that falls on an aware instant, to the second, read on the clock of `zone`."""
        wall = instant.astimezone(get_zone(zone)).replace(microsecond=0)
        return cls(wall.date(), wall.time().replace(fold=0), zone, 1 if wall.fold else 0)

    @classmethod
    def stored(cls, on: date, at: _TimeOfDay | None, zone: str, instant: datetime | None) -> Self:
        """A deadline as kept in columns; `instant` tells which of two equal times is meant."""
        first = cls(on, at, zone)
        if at is None or instant is None or instant == first.instant:
            return first
        second = cls(on, at, zone, 1)
        return second if instant == second.instant else first


def as_parts(deadline: Deadline) -> dict[str, str | None]:
    """As JSON, as the trace and notices keep it: `on`, `time` (None: the whole day), `zone`, and for the second of two
    equal times `fold`.
    """
    at = deadline.time
    parts = {
        "on": deadline.on.isoformat(),
        "time": at.isoformat("seconds" if at.second else "minutes") if at else None,
        "zone": deadline.zone,
    }
    return {**parts, "fold": "1"} if deadline.fold else parts


def of_parts(parts: Mapping[str, Any]) -> Deadline:
    """The very deadline that `as_parts` was given."""
    at = time.fromisoformat(parts["time"]) if parts["time"] else None
    return Deadline(date.fromisoformat(parts["on"]), at, parts["zone"], 1 if parts.get("fold") else 0)


def resolve(on: date, at: time | None, zone: str, fold: Literal[0, 1] = 0) -> Resolved:
    """The instant of a day and time in `zone`; raises UnknownZone.

    A time that does not exist is read with the offset in force before the switch, so it moves forward by the length of
    the jump. Of a time that occurs twice the first is taken, unless `fold` is 1. Without a time: the last second of
    that day there. A day that a zone left out altogether (Apia, 30 December 2011) moves to the next one.
    """
    return _resolve(on, at, zone, fold)


@lru_cache(maxsize=32768)
def _resolve(on: date, at: time | None, zone: str, fold: int) -> Resolved:
    if at is None:
        return _day_end(on, zone)
    tz = get_zone(zone)
    typed = datetime.combine(on, at.replace(tzinfo=None, fold=0))
    first = typed.replace(tzinfo=tz).astimezone(UTC)
    wall = first.astimezone(tz)
    if wall.replace(tzinfo=None, fold=0) != typed:
        moved = wall.replace(tzinfo=None) - typed
        return Resolved(first, wall, "skipped", int(moved.total_seconds()) // 60)
    second = typed.replace(tzinfo=tz, fold=1).astimezone(UTC)
    if second == first:
        return Resolved(first, wall)
    if fold:
        return Resolved(second, second.astimezone(tz))
    return Resolved(first, wall, "doubled")


def _day_end(on: date, zone: str) -> Resolved:
    """The last second that bears the date `on`: also where clocks change just before midnight."""
    tz = get_zone(zone)
    typed = datetime.combine(on, _LAST_SECOND, tzinfo=tz)
    instants = sorted((typed.astimezone(UTC), typed.replace(fold=1).astimezone(UTC)))
    after = instants[1].astimezone(tz)
    if after.replace(tzinfo=None, fold=0) == typed.replace(tzinfo=None):
        return Resolved(instants[1], after)
    last = _before_jump(instants[0], instants[1], zone)
    if last.astimezone(tz).date() == on:
        return Resolved(last, last.astimezone(tz))
    moved = after.replace(tzinfo=None) - typed.replace(tzinfo=None)
    return Resolved(instants[1], after, "skipped", int(moved.total_seconds()) // 60)


def _before_jump(before: datetime, after: datetime, zone: str) -> datetime:
    """The last whole second, in UTC, that still has the offset `before` has; clocks change once between the two."""
    tz = get_zone(zone)
    offset = before.astimezone(tz).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        same = (before + timedelta(seconds=middle)).astimezone(tz).utcoffset() == offset
        low, high = (middle, high) if same else (low, middle)
    return before + timedelta(seconds=low)


def check_range(on: date, *, today: date | None = None) -> None:
    """Raise DeadlineOutOfRange for a day before 2000 or later than twenty years from `today` (None: today in UTC)."""
    this_year = (today or datetime.now(UTC).date()).year
    latest = date(this_year + _YEARS_AHEAD, 12, 31)
    if not EARLIEST_ON <= on <= latest:
        raise DeadlineOutOfRange(EARLIEST_ON, latest)


def due_state(instant: datetime, *, now: datetime, is_done: bool) -> DueState:
    """Soon: within 24 hours. Late: more than 3 days overdue. At the very instant it is still soon. Both aware."""
    if is_done:
        return "done"
    left = instant - now
    if left > _SOON:
        return "later"
    if left >= timedelta(0):
        return "soon"
    return "late" if -left > _LATE else "overdue"


def describe(deadline: Deadline, *, reader_zone: str, language: str, now: datetime, is_done: bool = False) -> DueLabel:
    """The deadline in words for a reader whose clock runs in `reader_zone`; `now` is aware.

    The year is named in a line whose year is not the current one in the deadline's zone. Offsets are those in force at
    the deadline. A deadline without a time says "end of day", and the reader's line the minute that day ends.
    """
    language = "zh-hans" if language == "zh-hans" else "en"
    year = now.astimezone(get_zone(deadline.zone)).year
    instant, at_text, you_text, other_day, iso = _texts(deadline, reader_zone, language, year)
    state = due_state(instant, now=now, is_done=is_done)
    relative = relative_text(instant, now, language)
    return DueLabel(at_text, you_text, other_day, relative, state, _STATE_WORDS[language][state], iso)


@lru_cache(maxsize=16384)
def _texts(
    deadline: Deadline, reader_zone: str, language: str, year: int
) -> tuple[datetime, str, str | None, bool, str]:
    """What of a label does not depend on the hour: instant, at_text, you_text, other_day, iso."""
    instant, wall = deadline.instant, deadline.wall
    yours = instant.astimezone(get_zone(reader_zone))
    at_text = _at_text(deadline, wall, language, wall.year != year)
    you_text = None
    if yours.utcoffset() != wall.utcoffset():
        clock = yours.replace(second=0) if deadline.is_date_only else yours
        you_text = _you_text(clock, language, yours.year != year)
    iso = f"{instant.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    return instant, at_text, you_text, yours.date() != wall.date(), iso


def _at_text(deadline: Deadline, wall: datetime, language: str, with_year: bool) -> str:
    day = day_text(wall, language, with_year=with_year)
    zone = f"{zone_name(deadline.zone, language, wall)} ({_offset(wall)})"
    if language == "zh-hans":
        return f"{day} {'当日结束' if deadline.is_date_only else time_text(wall)} {zone}"
    return f"{day}, {'end of day' if deadline.is_date_only else time_text(wall)} {zone}"


def _you_text(yours: datetime, language: str, with_year: bool) -> str:
    day = day_text(yours, language, with_year=with_year)
    if language == "zh-hans":
        return f"你的时间 {day} {time_text(yours)} ({_offset(yours)})"
    return f"{day}, {time_text(yours)} for you ({_offset(yours)})"


def _offset(wall: datetime) -> str:
    return format_offset(wall.utcoffset() or timedelta(0))


def note_text(resolved: Resolved, language: str) -> str:
    """One or two sentences that say, before saving, what a clock change did to the time asked for; "" for nothing."""
    if resolved.note is None:
        return ""
    chinese = language == "zh-hans"
    wall, offset = resolved.wall, _offset(resolved.wall)
    asked = wall.replace(tzinfo=None) - timedelta(minutes=resolved.moved_minutes)
    day, clock = day_text(asked, language), time_text(asked)
    if resolved.note == "doubled":
        if chinese:
            return f"{day} {clock} 会出现两次：夏令时结束，取第一次 ({offset})。"
        return f"{clock} comes twice on {day}, because clocks go back. The first is used ({offset})."
    if wall.date() != asked.date():
        becomes = day_text(wall, language)
        return f"当地没有{day}这一天，已改为{becomes}。" if chinese else f"{day} was left out there. {becomes} is used."
    moved, becomes = length_text(timedelta(minutes=resolved.moved_minutes), language), time_text(wall)
    if chinese:
        return f"{day} {clock} 不存在：夏令时开始。已顺延 {moved}，改为 {becomes} ({offset})。"
    return f"{clock} does not exist on {day}, because clocks go forward. Moved on by {moved} to {becomes} ({offset})."

"""The calendar: its days, what each of them is in China and in the United States, and the tasks that lie on it.

Which day is a deadline's is decided by lib/day_grid, and the database only counts: of timed deadlines it compares
instants with those at which the days begin, of the others it takes the day they name. So no task is fetched that is not
drawn, and PostgreSQL's own knowledge of time zones is not asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    Count,
    DateField,
    DateTimeField,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from linkstar.lib.clock_text import day_text, time_text
from linkstar.lib.day_grid import Span, clock_change, ends_elsewhere
from linkstar.lib.deadlines import Deadline, DueLabel, describe
from linkstar.lib.workdays import get_calendar
from linkstar.lib.zones import get_zone
from projects.cards import Face, Reader
from projects.models import Project, Task

# As many as stand in a day of a month, in one of a week, and on a page of a single day.
IN_MONTH, IN_WEEK, IN_DAY = 3, 30, 50
_SATURDAY = 5
# No zone's day begins further from another's; an index finds what may lie in the span before days are counted.
_FAR = timedelta(hours=48)


class Holiday(NamedTuple):
    """`country` is "cn" or "us"; `is_work` marks a weekend on which China works to make up for a holiday."""

    country: str
    name: str
    is_work: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A task on a day. `clock` is its time in the calendar's zone, "" when it has none.

    `ends` is when a deadline without a time ends in that zone, where that is another day than the one it names.
    """

    pk: int
    number: int
    title: str
    project: str
    project_id: int
    clock: str
    ends: str
    due: DueLabel
    is_milestone: bool
    is_fixed: bool
    owner: Face | None
    may_move: bool


@dataclass(slots=True)
class Day:
    """`count` is how many tasks lie on it, of which `entries` are the first. `hours` by which clocks change in it.

    `closed` are the names of closures and `events` dates of the retail year (day_marks.py).
    """

    on: date
    text: str = ""
    is_outside: bool = False
    is_today: bool = False
    is_weekend: bool = False
    holidays: list[Holiday] = field(default_factory=list)
    hours: float = 0
    closed: list[str] = field(default_factory=list)
    events: "list[Any]" = field(default_factory=list)
    count: int = 0
    entries: list[Entry] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.count - len(self.entries)


def lay_days(span: Span, reader: Reader, *, month: date | None) -> list[Day]:
    """The days of a span without their tasks; `month`: those of other months are outside."""
    today = reader.now.astimezone(get_zone(span.zone)).date()
    return [
        Day(
            on=day,
            text=day_text(day, reader.language),
            is_outside=month is not None and (day.year, day.month) != (month.year, month.month),
            is_today=day == today,
            is_weekend=day.weekday() >= _SATURDAY,
            holidays=holidays_on(day, reader.language),
            hours=clock_change(day, span.zone).total_seconds() / 3600,
        )
        for day in span.days
    ]


def holidays_on(day: date, language: str) -> list[Holiday]:
    """What the day is in each country; nothing in a year whose holidays are not known (unknown_years)."""
    found = []
    for country in ("cn", "us"):
        calendar = get_calendar(country)
        name = calendar.holiday_name(day, language) if calendar.knows(day.year) else None
        if name:
            found.append(Holiday(country, name))
    china = get_calendar("cn")
    if day.weekday() >= _SATURDAY and china.knows(day.year) and china.is_workday(day):
        found.append(Holiday("cn", "", is_work=True))
    return found


def unknown_years(span: Span) -> list[tuple[str, int]]:
    """Country and year of which the span shows days and no holidays are published yet."""
    years = sorted({span.first.year, span.last.year})
    return [(country, year) for country in ("cn", "us") for year in years if not get_calendar(country).knows(year)]


def fill_days(
    days: Sequence[Day], tasks: QuerySet[Task], span: Span, reader: Reader, *, most: int, offset: int = 0
) -> None:
    """Put onto each day its first `most` tasks, after `offset` of them: milestones, those without a time, then by time.

    One statement, which fetches no more than what is drawn.
    """
    order = (F("is_milestone").desc(), Case(When(due_time=None, then=0), default=1), F("due_at").asc(), F("pk").asc())
    found = (
        tasks.filter(_lies_in(span))
        .annotate(day=_day_number(span))
        .annotate(place=Window(RowNumber(), partition_by=F("day"), order_by=order))
        .annotate(count=Window(Count("pk"), partition_by=F("day")))
        .filter(place__gt=offset, place__lte=offset + most)
        .order_by("day", "place")
    )
    for number, count, *values in found.values_list("day", "count", *_FIELDS):
        days[number].count = count
        days[number].entries.append(_entry(span.zone, reader, *values))


def _lies_in(span: Span) -> Q:
    start, end = span.instants[0], span.instants[-1]
    timed = Q(due_time__isnull=False, due_at__gte=start, due_at__lt=end)
    named = Q(due_time=None, due_on__gte=span.first, due_on__lte=span.last)
    return Q(due_at__gte=start - _FAR, due_at__lt=end + _FAR) & (timed | named)


def _day_number(span: Span) -> Case:
    """Which day of the span, from 0: counted by the instants at which days begin, or from the day that is named."""
    starts = Value(span.instants, output_field=ArrayField(DateTimeField()))
    bucket = Func(F("due_at"), starts, function="width_bucket", template="(%(function)s(%(expressions)s) - 1)")
    since = Func(
        F("due_on"), Value(span.first, output_field=DateField()), template="(%(expressions)s)", arg_joiner=" - "
    )
    return Case(When(due_time=None, then=since), default=bucket, output_field=IntegerField())


_FIELDS = (
    "pk", "number", "title", "project__name", "project_id", "project__state", "due_on", "due_time", "due_zone",
    "due_at", "completed_at", "is_milestone", "is_fixed", "owner_id", "owner__display_name", "owner__role",
)  # fmt: skip


def _entry(zone: str, reader: Reader, *values: Any) -> Entry:
    """`values` are those of _FIELDS."""
    pk, number, title, project, project_id, state, on, clock, due_zone, at, completed_at, *rest = values
    is_milestone, is_fixed, owner_id, owner_name, owner_role = rest
    deadline = Deadline.stored(on, clock, due_zone, at)
    end = ends_elsewhere(deadline, zone)
    return Entry(
        pk=pk,
        number=number,
        title=title,
        project=project,
        project_id=project_id,
        clock="" if clock is None else time_text(deadline.instant.astimezone(get_zone(zone))),
        ends="" if end is None else time_text(end.replace(second=0)),
        due=describe(
            deadline,
            reader_zone=reader.zone,
            language=reader.language,
            now=reader.now,
            is_done=completed_at is not None,
        ),
        is_milestone=is_milestone,
        is_fixed=is_fixed,
        owner=None if owner_id is None else Face.of(owner_id, owner_name, owner_role),
        may_move=reader.member.is_insider and state != Project.State.ARCHIVED,
    )

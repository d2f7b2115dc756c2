"""What is said of projects and of a person's work as a whole: a few statements each, however much there is."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from linkstar.lib.deadlines import Deadline, DueLabel, describe
from projects.cards import Face, Reader
from projects.models import Project, Task

GROUP_LIMIT = 50
LATER_LIMIT = 10


class Counts(NamedTuple):
    """Of the tasks the reader may see: all and the open ones; of the open ones overdue, and drafts.

    Progress counts what somebody answers for by a day: `whole` and, of these, `done`.
    """

    all: int = 0
    open: int = 0
    overdue: int = 0
    drafts: int = 0
    whole: int = 0
    done: int = 0

    @property
    def percent(self) -> int:
        """Whole per cent done, rounded down; 0 without tasks that count."""
        return self.done * 100 // self.whole if self.whole else 0


def counts_of(tasks: QuerySet[Task], *, now: datetime) -> dict[int, Counts]:
    """By project pk; a project without visible tasks is not in it."""
    is_open, is_draft = Q(completed_at=None), Q(owner=None) | Q(due_on=None)
    rows = (
        tasks.order_by()
        .values("project_id")
        .annotate(
            all=Count("pk"),
            open=Count("pk", filter=is_open),
            overdue=Count("pk", filter=is_open & Q(due_at__lt=now)),
            drafts=Count("pk", filter=is_open & is_draft),
            whole=Count("pk", filter=~is_draft),
            done=Count("pk", filter=~is_open & ~is_draft),
        )
    )
    return {row.pop("project_id"): Counts(**row) for row in rows}


def _due_text(
    reader: Reader, on: date | None, time: time | None, zone: str, at: datetime | None, *, is_done: bool
) -> DueLabel | None:
    if on is None:
        return None
    deadline = Deadline.stored(on, time, zone, at)
    return describe(deadline, reader_zone=reader.zone, language=reader.language, now=reader.now, is_done=is_done)


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A task in a list; `column` is named as the team named it, `status` is what it stands for."""

    pk: int
    title: str
    project: str
    column: str
    status: str
    is_milestone: bool
    priority: int
    owner: Face | None
    is_mine: bool
    due: DueLabel | None


_WORK_FIELDS = (
    "pk", "title", "project__name", "column__name", "column__status", "is_milestone", "priority",
    "owner_id", "owner__display_name", "owner__role", "completed_at", "due_on", "due_time", "due_zone", "due_at",
)  # fmt: skip


def work_rows(tasks: QuerySet[Task], reader: Reader) -> list[WorkRow]:
    """The rows of `tasks`, in their order: one statement."""
    return [_work_row(reader, *values) for values in tasks.values_list(*_WORK_FIELDS)]


def _work_row(reader: Reader, *values: Any) -> WorkRow:
    """`values` are those of _WORK_FIELDS."""
    pk, title, project, column, status, is_milestone, priority, *rest = values
    owner_id, owner_name, owner_role, completed_at, on, clock, zone, at = rest
    owner = None if owner_id is None else Face.of(owner_id, owner_name, owner_role)
    due = _due_text(reader, on, clock, zone, at, is_done=completed_at is not None)
    is_mine = owner_id == reader.member.pk
    return WorkRow(pk, title, project, column, status, is_milestone, priority, owner, is_mine, due)


@dataclass(slots=True)
class WorkGroup:
    """`count` counts all tasks of the group, of which `rows` may be the first."""

    name: str
    count: int
    rows: list[WorkRow] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.count - len(self.rows)


_GROUPS = ("overdue", "today", "week", "later", "someday")


def my_work(reader: Reader, *, is_long: bool = False) -> list[WorkGroup]:
    """Open tasks the reader owns or helps with, in one statement: overdue, today, week, later, someday (no deadline).

    Days end at midnight on the reader's clock, the week on Sunday night. What is far off is cut short unless `is_long`.
    """
    mine = (
        Task.objects.visible_to(reader.member)
        .current()
        .unfinished()
        .exclude(project__state=Project.State.ARCHIVED)
        .filter(Q(owner=reader.member) | Q(pk__in=reader.member.helped_tasks.values("pk")))
    )
    order = (F("due_at").asc(nulls_last=True), F("priority").desc(), F("pk").asc())
    found = (
        mine.annotate(part=_part(reader))
        .annotate(place=Window(RowNumber(), partition_by=F("part"), order_by=order))
        .annotate(count=Window(Count("pk"), partition_by=F("part")))
        .filter(place__lte=GROUP_LIMIT)
        .order_by(*order)
    )
    groups: dict[str, WorkGroup] = {}
    for part, place, count, *values in found.values_list("part", "place", "count", *_WORK_FIELDS):
        group = groups.setdefault(part, WorkGroup(part, count))
        if place <= LATER_LIMIT or is_long or part not in ("later", "someday"):
            group.rows.append(_work_row(reader, *values))
    return [groups[name] for name in _GROUPS if name in groups]


def _ends(reader: Reader) -> tuple[datetime, datetime]:
    """When the reader's today and this week end."""
    zone = ZoneInfo(reader.zone)
    today = reader.now.astimezone(zone).date()
    tomorrow, monday = today + timedelta(days=1), today + timedelta(days=7 - today.weekday())
    at_midnight = datetime.min.time()
    return (
        datetime.combine(tomorrow, at_midnight, tzinfo=zone),
        datetime.combine(monday, at_midnight, tzinfo=zone),
    )


def _part(reader: Reader) -> Case:
    """In which of the groups a task stands, for the database."""
    today_ends, week_ends = _ends(reader)
    return Case(
        When(due_at=None, then=Value("someday")),
        When(due_at__lt=reader.now, then=Value("overdue")),
        When(due_at__lt=today_ends, then=Value("today")),
        When(due_at__lt=week_ends, then=Value("week")),
        default=Value("later"),
    )

"""What is said of projects and of a person's work as a whole: a few statements each, however much there is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from linkstar.lib.deadlines import Deadline, DueLabel, describe
from projects.cards import Reader
from projects.models import Project, Task

GROUP_LIMIT = 50
LATER_LIMIT = 10


class Counts(NamedTuple):
    """Of the tasks the reader may see: all, finished, open; of the open ones overdue, and without owner or deadline."""

    all: int = 0
    done: int = 0
    open: int = 0
    overdue: int = 0
    drafts: int = 0

    @property
    def percent(self) -> int:
        """Whole per cent done, rounded down; 0 without tasks."""
        return self.done * 100 // self.all if self.all else 0


def counts_of(tasks: QuerySet[Task], *, now: datetime) -> dict[int, Counts]:
    """By project pk; a project without visible tasks is not in it."""
    is_open = Q(completed_at=None)
    rows = (
        tasks.order_by()
        .values("project_id")
        .annotate(
            all=Count("pk"),
            open=Count("pk", filter=is_open),
            overdue=Count("pk", filter=is_open & Q(due_at__lt=now)),
            drafts=Count("pk", filter=is_open & (Q(owner=None) | Q(due_on=None))),
        )
    )
    return {
        row["project_id"]: Counts(row["all"], row["all"] - row["open"], row["open"], row["overdue"], row["drafts"])
        for row in rows
    }


def next_deadlines(projects: Iterable[Project], reader: Reader) -> dict[int, DueLabel]:
    """The earliest unfinished deadline still ahead, by project pk."""
    tasks = Task.objects.visible_to(reader.member).unfinished()
    soonest = (
        tasks.filter(project__in=[project.pk for project in projects], due_at__gte=reader.now)
        .order_by("project_id", "due_at", "pk")
        .distinct("project_id")
        .only("project_id", "due_on", "due_time", "due_zone", "due_at", "completed_at")
    )
    labels = {task.project_id: due_text(task, reader) for task in soonest}
    return {pk: label for pk, label in labels.items() if label is not None}


def due_text(task: Task, reader: Reader) -> DueLabel | None:
    if task.due_on is None:
        return None
    deadline = Deadline.stored(task.due_on, task.due_time, task.due_zone, task.due_at)
    return describe(
        deadline,
        reader_zone=reader.zone,
        language=reader.language,
        now=reader.now,
        is_done=task.completed_at is not None,
    )


@dataclass(slots=True)
class WorkRow:
    task: Task
    due: DueLabel | None


@dataclass(slots=True)
class WorkGroup:
    """`count` counts all tasks of the group, of which `rows` may be the first."""

    name: str
    count: int
    rows: list[WorkRow] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.count - len(self.rows)


def my_work(reader: Reader, *, is_long: bool = False) -> list[WorkGroup]:
    """Open tasks the reader owns or helps with, in two statements: overdue, today, week, later, someday (no deadline).

    Days end at midnight on the reader's clock, the week on Sunday night. What is far off is cut short unless `is_long`.
    """
    mine = (
        Task.objects.visible_to(reader.member)
        .unfinished()
        .exclude(project__state=Project.State.ARCHIVED)
        .filter(Q(owner=reader.member) | Q(pk__in=reader.member.helped_tasks.values("pk")))
    )
    parts = _parts(reader)
    counts = mine.aggregate(**{name: Count("pk", filter=condition) for name, condition in parts.items()})
    by_name = {name: WorkGroup(name, counts[name]) for name in parts}
    first = Q()
    for name, condition in parts.items():
        limit = LATER_LIMIT if name in ("later", "someday") and not is_long else GROUP_LIMIT
        ordered = mine.filter(condition).order_by(F("due_at").asc(nulls_last=True), "pk").values("pk")[:limit]
        first |= Q(pk__in=ordered)
    rows = (
        Task.objects.filter(first)
        .select_related("project", "owner", "column")
        .order_by(F("due_at").asc(nulls_last=True), "-priority", "pk")
    )
    for task in rows:
        by_name[_part_of(task, reader)].rows.append(WorkRow(task, due_text(task, reader)))
    return [group for group in by_name.values() if group.count]


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


def _parts(reader: Reader) -> dict[str, Q]:
    today_ends, week_ends = _ends(reader)
    return {
        "overdue": Q(due_at__lt=reader.now),
        "today": Q(due_at__gte=reader.now, due_at__lt=today_ends),
        "week": Q(due_at__gte=today_ends, due_at__lt=week_ends),
        "later": Q(due_at__gte=week_ends),
        "someday": Q(due_at=None),
    }


def _part_of(task: Task, reader: Reader) -> str:
    """Which of the parts holds the task; the same lines as in _parts, for rows already here."""
    if task.due_at is None:
        return "someday"
    ends = zip(("overdue", "today", "week"), (reader.now, *_ends(reader)), strict=True)
    return next((name for name, end in ends if task.due_at < end), "later")

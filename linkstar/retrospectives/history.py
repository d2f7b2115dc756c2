"""What the traces tell of when somebody was at tasks, of one project or of many: four statements, however many."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import NamedTuple

from django.db.models import Max

from linkstar.calendars.days import Absences, DayCalendar
from linkstar.lib.zones import get_zone, home_country
from linkstar.retrospectives.spans import Moved, Work, work_of
from projects.models import Activity, Column, Dependency

_NAMED = ("column added", "column edited")


class TaskRow(NamedTuple):
    """What is asked of a task, in the order of FIELDS."""

    pk: int
    project: int
    number: int
    title: str
    step: str
    phase: str
    owner: int | None
    calendar: str
    due_zone: str
    project_zone: str
    start_on: date | None
    due_on: date | None
    duration_days: int | None
    is_fixed: bool
    is_milestone: bool
    created_at: datetime
    completed_at: datetime | None
    archived_at: datetime | None
    deleted_at: datetime | None

    @property
    def clock(self) -> str:
        return self.due_zone or self.project_zone

    @property
    def zone(self) -> tzinfo:
        return get_zone(self.clock)

    @property
    def country(self) -> str:
        return self.calendar or home_country(self.clock)

    def day(self, instant: datetime) -> date:
        """On the task's clock."""
        return instant.astimezone(self.zone).date()


FIELDS = (
    "pk", "project_id", "number", "title", "sop_step", "sop_phase", "owner_id", "calendar", "due_zone",
    "project__time_zone", "start_on", "due_on", "duration_days", "is_fixed", "is_milestone", "created_at",
    "completed_at", "archived_at", "deleted_at",
)  # fmt: skip


@dataclass(frozen=True)
class Calendars:
    """The working days of both countries, without the workspace's closures; one statement."""

    absences: Absences

    @classmethod
    def load(cls) -> "Calendars":
        return cls(Absences.load())

    def of(self, row: TaskRow) -> DayCalendar:
        return self.absences.day_calendar(row.country)


def works_of(rows: Sequence[TaskRow], *, until: datetime) -> dict[int, Work]:
    """By task (pk). Where nobody told when work began, on the planned day or once what comes first was done."""
    moves, ready = _moves([row.pk for row in rows]), _ready([row.pk for row in rows])
    return {
        row.pk: work_of(
            moves.get(row.pk, ()),
            created_at=row.created_at,
            could_begin_at=_could_begin_at(row, ready.get(row.pk)),
            done_at=row.completed_at,
            until=until,
        )
        for row in rows
    }


def _could_begin_at(row: TaskRow, ready_at: datetime | None) -> datetime:
    planned = datetime.combine(row.start_on, time.min, tzinfo=row.zone) if row.start_on else None
    return max((at for at in (planned, ready_at) if at is not None), default=row.completed_at or row.created_at)


def _ready(tasks: Sequence[int]) -> dict[int, datetime]:
    """When the last of what they had to wait for was done."""
    links = Dependency.objects.filter(
        blocked__in=tasks, kind=Dependency.Kind.FINISH_START, lag_days__gte=0, blocker__completed_at__isnull=False
    )
    return dict(
        links.order_by().values("blocked").annotate(at=Max("blocker__completed_at")).values_list("blocked", "at")
    )


def _moves(tasks: Sequence[int]) -> dict[int, list[Moved]]:
    """Without those that were taken back. A trace names columns; what they stood for is looked up."""
    found = Activity.objects.filter(task__in=tasks, verb="moved", change__undone_at=None)
    rows = list(found.order_by("created_at", "pk").values_list("task_id", "project_id", "created_at", "data"))
    statuses = _statuses({project for _task, project, _at, _data in rows})
    moves: dict[int, list[Moved]] = defaultdict(list)
    for task, project, at, data in rows:
        before, after = (statuses.get((project, data.get(end, "")), "") for end in ("before", "after"))
        moves[task].append(Moved(at.astimezone(UTC), before, after))
    return moves


def _statuses(projects: Iterable[int]) -> dict[tuple[int, str], str]:
    """By project and name, former names too; a column of now comes before one that had its name."""
    pks = list(projects)
    if not pks:
        return {}
    columns = Column.objects.filter(board__project__in=pks).values_list("board__project_id", "name", "status")
    found = {(project, name): status for project, name, status in columns}
    traces = Activity.objects.filter(project__in=pks, verb__in=_NAMED).order_by("-created_at", "-pk")
    for project, verb, data in traces.values_list("project_id", "verb", "data"):
        if verb == "column added":
            found.setdefault((project, data["name"]), data["status"])
        elif status := found.get((project, data["after"]["name"])):
            found.setdefault((project, data["before"]["name"]), status)
    return found

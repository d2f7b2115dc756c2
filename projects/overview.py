"""What is said of projects and of a person's work as a whole: a few statements each, however much there is."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from linkstar.lib.deadlines import Deadline, DueLabel, describe
from projects.cards import Face, Reader
from projects.models import Task


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
    return {
        row["project_id"]: Counts(row["all"], row["open"], row["overdue"], row["drafts"], row["whole"], row["done"])
        for row in rows
    }


def due_text(
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
    project_id: int
    column: str
    status: str
    is_milestone: bool
    priority: int
    owner: Face | None
    is_mine: bool
    due: DueLabel | None


WORK_FIELDS = (
    "pk", "title", "project__name", "project_id", "column__name", "column__status", "is_milestone", "priority",
    "owner_id", "owner__display_name", "owner__role", "completed_at", "due_on", "due_time", "due_zone", "due_at",
)  # fmt: skip


def work_rows(tasks: QuerySet[Task], reader: Reader) -> list[WorkRow]:
    """The rows of `tasks`, in their order: one statement."""
    return [work_row(reader, *values) for values in tasks.values_list(*WORK_FIELDS)]


def work_row(reader: Reader, *values: Any) -> WorkRow:
    """`values` are those of WORK_FIELDS."""
    pk, title, project, project_id, column, status, is_milestone, priority, *rest = values
    owner_id, owner_name, owner_role, completed_at, on, clock, zone, at = rest
    owner = None if owner_id is None else Face.of(owner_id, owner_name, owner_role)
    due = due_text(reader, on, clock, zone, at, is_done=completed_at is not None)
    is_mine = owner_id == reader.member.pk
    return WorkRow(pk, title, project, project_id, column, status, is_milestone, priority, owner, is_mine, due)

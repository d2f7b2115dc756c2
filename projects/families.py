"""What stands above and below a task, as its reader may see it: nothing is asked for a task that stands alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from linkstar.lib.text import clean_line
from linkstar.members.models import Member
from projects import access
from projects.models import Task
from projects.models.tasks import TaskQuerySet

if TYPE_CHECKING:
    from typing import TypedDict

    from django_stubs_ext import WithAnnotations

    class _Helped(TypedDict):
        is_helped: bool

    SubtaskRow = WithAnnotations[Task, _Helped]

PAGE = 50


@dataclass(frozen=True, slots=True)
class Subtask:
    """A line of the list; `may_move`: the reader may tick it; `is_oob`: it replaces the one on the page."""

    task: Task
    may_move: bool
    is_oob: bool = False


@dataclass(frozen=True, slots=True)
class Below:
    """All tasks below one, at any depth, together: minutes are of those tasks alone."""

    count: int = 0
    open: int = 0
    estimate_minutes: int = 0
    logged_minutes: int = 0


class Family:
    """`page` of the list of subtasks, counted from 1."""

    def __init__(self, task: Task, member: Member, *, page: int = 1) -> None:
        self.task, self.member, self.page = task, member, page

    @cached_property
    def ancestors(self) -> list[Task]:
        """From the topmost down to the parent; ends below the first that the reader may not see, or that is binned."""
        if self.task.parent_id is None:
            return []
        seen = Task.objects.visible_to(self.member).above(self.task.pk)
        rows = {row.pk: row for row in seen.only("pk", "number", "title", "parent_id", "completed_at")}
        path: list[Task] = []
        above: int | None = self.task.parent_id
        while above in rows:
            path.insert(0, rows[above])
            above = rows[above].parent_id
        return path

    @property
    def parent(self) -> Task | None:
        return self.ancestors[-1] if self.ancestors else None

    @cached_property
    def _rows(self) -> "Sequence[SubtaskRow]":
        if not self.task.subtask_count:
            return []
        first = (self.page - 1) * PAGE
        rows = subtasks_of(self.task, self.member).select_related("owner", "project")
        helping = Task.helpers.through.objects.filter(task=OuterRef("pk"), member=self.member.pk)
        return list(rows.annotate(is_helped=Exists(helping)).order_by("number")[first : first + PAGE + 1])

    @property
    def subtasks(self) -> list[Subtask]:
        return [self.line(row, is_helped=row.is_helped) for row in self._rows[:PAGE]]

    @property
    def next_page(self) -> int | None:
        return self.page + 1 if len(self._rows) > PAGE else None

    @property
    def hidden(self) -> int:
        """How many of the subtasks an insider may not see; said below the last page. A guest is not told."""
        if self.member.is_guest or self.next_page:
            return 0
        return max(self.task.subtask_count - (self.page - 1) * PAGE - len(self._rows), 0)

    @cached_property
    def below(self) -> Below:
        if not self.task.subtask_count:
            return Below()
        found = (
            Task.objects.visible_to(self.member)
            .under(self.task.pk)
            .aggregate(
                count=Count("pk"),
                open=Count("pk", filter=Q(completed_at=None, archived_at=None)),
                estimate_minutes=Coalesce(Sum("estimate_minutes"), 0),
                logged_minutes=Coalesce(Sum("logged_minutes"), 0),
            )
        )
        return Below(**found)

    def line(self, task: Task, *, is_helped: bool | None = None) -> Subtask:
        is_on_it = None if is_helped is None else is_helped or task.owner_id == self.member.pk
        return Subtask(task, access.may_task(self.member, "move", task, is_on_it=is_on_it))


def subtasks_of(task: Task, member: Member) -> TaskQuerySet:
    """Those that this member may see and that count."""
    return Task.objects.visible_to(member).counted().filter(parent=task)


def possible_parents(task: Task, member: Member, words: str) -> Any:
    """Tasks of the project that this one can be hung under, found by words or "#12", open ones first."""
    found = access.current_tasks_of(member, task.project).exclude(pk=task.pk)
    found = found.exclude(pk__in=Task.objects.under(task.pk).values("pk"))
    if task.parent_id is not None:
        found = found.exclude(pk=task.parent_id)
    words = clean_line(words, 100)
    number = words.removeprefix("#")
    if words:
        is_number = number.isascii() and number.isdigit() and len(number) <= 9
        found = found.filter(Q(title__icontains=words) | (Q(number=int(number)) if is_number else Q(pk=None)))
    return found.order_by(F("completed_at").asc(nulls_first=True), "-updated_at", "-pk")

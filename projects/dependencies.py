"""What waits for what, as a reader may see it: the links of a task, and what holds it back now (chains.py: all of it).

Of a task that the reader may not see nothing is told but that it is there: no title, project, person or date.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from linkstar.lib.deadlines import Deadline, DueLabel, describe
from linkstar.lib.kept import Kept
from linkstar.members.models import Member
from projects.blocking import is_unmet
from projects.cards import Face, Reader
from projects.link_dates import Dates, breach
from projects.link_words import link_text
from projects.models import Column, Dependency, Project, Task
from projects.overview import due_text

Kind = Dependency.Kind
# A task that waits for more than this is a project.
MOST_LINKS = 50


@dataclass(frozen=True, slots=True)
class LinkedTask:
    """A task at the other end of a link, or in a chain. A hidden one has no `pk`, and nothing else either."""

    pk: int | None = None
    number: int = 0
    title: str = ""
    project: str = ""
    due: DueLabel | None = None
    owner: Face | None = None
    is_done: bool = False
    is_started: bool = False
    is_archived: bool = False

    @property
    def is_hidden(self) -> bool:
        return self.pk is None


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link. `is_unmet`: it holds something back now, and `until` says to when, where that is known.

    `breach` says how the dates contradict it, or "".
    """

    pk: int
    other: LinkedTask
    kind: str
    lag_days: int
    lag_is_working: bool
    is_unmet: bool
    until: DueLabel | None
    breach: str

    @property
    def until_text(self) -> str:
        """Until when it waits, for the side that waits; "" where nobody knows or it does not wait."""
        return _("Waits until %(until)s") % {"until": self.until.at_text} if self.until is not None else ""

    @property
    def text(self) -> str:
        return link_text(self.kind, self.lag_days, is_working=self.lag_is_working)


@dataclass(slots=True)
class Links:
    """`waits_for` are the tasks before, `holds_up` those after; by deadline."""

    waits_for: list[LinkLine] = field(default_factory=list)
    holds_up: list[LinkLine] = field(default_factory=list)

    def for_guest(self) -> "Links":
        hidden = [line for line in self.waits_for if line.other.is_hidden and line.is_unmet][:1]
        return Links(
            [*(line for line in self.waits_for if not line.other.is_hidden), *hidden],
            [line for line in self.holds_up if not line.other.is_hidden],
        )


_ENDS = (
    "pk", "number", "title", "project_id", "project__name", "project__time_zone", "start_on", "start_time", "due_on",
    "due_time", "due_zone", "due_at", "completed_at", "archived_at", "column__status", "calendar", "owner_id",
    "owner__display_name", "owner__role",
)  # fmt: skip


class _End(NamedTuple):
    """A row of _ENDS."""

    pk: int
    number: int
    title: str
    project_id: int
    project: str
    time_zone: str
    start_on: Any
    start_time: Any
    due_on: Any
    due_time: Any
    due_zone: str
    due_at: datetime | None
    completed_at: datetime | None
    archived_at: datetime | None
    status: str
    calendar: str
    owner_id: int | None
    owner_name: str | None
    owner_role: str | None

    @property
    def is_started(self) -> bool:
        return self.completed_at is not None or self.status != Column.Status.TODO

    @property
    def is_done(self) -> bool:
        return self.completed_at is not None

    @property
    def dates(self) -> Dates:
        return Dates(
            self.start_on, self.start_time, self.due_on, self.due_time, self.due_at, self.due_zone or self.time_zone,
            self.calendar, self.completed_at is not None, self.is_started,
        )  # fmt: skip

    def shown(self, reader: Reader, beside: Project | None = None) -> LinkedTask:
        """In words; its project is named where it is not the one `beside`."""
        is_done = self.completed_at is not None
        due = due_text(reader, self.due_on, self.due_time, self.due_zone, self.due_at, is_done=is_done)
        owner = Face.of(self.owner_id, self.owner_name or "", self.owner_role or "") if self.owner_id else None
        project = "" if beside is not None and beside.pk == self.project_id else self.project
        return LinkedTask(
            self.pk,
            self.number,
            self.title,
            project,
            due,
            owner,
            is_done,
            self.is_started,
            self.archived_at is not None,
        )


def links_of(task: Task, reader: Reader) -> Links:
    """Both sides, in one statement; what lies in the bin is left out."""
    links = Links()
    for pk, kind, lag, working, free_at, sees_blocker, sees_blocked, *rest in _links(reader.member, task.pk):
        before, after = _End._make(rest[: len(_ENDS)]), _End._make(rest[len(_ENDS) :])
        is_waiting = after.pk == task.pk
        other, is_seen = (before, sees_blocker) if is_waiting else (after, sees_blocked)
        holds = not after.is_done and is_unmet(
            kind,
            lag,
            free_at,
            is_done=before.is_done,
            is_gone=before.archived_at is not None and not before.is_done,
            is_started=before.is_started,
            now=reader.now,
        )
        line = LinkLine(
            pk=pk,
            other=other.shown(reader, task.project) if is_seen else LinkedTask(),
            kind=kind,
            lag_days=lag,
            lag_is_working=working,
            is_unmet=holds,
            until=until_text(free_at, reader) if holds and is_seen and free_at is not None else None,
            breach=breach(kind, before.dates, after.dates, lag, is_working=working, language=reader.language)
            if is_seen
            else "",
        )
        (links.waits_for if is_waiting else links.holds_up).append(line)
    return links


def until_text(at: datetime, reader: Reader) -> DueLabel:
    """When a wait is over, on the reader's clock."""
    return describe(
        Deadline.from_instant(at, reader.zone), reader_zone=reader.zone, language=reader.language, now=reader.now
    )


def _link_rows(member: Member, task: int) -> QuerySet[Any, Any]:
    of_task = Q(blocker=task, blocked__deleted_at=None) | Q(blocked=task, blocker__deleted_at=None)
    seen = Task.objects.allowed_to(member)
    return (
        Dependency.objects.filter(of_task)
        .annotate(sees_blocker=_sees(seen, "blocker"), sees_blocked=_sees(seen, "blocked"))
        .order_by(F("blocker__due_at").asc(nulls_last=True), F("blocked__due_at").asc(nulls_last=True), "pk")
        .values_list(
            "pk", "kind", "lag_days", "lag_is_working", "free_at", "sees_blocker", "sees_blocked",
            *(f"blocker__{name}" for name in _ENDS), *(f"blocked__{name}" for name in _ENDS),
        )
    )  # fmt: skip


_links = Kept(_link_rows)


def _sees(seen: Any, end: str) -> Exists:
    return Exists(seen.filter(pk=OuterRef(end)))


def read_tasks(pks: Sequence[int], reader: Reader, beside: Project) -> list[LinkedTask]:
    """These tasks in this order, hidden ones as such; one statement."""
    if not pks:
        return []
    seen = Task.objects.allowed_to(reader.member).filter(pk__in=pks).values_list(*_ENDS)
    rows = {row[0]: _End._make(row) for row in seen}
    return [rows[pk].shown(reader, beside) if pk in rows else LinkedTask() for pk in pks]

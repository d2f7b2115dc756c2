"""Deadlines that have moved: which, by how much and why. Guests see those of their own tasks, and no finance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linkstar.lib.deadlines import describe
from linkstar.members.models import Member
from projects.actions.states import deadline_of
from projects.cards import Reader
from projects.models import Project, Slip, Task
from projects.models.tasks import TaskQuerySet
from projects.trace import moment

Reason = Slip.Reason
PER_PAGE = 50
# As an address says that nobody has said why.
UNSAID = "none"


class Total(NamedTuple):
    """Of one reason, UNSAID for none: how many deadlines moved, and by how many working days in all."""

    reason: str
    name: str
    number: int
    days: int


@dataclass(frozen=True, slots=True)
class SlipRow:
    """`title` is "" for a task that was removed for good, and `task` None where it cannot be opened."""

    pk: int
    task: int | None
    number: int
    title: str
    before: str
    after: str
    days: int
    reason: str
    note: str
    who: str
    when: str
    may_explain: bool

    @property
    def reason_name(self) -> str:
        return reason_name(self.reason)

    @property
    def days_text(self) -> str:
        return days_text(self.days)


def reason_name(reason: str) -> str:
    return str(Reason(reason).label) if reason else _("No reason yet")


def days_text(days: int) -> str:
    """As in "3 working days later"; a move within a day or over a weekend is "same working day"."""
    if days > 0:
        words = ngettext("%(count)d working day later", "%(count)d working days later", days)
    elif days < 0:
        words = ngettext("%(count)d working day earlier", "%(count)d working days earlier", -days)
    else:
        return _("same working day")
    return words % {"count": abs(days)}


def tasks_with_plans(member: Member, project: Project) -> TaskQuerySet:
    """Of which this member may read what was planned: guests of those that they are on, and of none in the bin."""
    seen = project.tasks.allowed_to(member)
    if member.is_insider:
        return seen
    return seen.alive().filter(Q(owner=member) | Q(pk__in=member.helped_tasks.values("pk")))


def slips_of(member: Member, project: Project, *, reason: str = "") -> QuerySet[Slip]:
    """Newest first; `reason` is a code or UNSAID, "" for all."""
    slips = Slip.objects.filter(task__in=tasks_with_plans(member, project).values("pk"))
    if reason:
        slips = slips.filter(reason="" if reason == UNSAID else reason)
    return slips.order_by("-created_at", "-pk")


def totals(member: Member, project: Project) -> list[Total]:
    """Most days first, what is not explained before all; one statement."""
    slips = slips_of(member, project).order_by()
    found = slips.values_list("reason").annotate(count=Count("pk"), days=Sum("working_days"))
    rows = [Total(reason or UNSAID, reason_name(reason), count, days) for reason, count, days in found]
    return sorted(rows, key=lambda row: (row.reason != UNSAID, -row.days, row.reason))


def read_slips(slips: Iterable[Slip], reader: Reader) -> list[SlipRow]:
    """In words. They come with task, project and actor."""
    return [_row(slip, reader) for slip in slips]


def with_people(slips: QuerySet[Slip]) -> QuerySet[Slip]:
    return slips.select_related("task__project", "actor")


def _row(slip: Slip, reader: Reader) -> SlipRow:
    task = slip.task
    is_there = task.deleted_at is None
    return SlipRow(
        pk=slip.pk,
        task=task.pk if is_there else None,
        number=task.number,
        title=task.title,
        before=deadline_text(slip.before, reader),
        after=deadline_text(slip.after, reader),
        days=slip.working_days,
        reason=slip.reason,
        note=slip.note,
        who=slip.actor.display_name if reader.member.is_insider else "",
        when=moment(slip.created_at),
        may_explain=reader.member.is_insider and is_there and not task.is_readonly,
    )


def deadline_text(kept: list[str] | None, reader: Reader) -> str:
    """On its own clock, as deadlines are said everywhere."""
    deadline = deadline_of(kept)
    if deadline is None:
        return _("No deadline")
    return describe(deadline, reader_zone=reader.zone, language=reader.language, now=reader.now).at_text


def slips_of_task(task: Task, reader: Reader, *, most: int = 5) -> list[SlipRow]:
    """The newest of one task that the reader sees; nothing is asked when it has none."""
    if not task.slip_count or (reader.member.is_guest and not _is_on(task, reader.member)):
        return []
    slips = Slip.objects.filter(task=task).select_related("actor").order_by("-created_at", "-pk")[:most]
    for slip in slips:
        slip.task = task
    return read_slips(slips, reader)


def _is_on(task: Task, member: Member) -> bool:
    return task.owner_id == member.pk or task.helpers.filter(pk=member.pk).exists()


def csv_head() -> list[str]:
    return [
        _("Number"), _("Title"), _("Was due"), _("Was due (UTC)"), _("Is due"), _("Is due (UTC)"), _("Working days"),
        _("Reason"), _("Note"), _("Moved by"), _("Moved at (UTC)"),
    ]  # fmt: skip


def csv_rows(slips: QuerySet[Slip], reader: Reader) -> Iterable[Sequence[object]]:
    """A line a slip; deadlines stand as they were meant and as instants in UTC."""
    for slip in with_people(slips).iterator(chunk_size=500):
        row = _row(slip, reader)
        at = slip.created_at.astimezone(UTC).isoformat(timespec="seconds")
        yield [
            row.number, row.title, row.before, _utc(slip.before), row.after, _utc(slip.after), row.days,
            row.reason_name, row.note, row.who, at,
        ]  # fmt: skip


def _utc(kept: list[str]) -> str:
    deadline = deadline_of(kept)
    return deadline.instant.isoformat() if deadline else ""

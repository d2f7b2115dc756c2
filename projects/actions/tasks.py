"""What people do with a task's place and title: create, move, finish, bin."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from linkstar.lib import ranks
from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from notifications.actions.reminders import cancel_all
from projects.actions import bin
from projects.actions.deadlines import plan_reminders, put_deadline
from projects.actions.notices import tell_assigned
from projects.actions.trace import leave_trace, leave_traces, touch
from projects.models import Board, Column, Project, Task

# The column holds 60; a gap that has been halved this often is spread out first.
_LONGEST_RANK = 40


class ColumnFull(ValueError):
    """The column has reached its WIP limit."""

    def __init__(self, column: Column) -> None:
        super().__init__(f"column {column.pk} is full")
        self.column = column


class ColumnGone(ValueError):
    """The column was deleted since the page was drawn."""


class RemovedForGood(LookupError):
    """The task was removed from the bin, where it had lain for 30 days."""


def create_task(
    *,
    title: str,
    column: Column,
    actor: Member,
    now: datetime,
    owner: Member | None = None,
    deadline: Deadline | None = None,
) -> Task:
    """One task at the end of a column; see create_tasks."""
    return create_tasks([title], column=column, actor=actor, now=now, owner=owner, deadline=deadline)[0]


@transaction.atomic
def create_tasks(
    titles: Sequence[str],
    *,
    column: Column,
    actor: Member,
    now: datetime,
    owner: Member | None = None,
    deadline: Deadline | None = None,
) -> list[Task]:
    """Tasks at the end of a column, in the order given. Titles are clean lines; the WIP limit does not bar new work
    from a to-do column, and raises ColumnFull elsewhere. Raises ColumnGone.
    """
    lock_board(column)
    project = column.board.project
    last, taken = _end_of(column)
    if column.status != Column.Status.TODO and _is_too_much(column, taken + len(titles)):
        raise ColumnFull(column)
    first = take_numbers(project, len(titles))
    tasks = []
    for index, title in enumerate(titles):
        last = ranks.between(last, None)
        task = Task(
            project=project,
            column=column,
            rank=last,
            number=first + index,
            title=title,
            owner=owner,
            created_by=actor,
            created_at=now,
            updated_at=now,
            completed_at=now if column.is_done else None,
        )
        put_deadline(task, deadline)
        tasks.append(task)
    Task.objects.bulk_create(tasks)
    if deadline is not None:
        for task in tasks:
            plan_reminders(task, now=now)
    leave_traces(
        "task created", project=project, actor=actor, now=now, tasks=[(task, {"title": task.title}) for task in tasks]
    )
    if owner is not None:
        for task in tasks:
            tell_assigned(task, [owner], actor=actor, now=now)
    return tasks


@transaction.atomic
def move_task(task: Task, *, column: Column, before: Task | None, actor: Member, now: datetime) -> None:
    """Put a task into `column`, above `before`, or last when that is None or has left the column meanwhile.

    Of `before` only the pk is read. Entering a done column finishes the task and cancels its reminders; leaving one
    reopens it. Raises ColumnFull when `column` is another column and has reached its WIP limit, and ColumnGone.
    """
    lock_board(column)
    place = _find_place(task, column, before)
    source, was_done = task.column, task.is_done
    if column != source and _is_too_much(column, place.taken + 1):
        raise ColumnFull(column)
    task.column, task.rank, task.updated_at, task.version = column, place.rank, now, task.version + 1
    if column.is_done != was_done:
        task.completed_at = now if column.is_done else None
    task.save(update_fields=["column", "rank", "updated_at", "version", "completed_at"])
    if column.is_done != was_done:
        plan_reminders(task, now=now)
    if column != source:
        leave_trace(
            "moved", project=task.project, task=task, actor=actor, now=now, before=source.name, after=column.name
        )


@transaction.atomic
def delete_task(task: Task, *, actor: Member, now: datetime) -> None:
    """Into the bin, where it stays for 30 days (actions/bin.py). Twice is once."""
    bin.promise_removal(bin.TASK, task.pk, binned_at=now)
    # Whoever promised first has deleted it by now.
    task.refresh_from_db(fields=["deleted_at"])
    if task.deleted_at is not None:
        return
    task.deleted_at = now
    touch(task, "deleted_at", now=now)
    cancel_all("task", task.pk)
    leave_trace("task deleted", project=task.project, task=task, actor=actor, now=now, title=task.title)


@transaction.atomic
def restore_task(task: Task, *, actor: Member, now: datetime) -> None:
    """Out of the bin, to the end of the column it was in, or that has taken its place since.

    Raises RemovedForGood when it lay there too long.
    """
    bin.take_back_removal(bin.TASK, task.pk)
    lock_board(task.column)
    task.refresh_from_db(fields=["column", "title", "deleted_at"])
    if task.is_removed:
        raise RemovedForGood
    if task.deleted_at is None:
        return
    task.deleted_at, task.rank = None, _find_place(task, task.column, None).rank
    touch(task, "deleted_at", "rank", now=now)
    plan_reminders(task, now=now)
    leave_trace("task restored", project=task.project, task=task, actor=actor, now=now, title=task.title)


def lock_board(column: Column) -> Board:
    """Ranks are read and then written, so two moves on one board must not interleave."""
    return Board.objects.select_for_update(no_key=True).get(pk=column.board_id)


def take_numbers(project: Project, count: int) -> int:
    """Reserve `count` task numbers and return the first; the row's lock keeps two writers apart."""
    Project.objects.filter(pk=project.pk).update(last_task_number=F("last_task_number") + count)
    project.refresh_from_db(fields=["last_task_number"])
    return project.last_task_number - count + 1


def _is_too_much(column: Column, count: int) -> bool:
    return column.wip_limit is not None and count > column.wip_limit


def _end_of(column: Column) -> tuple[str | None, int]:
    """The last rank of the column and how many cards it holds, in one statement under the board's lock."""
    tasks = Task.objects.filter(column=OuterRef("pk")).order_by()
    taken = tasks.alive().values("column").annotate(count=Count("pk")).values("count")
    found = (
        Column.objects.filter(pk=column.pk)
        .annotate(last=Subquery(tasks.order_by("-rank").values("rank")[:1]), taken=Coalesce(Subquery(taken), 0))
        .values_list("last", "taken")
        .first()
    )
    if found is None:
        raise ColumnGone
    return found


# What a move reads of the task itself; it may have changed since the page was drawn.
_READ = ("column_id", "completed_at", "deleted_at", "due_at", "remind_hours_before", "version")


class _Place(NamedTuple):
    """`rank` is the one to take; `taken` says how many other cards the column holds."""

    rank: str
    taken: int


def _find_place(task: Task, column: Column, before: Task | None) -> _Place:
    """The place just above `before`, or the last one; brings `task` up to date and locks its row.

    One statement, under the board's lock. The row's lock keeps edits away, so that `version` can be counted on. Raises
    ColumnGone.
    """
    others = Task.objects.filter(column=column).exclude(pk=task.pk)
    # No row has the number 0: without `before` there is no follower.
    follower = others.filter(pk=before.pk or 0 if before is not None else 0).values("rank")[:1]
    last_first = others.order_by("-rank").values("rank")
    taken = others.alive().order_by().values("column").annotate(count=Count("pk")).values("count")
    found = (
        Task.objects.select_for_update(no_key=True)
        .annotate(follower=Subquery(follower), ahead=Subquery(last_first.filter(rank__lt=Subquery(follower))[:1]))
        .annotate(last=Subquery(last_first[:1]), taken=Coalesce(Subquery(taken), 0))
        .annotate(is_there=Exists(Column.objects.filter(pk=column.pk)))
        .values(*_READ, "follower", "ahead", "last", "taken", "is_there")
        .get(pk=task.pk)
    )
    if not found["is_there"]:
        raise ColumnGone
    for field in _READ:
        setattr(task, field, found[field])
    rank = ranks.between(found["ahead"] if found["follower"] else found["last"], found["follower"])
    if len(rank) <= _LONGEST_RANK:
        return _Place(rank, found["taken"])
    _spread(others)
    return _find_place(task, column, before)


def _spread(tasks: QuerySet[Task]) -> None:
    """Somebody dropped hundreds of cards into one gap: give the column short ranks again, in the order it has."""
    ordered = list(tasks.order_by("rank").only("pk"))
    for task, rank in zip(ordered, ranks.evenly(len(ordered)), strict=True):
        task.rank = rank
    Task.objects.bulk_update(ordered, ["rank"], batch_size=500)

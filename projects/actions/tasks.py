"""What people do with a task's place and title: create, move, finish, bin."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from linkstar.lib import ranks
from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from notifications.actions.reminders import cancel_all
from projects.actions.deadlines import plan_reminders, put_deadline
from projects.actions.notices import tell_assigned
from projects.actions.trace import leave_trace, touch
from projects.models import Board, Column, Project, Task

# The column holds 60; a gap that has been halved this often is spread out first.
_LONGEST_RANK = 40


class ColumnFull(ValueError):
    """The column has reached its WIP limit."""

    def __init__(self, column: Column) -> None:
        super().__init__(f"column {column.pk} is full")
        self.column = column


def create_task(
    *, title: str, column: Column, actor: Member, now: datetime, owner: Member | None = None, deadline: Deadline | None = None
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
    from a to-do column, and raises ColumnFull elsewhere.
    """
    lock_board(column)
    project = column.board.project
    if column.status != Column.Status.TODO and _has_no_room(column, len(titles)):
        raise ColumnFull(column)
    first = take_numbers(project, len(titles))
    last = column.tasks.order_by("-rank").values_list("rank", flat=True).first()
    tasks = []
    for index, title in enumerate(titles):
        last = ranks.between(last, None)
        task = Task(
            project=project, column=column, rank=last, number=first + index, title=title, owner=owner,
            created_by=actor, created_at=now, updated_at=now, completed_at=now if column.is_done else None,
        )
        put_deadline(task, deadline)
        tasks.append(task)
    Task.objects.bulk_create(tasks)
    for task in tasks:
        plan_reminders(task, now=now)
        leave_trace("task created", project=project, task=task, actor=actor, now=now, title=task.title)
    if owner is not None:
        for task in tasks:
            tell_assigned(task, [owner], actor=actor, now=now)
    return tasks


@transaction.atomic
def move_task(task: Task, *, column: Column, before: Task | None, actor: Member, now: datetime) -> None:
    """Put a task into `column`, above `before`, or last when that is None or has left the column meanwhile.

    Entering a done column finishes the task and cancels its reminders; leaving one reopens it. Raises ColumnFull when
    `column` is another column and has reached its WIP limit.
    """
    lock_board(column)
    task.refresh_from_db(fields=["column", "rank", "completed_at", "version"])
    source = task.column
    if column != source and _has_no_room(column, 1):
        raise ColumnFull(column)
    task.column, task.rank = column, _rank_above(task, column, before)
    changed = ["column", "rank"]
    if column.is_done != (task.completed_at is not None):
        task.completed_at = now if column.is_done else None
        changed.append("completed_at")
    touch(task, *changed, now=now)
    if "completed_at" in changed:
        plan_reminders(task, now=now)
    if column != source:
        leave_trace("moved", project=task.project, task=task, actor=actor, now=now, before=source.name, after=column.name)


@transaction.atomic
def delete_task(task: Task, *, actor: Member, now: datetime) -> None:
    """Into the bin, where it stays for 30 days."""
    task.deleted_at = now
    touch(task, "deleted_at", now=now)
    cancel_all("task", task.pk)
    leave_trace("task deleted", project=task.project, task=task, actor=actor, now=now, title=task.title)


@transaction.atomic
def restore_task(task: Task, *, actor: Member, now: datetime) -> None:
    """Out of the bin, to the end of the column it was in."""
    lock_board(task.column)
    task.deleted_at, task.rank = None, _rank_above(task, task.column, None)
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


def _has_no_room(column: Column, count: int) -> bool:
    if column.wip_limit is None:
        return False
    return column.tasks.alive().count() + count > column.wip_limit


def _rank_above(task: Task, column: Column, before: Task | None) -> str:
    """The rank just above `before` in reading order, or the last one; the board's lock is held."""
    others = Task.objects.filter(column=column).exclude(pk=task.pk)
    follower = others.filter(pk=before.pk).values_list("rank", flat=True).first() if before is not None else None
    ahead = others.filter(rank__lt=follower) if follower is not None else others
    rank = ranks.between(ahead.order_by("-rank").values_list("rank", flat=True).first(), follower)
    if len(rank) <= _LONGEST_RANK:
        return rank
    _spread(others)
    return _rank_above(task, column, before)


def _spread(tasks: QuerySet[Task]) -> None:
    """Somebody dropped hundreds of cards into one gap: give the column short ranks again, in the order it has."""
    ordered = list(tasks.order_by("rank").only("pk"))
    for task, rank in zip(ordered, ranks.evenly(len(ordered)), strict=True):
        task.rank = rank
    Task.objects.bulk_update(ordered, ["rank"], batch_size=500)

"""What people do with a task's place and title: create, move, finish, bin."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, QuerySet

from linkstar.lib import ranks
from linkstar.lib.deadlines import Deadline
from linkstar.lib.kept import KeptInsert, prepared_cursor
from linkstar.members.models import Member
from notifications.actions.reminders import cancel_all
from projects import access
from projects.actions import bin
from projects.actions.deadlines import plan_reminders, plan_reminders_of, put_deadline
from projects.actions.families import binned_with, lock_family, recount, taken_along
from projects.actions.links import WAITS_OF_TASK, tell_waiting
from projects.actions.notices import tell_assigned
from projects.actions.occurrences import lock_promise, look_soon
from projects.actions.refusals import ColumnFull, ColumnGone, StillBlocked, StillDraft, Withheld, is_held_back
from projects.actions.remembering import record, remembered
from projects.actions.search_index import index_tasks
from projects.actions.states import snapshot
from projects.actions.trace import leave_trace, leave_traces, mark
from projects.holding import holds_on
from projects.models import Board, Change, Column, Project, Task

# The column holds 60; a gap that has been halved this often is spread out first.
_LONGEST_RANK = 40
_insert = KeptInsert(Task)


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
    parent: Task | None = None,
) -> list[Task]:
    """Tasks at the end of a column, in the order given. Titles are clean lines; the WIP limit does not bar new work
    from a to-do column, and raises ColumnFull elsewhere. Raises StillDraft in a doing column, and ColumnGone.

    Whether they may stand under `parent` is what actions/subtasks.py asks first; they are as confidential as it is.
    """
    return make_tasks(titles, column=column, actor=actor, now=now, owner=owner, deadline=deadline, parent=parent)


def make_tasks(
    titles: Sequence[str],
    *,
    column: Column,
    actor: Member,
    now: datetime,
    owner: Member | None,
    deadline: Deadline | None,
    parent: Task | None,
) -> list[Task]:
    """create_tasks, in a transaction that does more and takes nothing back of it alone."""
    if column.is_doing and (owner is None or deadline is None):
        raise StillDraft(column)
    lock_board(column)
    project = column.board.project
    last, taken, first = _make_room(column, len(titles))
    if column.status != Column.Status.TODO and _is_too_much(column, taken + len(titles)):
        raise ColumnFull(column)
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
            parent=parent,
        )
        if parent is not None:
            task.sensitivity, task.may_be_shared = parent.sensitivity, parent.may_be_shared
        put_deadline(task, deadline)
        tasks.append(task)
    if len(tasks) == 1:
        _insert(tasks[0])
    else:
        Task.objects.bulk_create(tasks)
    index_tasks(tasks)
    recount([task.parent_id for task in tasks], now=now)
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
def move_task(
    task: Task,
    *,
    column: Column,
    before: Task | None,
    actor: Member,
    now: datetime,
    despite: str = "",
    waived: str = "",
) -> Change | None:
    """Put a task into `column`, above `before`, or last when that is None or has left the column meanwhile.

    Of `before` only the pk is read. Entering a done column finishes the task and cancels its reminders; leaving one
    reopens it. `despite` is why it goes on although it waits for others, `waived` why it is done although something
    holds it, which only an admin may say. Raises ColumnFull when `column` is another column and has reached its WIP
    limit, StillDraft when work would begin on a draft, StillBlocked and Withheld when nobody said why, and ColumnGone.
    What can be taken back is returned; nothing of a card that stays in its column.
    """
    lock_promise(task)
    lock_board(column)
    if task.parent_id is not None:
        lock_family(task)
    place = _find_place(task, column, before, now)
    source, was_done, was = task.column, task.is_done, snapshot(task, "place", "completed")
    if column.is_doing and not source.is_doing and task.is_draft:
        raise StillDraft(column, task)
    is_despite = is_held_back(place.waits, source, column)
    if is_despite and not despite:
        raise StillBlocked(column, task)
    held = holds_on([task], now=now).get(task.pk, []) if column.is_done and not was_done else []
    if held and not (waived and access.may_waive(actor)):
        raise Withheld(column, task, held)
    if column != source and _is_too_much(column, place.taken + 1):
        raise ColumnFull(column)
    task.column, task.rank, task.updated_at, task.version = column, place.rank, now, task.version + 1
    if column.is_done != was_done:
        task.completed_at = now if column.is_done else None
    _put(task)
    if column.is_done != was_done:
        plan_reminders(task, now=now)
        recount([task.parent_id], now=now)
        look_soon(task, now=now)
    if column == source:
        mark(task.project_id, [task.pk])
        return None
    states = (task, was, snapshot(task, "place", "completed"))
    change = remembered("moved", project=task.project, actor=actor, now=now, rows=[states])
    leave_trace(
        "moved",
        project=task.project,
        task=task,
        actor=actor,
        now=now,
        change=change,
        before=source.name,
        after=column.name,
    )
    if is_despite:
        leave_trace("begun despite", project=task.project, task=task, actor=actor, now=now, reason=despite)
    if held:
        subjects = [hold.subject for hold in held]
        leave_trace("hold waived", project=task.project, task=task, actor=actor, now=now, of=subjects, reason=waived)
    if place.is_awaited and column.status != source.status:
        tell_waiting([task.pk], now=now)
    return change


@transaction.atomic
def delete_task(task: Task, *, actor: Member, now: datetime) -> Change | None:
    """Into the bin for 30 days (actions/bin.py), with the subtasks that the actor sees. Twice is once: None."""
    lock_board(task.column)
    task.refresh_from_db(fields=["deleted_at", "parent"])
    if task.deleted_at is not None:
        return None
    gone = [task, *taken_along(task, actor=actor)]
    bin.promise_removals(bin.TASK, [each.pk for each in gone], binned_at=now)
    lock_family(*gone)
    _put_deleted_at(gone, now, now=now)
    cancel_all("task", *(each.pk for each in gone))
    recount([task.parent_id], now=now)
    states = [(each, {"deleted": None}, snapshot(each, "deleted")) for each in gone]
    change = record("task deleted", project=task.project, actor=actor, now=now, rows=states)
    traces = [(each, {"title": each.title}) for each in gone]
    leave_traces("task deleted", project=task.project, actor=actor, now=now, tasks=traces, change=change)
    return change


@transaction.atomic
def restore_task(task: Task, *, actor: Member, now: datetime) -> None:
    """Out of the bin, to the end of the column it was in, or that has taken its place since; with the subtasks that
    went there with it, which stand where they stood. Raises RemovedForGood when it lay there too long.
    """
    lock_board(task.column)
    task.refresh_from_db(fields=["deleted_at"])
    waiting = [task, *binned_with(task)]
    bin.take_back_removals(bin.TASK, [each.pk for each in waiting])
    lock_family(*waiting)
    task.refresh_from_db(fields=["column", "title", "deleted_at"])
    if task.is_removed:
        raise RemovedForGood
    if task.deleted_at is None:
        return
    # Without those that a worker has removed for good meanwhile.
    back = [task, *binned_with(task)]
    task.rank = _find_place(task, task.column, None, now).rank
    task.save(update_fields=["rank"])
    _put_deleted_at(back, None, now=now)
    plan_reminders_of(back, now=now)
    recount([task.parent_id, *(each.pk for each in back if each.subtask_count)], now=now)
    traces = [(each, {"title": each.title}) for each in back]
    leave_traces("task restored", project=task.project, actor=actor, now=now, tasks=traces)


def _put_deleted_at(tasks: list[Task], deleted_at: datetime | None, *, now: datetime) -> None:
    """Of locked rows, counted as a change of each, in one statement."""
    rows = Task.objects.filter(pk__in=[task.pk for task in tasks])
    rows.update(deleted_at=deleted_at, updated_at=now, version=F("version") + 1)
    for task in tasks:
        task.deleted_at = deleted_at


def lock_board(column: Column) -> None:
    """Ranks are read and then written, so two moves on one board must not interleave."""
    with prepared_cursor() as cursor:
        cursor.execute("SELECT FROM projects_board WHERE id = %s FOR NO KEY UPDATE", [column.board_id])
        if cursor.fetchone() is None:
            raise Board.DoesNotExist


def take_numbers(project: Project, count: int) -> int:
    """Reserve `count` task numbers and return the first; the row's lock keeps two writers apart."""
    with prepared_cursor() as cursor:
        cursor.execute(
            "UPDATE projects_project SET last_task_number = last_task_number + %s WHERE id = %s"
            " RETURNING last_task_number",
            [count, project.pk],
        )
        [project.last_task_number] = cursor.fetchone()
    return project.last_task_number - count + 1


def _is_too_much(column: Column, count: int) -> bool:
    return column.wip_limit is not None and count > column.wip_limit


_END = """
SELECT (SELECT max(rank) FROM projects_task WHERE column_id = place.id),
    (SELECT count(*) FROM projects_task WHERE column_id = place.id AND deleted_at IS NULL AND archived_at IS NULL)
FROM projects_column place WHERE place.id = %s
"""


def end_of(column: Column) -> tuple[str | None, int]:
    """The last rank of the column and how many cards it holds, in one statement under the board's lock."""
    with prepared_cursor() as cursor:
        cursor.execute(_END, [column.pk])
        found = cursor.fetchone()
    if found is None:
        raise ColumnGone
    last, taken = found
    return last, taken


_ROOM = """
UPDATE projects_project SET last_task_number = last_task_number + %(count)s WHERE id = %(project)s
RETURNING last_task_number, (SELECT max(rank) FROM projects_task WHERE column_id = %(column)s),
    (SELECT count(*) FROM projects_task
        WHERE column_id = %(column)s AND deleted_at IS NULL AND archived_at IS NULL),
    EXISTS (SELECT FROM projects_column WHERE id = %(column)s)
"""


def _make_room(column: Column, count: int) -> tuple[str | None, int, int]:
    """end_of and take_numbers in one statement, for who takes nothing where the column is gone or full."""
    project = column.board.project
    with prepared_cursor() as cursor:
        cursor.execute(_ROOM, {"count": count, "project": project.pk, "column": column.pk})
        project.last_task_number, last, taken, is_there = cursor.fetchone()
    if not is_there:
        raise ColumnGone
    return last, taken, project.last_task_number - count + 1


# What a move reads of the task itself, which may have changed since the page was drawn, and of the column's others.
# By hand: putting this statement together took the ORM longer than PostgreSQL takes to answer it.
_PLACE = f"""
WITH other AS (
        SELECT id, rank, deleted_at, archived_at FROM projects_task WHERE column_id = %(column)s AND id <> %(task)s
    ),
    follower AS (SELECT rank FROM other WHERE id = %(before)s::bigint)
SELECT task.column_id, task.rank, task.owner_id, task.completed_at, task.archived_at, task.deleted_at, task.due_on,
    task.due_at, task.remind_hours_before, task.version, task.parent_id, task.needs_passport,
    (SELECT rank FROM follower) AS follower,
    (SELECT max(rank) FROM other WHERE rank < (SELECT rank FROM follower)) AS ahead,
    (SELECT max(rank) FROM other) AS last,
    (SELECT count(*) FROM other WHERE deleted_at IS NULL AND archived_at IS NULL) AS taken,
    EXISTS (SELECT FROM projects_column WHERE id = %(column)s) AS is_there,
    {WAITS_OF_TASK} AS waits,
    EXISTS (SELECT FROM projects_dependency WHERE blocker_id = task.id) AS is_awaited
FROM projects_task task WHERE task.id = %(task)s FOR NO KEY UPDATE OF task
"""  # noqa: S608 - put together from constants


_PUT = """
UPDATE projects_task SET column_id = %s, rank = %s, updated_at = %s, version = %s, completed_at = %s WHERE id = %s
"""


class _Found(NamedTuple):
    """A row of _PLACE."""

    column_id: int
    rank: str
    owner_id: int | None
    completed_at: datetime | None
    archived_at: datetime | None
    deleted_at: datetime | None
    due_on: date | None
    due_at: datetime | None
    remind_hours_before: list[int]
    version: int
    parent_id: int | None
    needs_passport: bool
    follower: str | None
    ahead: str | None
    last: str | None
    taken: int
    is_there: bool
    waits: list[str]
    is_awaited: bool


class _Place(NamedTuple):
    """`rank` is the one to take; `taken` says how many other cards the column holds.

    `waits` are the kinds of links that hold something back; `is_awaited`: others wait for the task.
    """

    rank: str
    taken: int
    waits: list[str]
    is_awaited: bool


def _find_place(task: Task, column: Column, before: Task | None, now: datetime) -> _Place:
    """The place just above `before`, or the last one; brings `task` up to date and locks its row.

    One statement, under the board's lock. The row's lock keeps edits away, so that `version` can be counted on. Raises
    ColumnGone.
    """
    with prepared_cursor() as cursor:
        above = before.pk if before is not None else None
        asked = {"task": task.pk, "column": column.pk, "before": above, "now": now}
        cursor.execute(_PLACE, asked)
        row = cursor.fetchone()
    if row is None:
        raise Task.DoesNotExist
    found = _Found._make(row)
    if not found.is_there:
        raise ColumnGone
    task.column_id, task.rank, task.parent_id = found.column_id, found.rank, found.parent_id
    task.owner_id, task.version = found.owner_id, found.version
    task.completed_at, task.archived_at, task.deleted_at = found.completed_at, found.archived_at, found.deleted_at
    task.due_on, task.due_at, task.remind_hours_before = found.due_on, found.due_at, found.remind_hours_before
    task.needs_passport = found.needs_passport
    rank = ranks.between(found.ahead if found.follower else found.last, found.follower)
    if len(rank) <= _LONGEST_RANK:
        return _Place(rank, found.taken, found.waits, found.is_awaited)
    _spread(Task.objects.filter(column=column).exclude(pk=task.pk))
    return _find_place(task, column, before, now)


def _put(task: Task) -> None:
    """Save where the task stands now, under the locks of _find_place."""
    place: list[Any] = [task.column_id, task.rank, task.updated_at, task.version, task.completed_at, task.pk]
    with prepared_cursor() as cursor:
        cursor.execute(_PUT, place)


def _spread(tasks: QuerySet[Task]) -> None:
    """Somebody dropped hundreds of cards into one gap: give the column short ranks again, in the order it has."""
    ordered = list(tasks.order_by("rank").only("pk"))
    for task, rank in zip(ordered, ranks.evenly(len(ordered)), strict=True):
        task.rank = rank
    Task.objects.bulk_update(ordered, ["rank"], batch_size=500)

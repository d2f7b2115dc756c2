"""A task as a part of another one: made there, hung there, taken off, and made out of a line of its checklist."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from linkstar.members.models import Member
from projects.actions.adding import NewTask, add_tree
from projects.actions.checklists import count_items
from projects.actions.edits import NotShareable
from projects.actions.families import lock_family, recount
from projects.actions.family_limits import (
    MOST_LEVELS,
    CyclicParent,
    NotItsParent,
    PartIsLinked,
    PartWaits,
    TooDeep,
    check_room,
    path_to,
)
from projects.actions.links import lock_links
from projects.actions.search_index import forget, index_items
from projects.actions.tasks import delete_task, lock_board
from projects.actions.trace import leave_trace, touch
from projects.circles import link_within, way_into
from projects.models import ChecklistItem, Column, SearchEntry, Task


class WorkedOnSince(ValueError):
    """What was made is not taken back: somebody has put work into it since."""


@transaction.atomic
def create_subtasks(parent: Task, new: Sequence[NewTask | str], *, actor: Member, now: datetime) -> list[Task]:
    """Tasks under `parent`, in the order given, and under each other as their depth says; a title alone (a clean line)
    goes to the board's first to-do column.

    They are as confidential as their parent. Raises TooDeep, TooManySubtasks, NotItsParent, NotShareable for a guest
    under an internal task, and what create_tasks raises.
    """
    tasks = _create(parent, new, Column.Status.TODO, actor=actor, now=now)
    own = [task for task in tasks if task.parent_id == parent.pk]
    data: dict[str, Any] = {"titles": [task.title for task in own], "numbers": [task.number for task in own]}
    leave_trace("subtasks added", project=parent.project, task=parent, actor=actor, now=now, **data)
    return tasks


@transaction.atomic
def set_parent(task: Task, parent: Task | None, *, actor: Member, now: datetime) -> None:
    """Hang the task under another one of its project, or under none.

    Raises CyclicParent, PartIsLinked, PartWaits, TooDeep, TooManySubtasks and NotItsParent. The traces name numbers,
    not titles: not everybody who may read the one task may read the other.
    """
    # Whoever hangs a task in this project waits for this lock: what is no circle now is none when it is saved.
    lock_board(task.column)
    before = Task.objects.only("number").filter(subtasks=task.pk).first()
    if (before and before.pk) == (parent and parent.pk):
        return
    # Somebody who links the two meanwhile would see no circle either.
    lock_links()
    lock_family(task, *(each for each in (before, parent) if each is not None))
    if parent is not None:
        _check_place(task, parent)
    task.parent = parent
    touch(task, "parent", now=now)
    recount([each.pk for each in (before, parent) if each is not None], now=now)
    numbers: dict[str, Any] = {"before": before.number if before else None, "after": parent.number if parent else None}
    leave_trace("parent changed", project=task.project, task=task, actor=actor, now=now, **numbers)
    number = task.number
    if before is not None:
        leave_trace("subtask left", project=task.project, task=before, actor=actor, now=now, number=number)
    if parent is not None:
        leave_trace("subtask joined", project=task.project, task=parent, actor=actor, now=now, number=number)


@transaction.atomic
def promote_item(item: ChecklistItem, *, actor: Member, now: datetime) -> Task:
    """Make a subtask of its task out of a checklist item, which leaves the list; a ticked one becomes a finished task.

    Raises ChecklistItem.DoesNotExist when somebody was quicker, TooDeep and TooManySubtasks.
    """
    parent = item.task
    lock_board(parent.column)
    lock_family(parent)
    item.refresh_from_db(fields=["text", "position", "done_at", "done_by"])
    status = Column.Status.TODO if item.done_at is None else Column.Status.DONE
    [task] = _create(parent, [item.text], status, actor=actor, now=now)
    ticked = {"at": item.done_at.isoformat(), "by": item.done_by_id} if item.done_at else None
    forget(SearchEntry.Kind.ITEM, item.pk)
    item.delete()
    count_items(parent, now=now)
    leave_trace(
        "item promoted",
        project=parent.project,
        task=parent,
        actor=actor,
        now=now,
        text=task.title,
        number=task.number,
        position=item.position,
        ticked=ticked,
        made=task.pk,
    )
    leave_trace("made of item", project=task.project, task=task, actor=actor, now=now, number=parent.number)
    return task


@transaction.atomic
def take_promotion_back(task: Task, *, actor: Member, now: datetime) -> Task:
    """The item stands in the checklist again where it stood, and the task made of it is in the bin. Returns its parent.

    Raises WorkedOnSince when anything was done with the task meanwhile, or when it was made in another way.
    """
    lock_board(task.column)
    lock_family(task)
    task.refresh_from_db(fields=["parent", "version", "deleted_at"])
    parent = task.parent
    if parent is None or task.deleted_at is not None or task.version > 1:
        raise WorkedOnSince
    data = parent.activity.filter(verb="item promoted", data__made=task.pk).values_list("data", flat=True).first()
    if data is None:
        raise WorkedOnSince
    taken = set(parent.checklist.values_list("position", flat=True))
    position = data["position"] if data["position"] not in taken else max(taken) + 1
    ticked = data["ticked"] or {"at": None, "by": None}
    done_at = datetime.fromisoformat(ticked["at"]) if ticked["at"] else None
    item = parent.checklist.create(position=position, text=data["text"], done_at=done_at, done_by_id=ticked["by"])
    index_items([item])
    delete_task(task, actor=actor, now=now)
    count_items(parent, now=now)
    leave_trace("promotion taken back", project=parent.project, task=parent, actor=actor, now=now, text=data["text"])
    return parent


def _create(parent: Task, new: Sequence[NewTask | str], status: str, *, actor: Member, now: datetime) -> list[Task]:
    lock_board(parent.column)
    # Before the project's row, which gives the numbers: who edits the parent takes the two in this order.
    lock_family(parent)
    _check_alive(parent)
    column = parent.column.board.columns.filter(status=status).order_by("position")[0]
    lines = [NewTask(one, column) if isinstance(one, str) else one for one in new]
    if len(path_to(parent)) + 1 + max((line.depth for line in lines), default=0) > MOST_LEVELS:
        raise TooDeep
    people = {person for line in lines for person in (line.owner, *line.helpers) if person is not None}
    if not parent.may_be_shared and any(person.is_guest for person in people):
        raise NotShareable
    tasks = add_tree(lines, actor=actor, now=now, parent=parent)
    parent.refresh_from_db(fields=["subtask_count", "subtask_done_count", "version"])
    return tasks


def _check_place(task: Task, parent: Task) -> None:
    _check_alive(parent)
    if parent.project_id != task.project_id:
        raise NotItsParent
    path = path_to(parent)
    places = [each.pk for each in path]
    if task.pk in places:
        raise CyclicParent(path[places.index(task.pk) :])
    if len(path) + _levels(task) > MOST_LEVELS:
        raise TooDeep
    check_room(parent, 1)
    ends = link_within(task.pk, parent.pk)
    if ends is not None:
        raise PartIsLinked(ends)
    way = way_into(task.pk, parent.pk)
    if way is not None:
        raise PartWaits(way)


def _check_alive(parent: Task) -> None:
    if not Task.objects.alive().filter(pk=parent.pk).exists():
        raise NotItsParent


def _levels(task: Task) -> int:
    """How many tasks stand one under the other, this one included; those in the bin do not count."""
    below = dict(Task.objects.alive().under(task.pk).values_list("pk", "parent_id"))
    depth = {task.pk: 1}
    waiting = dict(below)
    while reached := {pk: depth[above] + 1 for pk, above in waiting.items() if above in depth}:
        depth |= reached
        waiting = {pk: above for pk, above in waiting.items() if pk not in depth}
    return max(depth.values())

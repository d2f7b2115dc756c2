"""Add tasks that each bring along what their line says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction

from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from projects.actions.family_limits import check_room
from projects.actions.notices import tell_assigned
from projects.actions.tasks import make_tasks
from projects.models import Column, Task


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task that is to be made. `labels` are pks of labels; `depth` is used by add_tree."""

    title: str
    column: Column
    owner: Member | None = None
    helpers: tuple[Member, ...] = ()
    deadline: Deadline | None = None
    labels: tuple[int, ...] = ()
    priority: int = Task.Priority.NORMAL
    estimate_minutes: int | None = None
    depth: int = 0


@transaction.atomic
def add_tree(new: Sequence[NewTask], *, actor: Member, now: datetime, parent: Task | None = None) -> list[Task]:
    """Make them in the order given, each under the last one before it that stands less deep, all or none.

    Whoever makes the list keeps it within MOST_LEVELS, and what is deeper in the project of what it hangs under. Raises
    TooManySubtasks, and what create_tasks raises.
    """
    return _add_tree(new, actor, now, parent)


def _add_tree(new: Sequence[NewTask], actor: Member, now: datetime, parent: Task | None) -> list[Task]:
    """In one transaction with all above and below: a savepoint for each level would cost two statements."""
    made: list[Task] = []
    waiting: list[NewTask] = []
    at = 0
    while at < len(new):
        end = at + 1
        while end < len(new) and new[end].depth > new[at].depth:
            end += 1
        waiting.append(new[at])
        if end > at + 1:
            made += _add_tasks(waiting, actor, now, parent)
            made += _add_tree(new[at + 1 : end], actor, now, made[-1])
            waiting = []
        at = end
    return made + (_add_tasks(waiting, actor, now, parent) if waiting else [])


def _add_tasks(new: Sequence[NewTask], actor: Member, now: datetime, parent: Task | None) -> list[Task]:
    """At the end of their columns, in the order given; under a parent they are made by create_subtasks."""
    if parent is not None:
        check_room(parent, len(new))
    # Boards are locked in one order, so that two people who add to the same two do not wait for each other.
    places = sorted(range(len(new)), key=lambda place: (new[place].column.board_id, place))
    made: dict[int, Task] = {}
    for (column, owner, deadline), some in groupby(places, key=lambda place: _shared(new[place])):
        group = list(some)
        titles = [new[place].title for place in group]
        tasks = make_tasks(titles, column=column, actor=actor, now=now, owner=owner, deadline=deadline, parent=parent)
        made.update(zip(group, tasks, strict=True))
    tasks = [made[place] for place in range(len(new))]
    _put_priorities(tasks, new)
    _put_estimates(tasks, new)
    _put_labels(tasks, new)
    _put_helpers(tasks, new, actor=actor, now=now)
    return tasks


def _shared(one: NewTask) -> tuple[Column, Member | None, Deadline | None]:
    """What create_tasks gives to all that it makes at once."""
    return one.column, one.owner, one.deadline


def _put_priorities(tasks: Sequence[Task], new: Sequence[NewTask]) -> None:
    for priority in {one.priority for one in new} - {Task.Priority.NORMAL}:
        pks = [task.pk for task, one in zip(tasks, new, strict=True) if one.priority == priority]
        Task.objects.filter(pk__in=pks).update(priority=priority)


def _put_estimates(tasks: Sequence[Task], new: Sequence[NewTask]) -> None:
    for minutes in {one.estimate_minutes for one in new} - {None}:
        pks = [task.pk for task, one in zip(tasks, new, strict=True) if one.estimate_minutes == minutes]
        Task.objects.filter(pk__in=pks).update(estimate_minutes=minutes)


def _put_labels(tasks: Sequence[Task], new: Sequence[NewTask]) -> None:
    worn = Task.labels.through
    rows = [worn(task_id=task.pk, label_id=label) for task, one in zip(tasks, new, strict=True) for label in one.labels]
    if rows:
        worn.objects.bulk_create(rows)


def _put_helpers(tasks: Sequence[Task], new: Sequence[NewTask], *, actor: Member, now: datetime) -> None:
    helping = Task.helpers.through
    rows = [
        helping(task_id=task.pk, member_id=one.pk)
        for task, line in zip(tasks, new, strict=True)
        for one in line.helpers
    ]
    if rows:
        helping.objects.bulk_create(rows)
    for task, line in zip(tasks, new, strict=True):
        if line.helpers:
            tell_assigned(task, line.helpers, actor=actor, now=now)

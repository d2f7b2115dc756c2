"""Take back that tasks were moved to another project: they get their places, their parents and their numbers again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from linkstar.members.models import Member
from projects import access
from projects.actions.families import recount
from projects.actions.relocating import HOME, lock_homes, settle_in
from projects.actions.states import PARTS
from projects.actions.trace import leave_traces, mark
from projects.actions.undo import Undone, part_ranks, undoes
from projects.circles import link_within, way_into
from projects.models import Change, Column, Project, Task
from projects.models.changes import NO_TASK


@undoes("relocated")
def put_back(change: Change, *, actor: Member, now: datetime) -> Undone:
    """What hangs together goes back together, or stays: no task stands under one of another project."""
    states = {int(pk): (before[HOME], after[HOME]) for pk, (before, after) in change.data.items()}
    source = Project.objects.select_related("board", "owner").get(pk=next(iter(states.values()))[0][0])
    lock_homes([source.pk, change.project_id], list(states))
    found = Task.objects.filter(pk__in=states).select_related("project", "column").in_bulk()
    seen = set(Task.objects.allowed_to(actor).filter(pk__in=states).values_list("pk", flat=True))
    why = {pk: _why_not(found.get(pk), states[pk][1]) for pk in states}
    if not access.may(actor, "add task", source):
        why = dict.fromkeys(why, "barred")
    wanted = {pk: [before[2], before[3]] for pk, (before, _after) in states.items() if not why[pk]}
    _ask_columns(wanted, found, why)
    _keep_together({pk: before[4] for pk, (before, _after) in states.items()}, why)
    result = Undone(tasks=[found[pk] for pk in states if not why[pk]])
    result.left.update(word for pk, word in why.items() if word and pk in seen)
    if result.tasks:
        _write(result.tasks, states, wanted, source, change, actor, now)
    result.tasks = [task for task in result.tasks if task.pk in seen]
    return result


def _why_not(task: Task | None, after: list[Any]) -> str:
    if task is None:
        return "gone"
    held = PARTS[HOME].read(task)
    # A card that was only moved up or down in its column stands where it stood.
    return "" if [*held[:3], held[4]] == [*after[:3], after[4]] else "changed"


def _ask_columns(wanted: Mapping[int, list[Any]], found: Mapping[int, Task], why: dict[int, str]) -> None:
    """Whether the columns of before are there and have room."""
    columns = Column.objects.in_bulk({column for column, _rank in wanted.values()})
    limits = {pk: column.wip_limit for pk, column in columns.items() if column.wip_limit is not None}
    room = {pk: limit - Task.objects.current().filter(column=pk).count() for pk, limit in limits.items()}
    for pk, (column, _rank) in wanted.items():
        is_current = not found[pk].archived_at and not found[pk].deleted_at
        if column not in columns:
            why[pk] = "gone"
        elif is_current and column in room:
            room[column] -= 1
            if room[column] < 0:
                why[pk] = "full"


def _keep_together(parents: Mapping[int, int | None], why: dict[int, str]) -> None:
    """Whoever stays keeps those above and below them; so does a subtask that was added meanwhile."""
    under = Task.objects.filter(parent__in=parents).exclude(pk__in=parents).values_list("parent", flat=True)
    for above in {pk for pk in under if pk is not None}:
        why[above] = why[above] or "changed"
    pairs = [(pk, parent) for pk, parent in parents.items() if parent is not None and parent in parents]
    while torn := [(pk, parent) for pk, parent in pairs if bool(why[pk]) != bool(why[parent])]:
        for pk, parent in torn:
            why[pk] = why[pk] or why[parent]
            why[parent] = why[parent] or why[pk]


def _write(
    tasks: Iterable[Task],
    states: Mapping[int, tuple[list[Any], list[Any]]],
    wanted: Mapping[int, list[Any]],
    source: Project,
    change: Change,
    actor: Member,
    now: datetime,
) -> None:
    tasks = list(tasks)
    part_ranks(wanted, tasks)
    outside = {states[task.pk][0][4] for task in tasks} - {None, *states}
    there = set(Task.objects.filter(pk__in=outside, project=source).exclude(title="").values_list("pk", flat=True))
    for task in tasks:
        project, number, _column, _rank, parent = states[task.pk][0]
        if parent in outside and (parent not in there or _waits_for_it(task.pk, parent)):
            parent = None
        PARTS[HOME].put(task, [project, number, *wanted[task.pk], parent])
    target = change.project
    settle_in(tasks, source=target, target=source, now=now)
    recount(there, now=now)
    traces = [(task, {"parts": [HOME], "of": change.verb, "project": source.name}) for task in tasks]
    leave_traces("undone", project=source, actor=actor, now=now, tasks=traces)
    mark(target.pk, [NO_TASK])


def _waits_for_it(task: int, parent: int) -> bool:
    """Somebody has linked a task meanwhile with what it was a part of: it stands alone from now on."""
    return link_within(task, parent) is not None or way_into(task, parent) is not None

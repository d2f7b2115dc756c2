"""A project goes to another time zone: its open deadlines keep either the time on the clock, or the moment.

Only deadlines on the project's own clock are asked about: one that was set on another keeps it. A marketplace's moment
is never moved, and what names a day without a time has no moment to carry over.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Literal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet

from linkstar.lib.deadlines import Deadline, resolve
from linkstar.members.models import Member
from projects.models import Project, Recurrence, Task
from projects.scheduling.preview import Dates, Move, Preview, Stay, Stays, Why

Keep = Literal["wall", "instant"]


def examine_zone(project: Project, zone: str, keep: Keep, *, actor: Member) -> Preview:
    """What becomes of the open deadlines on the project's clock; of those that the actor may not see, how many.

    Finished and archived tasks stay as they were.
    """
    # Somebody may have changed it meanwhile.
    repeating = ArraySubquery(repeating_on(OuterRef("pk"), OuterRef("time_zone")).values("pk"))
    current, repeats = Project.objects.values_list("time_zone", repeating).get(pk=project.pk)
    preview = Preview(project, basis=f"{current} to {zone}, {keep}")
    if current == zone:
        return preview
    preview.repeating = len(repeats)
    seen = set(project.tasks.visible_to(actor).values_list("pk", flat=True))
    for task in _concerned(project, current):
        found = rezoned(task, zone, keep, current)
        if isinstance(found, Move):
            (preview.moves if task.pk in seen else preview.unseen).append(found)
        elif found is not None and task.pk in seen:
            preview.stays.append(found)
    return preview


def repeating_on(project: int | OuterRef, zone: str | OuterRef) -> QuerySet[Recurrence]:
    """What comes again in this project (its pk) by that clock, and has not ended."""
    # A reference to the outermost statement passes one more.
    of_project = OuterRef(project) if isinstance(project, OuterRef) else project
    copies = Task.objects.alive().filter(project=of_project, recurrence=OuterRef("pk"))
    return Recurrence.objects.filter(Exists(copies), zone=zone, stopped_at=None, next_on__isnull=False).order_by("pk")


def _concerned(project: Project, zone: str) -> Iterable[Task]:
    tasks = project.tasks.current().unfinished().filter(due_zone__in=("", zone)).select_related("owner")
    for task in tasks.order_by("due_at", "number"):
        task.project = project
        yield task


def rezoned(task: Task, zone: str, keep: Keep, current: str) -> Move | Stay | None:
    """None for a task without any date on that clock."""
    deadline = task.deadline
    if deadline is None:
        return _start_alone(task, zone, keep, current)
    if task.is_fixed and keep == "wall":
        return Stay(task, Stays.FIXED)
    if keep == "instant" and deadline.is_date_only:
        return Stay(task, Stays.DAY)
    if keep == "wall":
        after = replace(deadline, zone=zone, fold=0)
        return Move(task, Dates.of(task), Dates(task.start_on, task.start_time, after), Why.ZONE)
    after = Deadline.from_instant(deadline.instant, zone)
    start_on, start_time = _start(task, zone, current)
    if start_on is not None and start_on > after.on:
        start_on = after.on
    return Move(task, Dates.of(task), Dates(start_on, start_time, after), Why.ZONE)


def _start_alone(task: Task, zone: str, keep: Keep, current: str) -> Move | None:
    """A start with a time of day is read on the project's clock, so keeping its moment takes another time."""
    if keep == "wall" or task.start_on is None or task.start_time is None:
        return None
    start_on, start_time = _start(task, zone, current)
    return Move(task, Dates.of(task), Dates(start_on, start_time, None), Why.ZONE)


def _start(task: Task, zone: str, current: str) -> tuple[date | None, time | None]:
    if task.start_on is None or task.start_time is None:
        return task.start_on, task.start_time
    at: datetime = resolve(task.start_on, task.start_time, current).instant
    moved = Deadline.from_instant(at, zone)
    return moved.on, moved.time

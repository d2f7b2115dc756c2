"""What lies in a project's bin: tasks and files together, as one list that is cheap to page through."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BooleanField, Count, Exists, F, OuterRef, Q, QuerySet, Value

from linkstar.members.models import Member
from projects.actions.bin import KEPT
from projects.models import Activity, Project, StoredFile, Task

# The pk of a task or a file, when it was put into the bin, and which of both it is.
Key = tuple[int, datetime, bool]


class BinnedRow(NamedTuple):
    """Either `task`, with the count of subtasks `beside` it, or `file`. `until` it can be taken out.

    `who` put it there; None when the trace does not say.
    """

    task: Task | None
    file: StoredFile | None
    who: Member | None
    at: datetime
    until: datetime


def binned_keys(member: Member, project: Project) -> "QuerySet[Any, Key]":
    """What this member would see, were it not in the bin; latest first.

    Files of a binned task come back with it, and so do the subtasks that went there with it: they are no rows here.
    """
    allowed = project.tasks.allowed_to(member).in_bin()
    tasks = allowed.exclude(Exists(allowed.filter(pk=OuterRef("parent_id"), deleted_at=OuterRef("deleted_at"))))
    files = StoredFile.objects.in_bin(member).filter(project=project)
    return _keys(tasks, is_file=False).union(_keys(files, is_file=True), all=True).order_by("-deleted_at", "-pk")


def binned_rows(project: Project, keys: Iterable[Key]) -> list[BinnedRow]:
    """The keys of one page with what they stand for: three statements."""
    keys = list(keys)
    beside = Count("subtasks", filter=Q(subtasks__deleted_at=F("deleted_at")))
    tasks = Task.objects.annotate(beside=beside).in_bulk([pk for pk, _at, is_file in keys if not is_file])
    files = StoredFile.objects.select_related("task").in_bulk([pk for pk, _at, is_file in keys if is_file])
    # An action gives the row and its trace one instant, by which they find each other.
    traces = Activity.objects.filter(
        project=project, verb__in=("task deleted", "file deleted"), created_at__in=[at for _pk, at, _is_file in keys]
    )
    actors = {
        (trace.created_at, trace.verb, trace.task_id, trace.data.get("name")): trace.actor
        for trace in traces.select_related("actor")
    }
    rows = []
    for pk, at, is_file in keys:
        if is_file:
            file = files[pk]
            who = actors.get((at, "file deleted", file.task_id, file.name))
            rows.append(BinnedRow(None, file, who, at, at + KEPT))
        else:
            who = actors.get((at, "task deleted", pk, None))
            rows.append(BinnedRow(tasks[pk], None, who, at, at + KEPT))
    return rows


def _keys(rows: QuerySet[Any], *, is_file: bool) -> "QuerySet[Any, Key]":
    kind = Value(is_file, output_field=BooleanField())
    return rows.order_by().annotate(is_file=kind).values_list("pk", "deleted_at", "is_file")

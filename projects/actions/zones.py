"""Move a project to another time zone."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import transaction

from linkstar.members.models import Member
from linkstar.workspaces import due
from projects.actions.occurrences import KIND, lock_promises
from projects.actions.rescheduling import OfProject, apply
from projects.models import Change, Project, Recurrence, Task
from projects.scheduling.preview import Preview
from projects.scheduling.rezoning import Keep, examine_zone, repeating_on

# Beside the fields of the project, in what its change remembers: pks of recurrences, to be taken back with it.
RECURRENCES = "recurrences"


@transaction.atomic
def change_zone(
    project: Project, zone: str, *, keep: Keep, seal: str, actor: Member, now: datetime
) -> tuple[Preview, Change | None]:
    """Do it as it was previewed (`seal`): one transaction, one undo. Raises PreviewChanged.

    What repeats keeps its time on the clock and comes by the new one, or keeps its moments by staying on the old.
    """
    before = project.time_zone
    repeating = list(repeating_on(project.pk, before).values_list("pk", flat=True)) if keep == "wall" else []
    # First, as whoever moves a copy does.
    lock_promises(repeating)
    preview, change = apply(
        partial(examine_zone, project, zone, keep, actor=actor),
        seal=seal,
        actor=actor,
        now=now,
        verb="zone changed",
        of_project=OfProject({"time_zone": before}, {"time_zone": zone}),
    )
    if change is not None and repeating:
        rezone(repeating, before=before, after=zone, now=now)
        change.of_project[RECURRENCES] = [repeating, repeating]
        change.save(update_fields=["of_project"])
    return preview, change


def rezone(recurrences: Iterable[int], *, before: str, after: str, now: datetime) -> None:
    """Those that still run on one clock run on another; their promises, locked by now, are looked at anew."""
    found = list(Recurrence.objects.filter(pk__in=recurrences, zone=before).values_list("pk", flat=True))
    Recurrence.objects.filter(pk__in=found).update(zone=after)
    due.schedule_many((KIND, pk, now) for pk in found)


def has_deadlines_on_its_clock(project: Project) -> bool:
    """Whether anything asks what is to be kept."""
    open_tasks = Task.objects.filter(project=project).current().unfinished()
    return (
        open_tasks.filter(due_zone=project.time_zone).exists()
        or open_tasks.filter(due_zone="", start_time__isnull=False).exists()
        or repeating_on(project.pk, project.time_zone).exists()
    )

"""Move a project to another time zone."""

from datetime import datetime
from functools import partial

from linkstar.members.models import Member
from projects.actions.rescheduling import OfProject, apply
from projects.models import Change, Project, Task
from projects.scheduling.preview import Preview
from projects.scheduling.rezoning import Keep, examine_zone


def change_zone(
    project: Project, zone: str, *, keep: Keep, seal: str, actor: Member, now: datetime
) -> tuple[Preview, Change | None]:
    """Do it as it was previewed (`seal`): one transaction, one undo. Raises PreviewChanged."""
    return apply(
        partial(examine_zone, project, zone, keep, actor=actor),
        seal=seal,
        actor=actor,
        now=now,
        verb="zone changed",
        of_project=OfProject({"time_zone": project.time_zone}, {"time_zone": zone}),
    )


def has_deadlines_on_its_clock(project: Project) -> bool:
    """Whether anything asks what is to be kept."""
    open_tasks = Task.objects.filter(project=project).current().unfinished()
    return (
        open_tasks.filter(due_zone=project.time_zone).exists()
        or open_tasks.filter(due_zone="", start_time__isnull=False).exists()
    )

"""What the demo's plans tell: why deadlines have moved, and that one project waits for another."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from linkstar.demo.plans import BLACK_FRIDAY, SHOPIFY
from linkstar.lib.deadlines import Deadline
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from projects.actions.dependencies import link_tasks
from projects.actions.effort import set_faster_way
from projects.actions.slips import Cause, explain_slips, freeze_plan
from projects.actions.tasks import create_task, delete_task
from projects.models import Column, Project, Slip, Task
from projects.models.tasks import TaskQuerySet

# In turn, for what has moved; of the last ones of each project nobody has said why.
_CAUSES: dict[str, tuple[Cause, ...]] = {
    "zh-hans": (Cause("supplier", "样品晚到一周"), Cause("platform", "活动提报时间调整"), Cause("design", "")),
    "en": (Cause("design", "Second round of pictures"), Cause("platform", "Theme review took longer"), Cause("replan")),
}


# Freight that can go by air.
_BY_SEA = ("in_transit", "sailing")


def plan(projects: Mapping[str, Project], people: Mapping[str, Member], *, now: datetime) -> None:
    """Some reasons, a second frozen plan with a task that was given up since, and a link into another project."""
    for project in projects.values():
        if not project.is_archived:
            _explain(project, now=now)
    for task in Task.objects.current().unfinished().filter(sop_step__in=_BY_SEA).select_related("project__owner"):
        is_chinese = task.project.owner.language == "zh-hans"
        note = "改空运，每公斤约贵 38 元" if is_chinese else "By air, about $5 more per kg"
        set_faster_way(task, 6, note, actor=task.project.owner, now=now - timedelta(hours=22))
    campaign, shop = projects[BLACK_FRIDAY.name], projects[SHOPIFY.name]
    spare = _spare(campaign, now=now - timedelta(hours=31))
    freeze_plan(campaign, "换供应商后", actor=campaign.owner, now=now - timedelta(hours=30))
    delete_task(spare, actor=campaign.owner, now=now - timedelta(hours=26))
    before, after = _open(shop).first(), _open(campaign).last()
    if before is not None and after is not None:
        actor, at = people["ops"], now - timedelta(hours=20)
        link_tasks(before, after, lag_days=2, lag_is_working=True, actor=actor, now=at)


def _spare(project: Project, *, now: datetime) -> Task:
    """What was planned in case the new supplier is late, too."""
    column = project.board.columns.filter(status=Column.Status.TODO).order_by("position")[0]
    day = now.astimezone(get_zone(project.time_zone)).date() + timedelta(days=9)
    deadline = Deadline(day, time(17), project.time_zone)
    return create_task(
        title="预留备用空运舱位", column=column, owner=project.owner, deadline=deadline, actor=project.owner, now=now
    )


def _explain(project: Project, *, now: datetime) -> None:
    slips = list(Slip.objects.filter(task__project=project, reason="").select_related("task__project").order_by("pk"))
    owner = project.owner
    for slip, cause in zip(slips[:-1], _CAUSES[owner.language], strict=False):
        explain_slips([slip], cause, actor=owner, now=now - timedelta(hours=8))


def _open(project: Project) -> TaskQuerySet:
    return project.tasks.current().unfinished().filter(sensitivity="normal").order_by("due_at", "pk")

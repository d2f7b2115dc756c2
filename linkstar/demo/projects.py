"""Starts the demo's projects and lives them up to the day of loading."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from linkstar.demo.history import Finished, finish_many
from linkstar.demo.plans import Plan
from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from linkstar.retrospectives.actions.retrospectives import close_retrospective
from projects.actions.checklists import check_item
from projects.actions.deadlines import set_deadline, set_start
from projects.actions.edits import set_owner, set_visibility
from projects.actions.projects import archive_project, finish_project
from projects.actions.slips import Cause
from projects.actions.tasks import move_task
from projects.models import Column, Dependency, Project, ProjectAccess, Task
from templates_sop.actions.projects import start_project
from templates_sop.answers import Answers
from templates_sop.library import get_template
from templates_sop.planning import plan as dated
from templates_sop.questions import asked_for
from templates_sop.shapes import SopTemplate

MARKET = ZoneInfo("America/Los_Angeles")
# How long before its first step a project was started.
_HEAD_START = timedelta(days=2)
# What is due within these days has been begun.
_AHEAD = timedelta(days=8)


@dataclass(frozen=True)
class _New:
    """Where a task under way stands by now. Its deadline was moved to `due_in` from now; None: it is what it was."""

    due_in: timedelta | None
    is_in_review: bool = False


# Of each running project, the next tasks in the order of their deadlines: one late, one due in some hours, one whose
# reminder of 24 hours comes within the hour, the others this week.
# Why somebody begins before what comes first is done.
_DESPITE = {"en": "What is missing comes this week; the rest can begin.", "zh-hans": "缺的部分本周到，其余先开始。"}
# Of what was late and is over.
_CAUSES = {
    "en": (
        Cause("platform", "Deal approval took two days longer"),
        Cause("design", "Second round of pictures"),
        Cause("supplier", "Fee report of the channel came late"),
    ),
    "zh-hans": (
        Cause("platform", "活动审批比预期多两天"),
        Cause("design", "图片改了第二轮"),
        Cause("other", "平台费用账单晚出"),
    ),
}
_UNDER_WAY = (
    _New(-timedelta(hours=20), is_in_review=True),
    _New(timedelta(hours=7)),
    _New(timedelta(hours=24, minutes=30)),
    _New(timedelta(days=2), is_in_review=True),
    _New(None),
    _New(timedelta(days=3)),
    _New(None, is_in_review=True),
)


def _answers(plan: Plan, template: SopTemplate, owner: Member) -> Answers:
    if plan.is_waived:
        return Answers(waived_by=owner.pk)
    return Answers({asked.key: asked.key in plan.yes for asked in asked_for(template)})


def start(plan: Plan, people: Mapping[str, Member], *, now: datetime) -> Project:
    """Start the project as its owner did, shortly before its first step began, and live it up to `now`."""
    owner, template = people[plan.owner], get_template(plan.template)
    anchor = now.astimezone(MARKET).date() + timedelta(days=plan.anchor_in)
    first = dated(template, variant=plan.variant, anchor=anchor).start_on
    began = datetime.combine(first, time(10), tzinfo=ZoneInfo(owner.time_zone)) - _HEAD_START
    project = start_project(
        template,
        variant=plan.variant,
        anchor=anchor,
        owner=owner,
        roles={role: people[key] for role, key in plan.roles.items() if key},
        name=plan.name,
        actor=owner,
        now=began,
        language=plan.language,
        channel=plan.channel,
        store=plan.store,
        answers=_answers(plan, template, owner),
    )
    for task in project.tasks.filter(sop_step__in=plan.boss_steps).select_related("project").order_by("number"):
        set_owner(task, people["owner"], actor=owner, now=began + timedelta(hours=1))
    if plan.guest:
        _let_in(project, people[plan.guest], plan.guests_steps, actor=owner, now=began + timedelta(hours=2))
    _slip(project, plan, actor=owner)
    _live(project, plan, actor=owner, now=now)
    if plan.ends in ("finished", "archived"):
        finish_project(project, actor=owner, now=now - timedelta(days=14))
    if plan.ends == "archived":
        close_retrospective(project, actor=owner, now=now - timedelta(days=11))
        archive_project(project, actor=owner, now=now - timedelta(days=10))
    return project


def _slip(project: Project, plan: Plan, *, actor: Member) -> None:
    """The day before its deadline somebody saw that a step would be late, and said why."""
    late = project.tasks.filter(sop_step__in=plan.late, due_at__isnull=False).select_related("project", "owner")
    for number, task in enumerate(late.order_by("number")):
        if task.deadline is None or task.due_at is None:
            continue
        later = task.deadline.moved_to_day(task.deadline.on + timedelta(days=plan.late[task.sop_step]))
        causes = _CAUSES[plan.language]
        at = task.due_at - timedelta(days=1)
        set_deadline(task, later, actor=actor, now=at, why=causes[number % len(causes)])


def _let_in(project: Project, guest: Member, steps: tuple[str, ...], *, actor: Member, now: datetime) -> None:
    """The guest has a key, and is on the steps that outsiders do."""
    ProjectAccess.objects.create(project=project, member=guest, created_at=now)
    for task in project.tasks.filter(sop_step__in=steps).select_related("project").order_by("number"):
        set_visibility(task, Task.Visibility.SHARED, actor=actor, now=now)
        set_owner(task, guest, actor=actor, now=now)


def _live(project: Project, plan: Plan, *, actor: Member, now: datetime) -> None:
    """What was due is done, but for the last of it; the next tasks are under way."""
    tasks = project.tasks.exclude(due_at=None).select_related("project", "column", "owner").order_by("due_at", "number")
    finished, ahead = list[Finished](), list[Task]()
    ends, waits = dict[int, datetime](), defaultdict[int, list[int]](list)
    for blocked, blocker in Dependency.objects.filter(blocked__project=project).values_list("blocked", "blocker"):
        waits[blocked].append(blocker)
    for task in tasks:
        at = (task.due_at or now) - timedelta(hours=5 + task.number % 19)
        if plan.ends or at < now:
            at = min(at, now - timedelta(days=15)) if plan.ends else at
            ready = max((ends[pk] for pk in waits.get(task.pk, ()) if pk in ends), default=None)
            finished.append(Finished(task, task.owner or actor, at, _began(task, ready, at)))
            ends[task.pk] = at
        else:
            ahead.append(task)
    finish_many(project, [each for each in finished if each.task.sop_step not in plan.slips])
    by_step = {each.task.sop_step: each.task for each in finished}
    late = [by_step[step] for step in plan.slips if step in by_step]
    under_way = [] if plan.ends else [*late, *(task for task in ahead if task.due_at and task.due_at - now < _AHEAD)]
    for task, new in zip(under_way, _UNDER_WAY, strict=False):
        _begin(task, new, actor=task.owner or actor, boss=actor, now=now)


def _began(task: Task, ready: datetime | None, at: datetime) -> datetime:
    """In the morning of the day it was to begin, or once it was `ready`; and never after it was done."""
    latest = at - timedelta(minutes=30)
    if task.start_on is None:
        return latest
    morning = datetime.combine(task.start_on, time(9, 30), tzinfo=ZoneInfo(task.due_zone))
    return min(max(morning, ready or morning), latest)


def _begin(task: Task, new: _New, *, actor: Member, boss: Member, now: datetime) -> None:
    """Moved to where it stands some hours ago, with part of its checklist ticked off; its deadline was agreed anew."""
    at = now - timedelta(hours=26 + task.number % 30)
    if new.due_in is not None:
        # Not the same minute in every project.
        # Dates are the team's to move, a guest's as well.
        _agree(task, now + new.due_in + timedelta(minutes=4 * (task.project_id % 5)), actor=boss, now=at)
    doing, review = task.project.board.columns.filter(status=Column.Status.DOING).order_by("position")[:2]
    column, at_hand = review if new.is_in_review else doing, at + timedelta(hours=1)
    move_task(task, column=column, before=None, actor=actor, now=at_hand, despite=_DESPITE[actor.language])
    items = list(task.checklist.order_by("position"))
    for item in items if new.is_in_review else items[: task.number % 3]:
        check_item(item, is_done=True, actor=actor, now=at + timedelta(hours=3))


def _agree(task: Task, due_at: datetime, *, actor: Member, now: datetime) -> None:
    """On the clock the step is meant in, to five minutes."""
    wall = due_at.astimezone(ZoneInfo(task.due_zone))
    wall -= timedelta(minutes=wall.minute % 5, seconds=wall.second, microseconds=wall.microsecond)
    if task.start_on is not None and task.start_on > now.date():
        set_start(task, now.astimezone(ZoneInfo(task.due_zone)).date() - timedelta(days=1), actor=actor, now=now)
    set_deadline(task, Deadline(wall.date(), wall.time(), task.due_zone), actor=actor, now=now)

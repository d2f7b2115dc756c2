"""Answer the questionnaire of a project that has begun: its steps join then, and finished work stays as it is.

A task that somebody has begun, finished, pinned or put away is not touched. What stands where the plan put it moves
with the plan; what somebody moved keeps its dates.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import ceil

from django.db import transaction

from linkstar.members.models import Member
from notifications.actions.notify import notify
from projects.actions.archive import archive_task
from projects.actions.dependencies import LinkRefused, link_tasks
from projects.actions.rescheduling import apply
from projects.actions.slips import Cause
from projects.actions.tasks import end_of
from projects.actions.trace import leave_trace
from projects.models import Column, Project, Slip, Task
from projects.scheduling.preview import Dates, Move, Preview, Why, changed
from templates_sop.actions.step_tasks import lock_steps, make_step_tasks, people_by_role
from templates_sop.catalogue import template_of
from templates_sop.library import TemplateNotFound
from templates_sop.models import ProjectOrigin
from templates_sop.origins import origin_of, plan_of
from templates_sop.planning import Plan, PlannedStep
from templates_sop.questions import asked_for
from templates_sop.writing import dump


class NoQuestions(ValueError):
    """The project was not started from a template, or from one that asks nothing, or is not dated by it any more."""


@dataclass(frozen=True)
class Outcome:
    """What answers do: steps to `add`, tasks to `remove` and those that `stay` though they are not needed, and moves.

    `retimed` are steps with another duration, tasks of `moves` among them.
    """

    plan: Plan
    add: list[PlannedStep] = field(default_factory=list)
    remove: list[Task] = field(default_factory=list)
    stay: list[Task] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    @property
    def retimed(self) -> list[Move]:
        return [move for move in self.moves if move.duration_days is not None]

    @property
    def is_empty(self) -> bool:
        return not (self.add or self.remove or self.moves)


def examine_answers(project: Project, properties: Mapping[str, bool], *, now: datetime) -> Outcome:
    """What would become of the project with these answers. Raises NoQuestions."""
    try:
        template = template_of(project)
    except TemplateNotFound:
        raise NoQuestions from None
    anchor = _anchor_of(project)
    if anchor is None or not asked_for(template):
        raise NoQuestions
    origin = origin_of(project)
    answers = replace(origin.answers, properties=dict(properties))
    before = plan_of(project, template, anchor, origin)
    after = plan_of(project, template, anchor, replace(origin, answers=answers), now=now)
    tasks = _tasks_of(project)
    there = {task.sop_step for task in tasks}
    gone = [task for task in tasks if task.sop_step in before.by_key and task.sop_step not in after.by_key]
    return Outcome(
        after,
        add=[one for one in after.steps if one.step.key not in there and one.step.key not in before.by_key],
        remove=[task for task in gone if _is_untouched(task)],
        stay=[task for task in gone if not _is_untouched(task) and not task.is_archived],
        moves=changed(_moves(tasks, before, after)),
    )


@transaction.atomic
def answer_questions(project: Project, properties: Mapping[str, bool], *, actor: Member, now: datetime) -> Outcome:
    """Keep the answers and do what they do. Raises NoQuestions."""
    # Two people who answer at once must not add the same steps twice, nor may dates be written over that somebody sets.
    column = lock_steps(project)
    outcome = examine_answers(project, properties, now=now)
    column.board.project = project
    language = _language_of(project, outcome.plan)
    made = make_step_tasks(
        outcome.add,
        outcome.plan,
        people_by_role(project, now=now),
        column=column,
        after=end_of(column)[0],
        actor=actor,
        now=now,
        language=language,
    )
    _move(project, outcome, actor, now)
    _link(project, outcome.plan, made, actor, now)
    for task in outcome.remove:
        archive_task(task, actor=actor, now=now)
    _keep(project, outcome, properties)
    leave_trace(
        "questionnaire answered",
        project=project,
        actor=actor,
        now=now,
        added=len(made),
        removed=len(outcome.remove),
        retimed=len(outcome.retimed),
    )
    _tell(project, made.values(), actor, now)
    return outcome


def _anchor_of(project: Project) -> date | datetime | None:
    return project.anchor_at or project.anchor_on


def _tasks_of(project: Project) -> list[Task]:
    """Those that came from a step, in the archive too, with the status of their column."""
    found = project.tasks.alive().exclude(sop_step="").select_related("owner", "column").order_by("number")
    tasks = list(found)
    for task in tasks:
        task.project = project
    return tasks


def _is_untouched(task: Task) -> bool:
    is_begun = task.column.status != Column.Status.TODO
    return not (task.is_done or is_begun or task.is_archived or task.is_pinned)


def _moves(tasks: Iterable[Task], before: Plan, after: Plan) -> list[Move]:
    """Tasks that stand where the plan put them, to where it puts them now; and another duration where there is one."""
    found = []
    for task in tasks:
        was, now_is = before.by_key.get(task.sop_step), after.by_key.get(task.sop_step)
        if was is None or now_is is None or task.is_fixed or not _is_untouched(task):
            continue
        dates, days = Dates.of(task), max(1, ceil(now_is.step.duration_days))
        if (task.start_on, task.deadline) == (was.start_on, was.deadline):
            dates = Dates(now_is.start_on, task.start_time, now_is.deadline)
        has_new_days = now_is.step.duration_days != was.step.duration_days and task.duration_days != days
        found.append(Move(task, Dates.of(task), dates, Why.PLANNED, duration_days=days if has_new_days else None))
    return found


def _move(project: Project, outcome: Outcome, actor: Member, now: datetime) -> None:
    def examine() -> Preview:
        return Preview(project, moves=list(outcome.moves))

    if outcome.moves:
        apply(examine, seal=examine().seal, actor=actor, now=now, why=Cause(Slip.Reason.REPLAN))


def _link(project: Project, plan: Plan, made: Mapping[str, Task], actor: Member, now: datetime) -> None:
    """New steps wait, and are waited for, as in the plan. A link that the project's own ones refuse is left out."""
    tasks = {task.sop_step: task for task in _tasks_of(project)} | dict(made)
    for planned in plan.steps:
        blocked = tasks.get(planned.step.key)
        for key in planned.step.depends_on:
            blocker = tasks.get(key)
            is_new = key in made or planned.step.key in made
            if not is_new or blocker is None or blocked is None or blocked.is_done or blocker.is_done:
                continue
            try:
                link_tasks(blocker, blocked, actor=actor, now=now)
            except LinkRefused:
                continue


def _language_of(project: Project, plan: Plan) -> str:
    """That of the titles the project began with."""
    titles = set(project.tasks.exclude(sop_step="").values_list("title", flat=True))
    zh = sum(one.step.title.zh in titles for one in plan.steps)
    en = sum(one.step.title.en in titles for one in plan.steps)
    return "zh-hans" if zh >= en else "en"


def _keep(project: Project, outcome: Outcome, properties: Mapping[str, bool]) -> None:
    origin = ProjectOrigin.objects.filter(project=project).first()
    template = outcome.plan.template
    if origin is None:
        # From before projects kept what they used.
        version = project.sop_version or template.version
        origin = ProjectOrigin(project=project, template=project.sop_template, version=version, content=dump(template))
        origin.answers = {"variant": project.sop_variant}
        origin.anchors = {template.anchor.key: outcome.plan.anchor.isoformat()}
    origin.answers = origin.answers | {"properties": dict(sorted(properties.items()))}
    origin.save()


def _tell(project: Project, tasks: Iterable[Task], actor: Member, now: datetime) -> None:
    """One notice a person for all that is new."""
    told = {"project": project.name, "actor": actor.display_name}
    for member, count in Counter(task.owner for task in tasks if task.owner is not None).items():
        key, url = f"tasks_given:{project.pk}:{now.isoformat()}", project.get_absolute_url()
        notify([member], kind="tasks_given", key=key, data={**told, "count": count}, url=url, actor=actor, now=now)

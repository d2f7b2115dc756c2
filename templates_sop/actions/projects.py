"""What people do with a template: start a project from it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from math import ceil

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from linkstar.lib import ranks
from linkstar.members.models import Member
from notifications.actions import reminders
from notifications.actions.notify import notify
from projects.actions.deadlines import put_deadline
from projects.actions.projects import create_project
from projects.actions.search_index import index_items, index_tasks
from projects.actions.slips import freeze_plan
from projects.actions.tasks import take_numbers
from projects.actions.trace import leave_trace
from projects.models import ChecklistItem, Column, Dependency, Project, Task
from templates_sop.answers import UNANSWERED, Answers, anchors_as_json
from templates_sop.library import SopTemplate, Step
from templates_sop.models import ProjectOrigin
from templates_sop.planning import COUNTRIES, Plan, PlannedStep, plan
from templates_sop.reasons import added_text
from templates_sop.variants import Change, Touch
from templates_sop.wording import lead_time_text
from templates_sop.working_days import workspace_calendars
from templates_sop.writing import dump


class OnlyTheOwner(ValueError):
    """The questionnaire is waived by the project's owner and by nobody else."""


@transaction.atomic
def start_project(
    template: SopTemplate,
    *,
    variant: str | None,
    anchor: date | datetime,
    owner: Member,
    roles: Mapping[str, Member],
    name: str,
    actor: Member,
    now: datetime,
    language: str,
    anchor_zone: str | None = None,
    channel: str = "",
    store: str = "",
    answers: Answers = UNANSWERED,
    anchors: Mapping[str, date] | None = None,
) -> Project:
    """A project with one task a step: dated, in order, waiting for each other, with checklists and reminders.

    `roles` says who fills which role of the library; tasks of a role left out have no owner and are drafts. `anchor`
    and `anchor_zone` are as in `planning.plan`, whose errors come through, and so are `answers` and `anchors`; what is
    not answered keeps the questionnaire open. Titles and descriptions are in `language`. Steps that may be shown to
    guests are not shown yet: that is decided task by task. Raises OnlyTheOwner for a waiver of somebody else.
    """
    if answers.waived_by not in (None, owner.pk):
        raise OnlyTheOwner
    chosen = anchors or {}
    dated = plan(
        template,
        variant=variant,
        anchor=anchor,
        anchor_zone=anchor_zone,
        now=now,
        answers=answers,
        anchors=chosen,
        calendars=workspace_calendars(),
    )
    is_instant = isinstance(anchor, datetime)
    project = create_project(
        name=name,
        owner=owner,
        actor=actor,
        time_zone=dated.market_zone,
        now=now,
        language=language,
        channel=channel,
        store=store,
        sop_template=template.key,
        sop_version=template.version,
        sop_variant=variant or "",
        anchor_on=None if is_instant else anchor,
        anchor_at=anchor if is_instant else None,
    )
    ProjectOrigin.objects.create(
        project=project,
        template=template.key,
        version=template.version,
        content=dump(template),
        answers={"variant": variant or "", **answers.as_json()},
        anchors={template.anchor.key: anchor.isoformat(), **anchors_as_json(chosen)},
    )
    tasks = _create_tasks(project, dated, roles, actor=actor, now=now, language=language)
    _create_checklists(dated, tasks, language)
    _create_dependencies(dated, tasks)
    wishes = [reminders.Wish(task.pk, task.due_at, task.remind_hours_before) for task in tasks.values()]
    reminders.plan_many("task", wishes, now=now)
    leave_trace(
        "project started",
        project=project,
        actor=actor,
        now=now,
        template=template.name.get(language),
        version=template.version,
        tasks=len(tasks),
    )
    if answers.waived_by is not None:
        leave_trace("questionnaire waived", project=project, actor=actor, now=now)
    with override(language):
        freeze_plan(project, _("Kick-off"), actor=actor, now=now)
    _tell(project, tasks.values(), actor=actor, now=now)
    return project


def _create_tasks(
    project: Project, dated: Plan, roles: Mapping[str, Member], *, actor: Member, now: datetime, language: str
) -> dict[str, Task]:
    """By step. All in the first to-do column, numbered and ranked in the order of the work."""
    column = project.board.columns.filter(status=Column.Status.TODO).order_by("position")[0]
    number = take_numbers(project, len(dated.steps))
    tasks: dict[str, Task] = {}
    with override(language):
        for offset, (planned, rank) in enumerate(zip(dated.steps, ranks.evenly(len(dated.steps)), strict=True)):
            task = _task(
                planned, roles.get(planned.step.role), language, dated.composition.by_step.get(planned.step.key)
            )
            task.project, task.column, task.number, task.rank = project, column, number + offset, rank
            task.created_by, task.created_at, task.updated_at = actor, now, now
            tasks[planned.step.key] = task
    Task.objects.bulk_create(tasks.values())
    index_tasks(tasks.values())
    return tasks


def _task(planned: PlannedStep, owner: Member | None, language: str, change: Change | None) -> Task:
    step = planned.step
    task = Task(
        title=step.title.get(language),
        description=_description(step, language, change),
        owner=owner,
        start_on=planned.start_on,
        remind_hours_before=list(step.reminders_hours),
        is_fixed=step.is_fixed,
        is_milestone=step.is_milestone,
        duration_days=max(1, ceil(step.duration_days)),
        calendar=COUNTRIES[step.calendar],
        may_be_shared=step.is_shareable,
        sensitivity=Task.Sensitivity.FINANCE if step.is_finance else Task.Sensitivity.NORMAL,
        sop_step=step.key,
        sop_role=step.role,
        sop_phase=step.phase,
        checklist_count=len(step.checklist),
    )
    put_deadline(task, planned.deadline)
    return task


def _description(step: Step, language: str, change: Change | None) -> str:
    """What the step says about itself, each part under its heading; parts that it leaves out are left out here."""
    parts = [
        (_("Why it matters"), step.why.get(language)),
        (_("Done when"), step.outcome.get(language)),
        (_("Deliverable"), step.deliverable.get(language)),
        (_("Attach as evidence"), "\n".join(f"- {item.get(language)}" for item in step.evidence)),
        (_("Usual lead time"), lead_time_text(step.lead_time, language) if step.lead_time else ""),
        (_("What goes wrong"), step.risk.get(language)),
    ]
    story = "\n\n".join(f"**{heading}**\n\n{words}" for heading, words in parts if words)
    is_added = change is not None and change.touch is Touch.ADDED
    return f"{added_text(change, language)}\n\n{story}" if change is not None and is_added else story


def _create_checklists(dated: Plan, tasks: Mapping[str, Task], language: str) -> None:
    items = ChecklistItem.objects.bulk_create(
        ChecklistItem(task=tasks[planned.step.key], position=position, text=text.get(language))
        for planned in dated.steps
        for position, text in enumerate(planned.step.checklist)
    )
    index_items(items)


def _create_dependencies(dated: Plan, tasks: Mapping[str, Task]) -> None:
    Dependency.objects.bulk_create(
        Dependency(blocker=tasks[key], blocked=tasks[planned.step.key])
        for planned in dated.steps
        for key in planned.step.depends_on
    )


def _tell(project: Project, tasks: Iterable[Task], *, actor: Member, now: datetime) -> None:
    """One notice a person, not one a task."""
    told = {"project": project.name, "actor": actor.display_name}
    url, key = project.get_absolute_url(), f"project_given:{project.pk}"
    notify([project.owner], kind="project_given", key=key, data=told, url=url, actor=actor, now=now)
    for member, count in Counter(task.owner for task in tasks if task.owner is not None).items():
        data, key = {**told, "count": count}, f"tasks_given:{project.pk}"
        notify([member], kind="tasks_given", key=key, data=data, url=url, actor=actor, now=now)

"""What people do with a template: start a project from it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from linkstar.members.models import Member
from notifications.actions.notify import notify
from projects.actions.projects import create_project
from projects.actions.slips import freeze_plan
from projects.actions.trace import leave_trace
from projects.models import Dependency, Project, Task
from templates_sop.actions.step_tasks import first_column, make_step_tasks
from templates_sop.answers import UNANSWERED, Answers, anchors_as_json
from templates_sop.models import ProjectOrigin
from templates_sop.planning import plan
from templates_sop.shapes import SopTemplate
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
    column = first_column(project)
    tasks = make_step_tasks(
        dated.steps, dated, roles, column=column, after=None, actor=actor, now=now, language=language
    )
    Dependency.objects.bulk_create(
        Dependency(blocker=tasks[key], blocked=tasks[planned.step.key])
        for planned in dated.steps
        for key in planned.step.depends_on
    )
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


def _tell(project: Project, tasks: Iterable[Task], *, actor: Member, now: datetime) -> None:
    """One notice a person, not one a task."""
    told = {"project": project.name, "actor": actor.display_name}
    url, key = project.get_absolute_url(), f"project_given:{project.pk}"
    notify([project.owner], kind="project_given", key=key, data=told, url=url, actor=actor, now=now)
    for member, count in Counter(task.owner for task in tasks if task.owner is not None).items():
        data, key = {**told, "count": count}, f"tasks_given:{project.pk}"
        notify([member], kind="tasks_given", key=key, data=data, url=url, actor=actor, now=now)

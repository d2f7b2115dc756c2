"""What a project was started with, besides its template: the answers and the anchors that were chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from projects.models import Project
from templates_sop.answers import UNANSWERED, Answers, anchors_of
from templates_sop.catalogue import template_of
from templates_sop.models import ProjectOrigin
from templates_sop.planning import Plan, plan
from templates_sop.questions import Property, anchors_for, asked_for
from templates_sop.shapes import SopTemplate
from templates_sop.working_days import workspace_calendars


@dataclass(frozen=True)
class Origin:
    """`anchors` are the named ones that were chosen; the others follow from the project's own anchor."""

    answers: Answers = UNANSWERED
    anchors: Mapping[str, date] = field(default_factory=dict)


def origin_of(project: Project) -> Origin:
    """Of a project from before the questionnaire: nothing answered, nothing chosen."""
    found = ProjectOrigin.objects.filter(project=project).values_list("answers", "anchors").first()
    if found is None:
        return Origin()
    answers, anchors = found
    named = {one.key for one in anchors_for(template_of(project))}
    return Origin(Answers.of(answers), anchors_of({key: day for key, day in anchors.items() if key in named}))


def open_questions(project: Project) -> list[Property]:
    """What the template asks and nobody has answered. Raises TemplateNotFound for a project without one."""
    asked = asked_for(template_of(project))
    missing = origin_of(project).answers.missing(one.key for one in asked)
    return [one for one in asked if one.key in missing]


def plan_of(
    project: Project, template: SopTemplate, anchor: date | datetime, origin: Origin, *, now: datetime | None = None
) -> Plan:
    """What the template gives for this project, in the working days of now. One statement."""
    variant = project.sop_variant
    known = {found.key for found in template.variants}
    return plan(
        template,
        variant=variant if variant in known else None,
        anchor=anchor,
        anchor_zone=project.time_zone,
        now=now,
        answers=origin.answers,
        anchors=origin.anchors,
        calendars=workspace_calendars(),
    )

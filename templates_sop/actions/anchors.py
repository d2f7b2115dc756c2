"""Move the anchor of a project that came from a template, and the plan with it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import partial

from linkstar.members.models import Member
from projects.actions.rescheduling import OfProject, apply
from projects.actions.slips import Cause
from projects.models import Change, Project, Slip, Task
from projects.scheduling.preview import Move, Preview, Stay
from templates_sop import catalogue
from templates_sop.library import TemplateNotFound
from templates_sop.origins import origin_of, plan_of
from templates_sop.planning import Plan
from templates_sop.shapes import SopTemplate
from templates_sop.shifting import Shift, shifted


class NoAnchor(ValueError):
    """The project was not started from a template, or from one that is no more."""


class AnchorRecorded(ValueError):
    """The project counts from a moment that was recorded, such as when something became known: it stays."""


def template_of(project: Project) -> SopTemplate:
    """As the project uses it. Raises NoAnchor and AnchorRecorded."""
    try:
        template = catalogue.template_of(project)
    except TemplateNotFound:
        raise NoAnchor from None
    if template.anchor.is_instant:
        raise AnchorRecorded
    if project.anchor_on is None:
        raise NoAnchor
    return template


def planned(project: Project, anchor: date, *, now: datetime | None = None) -> Plan:
    """What the template gives at this anchor, with the answers and the further anchors the project was started with.

    Raises NoAnchor and AnchorRecorded.
    """
    return plan_of(project, template_of(project), anchor, origin_of(project), now=now)


def examine(
    project: Project,
    anchor: date,
    *,
    actor: Member,
    now: datetime,
    decisions: Mapping[int, str] | None = None,
    along: bool = True,
) -> Preview:
    """What moves with the anchor. Steps that the actor may not see move too, and are counted, not named.

    Raises NoAnchor and AnchorRecorded.
    """
    template_of(project)
    # Somebody may have moved it meanwhile.
    current = Project.objects.values_list("anchor_on", flat=True).get(pk=project.pk) or anchor
    shift = Shift(planned(project, current), planned(project, anchor), now, decisions or {}, along)
    seen = set(project.tasks.visible_to(actor).values_list("pk", flat=True))
    preview = _sorted(project, shifted(_read(project), shift), seen)
    preview.basis = f"{current} to {anchor}"
    return preview


def shift_anchor(
    project: Project,
    anchor: date,
    *,
    seal: str,
    actor: Member,
    now: datetime,
    decisions: Mapping[int, str] | None = None,
    along: bool = True,
) -> tuple[Preview, Change | None]:
    """Do it as it was previewed (`seal`). Raises PreviewChanged, NoAnchor and AnchorRecorded."""
    template_of(project)
    before = project.anchor_on.isoformat() if project.anchor_on else None
    return apply(
        partial(examine, project, anchor, actor=actor, now=now, decisions=decisions, along=along),
        seal=seal,
        actor=actor,
        now=now,
        verb="anchor moved",
        why=Cause(Slip.Reason.REPLAN),
        of_project=OfProject({"anchor_on": before}, {"anchor_on": anchor.isoformat()}),
    )


def _read(project: Project) -> list[Task]:
    tasks = list(project.tasks.alive().select_related("owner").order_by("due_at", "number"))
    for task in tasks:
        task.project = project
    return tasks


def _sorted(project: Project, found: Iterable[Move | Stay], seen: set[int]) -> Preview:
    preview = Preview(project)
    for one in found:
        if isinstance(one, Move):
            (preview.moves if one.task.pk in seen else preview.unseen).append(one)
        elif one.task.pk in seen:
            preview.stays.append(one)
    return preview

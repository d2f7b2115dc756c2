"""What an SOP has learnt and could learn: durations out of this workspace's history, and proposed changes."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linkstar.retrospectives import access
from linkstar.retrospectives.actions.changes import SaysSo, propose_change
from linkstar.retrospectives.learning import FEWEST, LAST_PROJECTS, Learnt, Verdict, learnt_steps
from linkstar.retrospectives.lessons import lessons_for_start, lessons_of
from linkstar.retrospectives.lineage import keys_of
from linkstar.retrospectives.models import ProposedChange
from linkstar.retrospectives.proposing import NotApplicable
from linkstar.retrospectives.shown_changes import show_change
from linkstar.retrospectives.wording import evidence_text
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from templates_sop.access import may_edit_templates
from templates_sop.shapes import SopTemplate
from templates_sop.writing import dump

DECIDED_PER_PAGE = 20
_ORDER = (Verdict.SHORT, Verdict.LONG, Verdict.FITS, Verdict.FEW)


@require_safe
@members_only
def learning(request: WorkspaceRequest, key: str) -> HttpResponse:
    template = access.get_template(request.member, key)
    keys = keys_of(template.key)
    changes = ProposedChange.objects.filter(template__in=keys).select_related("proposed_by", "decided_by", "project")
    decided = changes.exclude(state=ProposedChange.State.OPEN).order_by("-decided_at", "-pk")
    learnt = learnt_steps(template, request.member, now=timezone.now())
    opened = list(changes.open().order_by("proposed_at", "pk"))
    content, proposed = dump(template), {change.step for change in opened if change.kind == "duration"}
    page = Paginator(decided, DECIDED_PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "template": template,
        "name": template.name.get(get_language() or "en"),
        "rows": [_row(one, proposed) for one in sorted(learnt, key=lambda one: _ORDER.index(one.verdict)) if one.count],
        "unseen": sum(not one.count for one in learnt),
        "fewest": FEWEST,
        "last": LAST_PROJECTS,
        "opened": [show_change(change, content) for change in opened],
        "page": page,
        "decided": [show_change(change, None) for change in page],
        "may_decide": may_edit_templates(request.member),
    }
    return render(request, "retrospectives/learning.html", context)


def _row(one: Learnt, proposed: set[str]) -> dict[str, Any]:
    language = get_language() or "en"
    most = max([one.says, *(case.days for case in one.cases)])
    return {
        "learnt": one,
        "title": one.step.title.get(language),
        "most": max(1, most),
        "cases": sorted(one.cases, key=lambda case: case.done_at, reverse=True),
        "guessed": sum(not case.is_known for case in one.cases),
        "sentence": _sentence(one, language),
        "is_proposed": one.step.key in proposed,
    }


def _sentence(one: Learnt, language: str) -> str:
    words = {"step": one.step.title.get(language), "took": one.p80, "count": one.count, "says": f"{one.says:g}"}
    if one.verdict is Verdict.SHORT:
        return _("Your “%(step)s” took %(took)s days (P80 of %(count)s), the template says %(says)s.") % words
    if one.verdict is Verdict.LONG:
        return _("Your “%(step)s” took only %(took)s days (P80 of %(count)s), the template says %(says)s.") % words
    return ""


@require_POST
@members_only
def duration_propose(request: WorkspaceRequest, key: str, step: str) -> HttpResponse:
    """One press: what four of five took becomes a proposal."""
    template = access.get_template(request.member, key)
    learnt = learnt_steps(template, request.member, now=timezone.now())
    one = next((one for one in learnt if one.step.key == step), None)
    if one is None:
        raise Http404(step)
    if one.proposal is None:
        messages.error(request, _("The template fits what this step took lately, so there is nothing to propose."))
        return redirect("retrospectives:learning", template.key)
    evidence = {"count": one.count, "p50": one.p50, "p80": one.p80}
    try:
        propose_change(
            template,
            kind=ProposedChange.Kind.DURATION,
            step=step,
            after=one.proposal,
            reason=evidence_text(evidence),
            source=ProposedChange.Source.LEARNING,
            evidence=evidence,
            actor=request.member,
            now=timezone.now(),
        )
        messages.success(request, _("Proposed. Who looks after the templates decides on it."))
    except (SaysSo, NotApplicable):
        messages.error(request, _("The template says so already."))
    return redirect("retrospectives:learning", template.key)


@require_safe
@members_only
def start_lessons(request: WorkspaceRequest, key: str) -> HttpResponse:
    """On the page that starts a project: what was learnt since the last one."""
    template: SopTemplate = access.get_template(request.member, key)
    ours = template if template.key != key else None
    context = {"lessons": lessons_for_start(template.key), "key": template.key, "ours": ours}
    return render(request, "retrospectives/_lessons.html", context)


@require_safe
@members_only
def project_lessons(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """On the overview of a project: what its SOP had learnt when it was started."""
    project = access.get_project(request.member, pk)
    context = {"lessons": lessons_of(project), "key": project.sop_template}
    return render(request, "retrospectives/_lessons.html", context)

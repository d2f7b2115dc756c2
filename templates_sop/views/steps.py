"""One step of a template, as the task made from it shows it."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from templates_sop import access
from templates_sop.questions import added_steps
from templates_sop.shapes import SopTemplate, Step
from templates_sop.wording import lead_time_text


@require_safe
@members_only
def step(request: WorkspaceRequest, key: str, step: str) -> HttpResponse:
    """What the template says of the step, asked for by the sheet of a task; a plain visit reads the whole template."""
    template = access.get_template(request.member, key)
    found = _find(template, step)
    if not request.htmx:
        return redirect("templates_sop:template-show", key=key)
    language = get_language() or "en"
    context = {
        "template": template,
        "template_name": template.name.get(language),
        "phase": next((phase.name.get(language) for phase in template.phases if phase.key == found.phase), ""),
        "role": next((role.name.get(language) for role in template.roles if role.key == found.role), ""),
        "step": found,
        "why": found.why.get(language),
        "outcome": found.outcome.get(language),
        "evidence": [item.get(language) for item in found.evidence],
        "lead_time": lead_time_text(found.lead_time, language) if found.lead_time else "",
        "risk": found.risk.get(language),
    }
    return render(request, "templates_sop/_step.html", context)


def _find(template: SopTemplate, key: str) -> Step:
    """Any step of the template, those of its categories and answers too; Http404 for none of them."""
    for step in (*template.every_step, *added_steps(template)):
        if step.key == key:
            return step
    raise Http404(f"no step {key!r} in {template.key!r}")

"""One step of a template, as the task made from it shows it."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from templates_sop import access
from templates_sop.library import SopTemplate, Step
from templates_sop.questions import added_steps


@require_safe
@members_only
def step(request: WorkspaceRequest, key: str, step: str) -> HttpResponse:
    """Phase, role and reason, asked for by the sheet of a task; a plain visit reads the whole template."""
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
        "why": found.risk.get(language),
    }
    return render(request, "templates_sop/_step.html", context)


def _find(template: SopTemplate, key: str) -> Step:
    """Any step of the template, those of its category variants and of answers too; Http404 for none of them."""
    of_variants = (step for variant in template.variants for step in variant.add)
    steps = [*template.steps, *of_variants, *added_steps(template)]
    for step in steps:
        if step.key == key:
            return step
    raise Http404(f"no step {key!r} in {template.key!r}")

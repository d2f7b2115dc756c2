"""A newer version of a project's SOP: a line on the overview, and the page that takes it over step by step."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.models import Project
from templates_sop.actions.newer import Applied, NothingNewer, OfferChanged, apply_newer, keep_older
from templates_sop.models import ProjectOrigin
from templates_sop.newer import Offer, StepOffer, newest_of, offer_for
from templates_sop.views.library import language_of_reader
from templates_sop.wording import STAYS

PAGE = "templates_sop/project_sop.html"


@require_safe
@members_only
def project_sop_news(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """For the overview, which asks for it: a banner, or nothing when the project is up to date."""
    project = access.get_project(request.member, pk)
    origin = ProjectOrigin.objects.filter(project=project).first()
    newest = newest_of(origin) if origin is not None and not project.is_archived else None
    name = newest.name.get(language_of_reader()) if newest else ""
    context = {"project": project, "newest": newest, "name": name}
    return render(request, "templates_sop/_project_sop_news.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def project_sop(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """POST takes over each `step` that is ticked, as it was shown (`seal`); `do=keep` takes over nothing.

    409 when something else would happen by now: the page as it is, with the same steps ticked.
    """
    to = "edit" if request.method == "POST" else "view"
    project, language = access.get_project(request.member, pk, to=to), language_of_reader()
    if request.method != "POST":
        return _page(request, project, offer_for(project, request.member, language))
    by: dict[str, Any] = {"reader_language": language, "actor": request.member, "now": timezone.now()}
    keys = request.POST.getlist("step")
    try:
        if request.POST.get("do") == "keep":
            keep_older(project, **by)
            messages.success(request, _("The project stays as it is."))
            return redirect(project)
        if not keys:
            error = _("Tick the steps to take over, or leave the project as it is.")
            return _page(request, project, offer_for(project, request.member, language), error=error, status=422)
        applied = apply_newer(project, keys, seal=request.POST.get("seal", ""), **by)
    except NothingNewer:
        messages.success(request, _("Nothing newer is out: somebody has taken it over already."))
        return redirect(project)
    except OfferChanged:
        project.refresh_from_db()
        error = _(
            "The tasks or the SOP have changed since you looked. This is how it stands now; nothing was done yet."
        )
        offer = offer_for(project, request.member, language)
        return _page(request, project, offer, error=error, ticked=keys, status=409)
    undo = reverse("projects:change-undo", args=[applied.change.pk]) if applied.change else ""
    messages.success(request, _done_text(applied), extra_tags=undo)
    return redirect("projects:board", project.pk)


def _page(
    request: WorkspaceRequest,
    project: Project,
    offer: Offer | None,
    *,
    error: str = "",
    ticked: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    language = language_of_reader()
    context: dict[str, Any] = {
        "project": project,
        "offer": offer,
        "error": error,
        "may_apply": access.may(request.member, "edit", project),
    }
    if offer is not None:
        rows = [_shown(one, ticked) for one in offer.steps]
        context |= {
            "name": offer.new.name.get(language),
            "rows": [row for row in rows if row["may_apply"]],
            "staying": [row for row in rows if not row["may_apply"]],
        }
    return render(request, PAGE, context, status=status)


def _shown(one: StepOffer, ticked: list[str] | None) -> dict[str, Any]:
    return {
        "key": one.key,
        "kind": one.kind.value,
        "title": one.change.title,
        "task": one.task,
        "stays": STAYS[one.stays] if one.stays else "",
        "fields": [(each.change, STAYS[each.stays] if each.stays else "") for each in one.fields],
        "may_apply": one.may_apply,
        "is_ticked": one.may_apply and (ticked is None or one.key in ticked),
    }


def _done_text(applied: Applied) -> str:
    counts, said = applied.counts, []
    if counts["added"]:
        said.append(ngettext("%(n)s task added", "%(n)s tasks added", counts["added"]) % {"n": counts["added"]})
    if counts["changed"]:
        said.append(ngettext("%(n)s task changed", "%(n)s tasks changed", counts["changed"]) % {"n": counts["changed"]})
    if counts["removed"]:
        said.append(
            ngettext("%(n)s task moved to the bin", "%(n)s tasks moved to the bin", counts["removed"])
            % {"n": counts["removed"]}
        )
    return _("The newer SOP is taken over: %(what)s.") % {"what": " · ".join(said) or "–"}

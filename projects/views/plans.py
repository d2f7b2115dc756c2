"""The plan of a project as it was frozen beside what stands now: frozen, compared, let go."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linkstar.lib.forms import problems
from linkstar.lib.text import clean_line
from linkstar.workspaces.access import guests_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.slips import MOST_BASELINES, NameTaken, TooManyBaselines, freeze_plan, remove_baseline
from projects.baselines import STATES, baselines_of, compare, in_words
from projects.filters import is_pk
from projects.models import Baseline, Project
from projects.views.boards import reader_of

PER_PAGE = 50
_NAME = 80


class FreezeForm(forms.Form):
    name = forms.CharField(
        max_length=_NAME,
        error_messages={
            "required": gettext_lazy("Give the plan a name."),
            "max_length": gettext_lazy("A name has up to 80 characters."),
        },
    )

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], _NAME)
        if not name:
            raise forms.ValidationError(_("Give the plan a name."))
        return name


@require_safe
@guests_allowed
def baseline(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`?of=` is the frozen plan, the newest unless said; `?with=` another one to compare it with, or else now.

    `?show=` is one of the states of a row.
    """
    return _page(request, access.get_project(request.member, pk))


@require_POST
@members_only
def plan_freeze(request: WorkspaceRequest, pk: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="edit")
    form = FreezeForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["name"]
        try:
            freeze_plan(project, name, actor=request.member, now=timezone.now())
        except NameTaken:
            form.add_error("name", _("There is a frozen plan of this name already."))
        except TooManyBaselines:
            most = {"most": MOST_BASELINES}
            form.add_error("name", _("A project keeps up to %(most)d frozen plans. Remove one first.") % most)
        else:
            messages.success(request, _("The plan is frozen as “%(name)s”.") % {"name": name})
            return redirect("projects:baseline", project.pk)
    return _page(request, project, error=problems(form), typed=request.POST.get("name", ""))


@require_POST
@members_only
def baseline_remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The dates it kept are gone with it; the page asks before."""
    found = get_object_or_404(Baseline.objects.select_related("project__owner"), pk=pk)
    if not access.may(request.member, "edit", found.project):
        raise PermissionDenied
    remove_baseline(found, actor=request.member, now=timezone.now())
    messages.success(request, _("The frozen plan “%(name)s” is removed.") % {"name": found.name})
    return redirect("projects:baseline", found.project_id)


def _page(request: WorkspaceRequest, project: Project, *, error: str = "", typed: str = "") -> HttpResponse:
    reader, kept = reader_of(request), baselines_of(project)
    chosen = _chosen(request, kept, "of") or (kept[0] if kept else None)
    other = _chosen(request, kept, "with")
    show = request.GET.get("show", "")
    context: dict[str, Any] = {
        "project": project,
        "baselines": kept,
        "chosen": chosen,
        "other": other if other != chosen else None,
        "show": show if show in STATES else "",
        "may_freeze": access.may(request.member, "edit", project),
        "error": error,
        "typed": typed,
    }
    if chosen is not None:
        comparison = compare(project, request.member, chosen, reader, context["other"])
        page = Paginator(comparison.of(context["show"]), PER_PAGE).get_page(request.GET.get("page"))
        context |= {"comparison": comparison, "page": page, "rows": in_words(page.object_list, reader)}
    return render(request, "projects/baseline.html", context, status=422 if error else 200)


def _chosen(request: WorkspaceRequest, kept: list[Baseline], key: str) -> Baseline | None:
    """404 for what is no frozen plan of this project."""
    given = request.GET.get(key, "")
    if not given:
        return None
    found = next((each for each in kept if is_pk(given) and each.pk == int(given)), None)
    if found is None:
        raise Http404
    return found

"""The page of a retrospective: its figures, live or kept, its notes, and how it is settled."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from integrations.results import Results, results_of
from linkstar.lib.forms import problems
from linkstar.lib.text import clean_line
from linkstar.retrospectives import access
from linkstar.retrospectives.actions.retrospectives import (
    close_retrospective,
    reopen_retrospective,
    waive_retrospective,
)
from linkstar.retrospectives.figures import figures_of
from linkstar.retrospectives.models import Note, Retrospective
from linkstar.retrospectives.shown import Report, StepRow, notes_of, report_of
from linkstar.retrospectives.shown_changes import proposals_of
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from linkstar.workspaces.models import Workspace
from projects.access import tasks_of
from projects.archiving import is_done
from projects.models import Project
from projects.views.boards import reader_of
from templates_sop.access import may_edit_templates

PER_PAGE = 40
# What the table of steps may be narrowed to.
_SHOWN: dict[str, Callable[[StepRow], bool]] = {
    "off": lambda row: row.is_off_plan,
    "all": lambda row: True,
    "late": lambda row: (row.late or 0) > 0,
    "longer": lambda row: row.more > 0,
}


class WaiveForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Why there is none"),
        max_length=500,
        error_messages={"required": gettext_lazy("Say why: it is kept with the project.")},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    def clean_because(self) -> str:
        text = clean_line(self.cleaned_data["because"], 500)
        if not text:
            raise forms.ValidationError(self.fields["because"].error_messages["required"])
        return text


def report_for(request: WorkspaceRequest, project: Project, found: Retrospective) -> Report:
    figures = found.figures if found.figures else figures_of(project, now=timezone.now())
    return report_of(figures, project, reader_of(request))


def results_for(request: WorkspaceRequest, project: Project) -> Results | None:
    """None without the module that they are of."""
    if not request.workspace.has_module(Workspace.Module.SALES):
        return None
    return results_of(project, request.member, now=timezone.now())


@require_safe
@members_only
def retrospective(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`?show=` is "all" steps, those that went "off" the plan, which is the usual, the "late" or the "longer" ones."""
    return draw(request, access.get_project(request.member, pk))


def draw(request: WorkspaceRequest, project: Project, *, status: int = 200, **more: Any) -> HttpResponse:
    found = access.retrospective_of(project)
    report = report_for(request, project, found)
    counts = {name: sum(map(rule, report.rows)) for name, rule in _SHOWN.items()}
    show = request.GET.get("show", "")
    show = show if show in _SHOWN else ("off" if counts["off"] else "all")
    kept = [row for row in report.rows if _SHOWN[show](row)]
    page = Paginator(kept, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "retrospective": found,
        "report": report,
        "page": page,
        "rows": page.object_list,
        "show": show,
        "shown_counts": counts,
        "is_over": is_done(project),
        "waive": WaiveForm(),
        "proposals": proposals_of(project),
        "may_decide": may_edit_templates(request.member),
        "results": results_for(request, project),
        **notes_context(request, project, found),
        **more,
    }
    return render(request, "retrospectives/retrospective.html", context, status=status)


def notes_context(request: WorkspaceRequest, project: Project, found: Retrospective) -> dict[str, Any]:
    may_settle = access.may(request.member, "settle", project)
    may_write = found.is_open and access.may(request.member, "write", project)
    return {
        "groups": notes_of(project, reader_of(request), may_write=may_write, may_settle=may_settle),
        "about": tasks_of(request.member, project).order_by("number").values_list("pk", "number", "title"),
        "may_write": may_write,
        "may_settle": may_settle,
    }


@require_safe
@members_only
def panel(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """What the project's overview says of its retrospective."""
    project = access.get_project(request.member, pk)
    context = {
        "project": project,
        "retrospective": access.retrospective_of(project),
        "note_count": Note.objects.filter(retrospective=pk).count(),
        "may_settle": access.may(request.member, "settle", project),
        "is_over": is_done(project),
    }
    return render(request, "retrospectives/_panel.html", context)


@require_POST
@members_only
def close(request: WorkspaceRequest, pk: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="settle")
    close_retrospective(project, actor=request.member, now=timezone.now())
    messages.success(request, _("The retrospective is closed. Its figures stay as they are now."))
    return redirect("retrospectives:retrospective", pk)


@require_POST
@members_only
def waive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="settle")
    form = WaiveForm(request.POST)
    if not form.is_valid():
        return draw(request, project, waive=form, waive_error=problems(form), status=422)
    because = form.cleaned_data["because"]
    waive_retrospective(project, because=because, actor=request.member, now=timezone.now())
    messages.success(request, _("The retrospective is waived. The project can go into the archive."))
    return redirect("projects:project", pk)


@require_POST
@members_only
def reopen(request: WorkspaceRequest, pk: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="settle")
    reopen_retrospective(project, actor=request.member, now=timezone.now())
    return redirect("retrospectives:retrospective", pk)

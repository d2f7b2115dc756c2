"""Views of tasks that people keep: opened, kept, changed, shared with the project, deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.text import clean_line
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest, go_to
from projects import access
from projects.models import Project, SavedView
from projects.views.asking import clean_query, read_columns

NAME_LIMIT = 80
MOST_VIEWS = 100


class NameForm(forms.Form):
    """Under which name a view is kept, of tasks and of sales alike."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"class": "input", "autofocus": True, "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give the view a name.")},
    )

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], NAME_LIMIT)


class ViewForm(NameForm):
    """`reach` is for whom and where: "mine" and "shared" in this project, "all" for oneself in every project."""

    reach = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        choices=[
            ("mine", gettext_lazy("For me, in this project")),
            ("all", gettext_lazy("For me, in every project")),
            ("shared", gettext_lazy("For everybody in this project but guests")),
        ],
        widget=forms.Select(attrs={"class": "select"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def view_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`?kind=&query=&columns=` say what is kept; they stay in the form's address."""
    project = access.get_project(request.member, pk)
    kind = request.GET.get("kind", "")
    kind = kind if kind in SavedView.Kind.values and kind != SavedView.Kind.SALES else SavedView.Kind.LIST
    form = ViewForm(request.POST if request.method == "POST" else None, initial={"reach": "mine"})
    if form.is_bound and form.is_valid():
        columns = read_columns(request.GET.get("columns", "")) or []
        query = clean_query(request.GET.get("query", ""), kind)
        view = SavedView(member=request.member, kind=kind, query=query, columns=columns if kind == "list" else [])
        if SavedView.objects.filter(member=request.member).count() >= MOST_VIEWS:
            form.add_error(None, _("You keep %(most)d views already. Delete one first.") % {"most": MOST_VIEWS})
        elif _save(view, form, project):
            return go_to(request, view.address_in(project))
    return _dialog(request, {"project": project, "form": form, "action": request.get_full_path()})


@require_safe
@members_only
def view_open(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Where a link to a view leads: its project's page, or for one of every project the list of projects."""
    view = access.get_saved_view(request.member, pk)
    return redirect(view.address_in(view.project) if view.project else "projects:project-list")


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def view_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Its name and its reach. `?project=` is the page that asks, for a view that belongs to none."""
    view = access.get_saved_view(request.member, pk, to="edit")
    project = _project(request, view)
    reach = "shared" if view.is_shared else "mine" if view.project_id else "all"
    given = request.POST if request.method == "POST" else None
    form = ViewForm(given, initial={"name": view.name, "reach": reach})
    if view.member_id != request.member.pk:
        # It stays its author's, who alone can take it back.
        del form.fields["reach"]
    if form.is_bound and form.is_valid() and _save(view, form, project):
        return go_to(request, view.address_in(project))
    return _dialog(request, {"project": project, "form": form, "view": view, "action": request.get_full_path()})


@require_POST
@members_only
def view_update(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """From now on the view asks what the page it was opened on asks."""
    view = access.get_saved_view(request.member, pk, to="edit")
    project = _project(request, view)
    view.query = clean_query(request.POST.get("query", ""), view.kind)
    columns = read_columns(request.POST.get("columns", ""))
    view.columns = columns or view.columns
    view.save(update_fields=["query", "columns"])
    messages.success(request, _("“%(name)s” now shows this.") % {"name": view.name})
    return redirect(view.address_in(project))


@require_POST
@members_only
def view_delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The page stays as it is, without the name."""
    view = access.get_saved_view(request.member, pk, to="edit")
    project = _project(request, view)
    view.delete()
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    url = reverse(f"projects:{view.kind}", args=[project.pk])
    return go_to(request, f"{url}?{view.query}" if view.query else url)


def _project(request: WorkspaceRequest, view: SavedView) -> Project:
    """The project on whose page this is asked; one that belongs to a project is only ever there."""
    wanted = view.project_id or request.GET.get("project") or request.POST.get("project") or ""
    if not str(wanted).isascii() or not str(wanted).isdigit() or len(str(wanted)) > 9:
        raise Http404
    return access.get_project(request.member, int(wanted))


def _save(view: SavedView, form: ViewForm, project: Project) -> bool:
    """Whether it could be kept; the form says why not."""
    given = form.cleaned_data
    view.name = given["name"]
    if "reach" in given:
        view.project, view.is_shared = None if given["reach"] == "all" else project, given["reach"] == "shared"
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        form.add_error("name", _("You keep a view of this name already."))
        return False
    return True


def _dialog(request: WorkspaceRequest, context: dict[str, Any]) -> HttpResponse:
    name = "projects/saved_view.html#dialog" if request.htmx else "projects/saved_view.html"
    return render(request, name, context, status=422 if context["form"].errors else 200)

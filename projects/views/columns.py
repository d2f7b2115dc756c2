"""The columns of a board: for those who run the project."""

import json
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from projects import access
from projects.actions.boards import ColumnInUse, TooManyColumns, add_column, delete_column, edit_column, move_column
from projects.models import Board, Column
from projects.views.boards import refused


class EditColumnForm(forms.ModelForm):
    wip_limit = forms.IntegerField(
        label=gettext_lazy("Cards at most at a time"),
        help_text=gettext_lazy("Empty: no limit. A full column takes no further card."),
        required=False,
        min_value=1,
        max_value=999,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )

    class Meta:
        model = Column
        fields = ["name", "wip_limit"]
        labels: ClassVar[dict[str, Any]] = {"name": gettext_lazy("Name of the column")}
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "name": forms.TextInput(attrs={"class": "input", "autofocus": True, "autocomplete": "off"})
        }


class AddColumnForm(EditColumnForm):
    class Meta(EditColumnForm.Meta):
        fields = ["name", "status", "wip_limit"]
        widgets = {**EditColumnForm.Meta.widgets, "status": forms.Select(attrs={"class": "select"})}
        help_texts = {"status": gettext_lazy("Reports count the status; the name is your own.")}


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def column_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="edit board")
    form = AddColumnForm(posted(request), initial={"status": Column.Status.DOING})
    if request.method == "POST" and form.is_valid():
        try:
            add_column(project.board, **form.cleaned_data, actor=request.member, now=timezone.now())
        except TooManyColumns as error:
            form.add_error(None, _("A board has up to %(most)d columns.") % {"most": error.most})
        else:
            return _changed(request, project.board)
    return _dialog(request, {"project": project, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def column_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    column = access.get_column(request.member, pk, to="edit board")
    form = EditColumnForm(posted(request), instance=column)
    if request.method == "POST" and form.is_valid():
        # The form has written into its instance; the action compares with what stands in the database.
        column.refresh_from_db(fields=["name", "wip_limit"])
        edit_column(column, **form.cleaned_data, actor=request.member, now=timezone.now())
        return _changed(request, column.board)
    context = {
        "project": column.board.project,
        "column": column,
        "form": form,
        "count": column.tasks.current().count(),
        "last": column.board.columns.count() - 1,
    }
    return _dialog(request, context)


class MoveColumnForm(forms.Form):
    position = forms.IntegerField(min_value=0, max_value=100)


@require_POST
@members_only
def column_move(request: WorkspaceRequest, pk: int) -> HttpResponse:
    column = access.get_column(request.member, pk, to="edit board")
    form = MoveColumnForm(request.POST)
    if not form.is_valid():
        return _not_done(request, column.board, _("A column cannot be put there."))
    move_column(column, position=form.cleaned_data["position"], actor=request.member, now=timezone.now())
    return _changed(request, column.board)


@require_POST
@members_only
def column_delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    column = access.get_column(request.member, pk, to="edit board")
    try:
        delete_column(column, actor=request.member, now=timezone.now())
    except ColumnInUse:
        why = _("Only an empty column can be deleted, and a board keeps one of each status. Move its cards first.")
        return _not_done(request, column.board, why)
    return _changed(request, column.board)


def _dialog(request: WorkspaceRequest, context: dict[str, object]) -> HttpResponse:
    form = context["form"]
    name = "projects/column.html"
    status = 422 if isinstance(form, forms.BaseForm) and form.errors else 200
    return render(request, f"{name}#dialog" if request.htmx else name, context, status=status)


def _changed(request: WorkspaceRequest, board: Board) -> HttpResponse:
    """The dialog closes and the board on the page draws itself anew."""
    if not request.htmx:
        return redirect(board)
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"dialog:close": True, "board:changed": True})
    return response


def _not_done(request: WorkspaceRequest, board: Board, why: str) -> HttpResponse:
    if request.htmx:
        return refused(why)
    messages.error(request, why)
    return redirect(board)

"""A task's checklist."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.lib.forms import problems
from linkstar.lib.text import split_lines
from linkstar.members.replays import once_per_key
from linkstar.workspaces.access import guests_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.checklists import MOST_ITEMS, TooManyItems, add_items, check_item, edit_item, remove_item
from projects.models import ChecklistItem
from projects.views.sheet import TaskSheet, answer, show_sheet

ITEM_LIMIT = 300
MOST_LINES = 100
_PARTS = "projects/_task_checklist.jinja"
_ITEMS, _ADDED = "projects/_task_items.jinja", "projects/_task_items_added.jinja"


class LinesForm(forms.Form):
    """One item, or pasted lines that each become one. What is too long is refused, never cut off."""

    lines = forms.CharField(required=False, strip=False)
    most = MOST_LINES

    def clean_lines(self) -> list[str]:
        lines = split_lines(self.cleaned_data["lines"], limit=ITEM_LIMIT + 1)
        if not lines:
            raise ValidationError(_("Type what is to be ticked off."))
        if len(lines) > self.most:
            raise ValidationError(
                _("%(count)d lines are too many: up to %(most)d at a time."),
                params={"count": len(lines), "most": self.most},
            )
        if any(len(line) > ITEM_LIMIT for line in lines):
            raise ValidationError(_("An item has up to %(most)d characters."), params={"most": ITEM_LIMIT})
        return lines


class ItemForm(LinesForm):
    """The words of one item."""

    most = 1


@require_POST
@members_only
def item_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The answer is the empty field again, and the new items at the end of the list."""
    task, now = access.get_task(request.member, pk, to="edit"), timezone.now()
    sheet, form, made = TaskSheet(task, request.member), LinesForm(request.POST), []
    if form.is_valid():
        try:
            made = add_items(task, form.cleaned_data["lines"], actor=request.member, now=now)
        except TooManyItems as error:
            form.add_error("lines", _full_text(error))
    if form.errors:
        sheet.errors["checklist"] = problems(form)
        sheet.typed = {"checklist": form.data.get("lines", "")}
    return answer(request, sheet, f"{_PARTS}#adder", also=[f"{_PARTS}#progress", _ADDED], now=now, made=made)


@require_POST
@guests_allowed
@once_per_key
def item_check(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`is_done=1` ticks the item off; its absence takes the tick back."""
    item, now = access.get_item(request.member, pk), timezone.now()
    check_item(item, is_done=request.POST.get("is_done") == "1", actor=request.member, now=now)
    return _answer(request, item, now)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def item_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET opens the item for editing, or with `?read` shuts it again; POST saves its words."""
    item, now = access.get_item(request.member, pk, to="edit"), timezone.now()
    sheet = TaskSheet(item.task, request.member)
    if request.method != "POST":
        sheet.editing_pk, sheet.editing = item.pk, "" if "read" in request.GET else "item"
        if not request.htmx:
            return show_sheet(request, sheet)
        return render(request, _ITEMS, {"sheet": sheet, "task": item.task, "items": [item]})
    form = ItemForm(request.POST)
    if form.is_valid():
        edit_item(item, form.cleaned_data["lines"][0], actor=request.member, now=now)
    else:
        sheet.errors["item"] = problems(form)
        sheet.typed, sheet.editing, sheet.editing_pk = {"item": form.data.get("lines", "")}, "item", item.pk
    return answer(request, sheet, _ITEMS, now=now, items=[item])


@require_POST
@members_only
def item_remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    item, now = access.get_item(request.member, pk, to="edit"), timezone.now()
    task = item.task
    remove_item(item, actor=request.member, now=now)
    if not request.htmx:
        return redirect(task)
    return answer(request, TaskSheet(task, request.member), f"{_PARTS}#progress", now=now, oob=True)


def _full_text(error: TooManyItems) -> str:
    if not error.room:
        return _("A checklist has up to %(most)d items, and this one is full.") % {"most": MOST_ITEMS}
    return ngettext(
        "A checklist has up to %(most)d items: there is room for %(room)d more.",
        "A checklist has up to %(most)d items: there is room for %(room)d more.",
        error.room,
    ) % {"most": MOST_ITEMS, "room": error.room}


def _answer(request: WorkspaceRequest, item: ChecklistItem, now: object) -> HttpResponse:
    sheet = TaskSheet(item.task, request.member)
    return answer(request, sheet, _ITEMS, also=[f"{_PARTS}#progress"], now=now, items=[item])

"""Settings › Working days: when the workspace is closed, beside the holidays that are off anyway."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.calendars import access
from linkstar.calendars.actions.absences import add_closure, delete_closure, edit_closure
from linkstar.calendars.models import Closure
from linkstar.calendars.views.forms import SpanForm
from linkstar.lib.text import clean_line
from linkstar.workspaces.access import managers_only, members_only
from linkstar.workspaces.http import WorkspaceRequest, posted

_PAGE = 50


class ClosureForm(SpanForm):
    name = forms.CharField(
        label=gettext_lazy("Name of the closure"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Say why it is closed, for instance Inventory.")},
    )
    country = forms.ChoiceField(label=gettext_lazy("For whom"), choices=Closure.Country.choices, required=False)

    field_order = ["name", "country", "first_on", "last_on"]

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 80)
        if not name:
            raise ValidationError(_("Say why it is closed, for instance Inventory."))
        return name


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def closure_list(request: WorkspaceRequest) -> HttpResponse:
    """The team reads, managers add. `?past=1` shows those that are over."""
    form = ClosureForm(posted(request))
    if request.method == "POST":
        if not access.may_change_workspace(request.member):
            raise PermissionDenied
        if form.is_valid():
            add_closure(**form.cleaned_data, actor=request.member)
            messages.success(request, _("Plans count these days as off from now on."))
            return redirect("calendars:closures")
    return _page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def closure_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    closure = access.get_closure(request.member, pk)
    initial = {field: getattr(closure, field) for field in ("name", "country", "first_on", "last_on")}
    form = ClosureForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        edit_closure(closure, **form.cleaned_data, actor=request.member)
        messages.success(request, _("Saved."))
        return redirect("calendars:closures")
    context = {"form": form, "closure": closure}
    return render(request, "calendars/closure.html", context, status=422 if form.errors else 200)


@require_POST
@managers_only
def closure_delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    closure = access.get_closure(request.member, pk)
    name = closure.name
    delete_closure(closure, actor=request.member)
    messages.success(request, _("“%(name)s” is no closure any more.") % {"name": name})
    return redirect("calendars:closures")


def _page(request: WorkspaceRequest, form: ClosureForm) -> HttpResponse:
    today = timezone.localdate()
    is_past = request.GET.get("past") == "1"
    page = Paginator(_closures(today, is_past=is_past), _PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "is_past": is_past,
        "may_change": access.may_change_workspace(request.member),
    }
    return render(request, "calendars/closures.html", context, status=422 if form.errors else 200)


def _closures(today: date, *, is_past: bool) -> Any:
    if is_past:
        return Closure.objects.filter(last_on__lt=today).order_by("-first_on", "-pk")
    return Closure.objects.filter(last_on__gte=today).order_by("first_on", "pk")

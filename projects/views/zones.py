"""A project changes its time zone: keep the times on the clock, or the moments?"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from linkstar.lib.forms import set_choices
from linkstar.lib.zones import city_name, is_zone, zone_choices, zone_name
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from projects import access
from projects.actions.rescheduling import PreviewChanged
from projects.actions.zones import change_zone
from projects.cards import Reader
from projects.models import Project
from projects.scheduling.preview import Preview, Stays
from projects.scheduling.rezoning import Keep, examine_zone
from projects.views import previews
from projects.views.boards import reader_of

EXAMPLES = 4


class ZoneForm(forms.Form):
    to = forms.ChoiceField(label=gettext_lazy("New time zone"), widget=forms.Select(attrs={"class": "select"}))
    keep = forms.ChoiceField(choices=[("wall", ""), ("instant", "")], required=False)

    def __init__(self, *args: Any, first: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "to", zone_choices(get_language() or "en", tuple(dict.fromkeys([first, *_FIRST]))))


_FIRST = ("America/New_York", "America/Los_Angeles", "Asia/Shanghai")


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def project_zone(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """GET with `to` shows what either answer does; POST with `to`, `keep` and the seal of what was seen does it."""
    project = access.get_project(request.member, pk, to="edit")
    asked = request.GET.get("to", "")
    initial = {"to": asked if is_zone(asked) else project.time_zone}
    form = ZoneForm(posted(request), first=project.time_zone, initial=initial)
    if request.method != "POST":
        return _draw(request, project, form, initial["to"])
    if not form.is_valid():
        return _draw(request, project, form, "")
    zone, keep = form.cleaned_data["to"], form.cleaned_data["keep"]
    if not keep or zone == project.time_zone:
        return _draw(request, project, form, zone)
    try:
        preview, change = change_zone(
            project, zone, keep=keep, seal=request.POST.get("seal", ""), actor=request.member, now=timezone.now()
        )
    except PreviewChanged:
        return _draw(request, access.get_project(request.member, pk, to="edit"), form, zone, has_changed=True)
    undo = reverse("projects:change-undo", args=[change.pk]) if change else ""
    messages.success(request, _said(preview, keep, project, get_language() or "en"), extra_tags=undo)
    return redirect(project)


def _draw(
    request: WorkspaceRequest, project: Project, form: ZoneForm, zone: str, *, has_changed: bool = False
) -> HttpResponse:
    reader = reader_of(request)
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "now_zone": _name(project.time_zone, reader),
        "zone": zone,
        "is_chosen": "to" in request.GET or request.method == "POST",
        "has_changed": has_changed,
    }
    if zone and zone != project.time_zone:
        answers: tuple[Keep, ...] = ("wall", "instant")
        context["new_zone"] = _name(zone, reader)
        context["answers"] = [_answer(project, zone, keep, request, reader) for keep in answers]
    status = 409 if has_changed else 422 if form.errors else 200
    return render(request, "projects/project_zone.html", context, status=status)


def _answer(project: Project, zone: str, keep: Keep, request: WorkspaceRequest, reader: Reader) -> dict[str, Any]:
    preview = examine_zone(project, zone, keep, actor=request.member)
    rows = previews.rows(preview, reader)
    stays = preview.stay_counts()
    return {
        "keep": keep,
        "seal": preview.seal,
        "count": len(preview.all_moves),
        "rows": rows[:EXAMPLES],
        "more": len(preview.all_moves) - len(rows[:EXAMPLES]),
        # What keeps its moment lands on no holiday that it was not on.
        "facts": previews.facts(preview, reader) if keep == "wall" else [],
        "fixed": stays[Stays.FIXED],
        "days": stays[Stays.DAY],
        "repeating": preview.repeating,
    }


def _said(preview: Preview, keep: Keep, project: Project, language: str) -> str:
    count, city = len(preview.all_moves), city_name(project.time_zone, language)
    if keep == "wall":
        text = ngettext(
            "The project runs on the clock of %(city)s now. %(count)d deadline kept its time and moved with it.",
            "The project runs on the clock of %(city)s now. %(count)d deadlines kept their time and moved with it.",
            count,
        )
    else:
        text = ngettext(
            "The project runs on the clock of %(city)s now. %(count)d deadline stays the same moment.",
            "The project runs on the clock of %(city)s now. %(count)d deadlines stay the same moments.",
            count,
        )
    return text % {"city": city, "count": count}


def _name(zone: str, reader: Reader) -> str:
    return f"{city_name(zone, reader.language)} · {zone_name(zone, reader.language, reader.now)}"

"""What is there for me: my work over all projects, and the projects in the rail."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linkstar.lib.zones import zone_name
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from projects.models import OwnerOffer, Project
from projects.overview import my_work
from projects.views.boards import reader_of

GROUP_NAMES = {
    "overdue": pgettext_lazy("my work", "Overdue"),
    "today": pgettext_lazy("my work", "Today"),
    "week": pgettext_lazy("my work", "This week"),
    "later": pgettext_lazy("my work", "Later"),
    "someday": _("Without a deadline"),
}
RAIL_LENGTH = 8


@require_safe
@guests_allowed
def home(request: WorkspaceRequest) -> HttpResponse:
    """`?all` shows what is far off, too."""
    reader = reader_of(request)
    is_long = "all" in request.GET
    groups = my_work(reader, is_long=is_long)
    offers = OwnerOffer.objects.filter(offered_to=request.member, state=OwnerOffer.State.OPEN)
    context = {
        "groups": [(GROUP_NAMES[group.name], group) for group in groups],
        "is_long": is_long,
        "is_first_run": not groups and not Project.objects.visible_to(request.member).exists(),
        "offers": offers.select_related("project", "offered_by") if request.member.is_insider else [],
        "clock": zone_name(reader.zone, get_language() or "en", reader.now),
        "now": reader.now,
    }
    return render(request, "projects/home.html", context)


@require_safe
@guests_allowed
def rail(request: WorkspaceRequest) -> HttpResponse:
    """The projects where something happened last, for the frame."""
    recent = Project.objects.visible_to(request.member).open().order_by("-last_activity_at", "pk")
    here = request.GET.get("here", "")
    context = {"projects": recent.only("pk", "name")[:RAIL_LENGTH], "here": int(here) if here.isdecimal() else None}
    return render(request, "projects/_rail_projects.html", context)

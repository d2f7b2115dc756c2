"""From a template to a project: the questions on one side, every date on the other, then the project."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects.creating import why_not
from projects.models import Project
from templates_sop import access
from templates_sop.actions.projects import start_project
from templates_sop.anchors import suggested_day
from templates_sop.shapes import SopTemplate
from templates_sop.views.library import language_of_reader, shown_template
from templates_sop.views.start_fixes import apply_fix
from templates_sop.views.start_form import CHANNELS, StartForm
from templates_sop.views.start_preview import preview

PAGE = "templates_sop/template_start.html"
ATTEMPT_SECONDS = 3600


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def template_start(request: WorkspaceRequest, key: str) -> HttpResponse:
    """GET draws the form, or the preview alone for htmx; POST with `preview` or a `fix` draws it all again; POST
    creates."""
    if barred := why_not(request.member):
        return render(request, "projects/project_barred.html", {"why": barred}, status=403)
    template = access.get_template(request.member, key, to="start")
    now = timezone.now()
    form = _form(request, template, now)
    if request.method != "POST":
        response = _page(request, form, now, part="preview" if request.htmx else "")
        patch_vary_headers(response, ["HX-Request"])
        return response
    if _is_look(request):
        return _page(request, form, now)
    anchor = form.anchor() if form.is_valid() else None
    if anchor is None:
        return _page(request, form, now, status=422)
    return _created(request, form, anchor, now)


def _created(request: WorkspaceRequest, form: StartForm, anchor: date | datetime, now: datetime) -> HttpResponse:
    """Create once a page: a second click on the same page leads to the project of the first."""
    key = f"start:{request.member.pk}:{form.cleaned_data['attempt']}"
    if form.cleaned_data["attempt"] and not cache.add(key, 0, ATTEMPT_SECONDS):
        made = Project.objects.filter(pk=cache.get(key)).first()
        return redirect(made or "projects:project-list")
    try:
        project = start_project(
            form.template,
            variant=form.chosen_variant,
            anchor=anchor,
            anchor_zone=form.market_zone,
            owner=form.cleaned_data["owner"],
            roles=form.people(),
            name=form.cleaned_data["name"],
            channel=form.cleaned_data["channel"],
            store=form.cleaned_data["store"],
            actor=request.member,
            now=now,
            language=form.cleaned_data["language"],
            answers=form.answers(),
            anchors=form.chosen_anchors(),
        )
    except BaseException:
        cache.delete(key)
        raise
    cache.set(key, project.pk, ATTEMPT_SECONDS)
    drafts = project.tasks.filter(owner=None).count()
    if drafts:
        messages.info(request, _drafts_text(drafts))
    return redirect(project)


def _drafts_text(count: int) -> str:
    return ngettext(
        "%(count)s task has no owner yet and stays a draft until somebody is chosen.",
        "%(count)s tasks have no owner yet and stay drafts until somebody is chosen.",
        count,
    ) % {"count": count}


def _form(request: WorkspaceRequest, template: SopTemplate, now: datetime) -> StartForm:
    """Always filled and checked, so that there are dates to show from the first look; only a POST shows its errors."""
    form = StartForm(
        _data(request, template, now),
        template=template,
        people=Member.objects.active().insiders().order_by("display_name", "pk"),
        reader=request.member,
        words=language_of_reader(),
        today=now.astimezone(get_zone(template.market_zone)).date(),
    )
    if not form.is_valid() and request.method == "POST" and not _is_look(request):
        form.mark_errors()
    return form


def _data(request: WorkspaceRequest, template: SopTemplate, now: datetime) -> QueryDict:
    """What was typed, over what is offered; with the fix that was asked for."""
    if request.method == "POST":
        return apply_fix(request.POST, request.POST["fix"]) if "fix" in request.POST else request.POST
    data = QueryDict(mutable=True)
    data.update(_offered(request, template, now))
    for name, values in request.GET.lists():
        data.setlist(name, values)
    return data


def _offered(request: WorkspaceRequest, template: SopTemplate, now: datetime) -> dict[str, Any]:
    """What the form holds before anybody typed; the category is left open on purpose."""
    language = language_of_reader()
    channel = CHANNELS[template.platform]
    offered: dict[str, Any] = {
        "name": f"{template.project_name.get(language)} - {channel.label}",
        "channel": channel.value,
        "owner": request.member.pk,
        "language": request.workspace.language,
        "attempt": uuid4().hex,
    }
    if template.anchor.is_instant:
        here = now.astimezone(get_zone(request.member.time_zone))
        return offered | {
            "anchor_on": here.date().isoformat(),
            "anchor_time": f"{here:%H:%M}",
            "anchor_zone": request.member.time_zone,
        }
    today = now.astimezone(get_zone(template.market_zone)).date()
    return offered | {
        "anchor_on": suggested_day(template, today=today).isoformat(),
        "anchor_zone": template.market_zone,
    }


def _page(
    request: WorkspaceRequest, form: StartForm, now: datetime, *, part: str = "", status: int = 200
) -> HttpResponse:
    language = language_of_reader()
    context = {
        "form": form,
        "show_errors": request.method == "POST" and not _is_look(request),
        "template": shown_template(form.template, language),
        **preview(form, request.member, now, language),
    }
    return render(request, f"{PAGE}#{part}" if part else PAGE, context, status=status)


def _is_look(request: WorkspaceRequest) -> bool:
    """The form is only to be drawn again, with its dates or with a fix in it."""
    return "preview" in request.POST or "fix" in request.POST

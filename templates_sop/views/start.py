"""From a template to a project: the questions on one side, every date on the other, then the project."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import DueLabel, describe, note_text
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects.models import Project
from templates_sop import access
from templates_sop.actions.projects import start_project
from templates_sop.anchors import first_day_in_time, suggested_day
from templates_sop.library import SopTemplate
from templates_sop.planning import Plan, PlannedStep, plan
from templates_sop.views.library import language_of_reader, shown_template
from templates_sop.views.start_form import CHANNELS, StartForm
from templates_sop.wording import caution_text, moved_text

PAGE = "templates_sop/template_start.html"
ATTEMPT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class ShownDate:
    planned: PlannedStep
    title: str
    role: str
    person: Member | None
    start: str
    due: DueLabel
    moved: str
    cautions: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def template_start(request: WorkspaceRequest, key: str) -> HttpResponse:
    """GET draws the form, or the preview alone for htmx; POST with `preview` draws it all again; POST creates."""
    template = access.get_template(request.member, key, to="start")
    now = timezone.now()
    form = _form(request, template, now)
    if request.method != "POST":
        response = _page(request, form, now, part="preview" if request.htmx else "")
        patch_vary_headers(response, ["HX-Request"])
        return response
    if "preview" in request.POST:
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
    posted = request.method == "POST"
    form = StartForm(
        request.POST if posted else _offered(request, template, now) | request.GET.dict(),
        template=template,
        people=Member.objects.active().insiders().order_by("display_name", "pk"),
        reader_zone=request.member.time_zone,
        words=language_of_reader(),
        today=now.astimezone(get_zone(template.market_zone)).date(),
    )
    if not form.is_valid() and posted and "preview" not in request.POST:
        form.mark_errors()
    return form


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
        "show_errors": request.method == "POST" and "preview" not in request.POST,
        "template": shown_template(form.template, language),
        **_preview(form, request.member, now, language),
    }
    return render(request, f"{PAGE}#{part}" if part else PAGE, context, status=status)


def _preview(form: StartForm, reader: Member, now: datetime, language: str) -> dict[str, Any]:
    """Every date as the form stands; without a right anchor there are none, and the form says why."""
    anchor = form.anchor()
    if anchor is None:
        return {"plan": None, "anchor_errors": form.errors.get("anchor_on") or form.errors.get("anchor_time")}
    zone = form.market_zone
    result = plan(form.template, variant=form.chosen_variant, anchor=anchor, anchor_zone=zone, now=now)
    people = form.people()
    resolved = form.resolved()
    return {
        "plan": result,
        "phases": _phases(result, people, reader, now, language),
        "draft_count": sum(planned.step.role not in people for planned in result.steps),
        "starts": day_text(result.start_on, language, with_year=True),
        "ends": day_text(result.end_on, language, with_year=True),
        "cautions": [caution_text(caution, result, language) for caution in result.warnings],
        "clock_note": note_text(resolved, language) if resolved else "",
        "variant_missing": not form.cleaned_data.get("variant"),
        "in_time_on": _in_time(result, zone, now, language),
    }


def _in_time(result: Plan, zone: str, now: datetime, language: str) -> str:
    """The first anchor day that leaves nothing in the past, when this one does not."""
    if not result.past_count or isinstance(result.anchor, datetime):
        return ""
    day = first_day_in_time(result.template, variant=result.variant, anchor_on=result.anchor, anchor_zone=zone, now=now)
    return day_text(day, language, with_year=True) if day else ""


def _phases(
    result: Plan, people: dict[str, Member], reader: Member, now: datetime, language: str
) -> list[tuple[str, list[ShownDate]]]:
    roles = {role.key: role.name.get(language) for role in result.template.roles}
    phases: dict[str, list[ShownDate]] = {phase.key: [] for phase in result.template.phases}
    for planned in result.steps:
        phases[planned.step.phase].append(
            ShownDate(
                planned=planned,
                title=planned.step.title.get(language),
                role=roles[planned.step.role],
                person=people.get(planned.step.role),
                start=day_text(planned.start_on, language, with_year=planned.start_on.year != now.year),
                due=describe(planned.deadline, reader_zone=reader.time_zone, language=language, now=now),
                moved=moved_text(planned, result, language),
                cautions=[caution_text(caution, result, language) for caution in planned.warnings],
            )
        )
    names = {phase.key: phase.name.get(language) for phase in result.template.phases}
    return [(names[key], shown) for key, shown in phases.items() if shown]

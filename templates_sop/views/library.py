"""The library: what templates there are, and every step of one."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from templates_sop import access
from templates_sop.finding import find_templates
from templates_sop.library import SopTemplate, Step
from templates_sop.strips import Strip, strip_of
from templates_sop.variants import steps_for
from templates_sop.wording import (
    CALENDARS,
    CLOCKS,
    GOALS,
    PLATFORMS,
    VISIBILITIES,
    duration_text,
    offset_text,
    span_text,
)


@dataclass(frozen=True, slots=True)
class ShownTemplate:
    template: SopTemplate
    name: str
    purpose: str
    anchor: str
    platform: Promise
    channel: str
    span: str
    strip: Strip


@dataclass(frozen=True, slots=True)
class ShownStep:
    step: Step
    number: int
    title: str
    role: str
    offset: str
    clock: str
    duration: str
    calendar: Promise
    visibility: Promise
    risk: str
    deliverable: str
    checklist: list[str]
    waits_for: list[str]
    is_added: bool


def language_of_reader() -> str:
    return get_language() or "en"


@require_safe
@members_only
def template_list(request: WorkspaceRequest) -> HttpResponse:
    words, platform = request.GET.get("q", "").strip()[:100], request.GET.get("platform", "")
    platform = platform if platform in PLATFORMS else ""
    language = language_of_reader()
    goals = [
        (GOALS[goal], [shown_template(template, language) for template in found])
        for goal, found in find_templates(words=words, platform=platform)
    ]
    count = sum(len(found) for _, found in goals)
    context = {"goals": goals, "count": count, "q": words, "platform": platform, "platforms": PLATFORMS}
    name = "templates_sop/template_list.html"
    response = render(request, f"{name}#results" if request.htmx else name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@members_only
def template_show(request: WorkspaceRequest, key: str) -> HttpResponse:
    template = access.get_template(request.member, key)
    language = language_of_reader()
    variants = {variant.key: variant.name.get(language) for variant in template.variants}
    variant = request.GET.get("variant", "")
    variant = variant if variant in variants else ""
    steps = steps_for(template, variant or None)
    context = {
        "template": shown_template(template, language),
        "variants": variants,
        "variant": variant,
        "phases": _by_phase(template, steps, language),
        "step_count": len(steps),
        "may_copy": access.may_edit_templates(request.member),
    }
    return render(request, "templates_sop/template_show.html", context)


def shown_template(template: SopTemplate, language: str) -> ShownTemplate:
    strip = strip_of(template)
    return ShownTemplate(
        template=template,
        name=template.name.get(language),
        purpose=template.purpose.get(language),
        anchor=template.anchor.label.get(language),
        platform=PLATFORMS[template.platform],
        channel=template.platform.partition("_")[0],
        span=span_text(strip.first_day, strip.last_day, language),
        strip=strip,
    )


def _by_phase(template: SopTemplate, steps: list[Step], language: str) -> list[tuple[str, list[ShownStep]]]:
    words = _Words(template, steps, language)
    names = {phase.key: phase.name.get(language) for phase in template.phases}
    return [
        (name, [words.shown(step) for step in steps if step.phase == key])
        for key, name in names.items()
        if any(step.phase == key for step in steps)
    ]


class _Words:
    """Steps in the reader's language; numbers count in the order of the work."""

    def __init__(self, template: SopTemplate, steps: list[Step], language: str) -> None:
        self.language = language
        self.titles = {step.key: step.title.get(language) for step in steps}
        self.numbers = {step.key: number for number, step in enumerate(steps, start=1)}
        self.roles = {role.key: role.name.get(language) for role in template.roles}
        self.base = {step.key for step in template.steps}

    def shown(self, step: Step) -> ShownStep:
        return ShownStep(
            step=step,
            number=self.numbers[step.key],
            title=self.titles[step.key],
            role=self.roles[step.role],
            offset=offset_text(step.offset_days, step.offset_hours, self.language),
            clock="" if step.is_elapsed else f"{step.due_time:%H:%M} {CLOCKS[step.zone]}",
            duration=duration_text(step.duration_days, self.language),
            calendar=CALENDARS[step.calendar],
            visibility=VISIBILITIES[step.is_shareable],
            risk=step.risk.get(self.language),
            deliverable=step.deliverable.get(self.language),
            checklist=[item.get(self.language) for item in step.checklist],
            waits_for=[self.titles[key] for key in step.depends_on],
            is_added=step.key not in self.base,
        )

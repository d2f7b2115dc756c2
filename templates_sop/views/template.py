"""One template of the library: its phases and every step, to be read, shared on a screen or printed."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from templates_sop import access
from templates_sop.questions import Rule, added_steps, anchors_for, rules_for
from templates_sop.shapes import SopTemplate, Step
from templates_sop.variants import steps_for
from templates_sop.views.library import language_of_reader, shown_template
from templates_sop.wording import (
    CALENDARS,
    CLOCKS,
    VISIBILITIES,
    duration_text,
    lead_time_text,
    reminders_text,
    short_name,
    when_text,
)


@dataclass(frozen=True, slots=True)
class StepName:
    key: str
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step in the reader's language. `clock` is "" where hours are counted from a moment; `waits_for` are the steps
    before it, `waited_for_by` those after it."""

    key: str
    number: int
    title: str
    role: str
    when: str
    clock: str
    duration: str
    calendar: Promise
    visibility: Promise
    reminders: str
    lead_time: str
    why: str
    outcome: str
    risk: str
    deliverable: str
    checklist: list[str]
    evidence: list[str]
    waits_for: list[StepName]
    waited_for_by: list[StepName]
    is_shareable: bool
    is_finance: bool
    is_milestone: bool
    is_fixed: bool
    is_gate: bool
    needs_passport: bool
    is_added: bool


@dataclass(frozen=True, slots=True)
class ShownPhase:
    key: str
    name: str
    steps: list[ShownStep]


@dataclass(frozen=True, slots=True)
class ShownRule:
    """What an answer to the questionnaire does: titles of steps, and those with another duration."""

    reason: str
    adds: list[str]
    drops: list[str]
    retimes: list[str]


@require_safe
@members_only
def template_show(request: WorkspaceRequest, key: str) -> HttpResponse:
    """`?variant=` is a product category, `?view=outline` one line a step."""
    template = access.get_template(request.member, key)
    language = language_of_reader()
    variants = {variant.key: variant.name.get(language) for variant in template.variants}
    variant = request.GET.get("variant", "")
    variant = variant if variant in variants else ""
    steps = steps_for(template, variant or None)
    phases = _phases(template, steps, language)
    context = {
        "template": shown_template(template, language),
        "variants": variants,
        "variant": variant,
        "phases": phases,
        "step_count": len(steps),
        "roles": list(dict.fromkeys(step.role for phase in phases for step in phase.steps)),
        "anchors": [anchor.label.get(language) for anchor in anchors_for(template)],
        "rules": [_rule(rule, template, language) for rule in rules_for(template)],
        "may_copy": access.may_edit_templates(request.member),
        "is_outline": request.GET.get("view") == "outline",
    }
    return render(request, "templates_sop/template_show.html", context)


def _phases(template: SopTemplate, steps: list[Step], language: str) -> list[ShownPhase]:
    """Those that have a step, in the order of the template."""
    words = _Words(template, steps, language)
    phases = [
        ShownPhase(
            phase.key, phase.name.get(language), [words.shown(step) for step in steps if step.phase == phase.key]
        )
        for phase in template.phases
    ]
    return [phase for phase in phases if phase.steps]


def _rule(rule: Rule, template: SopTemplate, language: str) -> ShownRule:
    titles = {step.key: step.title.get(language) for step in (*added_steps(template), *template.every_step)}
    retimes = [f"{titles[key]}: {duration_text(days, language)}" for key, days in rule.retime.items() if key in titles]
    return ShownRule(
        reason=rule.reason.get(language),
        adds=[addition.step.title.get(language) for addition in rule.add],
        drops=[titles[key] for key in sorted(rule.remove) if key in titles],
        retimes=retimes,
    )


class _Words:
    """Steps in the reader's language; numbers count in the order of the work."""

    def __init__(self, template: SopTemplate, steps: list[Step], language: str) -> None:
        self.template, self.language = template, language
        self.names = {
            step.key: StepName(step.key, number, step.title.get(language)) for number, step in enumerate(steps, start=1)
        }
        self.followers: dict[str, list[StepName]] = {step.key: [] for step in steps}
        for step in steps:
            for key in step.depends_on:
                self.followers[key].append(self.names[step.key])
        self.roles = {role.key: short_name(role.name.get(language)) for role in template.roles}
        self.base = {step.key for step in template.steps}
        self.anchors = {key: anchor for anchor in anchors_for(template) for key in anchor.steps}

    def shown(self, step: Step) -> ShownStep:
        language, name = self.language, self.names[step.key]
        return ShownStep(
            key=step.key,
            number=name.number,
            title=name.title,
            role=self.roles.get(step.role, step.role),
            when=self._when(step),
            clock="" if step.is_elapsed else f"{step.due_time:%H:%M} {CLOCKS.get(step.zone, step.zone)}",
            duration=duration_text(step.duration_days, language),
            calendar=CALENDARS[step.calendar],
            visibility=VISIBILITIES[step.is_shareable],
            reminders=reminders_text(step.reminders_hours, language),
            lead_time=lead_time_text(step.lead_time, language) if step.lead_time else "",
            why=step.why.get(language),
            outcome=step.outcome.get(language),
            risk=step.risk.get(language),
            deliverable=step.deliverable.get(language),
            checklist=[item.get(language) for item in step.checklist],
            evidence=[item.get(language) for item in step.evidence],
            waits_for=[self.names[key] for key in step.depends_on],
            waited_for_by=self.followers[step.key],
            is_shareable=step.is_shareable,
            is_finance=step.is_finance,
            is_milestone=step.is_milestone,
            is_fixed=step.is_fixed,
            is_gate=step.key == self.template.gate_step,
            needs_passport=step.needs_passport,
            is_added=step.key not in self.base,
        )

    def _when(self, step: Step) -> str:
        """From the anchor that the step counts from: one of the further ones, or the template's own."""
        named = self.anchors.get(step.key)
        if named is None:
            return when_text(step, self.template.anchor.label, step.offset_days, self.language)
        return when_text(step, named.label, step.offset_days - named.days, self.language)

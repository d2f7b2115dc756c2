"""What is still wrong with a draft, and what could be better, said beside the step it is about."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from projects import granularity
from templates_sop.cycles import cycle_among
from templates_sop.parsing import TemplateInvalid, parse
from templates_sop.shapes import SopTemplate, Step, Text, waits_of
from templates_sop.writing import dump

_DAY_MINUTES = granularity.DAY_MINUTES


@dataclass(frozen=True, slots=True)
class Finding:
    """`step` is a key, "" for the template as a whole; `field` is one of the step's form, where there is one.

    An error keeps the template from being published, the rest is advice. `message` is in the reader's language.
    """

    message: str
    is_error: bool = True
    step: str = ""
    field: str = ""


def findings(template: SopTemplate, language: str) -> list[Finding]:
    """All of them: those about the template first, then by step in the order of the draft."""
    about_steps = (one for step in template.steps for one in _about(step, template, language))
    found = [*_about_all(template, language), *about_steps]
    return found if any(one.is_error for one in found) else [*_about_categories(template), *found]


def errors(template: SopTemplate, language: str) -> list[Finding]:
    return [finding for finding in findings(template, language) if finding.is_error]


def _about_all(template: SopTemplate, language: str) -> Iterator[Finding]:
    if not template.steps:
        yield Finding(_("There is no step yet."))
    if template.anchor.label.is_empty:
        yield Finding(_("The anchor has no name."), field="anchor")
    for name, text in _texts_of_all(template):
        missing = _missing(text, template)
        if missing:
            yield Finding(_("%(what)s: %(missing)s") % {"what": name, "missing": missing})
    known = {step.key for step in template.steps}
    if template.gate_step and template.gate_step not in known:
        yield Finding(_("The gate is a step that is no longer there."), field="gate")
    circle = cycle_among(waits_of(template.steps))
    if circle:
        path = _path(circle, template, language)
        yield Finding(
            _("These steps wait for each other: %(path)s.") % {"path": path}, step=circle[0], field="depends_on"
        )


def _about_categories(template: SopTemplate) -> Iterator[Finding]:
    """What a category adds or removes may no longer fit: nothing else is left that could be wrong."""
    try:
        parse(dump(template))
    except TemplateInvalid as error:
        for problem in error.problems:
            yield Finding(_("What the categories change does not fit: %(problem)s.") % {"problem": problem})


def _texts_of_all(template: SopTemplate) -> Iterator[tuple[str, Text]]:
    yield _("Name"), template.name
    yield _("Project name"), template.project_name
    yield _("Purpose"), template.purpose
    yield _("Anchor"), template.anchor.label
    yield from ((_("Phase"), phase.name) for phase in template.phases)


def _about(step: Step, template: SopTemplate, language: str) -> Iterator[Finding]:
    if step.title.is_empty:
        yield Finding(_("The step has no title."), step=step.key, field="title")
    if step.phase not in {phase.key for phase in template.phases}:
        yield Finding(_("The step stands in no phase."), step=step.key, field="phase")
    yield from _about_role(step, template)
    yield from _about_order(step, template, language)
    if step.is_elapsed and not template.anchor.is_instant:
        yield Finding(_("Hours count from a moment, and the anchor is a day."), step=step.key, field="offset")
    yield from _about_languages(step, template)
    for message in dict.fromkeys(_vague(step, template)):
        yield Finding(message, is_error=False, step=step.key, field="title")


def _about_role(step: Step, template: SopTemplate) -> Iterator[Finding]:
    if not step.role:
        yield Finding(_("Nobody's role yet: choose who does this."), step=step.key, field="role")
    elif step.role not in {role.key for role in template.roles}:
        yield Finding(_("There is no role “%(role)s”.") % {"role": step.role}, step=step.key, field="role")
    elif step.role == "agency_external" and not step.is_shareable:
        yield Finding(_("Somebody outside does this, but may not see it."), step=step.key, field="visibility")


def _about_order(step: Step, template: SopTemplate, language: str) -> Iterator[Finding]:
    """Dependencies that are not there, and those that are due later than the step itself."""
    steps = {other.key: other for other in template.steps}
    for key in step.depends_on:
        other = steps.get(key)
        if other is None:
            yield Finding(_("It waits for a step that is no longer there."), step=step.key, field="depends_on")
        elif other.nominal_hours > step.nominal_hours:
            words = {"step": other.title.get(language)}
            message = _("It waits for “%(step)s”, which is due later.") % words
            yield Finding(message, step=step.key, field="offset")


def _about_languages(step: Step, template: SopTemplate) -> Iterator[Finding]:
    fields = {"title": step.title, "why": step.why, "outcome": step.outcome}
    fields |= {"deliverable": step.deliverable, "risk": step.risk}
    for name, text in fields.items():
        if missing := _missing(text, template):
            yield Finding(missing, step=step.key, field=name)
    for name, texts in (("checklist", step.checklist), ("evidence", step.evidence)):
        lacking = dict.fromkeys(missing for missing in (_missing(text, template) for text in texts) if missing)
        for message in lacking:
            yield Finding(message, step=step.key, field=name)


def _missing(text: Text, template: SopTemplate) -> str:
    """In which language a text lacks that it has in the other; "" when the template does not promise it."""
    if text.is_empty:
        return ""
    if not text.zh and "zh" in template.languages:
        return _("The Chinese is missing.")
    if not text.en and "en" in template.languages:
        return _("The English is missing.")
    return ""


def _vague(step: Step, template: SopTemplate) -> Iterator[str]:
    """By the same lint as tasks, in each language that the template is written in."""
    has_outcome = bool(step.checklist) or not (step.outcome.is_empty and step.deliverable.is_empty)
    minutes = int(step.duration_days * _DAY_MINUTES)
    for title in (step.title.zh, step.title.en):
        if title:
            yield from granularity.findings(granularity.Work(title, has_outcome, minutes))


def _path(circle: list[str], template: SopTemplate, language: str) -> str:
    titles = {step.key: step.title.get(language) for step in template.steps}
    return " → ".join(titles.get(key) or key for key in circle)

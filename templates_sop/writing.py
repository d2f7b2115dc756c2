"""A template as data, in the shape of the files of data/: the other way round than `library.parse`."""

from collections.abc import Iterable
from typing import Any

from templates_sop.common import common
from templates_sop.shapes import CategoryVariant, SopTemplate, Step, Text

Content = dict[str, Any]


def dump(template: SopTemplate) -> Content:
    """JSON; `parse(dump(template)) == template`."""
    shared = {role.key for role in common().roles}
    content: Content = {
        "key": template.key,
        "version": template.version,
        "category": template.category,
        "platform": template.platform,
        "languages": list(template.languages),
        "name": text(template.name),
        "project_name": text(template.project_name),
        "purpose": text(template.purpose),
        "anchor": {
            "key": template.anchor.key,
            "label": text(template.anchor.label),
            "tz": template.anchor.zone,
            "kind": template.anchor.kind,
        },
        "market_tz": template.market_zone,
        "gate_step": template.gate_step,
        "phases": [{"key": phase.key, **text(phase.name)} for phase in template.phases],
        "roles": [{"key": role.key, **text(role.name)} for role in template.roles if role.key not in shared],
        "steps": [dump_step(step) for step in template.steps],
        "variants": {variant.key: _variant(variant) for variant in template.variants},
    }
    if template.products:
        content["products"] = list(template.products)
    if template.anchors:
        content["anchors"] = [{"key": one.key, **text(one.label), "days": one.days} for one in template.anchors]
    if template.based_on:
        content["based_on"] = {"key": template.based_on, "version": template.based_on_version}
    return content


def dump_step(step: Step) -> Content:
    content: Content = {
        "key": step.key,
        "phase": step.phase,
        "title": text(step.title),
        "why": text(step.why),
        "outcome": text(step.outcome),
        "role": step.role,
        "offset_mode": step.offset_mode,
        "offset_days": step.offset_days,
        "due_time": f"{step.due_time:%H:%M}",
        "tz": step.zone,
        "fixed_instant": step.is_fixed,
        "on_non_working_day": step.on_non_working_day,
        "duration_working_days": step.duration_days,
        "calendar": step.calendar,
        "depends_on": list(step.depends_on),
        "blocks": list(step.blocks),
        "checklist": _texts(step.checklist),
        "deliverable": text(step.deliverable),
        "evidence": _texts(step.evidence),
        "reminders_hours_before": list(step.reminders_hours),
        "risk": text(step.risk),
        "visibility": "external_shareable" if step.is_shareable else "internal_only",
        "sensitivity": "finance" if step.is_finance else "normal",
        "milestone": step.is_milestone,
    }
    if step.needs_passport:
        content["needs_passport"] = True
    if step.offset_hours is not None:
        content["offset_hours"] = step.offset_hours
    if step.anchor:
        content["anchor"] = step.anchor
    if step.lead_time is not None:
        content["lead_time"] = {
            "days": [step.lead_time.least, step.lead_time.most],
            "whose": text(step.lead_time.whose),
        }
    return content


def _variant(variant: CategoryVariant) -> Content:
    return {"add": [dump_step(step) for step in variant.add], "remove": sorted(variant.remove)}


def _texts(texts: Iterable[Text]) -> list[dict[str, str]]:
    return [text(one) for one in texts]


def text(words: Text) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}

"""What a proposed change does to a template, as data in the shape of the files of templates_sop/data. Nothing here
reads the database.

The values of each kind, before and after:

    duration      working days
    offset        {"days"} or {"hours"} from the anchor
    role          {"key", "zh", "en"}
    text          {"field", "zh", "en"}, the field one of TEXTS
    checklist     {"zh", "en"}: an item; None before: a new one, None after: one that goes
    new_step      None before; after {"title", "phase", "role", "days", "duration", "calendar", "after"}, where `after`
                  is the key of the step it waits for, or ""
    removed_step  {"zh", "en"} before, None after
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, cast

from django.utils.text import slugify

from linkstar.retrospectives.models import ProposedChange
from templates_sop.parsing import parse
from templates_sop.removing import without
from templates_sop.writing import dump

Content = dict[str, Any]
Kind = ProposedChange.Kind
TEXTS = ("title", "why", "outcome", "deliverable", "risk")


class NotApplicable(ValueError):
    """The template has no such step, item or phase any more, or others could not do without the step."""


def steps_in(content: Mapping[str, Any]) -> Iterator[Content]:
    """Those of the template itself, then those that its categories add."""
    yield from content["steps"]
    for variant in content.get("variants", {}).values():
        yield from variant["add"]


def find_steps(content: Mapping[str, Any], key: str) -> list[Content]:
    """More than one where several categories add the same."""
    return [step for step in steps_in(content) if step["key"] == key]


def value_in(content: Mapping[str, Any], change: ProposedChange) -> Any:
    """What stands there now in the place of the change's `before`, None for nothing. Raises NotApplicable."""
    if change.kind == Kind.NEW_STEP:
        return None
    steps = find_steps(content, change.step)
    if not steps:
        raise NotApplicable(change.step)
    return value_of(steps[0], change)


def value_of(step: Mapping[str, Any], change: ProposedChange) -> Any:
    if change.kind == Kind.DURATION:
        return step["duration_working_days"]
    if change.kind == Kind.OFFSET:
        return offset_of(step)
    if change.kind == Kind.ROLE:
        is_same = change.before is not None and change.before["key"] == step["role"]
        return change.before if is_same else {"key": step["role"], "zh": step["role"], "en": step["role"]}
    if change.kind == Kind.TEXT:
        words: Any = change.after
        return {"field": words["field"], **_text(step.get(words["field"]))}
    if change.kind == Kind.CHECKLIST:
        return change.before if change.before in [_text(item) for item in step["checklist"]] else None
    return _text(step["title"])


def offset_of(step: Mapping[str, Any]) -> dict[str, int]:
    if step.get("offset_mode") == "elapsed_hours":
        return {"hours": step["offset_hours"]}
    return {"days": step["offset_days"]}


def _text(words: Mapping[str, str] | None) -> dict[str, str]:
    return {"zh": (words or {}).get("zh", ""), "en": (words or {}).get("en", "")}


def applied(content: Mapping[str, Any], change: ProposedChange) -> Content:
    """The template with the change in it. Raises NotApplicable."""
    made, after = deepcopy(dict(content)), cast(Any, change.after)
    if change.kind == Kind.NEW_STEP:
        _add_step(made, after)
        return made
    steps = find_steps(made, change.step)
    if not steps:
        raise NotApplicable(change.step)
    if change.kind == Kind.REMOVED_STEP:
        # The gate is what the others lead to.
        if made.get("gate_step") == change.step:
            raise NotApplicable(change.step)
        return dump(without(parse(made, is_draft=True), [change.step]))
    for step in steps:
        _put(step, change)
    return made


def _put(step: Content, change: ProposedChange) -> None:
    after: Any = change.after
    if change.kind == Kind.DURATION:
        step["duration_working_days"] = after
    elif change.kind == Kind.OFFSET:
        if "hours" in after:
            step["offset_mode"], step["offset_hours"] = "elapsed_hours", after["hours"]
        else:
            step["offset_mode"], step["offset_days"] = "calendar_days", after["days"]
            step.pop("offset_hours", None)
    elif change.kind == Kind.ROLE:
        step["role"] = after["key"]
    elif change.kind == Kind.TEXT:
        step[after["field"]] = _text(after)
    else:
        step["checklist"] = _checklist([_text(item) for item in step["checklist"]], change)


def _checklist(items: list[dict[str, str]], change: ProposedChange) -> list[dict[str, str]]:
    before, after = cast(Any, change.before), cast(Any, change.after)
    if before is None:
        return items if after in items else [*items, after]
    if before not in items:
        raise NotApplicable(change.step)
    return [after if item == before else item for item in items if item != before or after]


def _add_step(content: Content, wanted: Mapping[str, Any]) -> None:
    """After the step that it waits for; its clock and time of day are that one's, or those of the first step."""
    steps = content["steps"]
    keys = [step["key"] for step in steps]
    if wanted["after"] and wanted["after"] not in keys:
        raise NotApplicable(wanted["after"])
    if wanted["phase"] not in [phase["key"] for phase in content["phases"]]:
        raise NotApplicable(wanted["phase"])
    place = keys.index(wanted["after"]) + 1 if wanted["after"] else _end_of_phase(steps, wanted["phase"])
    like = steps[max(place - 1, 0)] if steps else {}
    steps.insert(
        place,
        {
            "key": _new_key(wanted["title"], {step["key"] for step in steps_in(content)}),
            "phase": wanted["phase"],
            "title": _text(wanted["title"]),
            "role": wanted["role"],
            "offset_mode": "calendar_days",
            "offset_days": wanted["days"],
            "due_time": "18:00" if like.get("fixed_instant") else like.get("due_time", "18:00"),
            "tz": like.get("tz") or content["market_tz"],
            "fixed_instant": False,
            "on_non_working_day": "previous",
            "duration_working_days": wanted["duration"],
            "calendar": wanted["calendar"],
            "depends_on": [wanted["after"]] if wanted["after"] else [],
            "blocks": [],
            "checklist": [],
            "deliverable": _text(None),
            "reminders_hours_before": [24],
            "risk": _text(None),
            "visibility": "internal_only",
            "sensitivity": "normal",
            "milestone": False,
        },
    )


def _end_of_phase(steps: Sequence[Mapping[str, Any]], phase: str) -> int:
    return max((place + 1 for place, step in enumerate(steps) if step["phase"] == phase), default=len(steps))


def _new_key(title: Mapping[str, str], taken: set[str]) -> str:
    """Readable where the title has Latin letters, and not taken."""
    words = slugify(title.get("en", "")).replace("-", "_")[:40].strip("_")
    key = words or f"step_{secrets.token_hex(4)}"
    while key in taken:
        key = f"{words or 'step'}_{secrets.token_hex(4)}"
    return key

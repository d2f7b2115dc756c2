"""Reading a template in the shape of the files of data/, and saying of every mistake where it stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from linkstar.lib.zones import is_zone
from templates_sop.common import common
from templates_sop.cycles import cycle_among
from templates_sop.raw import Node, Problem
from templates_sop.shapes import (
    LANGUAGES,
    NOTHING,
    Anchor,
    CategoryVariant,
    FurtherAnchor,
    LeadTime,
    Phase,
    Role,
    SopTemplate,
    Step,
    Text,
    waits_of,
)

Raw = Mapping[str, Any]

CATEGORIES = (
    "launch", "event", "promotion", "advertising", "content", "logistics", "compliance", "inventory", "setup", "risk",
    "review",
)  # fmt: skip
PLATFORMS = ("amazon_us", "walmart_us", "shopify", "tiktok_shop_us", "multi")
CALENDARS = ("cn_team", "us_market")
MOST_STEPS = 300
FURTHEST_DAYS = 730
LONGEST_DAYS = 250
MOST_REMINDER_HOURS = 24 * 90


class TemplateInvalid(ValueError):
    """What was to be read is no template; `problems` say where and why, in the order they were met."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def parse(raw: Raw, *, is_draft: bool = False) -> SopTemplate:
    """Read a template in the shape of the files of data/. Raises TemplateInvalid, which names every problem's path.

    A draft need not be whole: its texts may be empty, and its steps may name phases, roles and steps that are not
    there (checking.py says so in words). Its shape must be right all the same.
    """
    node = Node(raw)
    template = _template(node, is_draft)
    if not node.problems and not is_draft:
        _check_whole(template, node)
    if node.problems:
        raise TemplateInvalid(node.problems)
    return template


def _template(node: Node, is_draft: bool) -> SopTemplate:
    based_on = node.at("based_on") if "based_on" in node else Node({})
    own_roles = tuple(Role(role.line("key", most=40), _own_text(role)) for role in node.each("roles"))
    languages = tuple(language for language in LANGUAGES if language in (node.words("languages") or LANGUAGES))
    template = SopTemplate(
        key=node.word("key"),
        version=node.whole("version", 0, 1_000_000, default=0),
        category=node.one_of("category", CATEGORIES),
        platform=node.one_of("platform", PLATFORMS),
        name=_text(node, "name"),
        project_name=_text(node, "project_name", is_optional=is_draft),
        purpose=_text(node, "purpose", is_optional=True),
        anchor=_anchor(node.at("anchor"), is_draft),
        market_zone=_zone(node, "market_tz"),
        gate_step=node.word("gate_step", ""),
        phases=tuple(Phase(phase.line("key", most=40), _own_text(phase)) for phase in node.each("phases")),
        steps=_steps(node, "steps", is_draft),
        variants=_variants(node, is_draft),
        roles=(*common().roles, *own_roles),
        languages=languages,
        based_on=based_on.word("key", ""),
        based_on_version=based_on.whole("version", 0, 1_000_000) if "version" in based_on else None,
        products=_products(node),
        anchors=tuple(_further_anchor(one) for one in node.each("anchors")),
    )
    if len(template.steps) > MOST_STEPS:
        node.at("steps").wrong(f"are more than {MOST_STEPS}")
    return template


def _products(node: Node) -> tuple[str, ...]:
    products = node.words("products")
    for key in products:
        if key not in common().variants:
            node.at("products").wrong(f"{key!r} is no category")
    return products


def _anchor(node: Node, is_draft: bool) -> Anchor:
    label = _text(node, "label", is_optional=is_draft)
    return Anchor(node.word("key"), label, _zone(node, "tz"), node.one_of("kind", ("date", "instant")))


def _further_anchor(node: Node) -> FurtherAnchor:
    return FurtherAnchor(node.word("key"), _own_text(node), node.whole("days", -FURTHEST_DAYS, FURTHEST_DAYS))


def _variants(node: Node, is_draft: bool) -> tuple[CategoryVariant, ...]:
    """In the library's order; those that change nothing may be left out."""
    if "variants" not in node:
        return ()
    found = node.at("variants")
    if not isinstance(found.value, Mapping):
        found.wrong("must be a mapping")
        return ()
    names = common().variants
    for key in found.value:
        if key not in names:
            found.wrong(f"{key!r} is no category")
    return tuple(
        CategoryVariant(key, name, _steps(found.at(key), "add", is_draft), frozenset(found.at(key).words("remove")))
        for key, name in names.items()
        if key in found
    )


def _text(node: Node, name: str, *, is_optional: bool = False, most: int = 2000) -> Text:
    """In at least one language, unless it is optional."""
    if is_optional and name not in node:
        return NOTHING
    found = node.at(name)
    if found.value is None:
        return NOTHING
    return _own_text(found, is_optional=is_optional, most=most)


def _own_text(node: Node, *, is_optional: bool = False, most: int = 2000) -> Text:
    """The languages that stand in the node itself."""
    if not isinstance(node.value, Mapping):
        node.wrong("must be a text by language: {zh: …, en: …}")
        return NOTHING
    text = Text(zh=node.line("zh", "", most=most), en=node.line("en", "", most=most))
    if text.is_empty and not is_optional:
        node.wrong("has a text in neither language")
    return text


def _texts(node: Node, name: str) -> tuple[Text, ...]:
    return tuple(_own_text(item, most=300) for item in node.each(name))


def _zone(node: Node, name: str) -> str:
    zone = node.word(name)
    if zone and not is_zone(zone):
        node.at(name).wrong(f"{zone!r} is no time zone")
    return zone


def _steps(node: Node, name: str, is_draft: bool) -> tuple[Step, ...]:
    return tuple(_step(item, is_draft) for item in node.each(name))


def _step(node: Node, is_draft: bool) -> Step:
    mode = node.one_of("offset_mode", ("calendar_days", "elapsed_hours"), "calendar_days")
    furthest = FURTHEST_DAYS * 24
    return Step(
        key=node.word("key"),
        phase=node.line("phase", "" if is_draft else None, most=40),
        title=_text(node, "title", most=300, is_optional=is_draft),
        role=node.line("role", "" if is_draft else None, most=40),
        offset_mode=mode,
        offset_days=node.whole("offset_days", -FURTHEST_DAYS, FURTHEST_DAYS),
        offset_hours=node.whole("offset_hours", -furthest, furthest) if mode == "elapsed_hours" else None,
        due_time=node.clock("due_time"),
        zone=_zone(node, "tz"),
        is_fixed=node.flag("fixed_instant"),
        on_non_working_day=node.one_of("on_non_working_day", ("previous", "next", "keep"), "previous"),
        duration_days=node.number("duration_working_days", 0, LONGEST_DAYS),
        calendar=node.one_of("calendar", CALENDARS),
        depends_on=node.words("depends_on"),
        blocks=node.words("blocks"),
        checklist=_texts(node, "checklist"),
        deliverable=_text(node, "deliverable", is_optional=True),
        reminders_hours=tuple(_hours(item) for item in node.each("reminders_hours_before")),
        risk=_text(node, "risk", is_optional=True),
        is_shareable=node.one_of("visibility", ("internal_only", "external_shareable"), "internal_only")
        == "external_shareable",
        is_finance=node.one_of("sensitivity", ("normal", "finance"), "normal") == "finance",
        is_milestone=node.flag("milestone"),
        why=_text(node, "why", is_optional=True),
        outcome=_text(node, "outcome", is_optional=True),
        evidence=_texts(node, "evidence"),
        lead_time=_lead_time(node.at("lead_time")) if "lead_time" in node else None,
        anchor=node.word("anchor", ""),
        needs_passport=node.flag("needs_passport"),
    )


def _hours(node: Node) -> int:
    if isinstance(node.value, bool) or not isinstance(node.value, int) or not 0 <= node.value <= MOST_REMINDER_HOURS:
        node.wrong(f"must be whole hours before the deadline, at most {MOST_REMINDER_HOURS}")
        return 0
    return node.value


def _lead_time(node: Node) -> LeadTime | None:
    days = node.at("days").value
    if not (isinstance(days, list) and len(days) == 2 and all(isinstance(day, int) for day in days)):
        node.wrong("needs days: [least, most]")
        return None
    least, most = days
    if not 0 <= least <= most:
        node.wrong("must go from fewer days to more")
    return LeadTime(least, most, _text(node, "whose"))


def _check_whole(template: SopTemplate, node: Node) -> None:
    """Everything that is named is there, once, and nothing waits for itself."""
    _check_once([phase.key for phase in template.phases], "phases", node)
    _check_once([role.key for role in template.roles], "roles", node)
    base = {step.key for step in template.steps}
    if template.gate_step and template.gate_step not in base:
        node.problems.append(Problem("gate_step", f"there is no step {template.gate_step!r}"))
    _check_steps(template, template.steps, "steps", node)
    for variant in template.variants:
        path = f"variants.{variant.key}"
        _check_steps(template, (*template.steps, *variant.add), f"{path}.add", node, new=variant.add)
        for key in sorted(variant.remove - base):
            node.problems.append(Problem(f"{path}.remove", f"there is no step {key!r}"))


def _check_steps(
    template: SopTemplate, steps: Sequence[Step], path: str, node: Node, *, new: Sequence[Step] | None = None
) -> None:
    """`new` are those of `steps` that were not looked at before."""
    keys = [step.key for step in steps]
    _check_once(keys, path, node)
    phases, roles, known = ({phase.key for phase in template.phases}, {role.key for role in template.roles}, set(keys))
    for step in steps if new is None else new:
        here = f"{path}[{step.key}]"
        if step.phase not in phases:
            node.problems.append(Problem(f"{here}.phase", f"there is no phase {step.phase!r}"))
        if step.anchor and step.anchor not in {one.key for one in template.anchors}:
            node.problems.append(Problem(f"{here}.anchor", f"there is no anchor {step.anchor!r}"))
        if step.role not in roles:
            node.problems.append(Problem(f"{here}.role", f"there is no role {step.role!r}"))
        if step.is_elapsed and not template.anchor.is_instant:
            node.problems.append(Problem(f"{here}.offset_mode", "hours count from an instant, and the anchor is a day"))
        for name, others in (("depends_on", step.depends_on), ("blocks", step.blocks)):
            for other in others:
                if other not in known:
                    node.problems.append(Problem(f"{here}.{name}", f"there is no step {other!r}"))
    circle = cycle_among(waits_of(steps))
    if circle:
        node.problems.append(Problem(path, f"these steps wait for each other: {' → '.join(circle)}"))


def _check_once(keys: Sequence[str], path: str, node: Node) -> None:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        node.problems.append(Problem(path, f"the key {key!r} is there twice"))

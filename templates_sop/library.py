"""SOP templates: what one is, how it is read, and the built-in ones out of the YAML files in `data/`.

A new release brings new files, which never change while the server runs. What a workspace wrote has the same shape as
JSON (models/templates.py); catalogue.py finds both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from linkstar.lib.zones import is_zone
from templates_sop import files
from templates_sop.cycles import cycle_among
from templates_sop.raw import Node, Problem

DATA = Path(__file__).parent / "data"
COMMON = DATA / "common.yaml"
Raw = Mapping[str, Any]

CATEGORIES = (
    "launch", "event", "promotion", "advertising", "content", "logistics", "compliance", "inventory", "setup", "risk",
    "review",
)  # fmt: skip
PLATFORMS = ("amazon_us", "walmart_us", "shopify", "tiktok_shop_us", "multi")
CALENDARS = ("cn_team", "us_market")
LANGUAGES = ("zh", "en")
# Keys of a workspace's own templates begin with this, those of the release never do.
OWN_PREFIX = "ws-"
MOST_STEPS = 300
FURTHEST_DAYS = 730
LONGEST_DAYS = 250
MOST_REMINDER_HOURS = 24 * 90


class TemplateNotFound(LookupError):
    """No built-in template has this key."""


class VariantNotFound(LookupError):
    """The template has no such category variant."""


class TemplateInvalid(ValueError):
    """What was to be read is no template; `problems` say where and why, in the order they were met."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Text:
    zh: str
    en: str

    def get(self, language: str) -> str:
        """`language` is a code such as `zh-hans` or `en-us`; anything that is not Chinese reads English.

        The other language where there is nothing in this one: a workspace may write in one only.
        """
        return (self.zh or self.en) if language.lower().startswith("zh") else (self.en or self.zh)

    @property
    def is_empty(self) -> bool:
        return not (self.zh or self.en)


NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Role:
    key: str
    name: Text


@dataclass(frozen=True, slots=True)
class Phase:
    key: str
    name: Text


@dataclass(frozen=True, slots=True)
class Anchor:
    """What every offset counts from: `kind` is `date` (a day in the market's zone) or `instant`."""

    key: str
    label: Text
    zone: str
    kind: str

    @property
    def is_instant(self) -> bool:
        return self.kind == "instant"


@dataclass(frozen=True, slots=True)
class FurtherAnchor:
    """A further day of a workspace's own template; `days` is its usual distance from the template's anchor.

    Those of built-in templates are in data/questions/anchors.yaml; questions.anchors_for gives both alike.
    """

    key: str
    label: Text
    days: int


@dataclass(frozen=True, slots=True)
class LeadTime:
    """How long people outside the team usually take: calendar days from `least` to `most`, and whose time it is."""

    least: int
    most: int
    whose: Text


@dataclass(frozen=True, slots=True)
class Step:
    key: str
    phase: str
    title: Text
    role: str
    offset_mode: str  # "calendar_days" or "elapsed_hours"
    offset_days: int
    offset_hours: int | None
    due_time: time
    zone: str
    is_fixed: bool
    on_non_working_day: str  # "previous", "next" or "keep"
    duration_days: float
    calendar: str  # "cn_team" or "us_market"
    depends_on: tuple[str, ...]
    blocks: tuple[str, ...]
    checklist: tuple[Text, ...]
    deliverable: Text
    reminders_hours: tuple[int, ...]
    risk: Text
    is_shareable: bool
    is_finance: bool  # settlements and bank data: only for those who may see finances
    is_milestone: bool
    why: Text = NOTHING  # what the step gains; `risk` is what goes wrong without it
    outcome: Text = NOTHING  # what is true when it is done; `deliverable` is the thing handed over
    evidence: tuple[Text, ...] = ()  # what to attach as proof
    lead_time: LeadTime | None = None
    anchor: str = ""  # the further anchor that it counts from, "" for the template's own; offsets are from the latter
    needs_passport: bool = False  # not done before the papers of its SKUs are in order

    @property
    def is_elapsed(self) -> bool:
        return self.offset_mode == "elapsed_hours"

    @property
    def nominal_hours(self) -> float:
        """Hours from the anchor as written, for ordering only: no zone, no holiday."""
        if self.offset_hours is not None:
            return self.offset_hours
        return self.offset_days * 24 + self.due_time.hour + self.due_time.minute / 60


@dataclass(frozen=True, slots=True)
class CategoryVariant:
    """What one product category adds to a template and takes from it."""

    key: str
    name: Text
    add: tuple[Step, ...]
    remove: frozenset[str]


@dataclass(frozen=True, slots=True)
class SopTemplate:
    """`gate_step` is "" where no step is a gate. `languages` are those it promises to be written in. `based_on` and
    `based_on_version` name the built-in template that a workspace's own one was made from, "" and None otherwise.
    `products` are the product categories that it is made for, () when it serves any."""

    key: str
    version: int
    category: str
    platform: str
    name: Text
    project_name: Text
    purpose: Text
    anchor: Anchor
    market_zone: str
    gate_step: str
    phases: tuple[Phase, ...]
    steps: tuple[Step, ...]
    variants: tuple[CategoryVariant, ...]
    roles: tuple[Role, ...]
    languages: tuple[str, ...] = LANGUAGES
    based_on: str = ""
    based_on_version: int | None = None
    products: tuple[str, ...] = ()
    anchors: tuple[FurtherAnchor, ...] = ()  # only of a workspace's own; questions.anchors_for has all

    @property
    def is_ours(self) -> bool:
        """A workspace's own, not one of the release."""
        return self.key.startswith(OWN_PREFIX)

    def variant(self, key: str) -> CategoryVariant:
        for variant in self.variants:
            if variant.key == key:
                return variant
        raise VariantNotFound(key)

    def role_keys(self, steps: Iterable[Step] | None = None) -> list[str]:
        """The roles these steps need, in the library's order."""
        used = {step.role for step in (self.steps if steps is None else steps)}
        return [role.key for role in self.roles if role.key in used]


@dataclass(frozen=True, slots=True)
class Common:
    """What all templates share: the roles, and the names of the category variants by key."""

    roles: tuple[Role, ...]
    variants: Mapping[str, Text]


@lru_cache(maxsize=1)
def library() -> dict[str, SopTemplate]:
    """Every built-in template by its key, in the order of the files' names. Read once; callers must not change it."""
    templates = (parse(files.read(path)) for path in sorted(DATA.glob("*.yaml")) if path != COMMON)
    return {template.key: template for template in templates}


@lru_cache(maxsize=1)
def common() -> Common:
    raw = files.read(COMMON)
    roles = tuple(Role(role["key"], Text(role["zh"], role["en"])) for role in raw["roles"])
    return Common(roles, {found["key"]: Text(found["zh"], found["en"]) for found in raw["category_variants"]})


def get_template(key: str) -> SopTemplate:
    """A built-in one."""
    try:
        return library()[key]
    except KeyError:
        raise TemplateNotFound(key) from None


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


def waits_of(steps: Iterable[Step]) -> dict[str, list[str]]:
    """By step the steps it waits for; those that an added one blocks wait for it."""
    waits = {step.key: list(step.depends_on) for step in steps}
    for step in steps:
        for key in step.blocks:
            waits.setdefault(key, []).append(step.key)
    return waits


def _check_once(keys: Sequence[str], path: str, node: Node) -> None:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        node.problems.append(Problem(path, f"the key {key!r} is there twice"))

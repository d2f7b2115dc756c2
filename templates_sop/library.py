"""The built-in SOP templates, read from the YAML files in `data/` and never changed while the server runs.

A new release brings new files; a project remembers the key and the version it was started from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
COMMON = DATA / "common.yaml"
# libyaml reads the library in about 0.15 s; the pure loader needs ten times that and is only the fallback.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Raw = Mapping[str, Any]


class TemplateNotFound(LookupError):
    """No built-in template has this key."""


class VariantNotFound(LookupError):
    """The template has no such category variant."""


@dataclass(frozen=True, slots=True)
class Text:
    zh: str
    en: str

    def get(self, language: str) -> str:
        """`language` is a code such as `zh-hans` or `en-us`; anything that is not Chinese reads English."""
        return self.zh if language.lower().startswith("zh") else self.en


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
    why: Text = Text("", "")  # what the step gains; `risk` is what goes wrong without it
    outcome: Text = Text("", "")  # what is true when it is done; `deliverable` is the thing handed over
    evidence: tuple[Text, ...] = ()  # what to attach as proof
    lead_time: LeadTime | None = None

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

    def variant(self, key: str) -> CategoryVariant:
        for variant in self.variants:
            if variant.key == key:
                return variant
        raise VariantNotFound(key)

    def role_keys(self, steps: Iterable[Step] | None = None) -> list[str]:
        """The roles these steps need, in the library's order."""
        used = {step.role for step in (self.steps if steps is None else steps)}
        return [role.key for role in self.roles if role.key in used]


@lru_cache(maxsize=1)
def library() -> dict[str, SopTemplate]:
    """Every template by its key, in the order of the files' names. Read once; callers must not change the dict."""
    common = _load(COMMON)
    names = {raw["key"]: _text(raw) for raw in common["category_variants"]}
    roles = tuple(Role(raw["key"], _text(raw)) for raw in common["roles"])
    templates = (_template(_load(path), names, roles) for path in sorted(DATA.glob("*.yaml")) if path != COMMON)
    return {template.key: template for template in templates}


def get_template(key: str) -> SopTemplate:
    try:
        return library()[key]
    except KeyError:
        raise TemplateNotFound(key) from None


def _load(path: Path) -> Raw:
    return yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - both candidates are safe loaders


def _text(raw: Raw) -> Text:
    return Text(zh=raw["zh"], en=raw["en"])


def _template(raw: Raw, names: Mapping[str, Text], roles: tuple[Role, ...]) -> SopTemplate:
    anchor = raw["anchor"]
    return SopTemplate(
        key=raw["key"],
        version=raw["version"],
        category=raw["category"],
        platform=raw["platform"],
        name=_text(raw["name"]),
        project_name=_text(raw["project_name"]),
        purpose=_text(raw["purpose"]),
        anchor=Anchor(anchor["key"], _text(anchor["label"]), anchor["tz"], anchor["kind"]),
        market_zone=raw["market_tz"],
        gate_step=raw["gate_step"],
        phases=tuple(Phase(phase["key"], _text(phase)) for phase in raw["phases"]),
        steps=_steps(raw["steps"]),
        variants=tuple(_variant(key, raw["variants"][key], name) for key, name in names.items()),
        roles=roles,
    )


def _variant(key: str, raw: Raw, name: Text) -> CategoryVariant:
    return CategoryVariant(key=key, name=name, add=_steps(raw["add"]), remove=frozenset(raw["remove"]))


def _steps(raws: Iterable[Raw]) -> tuple[Step, ...]:
    return tuple(_step(raw) for raw in raws)


def _step(raw: Raw) -> Step:
    return Step(
        key=raw["key"],
        phase=raw["phase"],
        title=_text(raw["title"]),
        role=raw["role"],
        offset_mode=raw["offset_mode"],
        offset_days=raw["offset_days"],
        offset_hours=raw.get("offset_hours"),
        due_time=time.fromisoformat(raw["due_time"]),
        zone=raw["tz"],
        is_fixed=raw["fixed_instant"],
        on_non_working_day=raw["on_non_working_day"],
        duration_days=raw["duration_working_days"],
        calendar=raw["calendar"],
        depends_on=tuple(raw["depends_on"]),
        blocks=tuple(raw.get("blocks", ())),
        checklist=tuple(_text(item) for item in raw["checklist"]),
        deliverable=_text(raw["deliverable"]),
        reminders_hours=tuple(raw["reminders_hours_before"]),
        risk=_text(raw["risk"]),
        is_shareable=raw["visibility"] == "external_shareable",
        is_finance=raw.get("sensitivity") == "finance",
        is_milestone=raw["milestone"],
        why=_text(raw["why"]) if "why" in raw else Text("", ""),
        outcome=_text(raw["outcome"]) if "outcome" in raw else Text("", ""),
        evidence=tuple(_text(item) for item in raw.get("evidence", ())),
        lead_time=_lead_time(raw["lead_time"]) if "lead_time" in raw else None,
    )


def _lead_time(raw: Raw) -> LeadTime:
    least, most = raw["days"]
    return LeadTime(least, most, _text(raw["whose"]))

"""The questionnaire: what is asked about a product, and what each answer does to a template.

Read from the YAML files in `data/questions/` and never changed while the server runs. Steps and reasons follow the
requirements of domain/compliance.yaml.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import time
from functools import cache, lru_cache
from typing import Any

from templates_sop import files
from templates_sop.common import DATA
from templates_sop.shapes import FurtherAnchor, LeadTime, SopTemplate, Step, Text

QUESTIONS = DATA / "questions"
Raw = Mapping[str, Any]
_DUE_TIMES = {"cn_team": time(18), "us_market": time(17)}


@dataclass(frozen=True, slots=True)
class Property:
    """A yes-or-no question; `name` and `without` are how a reason names a yes and a no."""

    key: str
    ask: Text
    name: Text
    without: Text
    hint: Text


@dataclass(frozen=True, slots=True)
class Addition:
    """`unless` is a step that does this work already; `requirement` a key of the compliance data."""

    step: Step
    requirement: str
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds when all of `when` are answered yes and all of `when_not` are answered no; `retime` is in working days."""

    when: frozenset[str]
    when_not: frozenset[str]
    because: Text
    add: tuple[Addition, ...]
    remove: frozenset[str]
    retime: Mapping[str, float]

    def holds(self, answers: Mapping[str, bool]) -> bool:
        return all(answers.get(key) is True for key in self.when) and all(
            answers.get(key) is False for key in self.when_not
        )

    @property
    def reason(self) -> Text:
        """ "battery → UN38.3" in both languages."""
        known = properties()
        zh = [*(known[key].name.zh for key in known if key in self.when)]
        zh += [known[key].without.zh for key in known if key in self.when_not]
        en = [known[key].name.en for key in known if key in self.when]
        en += [known[key].without.en for key in known if key in self.when_not]
        return Text(zh=f"{'、'.join(zh)} → {self.because.zh}", en=f"{', '.join(en)} → {self.because.en}")


@dataclass(frozen=True, slots=True)
class NamedAnchor:
    """A further day that `steps` count from; `days` is its usual distance from the template's own anchor."""

    key: str
    label: Text
    days: int
    steps: frozenset[str]


@cache
def properties() -> dict[str, Property]:
    """Every question by its key, in the order in which they are asked."""
    return {
        raw["key"]: Property(raw["key"], *(_text(raw[name]) for name in ("ask", "name", "without", "hint")))
        for raw in _load("properties")
    }


def asked_for(template: SopTemplate) -> list[Property]:
    """What has a consequence in this template, in the usual order; the others are not asked."""
    used = {key for rule in rules_for(template) for key in rule.when | rule.when_not}
    return [found for key, found in properties().items() if key in used]


def rules_for(template: SopTemplate) -> tuple[Rule, ...]:
    return _rules(_source(template), template.market_zone)


def anchors_for(template: SopTemplate) -> tuple[NamedAnchor, ...]:
    """In the order of their usual days: a workspace's own template says itself which steps count from them."""
    known = _anchors(_source(template))
    if not template.anchors:
        return known
    steps = template.every_step
    # Steps that answers add are not in the template, and keep the anchor they have in the built-in one.
    added = {one.key: one.steps - {step.key for step in steps} for one in known}
    own = [
        NamedAnchor(
            one.key,
            one.label,
            one.days,
            frozenset(step.key for step in steps if step.anchor == one.key) | added.get(one.key, frozenset()),
        )
        for one in template.anchors
    ]
    return tuple(sorted(own, key=lambda anchor: anchor.days))


def with_anchors(template: SopTemplate) -> SopTemplate:
    """A built-in template that says itself, as a workspace's own does, which named anchor each step counts from."""
    named = anchors_for(template)
    if template.anchors or not named:
        return template
    by_step = {key: one.key for one in named for key in one.steps}

    def told(step: Step) -> Step:
        return replace(step, anchor=by_step.get(step.key, ""))

    return replace(
        template,
        anchors=tuple(FurtherAnchor(one.key, one.label, one.days) for one in named),
        steps=tuple(told(step) for step in template.steps),
        variants=tuple(
            replace(variant, add=tuple(told(step) for step in variant.add)) for variant in template.variants
        ),
    )


def optional_steps(template: SopTemplate) -> frozenset[str]:
    """Steps that may be left out when time is short."""
    return frozenset(_load("optional").get(_source(template), ()))


def added_steps(template: SopTemplate) -> list[Step]:
    """Every step that some answer could add, each once."""
    return list({each.step.key: each.step for rule in rules_for(template) for each in rule.add}.values())


def _source(template: SopTemplate) -> str:
    """The built-in template whose questions these are: a workspace's own asks what the one it came from asks."""
    return template.based_on or template.key


@lru_cache(maxsize=256)
def _rules(key: str, market_zone: str) -> tuple[Rule, ...]:
    return tuple(_rule(raw, market_zone) for raw in _load("rules").get(key, ()))


@cache
def _anchors(key: str) -> tuple[NamedAnchor, ...]:
    raws = _load("anchors").get(key, ())
    found = [NamedAnchor(raw["key"], _text(raw["label"]), raw["days"], frozenset(raw["steps"])) for raw in raws]
    return tuple(sorted(found, key=lambda anchor: anchor.days))


def _rule(raw: Raw, market_zone: str) -> Rule:
    return Rule(
        when=frozenset(raw.get("when", ())),
        when_not=frozenset(raw.get("when_not", ())),
        because=_text(raw["because"]),
        add=tuple(_addition(each, market_zone) for each in raw.get("add", ())),
        remove=frozenset(raw.get("remove", ())),
        retime={each["step"]: each["duration_working_days"] for each in raw.get("retime", ())},
    )


def _addition(place: Raw, market_zone: str) -> Addition:
    raw = _load("steps")[place["step"]]
    calendar = raw["calendar"]
    step = Step(
        key=place["step"],
        phase=place["phase"],
        title=_text(raw["title"]),
        role=raw["role"],
        offset_mode="calendar_days",
        offset_days=place["offset_days"],
        offset_hours=None,
        due_time=_DUE_TIMES[calendar],
        zone="Asia/Shanghai" if calendar == "cn_team" else market_zone,
        is_fixed=False,
        on_non_working_day="previous",
        duration_days=raw["duration_working_days"],
        calendar=calendar,
        depends_on=tuple(place["depends_on"]),
        blocks=tuple(place.get("blocks", ())),
        checklist=_texts(raw["checklist"]),
        deliverable=_text(raw["deliverable"]),
        reminders_hours=(24,),
        risk=_text(raw["risk"]),
        is_shareable=False,
        is_finance=False,
        is_milestone=False,
        why=_text(raw["why"]),
        outcome=_text(raw["outcome"]),
        evidence=_texts(raw["evidence"]),
        lead_time=_lead_time(raw["lead_time"]) if "lead_time" in raw else None,
    )
    return Addition(step, raw["requirement"], place.get("unless", ""))


def _lead_time(raw: Raw) -> LeadTime:
    least, most = raw["days"]
    return LeadTime(least, most, _text(raw["whose"]))


def _texts(raws: Iterable[Raw]) -> tuple[Text, ...]:
    return tuple(_text(raw) for raw in raws)


def _text(raw: Raw) -> Text:
    return Text(zh=raw["zh"], en=raw["en"])


@cache
def _load(name: str) -> Any:
    return files.read(QUESTIONS / f"{name}.yaml")

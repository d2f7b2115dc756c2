"""What an SOP template is made of, whoever wrote it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

LANGUAGES = ("zh", "en")
# Keys of a workspace's own templates begin with this, those of the release never do.
OWN_PREFIX = "ws-"


class VariantNotFound(LookupError):
    """The template has no such category variant."""


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

    @property
    def every_step(self) -> list[Step]:
        """Its own, then those that its categories add; a key may stand there twice, of two categories."""
        return [*self.steps, *(step for variant in self.variants for step in variant.add)]

    def variant(self, key: str) -> CategoryVariant:
        for variant in self.variants:
            if variant.key == key:
                return variant
        raise VariantNotFound(key)

    def role_keys(self, steps: Iterable[Step] | None = None) -> list[str]:
        """The roles these steps need, in the library's order."""
        used = {step.role for step in (self.steps if steps is None else steps)}
        return [role.key for role in self.roles if role.key in used]


def waits_of(steps: Iterable[Step]) -> dict[str, list[str]]:
    """By step the steps it waits for; those that an added one blocks wait for it."""
    waits = {step.key: list(step.depends_on) for step in steps}
    for step in steps:
        for key in step.blocks:
            waits.setdefault(key, []).append(step.key)
    return waits

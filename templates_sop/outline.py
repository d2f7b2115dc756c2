"""A draft as its editor shows it: phases, steps in one line each with their place in time, and what is said of them."""

from collections import defaultdict
from dataclasses import dataclass
from math import ceil

from templates_sop.checking import Finding, findings
from templates_sop.shapes import SopTemplate, Step
from templates_sop.wording import duration_text, offset_text

# Of the picture beside each step: the days of the whole template over so many units.
WIDTH = 1000
_MARGIN = 12
_THINNEST = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """From the start of a step to its deadline, on the picture's scale; `x` of the anchor is the same in every row."""

    x: int
    width: int
    is_milestone: bool


@dataclass(frozen=True, slots=True)
class Line:
    key: str
    number: int
    title: str
    other: str  # the title in the other language, "" when it is the same
    role: str
    offset: str
    duration: str
    calendar: str
    is_shared: bool
    is_fixed: bool
    is_milestone: bool
    waits: tuple[str, ...]
    bar: Bar
    said: tuple[Finding, ...]

    @property
    def is_wrong(self) -> bool:
        return any(finding.is_error for finding in self.said)


@dataclass(frozen=True, slots=True)
class Part:
    """A phase; `key` "" holds the steps whose phase is no longer there."""

    key: str
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    parts: tuple[Part, ...]
    said: tuple[Finding, ...]  # of the template as a whole
    anchor_x: int
    first_day: int
    last_day: int
    step_count: int
    error_count: int
    advice_count: int


def outline_of(template: SopTemplate, language: str) -> Outline:
    scale = _Scale(template)
    said: dict[str, list[Finding]] = defaultdict(list)
    found = findings(template, language)
    for finding in found:
        said[finding.step].append(finding)
    titles = {step.key: step.title.get(language) or "…" for step in template.steps}
    roles = {role.key: role.name.get(language) for role in template.roles}
    phases = [(phase.key, phase.name.get(language)) for phase in template.phases]
    lost = [step for step in template.steps if step.phase not in {key for key, _name in phases}]
    number = 0
    parts = []
    for key, name in ([("", "")] if lost else []) + phases:
        lines = []
        for step in lost if not key else template.steps:
            if key and step.phase != key:
                continue
            number += 1
            lines.append(_line(step, number, titles, roles, scale, said[step.key], language))
        parts.append(Part(key, name, tuple(lines)))
    errors = sum(finding.is_error for finding in found)
    return Outline(
        parts=tuple(parts),
        said=tuple(said[""]),
        anchor_x=scale.at(0),
        first_day=scale.first,
        last_day=scale.last,
        step_count=len(template.steps),
        error_count=errors,
        advice_count=len(found) - errors,
    )


def _line(
    step: Step,
    number: int,
    titles: dict[str, str],
    roles: dict[str, str],
    scale: "_Scale",
    said: list[Finding],
    language: str,
) -> Line:
    title = titles[step.key]
    other = step.title.en if language.startswith("zh") else step.title.zh
    return Line(
        key=step.key,
        number=number,
        title=title,
        other="" if other == title else other,
        role=roles.get(step.role, ""),
        offset=offset_text(step.offset_days, step.offset_hours, language),
        duration=duration_text(step.duration_days, language),
        calendar=step.calendar,
        is_shared=step.is_shareable,
        is_fixed=step.is_fixed,
        is_milestone=step.is_milestone,
        waits=tuple(titles[key] for key in step.depends_on if key in titles),
        bar=scale.bar(step),
        said=tuple(said),
    )


class _Scale:
    def __init__(self, template: SopTemplate) -> None:
        days = [0.0, *(edge for step in template.steps for edge in (_due(step) - _length(step), _due(step)))]
        self.first, self.last = int(min(days)), ceil(max(days))
        self.unit = (WIDTH - 2 * _MARGIN) / ((self.last - self.first) or 1)

    def at(self, day: float) -> int:
        return round(_MARGIN + (day - self.first) * self.unit)

    def bar(self, step: Step) -> Bar:
        end = self.at(_due(step))
        width = max(_THINNEST, end - self.at(_due(step) - _length(step)))
        return Bar(max(0, end - width), width, step.is_milestone)


def _due(step: Step) -> float:
    return step.offset_hours / 24 if step.offset_hours is not None else float(step.offset_days)


def _length(step: Step) -> float:
    """Calendar days that the working days take up, near enough for a picture."""
    return step.duration_days * 7 / 5 if step.duration_days > 1 else step.duration_days

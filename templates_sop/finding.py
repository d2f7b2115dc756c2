"""Looking for a template by goal, channel, product category and words."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from templates_sop.common import common
from templates_sop.library import get_template
from templates_sop.parsing import PLATFORMS
from templates_sop.shapes import SopTemplate, Step, Text
from templates_sop.wording import GOALS


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; "" asks for nothing. Every one of the words must occur, in either language."""

    words: str = ""
    goal: str = ""
    platform: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """`steps` are those that hold all of the words by themselves, in the order of the template."""

    template: SopTemplate
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    """What can be found, in lower case: in the whole template, and in each of its steps by key."""

    whole: str
    steps: Mapping[str, str]


def find_templates(templates: Iterable[SopTemplate], wanted: Wanted) -> list[Found]:
    """In the order of GOALS, and within a goal in the order given.

    A channel also finds the templates that serve several, a category those that serve any. Words are looked for in
    names, purposes, anchors and all that the steps say, those of the category or of every category.
    """
    found = [Found(template, _steps_with(template, wanted)) for template in templates if _fits(template, wanted)]
    order = list(GOALS)
    return sorted(found, key=lambda each: order.index(each.template.category))


def count_choices(templates: Iterable[SopTemplate], wanted: Wanted) -> dict[str, Counter[str]]:
    """How many templates each other goal, platform or category would find, all else as it is wanted."""
    counts: dict[str, Counter[str]] = {"goal": Counter(), "platform": Counter(), "category": Counter()}
    for template in templates:
        if _fits(template, replace(wanted, goal="")):
            counts["goal"][template.category] += 1
        if _fits(template, replace(wanted, platform="")):
            counts["platform"].update(_platforms(template))
        if _fits(template, replace(wanted, category="")):
            counts["category"].update(_categories(template))
    return counts


def _fits(template: SopTemplate, wanted: Wanted) -> bool:
    return (
        wanted.goal in ("", template.category)
        and (not wanted.platform or wanted.platform in _platforms(template))
        and (not wanted.category or wanted.category in _categories(template))
        and _holds(_words_of(template).whole, wanted.words)
    )


def _platforms(template: SopTemplate) -> tuple[str, ...]:
    return PLATFORMS if template.platform == "multi" else (template.platform,)


def _categories(template: SopTemplate) -> tuple[str, ...]:
    return template.products or tuple(common().variants)


def _steps_with(template: SopTemplate, wanted: Wanted) -> tuple[Step, ...]:
    if not wanted.words:
        return ()
    words = _words_of(template).steps
    variants = [variant for variant in template.variants if wanted.category in ("", variant.key)]
    steps = [*template.steps, *(step for variant in variants for step in variant.add)]
    return tuple(step for step in steps if _holds(words[step.key], wanted.words))


def _holds(text: str, words: str) -> bool:
    return all(word in text for word in words.casefold().split())


def _words_of(template: SopTemplate) -> _Words:
    """Those of the release are the same for every workspace and are put together once."""
    return _collect(template) if template.is_ours else _of_the_release(template.key)


@lru_cache(maxsize=64)
def _of_the_release(key: str) -> _Words:
    return _collect(get_template(key))


def _collect(template: SopTemplate) -> _Words:
    steps = template.every_step
    by_step = {step.key: _joined(_texts_of(step)) for step in steps}
    names = [template.name, template.project_name, template.purpose, template.anchor.label]
    names += [phase.name for phase in template.phases]
    return _Words("\n".join([_joined(names), *by_step.values()]), by_step)


def _texts_of(step: Step) -> list[Text]:
    texts = [step.title, step.why, step.outcome, step.deliverable, step.risk, *step.checklist, *step.evidence]
    return [*texts, step.lead_time.whose] if step.lead_time else texts


def _joined(texts: Iterable[Text]) -> str:
    return "\n".join(f"{text.zh}\n{text.en}" for text in texts).casefold()

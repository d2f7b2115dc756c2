"""Into which steps a task could be split: what the built-in library does for work with the same words."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from linkstar.lib.chinese import fold
from templates_sop.library import library
from templates_sop.shapes import Phase, SopTemplate, Step

MOST_STEPS = 8
# Below this a likeness is chance: one common word in a long title.
_LEAST_SCORE = 3.0
_LATIN = re.compile(r"[a-z0-9]+")
_CJK = re.compile(r"[\u3400-\u9fff]+")
# What says that something is done, not what.
_EMPTY = frozenset(
    "the a an of for to and with on in at by do all our my its it is be finish handle complete manage work task tasks"
    " 完成 搞定 负责 处理 跟进 推进 落实 准备 安排 相关 工作 任务 所有 全部 以及 进行".split()
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Steps of one phase of a template, in their order and in one language."""

    template: str
    template_name: str
    phase: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    template: SopTemplate
    phase: Phase
    steps: tuple[Step, ...]
    words: Counter[str]


def suggestions(title: str, *, language: str, most: int = 3) -> list[Suggestion]:
    """Up to `most` phases of the library whose steps share most with the title, best first; often none."""
    wanted = set(_tokens(title))
    scored = [(_score(group, wanted), group) for group in _groups()]
    best = sorted((pair for pair in scored if pair[0] >= _LEAST_SCORE), key=lambda pair: -pair[0])[:most]
    return [_in_words(group, wanted, language) for _points, group in best]


def _in_words(group: _Group, wanted: set[str], language: str) -> Suggestion:
    """Of a long phase, the steps that share most with the title, in the order of the phase."""
    likeness = {step.key: sum(_weight(word) for word in wanted & set(_words_of(step))) for step in group.steps}
    chosen = sorted(group.steps, key=lambda step: -likeness[step.key])[:MOST_STEPS]
    steps = tuple(step.title.get(language) for step in group.steps if step in chosen)
    return Suggestion(group.template.key, group.template.name.get(language), group.phase.name.get(language), steps)


def _score(group: _Group, wanted: set[str]) -> float:
    """Rare words count more; a word that many steps of the phase have counts a little more than in one of them."""
    return sum(_weight(word) * (1 + math.log(group.words[word])) for word in wanted & group.words.keys())


@cache
def _groups() -> tuple[_Group, ...]:
    found = []
    for template in library().values():
        for phase in template.phases:
            steps = tuple(step for step in template.steps if step.phase == phase.key)
            words = Counter(_heading(template, phase))
            for step in steps:
                words.update(_words_of(step))
            if len(steps) > 1:
                found.append(_Group(template, phase, steps, words))
    return tuple(found)


@cache
def _weights() -> dict[str, float]:
    groups = _groups()
    seen = Counter(word for group in groups for word in group.words)
    return {word: math.log(len(groups) / count) + 0.2 for word, count in seen.items()}


def _weight(word: str) -> float:
    return _weights().get(word, 0.0)


def _heading(template: SopTemplate, phase: Phase) -> Iterable[str]:
    texts = (template.name, phase.name)
    return {word for text in texts for word in [*_tokens(text.zh), *_tokens(text.en)]}


def _words_of(step: Step) -> set[str]:
    return {*_tokens(step.title.zh), *_tokens(step.title.en)}


def _tokens(text: str) -> Iterator[str]:
    """Latin words, and pairs of Chinese characters, without those that name no thing."""
    folded = fold(text)
    for found in _LATIN.finditer(folded):
        word = _stem(found.group())
        if word not in _EMPTY and len(word) > 1:
            yield word
    for run in _CJK.findall(folded):
        for start in range(len(run) - 1):
            if run[start : start + 2] not in _EMPTY:
                yield run[start : start + 2]


def _stem(word: str) -> str:
    """Plurals only: "ads" is "ad", "images" is "image"."""
    return word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith("ss") else word

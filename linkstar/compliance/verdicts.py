"""Which requirements apply to a product and why: the rule book held against what was answered about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from linkstar.compliance.rulebook import Line, Requirement, Rulebook, Text, get_rulebook

# "may": the rule says so, but the data or the line leaves it to a lab. "ask": a question is not answered yet.
State = Literal["applies", "may", "ask", "not"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a product in a market. `channels` None: nobody has said where it is sold."""

    category: str
    answers: Mapping[str, bool]
    channels: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`because` are the reasons for the state, `asks` the keys of the questions that would settle it ("channels" among
    them).
    """

    requirement: Requirement
    state: State
    because: tuple[Text, ...]
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Test:
    """Whether one condition of a line holds, None while nobody has said; `text` is why."""

    key: str
    holds: bool | None
    text: Text


def settled(book: Rulebook, facts: Facts) -> dict[str, bool]:
    """The answers with what follows from them and from the category; what somebody said goes first."""
    implied = dict(book.categories[facts.category].implies) if facts.category in book.categories else {}
    known = {**implied, **{key: value for key, value in facts.answers.items() if key in book.questions}}
    for question in book.questions.values():
        if known.get(question.key) is False:
            known = {**question.no_means, **known}
    return known


def judge(book: Rulebook, facts: Facts) -> tuple[Verdict, ...]:
    """One verdict a requirement, in the order of the book."""
    return _judge(book.market, facts.category, frozenset(facts.answers.items()), facts.channels)


@lru_cache(maxsize=2048)
def _judge(
    market: str, category: str, answers: frozenset[tuple[str, bool]], channels: frozenset[str] | None
) -> tuple[Verdict, ...]:
    """Products of one kind are answered alike, and a list of them is judged once a kind."""
    book, facts = get_rulebook(market), Facts(category, dict(answers), channels)
    known = settled(book, facts)
    return tuple(_verdict(book, requirement, facts, known) for requirement in book.requirements.values())


def _verdict(book: Rulebook, requirement: Requirement, facts: Facts, known: Mapping[str, bool]) -> Verdict:
    lines = [(line, _tests(book, line, facts, known)) for line in requirement.rule]
    met = [(line, tests) for line, tests in lines if all(test.holds for test in tests)]
    if met:
        is_open = requirement.level == "unverified" or all(line.is_open for line, _tests in met)
        texts = [text for line, tests in met for text in _reasons(line, tests)]
        return Verdict(requirement, "may" if is_open else "applies", _once(texts))
    waiting = [tests for _line, tests in lines if not any(test.holds is False for test in tests)]
    if waiting:
        asks = dict.fromkeys(test.key for tests in waiting for test in tests if test.holds is None)
        return Verdict(requirement, "ask", (), tuple(asks))
    failed = [next(test.text for test in tests if test.holds is False) for _line, tests in lines]
    return Verdict(requirement, "not", _once(failed))


def _reasons(line: Line, tests: Iterable[_Test]) -> list[Text]:
    return [*(test.text for test in tests), *([line.because] if line.because else [])]


def _tests(book: Rulebook, line: Line, facts: Facts, known: Mapping[str, bool]) -> list[_Test]:
    tests = [_answer(book, key, wanted, known) for key, wanted in line.answers.items()]
    if line.categories:
        tests.append(_category(book, line, facts))
    if line.channels:
        tests.append(_channel(book, line, facts))
    # What is known to fail comes first, so that the reason given is the plainest.
    return sorted(tests, key=lambda test: test.holds is not False)


def _answer(book: Rulebook, key: str, wanted: bool, known: Mapping[str, bool]) -> _Test:
    question, given = book.questions[key], known.get(key)
    return _Test(key, None if given is None else given == wanted, question.if_yes if given else question.if_no)


def _category(book: Rulebook, line: Line, facts: Facts) -> _Test:
    if facts.category in line.categories:
        name = book.categories[facts.category].name
        return _Test("category", True, Text(zh=f"类目是“{name.zh}”", en=f"Its category is {name.en}"))
    names = [book.categories[key].name for key in sorted(line.categories)]
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    return _Test("category", False, Text(zh=f"类目不是“{zh}”", en=f"Its category is not {en}"))


def _channel(book: Rulebook, line: Line, facts: Facts) -> _Test:
    wanted = ", ".join(book.channels[key].name for key in book.channels if key in line.channels)
    if facts.channels is None:
        return _Test("channels", None, Text(zh="", en=""))
    if line.channels & facts.channels:
        return _Test("channels", True, Text(zh=f"在 {wanted} 销售", en=f"It is sold on {wanted}"))
    return _Test("channels", False, Text(zh=f"不在 {wanted} 销售", en=f"It is not sold on {wanted}"))


def _once(texts: Iterable[Text]) -> tuple[Text, ...]:
    return tuple(dict.fromkeys(texts))

"""What a market asks of a product, read from the YAML files in `data/` and never changed while the server runs.

A file says of each requirement when it applies (`rule`), what it wants to see, who says so and how sure we are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

DATA = Path(__file__).parent / "data"
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Raw = Mapping[str, Any]
Kind = Literal["document", "company", "duty"]
# How sure we are: an official text, the trade, or general knowledge that a lab has to confirm.
Level = Literal["verified", "verified_secondary", "unverified"]


class UnknownMarket(LookupError):
    """There is no rule book for this market."""


@dataclass(frozen=True, slots=True)
class Text:
    zh: str
    en: str

    def get(self, language: str) -> str:
        """`language` is a code such as `zh-hans`; anything that is not Chinese reads English."""
        return self.zh if language.lower().startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Category:
    """`implies` answers questions that nobody need be asked of such a product."""

    key: str
    name: Text
    implies: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Channel:
    """`note` is what it may ask beyond the law."""

    key: str
    name: str
    note: Text


@dataclass(frozen=True, slots=True)
class Question:
    """`if_yes` and `if_no` say the answer as a reason; a no answers the questions of `no_means` too."""

    key: str
    group: Text
    ask: Text
    if_yes: Text
    if_no: Text
    no_means: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One way in which a requirement applies: all of it has to be so. Without a condition it always is.

    `is_open`: it is then still for a lab, or a threshold that nobody here sees, to decide.
    """

    answers: Mapping[str, bool]
    categories: frozenset[str]
    channels: frozenset[str]
    is_open: bool
    because: Text | None


@dataclass(frozen=True, slots=True)
class Source:
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Effective:
    since: date
    scope: Text


@dataclass(frozen=True, slots=True)
class Requirement:
    """`lead_days` are working days as the trade counts them, with a level of their own."""

    key: str
    kind: Kind
    name: Text
    short: Text
    body: str
    who: Text
    rule: tuple[Line, ...]
    documents: tuple[Text, ...]
    lead_days: Text
    lead_level: Level
    effective: tuple[Effective, ...]
    pitfalls: tuple[Text, ...]
    level: Level
    sources: tuple[Source, ...]

    @property
    def is_document(self) -> bool:
        return self.kind == "document"

    @property
    def is_paper(self) -> bool:
        """Something can be shown for it: of the product, or of the company."""
        return self.kind != "duty"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Days of a market are counted in its `zone`. `checked_on` is when we last looked at the sources."""

    market: str
    name: Text
    zone: str
    checked_on: date
    disclaimer: Text
    channels: Mapping[str, Channel]
    categories: Mapping[str, Category]
    questions: Mapping[str, Question]
    requirements: Mapping[str, Requirement]


@lru_cache(maxsize=1)
def rulebooks() -> dict[str, Rulebook]:
    """By market. Read once; callers must not change the dict."""
    books = (_rulebook(yaml.load(path.read_text("utf-8"), Loader)) for path in sorted(DATA.glob("*.yaml")))  # noqa: S506 - both candidates are safe loaders
    return {book.market: book for book in books}


def get_rulebook(market: str) -> Rulebook:
    books = rulebooks()
    if market not in books:
        raise UnknownMarket(market)
    return books[market]


def _text(raw: Raw) -> Text:
    return Text(zh=raw["zh"], en=raw["en"])


def _rulebook(raw: Raw) -> Rulebook:
    sources = {one["id"]: Source(one["title"], one["kind"]) for one in raw["sources"]}
    return Rulebook(
        market=raw["market"],
        name=_text(raw["name"]),
        zone=raw["zone"],
        checked_on=date.fromisoformat(raw["as_of"]),
        disclaimer=_text(raw["disclaimer"]),
        channels={one["key"]: Channel(one["key"], one["name"], _text(one["note"])) for one in raw["channels"]},
        categories={one["key"]: Category(one["key"], _text(one["name"]), one["implies"]) for one in raw["categories"]},
        questions={one["key"]: _question(one) for one in raw["questions"]},
        requirements={one["key"]: _requirement(one, sources) for one in raw["requirements"]},
    )


def _question(raw: Raw) -> Question:
    return Question(
        key=raw["key"],
        group=_text(raw["group"]),
        ask=_text(raw["ask"]),
        if_yes=_text(raw["if_yes"]),
        if_no=_text(raw["if_no"]),
        no_means=raw.get("no_means", {}),
    )


_NOT_ANSWERS = frozenset({"category", "channel", "may", "because"})


def _line(raw: Raw) -> Line:
    return Line(
        answers={key: value for key, value in raw.items() if key not in _NOT_ANSWERS},
        categories=frozenset(raw.get("category", ())),
        channels=frozenset(raw.get("channel", ())),
        is_open=raw.get("may", False),
        because=_text(raw["because"]) if "because" in raw else None,
    )


def _requirement(raw: Raw, sources: Mapping[str, Source]) -> Requirement:
    return Requirement(
        key=raw["key"],
        kind=raw["kind"],
        name=_text(raw["name"]),
        short=_text(raw["short"]),
        body=raw["body"],
        who=_text(raw["who"]),
        rule=tuple(_line(line) for line in raw["rule"]),
        documents=_texts(raw["documents"]),
        lead_days=_text(raw["lead_days"]),
        lead_level=raw["lead_verification"],
        effective=tuple(
            Effective(date.fromisoformat(one["since"]), _text(one["scope"])) for one in raw.get("effective", ())
        ),
        pitfalls=_texts(raw.get("pitfalls", ())),
        level=raw["verification"],
        sources=tuple(sources[one] for one in raw["sources"]),
    )


def _texts(raws: Iterable[Raw]) -> tuple[Text, ...]:
    return tuple(_text(raw) for raw in raws)

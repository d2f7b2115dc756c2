"""A Query of projects/search_query.py as tsqueries."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkstar.lib import search_words
from projects.search_query import Query


@dataclass(frozen=True, slots=True)
class Terms:
    """tsqueries: `any` finds, `literal` finds without pinyin, `title` in titles, `exact` as typed and there.

    All "" without anything to look for.
    """

    any: str = ""
    literal: str = ""
    title: str = ""
    exact: str = ""

    @classmethod
    def of(cls, query: Query, *, instead: Mapping[str, list[str]] | None = None) -> "Terms":
        """`instead`: other words for mistyped ones."""
        several = [search_words.asked(word) for word in query.words]
        if instead:
            several = [_corrected(word, instead) or asked for word, asked in zip(query.words, several, strict=True)]
        several += [_phrase(text) for text in query.phrases]
        several = [asked for asked in several if asked.any]
        if not several:
            return cls()
        found, literal, title = (" & ".join(f"({part})" for part in parts) for parts in zip(*several, strict=True))
        without = [search_words.asked(word).literal for word in query.excluded]
        found += "".join(f" & !({part})" for part in without if part)
        exact = search_words.phrase(query.text, weight="A", is_open=True)
        if query.place == "titles":
            found = found if not title else f"{title}" + "".join(f" & !({part})" for part in without if part)
        return cls(found, literal, title, exact)


def _corrected(word: str, instead: Mapping[str, list[str]]) -> search_words.Asked | None:
    others = [other for spelled in search_words.spelled(word) for other in instead.get(spelled, [])]
    if not others:
        return None
    found = " | ".join(search_words.quoted(other) for other in others)
    title = " | ".join(f"{search_words.quoted(other)}:A" for other in others)
    return search_words.Asked(found, found, title)


def _phrase(text: str) -> search_words.Asked:
    """The pairs lead the index to it, the phrase itself decides."""
    found = search_words.phrase(text)
    if not found:
        return search_words.Asked("", "", "")
    pairs = [part.literal for part in search_words.asked_apart(text) if "|" not in part.literal and "*" not in part.any]
    title = search_words.phrase(text, weight="A")
    return search_words.Asked(" & ".join([*pairs, f"({found})"]), found, title)

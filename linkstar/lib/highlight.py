"""Where in a text stands what was searched for, and the piece of the text around it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from linkstar.lib.chinese import is_han
from linkstar.lib.pinyin import span
from linkstar.lib.search_words import plain

_RUN = re.compile(r"[a-z0-9]+")


class Piece(NamedTuple):
    text: str
    is_found: bool


def pieces(text: str, wanted: Sequence[str], *, length: int | None = None, by_sound: bool = False) -> list[Piece]:
    """The text in pieces, those that match one of `wanted` marked; accents, case and traditional forms do not matter.

    A Latin word is found where a word begins. With `length` only about so many characters around the first match,
    an ellipsis where something is left out; `by_sound` also finds Chinese by its pinyin.
    """
    text = " ".join(text.split()) if length else text
    spans = _spans(text, wanted)
    if by_sound and not spans:
        spans = [found for word in wanted if (found := span(word, text))]
    spans = _merged(spans)
    start, end = 0, len(text)
    if length and len(text) > length:
        start = max(0, (spans[0][0] if spans else 0) - length // 4)
        end = min(len(text), start + length)
    return _cut(text, spans, start, end)


def _spans(text: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    folded, places = _folded(text)
    found = []
    for word in wanted:
        sought = " ".join(plain(word).split())
        if sought:
            spots = _find(folded, sought) or [spot for pair in _pairs(sought) for spot in _find(folded, pair)]
            found += [(places[start], places[end]) for start, end in spots]
    return found


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The plain text, and for each place in it (its end too) the place in the text as it is."""
    folded = plain(text)
    if len(folded) == len(text):
        return folded, range(len(text) + 1)
    parts, places = [], []
    for index, char in enumerate(text):
        part = plain(char)
        parts.append(part)
        places += [index] * len(part)
    return "".join(parts), [*places, len(text)]


def _find(folded: str, sought: str) -> list[tuple[int, int]]:
    before = r"(?<![a-z0-9])" if sought[0].isascii() and sought[0].isalnum() else ""
    return [found.span() for found in re.finditer(before + re.escape(sought), folded)]


def _pairs(sought: str) -> list[str]:
    """What the index looked for, when the whole does not stand there in one piece."""
    latin = _RUN.findall(sought)
    pairs = [sought[index : index + 2] for index in range(len(sought) - 1)]
    return [part for part in latin if part != sought] + [pair for pair in pairs if all(map(is_han, pair))]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _cut(text: str, spans: list[tuple[int, int]], start: int, end: int) -> list[Piece]:
    found, place = [Piece("…", False)] if start else [], start
    for first, last in spans:
        if first >= end:
            break
        found += [Piece(text[place:first], False), Piece(text[first : min(last, end)], True)]
        place = min(last, end)
    found.append(Piece(text[place:end] + ("…" if end < len(text) else ""), False))
    return [piece for piece in found if piece.text]

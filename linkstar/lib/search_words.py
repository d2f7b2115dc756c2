"""A text as the words of PostgreSQL's full-text search, and what is typed as a question about them.

The embedded server has no dictionary for Chinese, so the words are ours: of a run of Chinese every character and every
pair, of Latin text every word, of "HF-2210" the whole beside its parts. Pinyin and initials carry a "~" in front, and
a task's number a "#", so that neither is taken for a word.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from linkstar.lib.chinese import fold, is_han
from linkstar.lib.pinyin import readings, spellings

_CJK = "々\u3040-\u30ff\u31f0-\u31ff㐀-\u4dbf一-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
_SIGNS = "\u2190-\u2bff\U0001f000-\U0001faff"
_RUN = re.compile(rf"([{_CJK}]+)|([^\W_{_CJK}]+(?:[-_.][^\W_{_CJK}]+)*)|([{_SIGNS}])")
_LETTERS = re.compile(r"(?<![^\W_])[a-z]{4,}(?![^\W_])")
LONGEST_SPELLED = 24
_BETWEEN = re.compile(r"[-_.]")
_APART = str.maketrans("", "", "'’`´")
# PostgreSQL keeps no higher position, and no longer word than 2046 bytes.
_LAST_POSITION = 16383
_LONGEST = 60
# Of a dump of bytes (0a-1b-2c…) not every tail is kept whole: PostgreSQL takes 1 MB of words.
_MOST_PARTS = 10
_LATIN = "\u2190"
_SYLLABLES = 8
_MOST_WAYS = 4


class Word(NamedTuple):
    text: str
    position: int


def plain(text: str) -> str:
    """How the text is compared: folded as in lib/chinese.py, without accents and apostrophes."""
    folded = fold(text).translate(_APART)
    if folded.isascii():
        return folded
    apart = unicodedata.normalize("NFD", folded)
    if len(apart) == len(folded):
        return folded
    # Korean syllables come apart as well, and are put together again.
    return unicodedata.normalize("NFC", "".join(char for char in apart if not unicodedata.combining(char)))


def words(text: str) -> Iterator[Word]:
    """Each word with its place; a pair of Chinese characters stands at the place of its first."""
    return (Word(word, place) for word, place in _words(text))


def _words(text: str) -> Iterator[tuple[str, int]]:
    place = 0
    for chinese, latin, sign in _RUN.findall(plain(text)):
        if chinese:
            for index, char in enumerate(chinese):
                yield char, place + index + 1
                if index + 1 < len(chinese):
                    yield chinese[index : index + 2], place + index + 1
            place += len(chinese)
        elif latin:
            parts = _BETWEEN.split(latin) if not latin.isalnum() else [latin]
            for index, part in enumerate(parts):
                yield part[:_LONGEST], place + index + 1
                if index + 1 < len(parts):
                    yield "-".join(parts[index : index + _MOST_PARTS])[:_LONGEST], place + index + 1
            place += len(parts)
        else:
            place += 1
            yield sign, place


def sounds(text: str) -> set[str]:
    """What can be typed for the Chinese of a title, from any of its characters on: "~heiwu", "~hw"."""
    found: set[str] = set()
    for chinese, _latin, _sign in _RUN.findall(plain(text)):
        syllables = [readings(char) for char in chinese if is_han(char)]
        syllables = [ways for ways in syllables if ways]
        firsts = [tuple(dict.fromkeys(way[0] for way in ways)) for ways in syllables]
        for start in range(len(syllables)):
            end = start + _SYLLABLES
            found.update(f"~{way}" for way in spellings(syllables[start:end])[:_MOST_WAYS])
            found.update(f"~{way}" for way in spellings(firsts[start:end])[:_MOST_WAYS])
    return found


def vector(parts: Iterable[tuple[str, str]], *, heard: str = "", more: Iterable[str] = ()) -> str:
    """A tsvector's literal. `parts` are (weight, text), the weightiest first; the sounds of `heard` weigh D, `more`
    are words of weight A as they are.
    """
    places: dict[str, list[str]] = {}
    offset = 0
    for weight, text in parts:
        last, pairs = 0, set()
        for word, position in _words(text):
            if len(word) == 2 and word[0] > _LATIN:
                # Phrases go by single characters; of a pair only the weight counts.
                pairs.add(word)
                continue
            last = position
            at = f"{min(offset + position, _LAST_POSITION)}{weight}"
            if word in places:
                places[word].append(at)
            else:
                places[word] = [at]
        for word in pairs:
            places.setdefault(word, []).append(f"1{weight}")
        # A phrase never runs from one part into the next.
        offset += last + 1
    for word in more:
        places.setdefault(word, []).append("1A")
    for word in sounds(heard):
        places.setdefault(word, []).append("1D")
    return " ".join([f"{quoted(word)}:{','.join(at[:200])}" for word, at in places.items()])


def quoted(word: str) -> str:
    """A word as tsvector and tsquery read it: nothing in it is an operator."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


class Asked(NamedTuple):
    """tsqueries of one thing that was typed: what finds it, and what shows that it stands in the title.

    `literal` leaves pinyin out. "" when there is nothing to look for, as in a text of punctuation alone.
    """

    any: str
    literal: str
    title: str


def asked(text: str) -> Asked:
    """Words begun are words found ("coup" finds coupon); Chinese must stand as it was typed, character by character."""
    several = asked_apart(text)
    return Asked(*(" & ".join(part) for part in zip(*several, strict=True))) if several else Asked("", "", "")


def asked_apart(text: str) -> list[Asked]:
    """The same, each run of Chinese and each word by itself; all of them are wanted."""
    return [_asked_run(*run) for run in _RUN.findall(plain(text))]


_QUOTED = re.compile(r"'((?:[^']|'')*)'(?::(\*))?")


def named(query: str) -> list[tuple[str, bool]]:
    """The words in a tsquery of ours, and whether each may go on."""
    return [(word.replace("''", "'"), bool(star)) for word, star in _QUOTED.findall(query)]


def phrase(text: str, *, weight: str = "", is_open: bool = False) -> str:
    """The words one after the other and nothing else; `is_open`: the last one may be only begun."""
    singles = [word for word in words(text) if len(word.text) == 1 or not _is_compound(word.text)]
    last = len(singles) - 1
    parts = [
        _with(word.text, is_begun=is_open and index == last and not _is_cjk(word.text), weight=weight)
        for index, word in enumerate(singles)
    ]
    return " <-> ".join(parts)


def spelled(text: str) -> list[str]:
    """The words in which a slip can be told: plain Latin ones of four letters and more."""
    return list(dict.fromkeys(word for word in _LETTERS.findall(plain(text)) if len(word) <= LONGEST_SPELLED))


def _asked_run(chinese: str, latin: str, sign: str) -> Asked:
    if chinese:
        pairs = [chinese[index : index + 2] for index in range(len(chinese) - 1)] or [chinese]
        literal = " & ".join(_with(pair) for pair in pairs)
        return Asked(literal, literal, " & ".join(_with(pair, weight="A") for pair in pairs))
    if sign:
        return Asked(_with(sign), _with(sign), _with(sign, weight="A"))
    parts = _BETWEEN.split(latin)
    literal, title = _begun(parts), _begun(parts, weight="A")
    if len(parts) > 1:
        return Asked(literal, literal, title)
    if latin.isdecimal():
        number = quoted(f"#{latin}")
        return Asked(f"({literal} | {number})", f"({literal} | {number})", f"({title} | {number})")
    if len(latin) > 1 and latin.isascii() and latin.isalpha():
        return Asked(f"({literal} | {_with('~' + latin, is_begun=True)})", literal, title)
    return Asked(literal, literal, title)


def _begun(parts: Sequence[str], *, weight: str = "") -> str:
    """One letter is a word of its own: begun with "a" is half of all text."""
    whole = "-".join(parts)[:_LONGEST]
    found = _with(whole, is_begun=len(whole) > 1, weight=weight)
    if len(parts) == 1:
        return found
    apart = [_with(part, is_begun=part == parts[-1] and len(part) > 1, weight=weight) for part in parts]
    return f"({found} | ({' & '.join(apart)}))"


def _with(word: str, *, is_begun: bool = False, weight: str = "") -> str:
    ending = ("*" if is_begun else "") + weight
    return quoted(word) + (f":{ending}" if ending else "")


def _is_cjk(word: str) -> bool:
    return bool(re.match(f"[{_CJK}]", word))


def _is_compound(word: str) -> bool:
    return "-" in word or (len(word) == 2 and _is_cjk(word))

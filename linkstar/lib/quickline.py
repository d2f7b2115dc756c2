r"""One typed line as a task: "交主图 @林悦 明天18:00 #coupon !紧急 >进行中 ~3h".

@person, #label, !priority, +project, >column, ~effort and a deadline are taken out of the line; the rest is the title.
What is not understood stays in the title, as does what stands in quotes or after a backslash: nothing is ever lost.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from linkstar.lib.chinese import fold, is_han
from linkstar.lib.dateparse import ParsedDeadline
from linkstar.lib.pinyin import keys, matches
from linkstar.lib.quickdates import find_date, starts_like_a_date

Kind = Literal["person", "label", "priority", "project", "column", "effort", "date"]

MARKS: Mapping[str, Kind] = {
    "@": "person", "＠": "person", "#": "label", "＃": "label", "!": "priority", "！": "priority", "+": "project",
    "＋": "project", ">": "column", "＞": "column", "~": "effort", "～": "effort",
}  # fmt: skip
_MARK = "".join(re.escape(mark) for mark in MARKS)
_ANY_MARK = re.compile(f"[{_MARK}]")
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”|「[^」]*」')
_ESCAPE = re.compile(r"(?<![A-Za-z0-9:\\])\\")
_WORD = re.compile(rf"[^\s,，。;；、{_MARK}]{{1,120}}")
_LATIN = re.compile(r"[A-Za-z0-9]+")
# Between a word and these no space is needed, and "mail@host" or "C#" is no mark.
_CLOSE = frozenset("@＠#＃")
_SEVERAL: frozenset[Kind] = frozenset({"person", "label"})
_WHOLE: frozenset[Kind] = frozenset({"label", "priority"})
_QUIET: frozenset[Kind] = frozenset({"priority", "column", "effort"})
_TAIL = " ,，、;；:：-–—"


class Named(NamedTuple):
    """Something a mark can mean. `others` are more names of it, matched whole."""

    pk: int
    name: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """A part of the line that was understood. `pk` is that of what is named, a number of minutes for an effort."""

    kind: Kind
    start: int
    end: int
    pk: int = 0
    date: ParsedDeadline | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """A mark that means nothing here and stays text; `several` are the names it could mean."""

    kind: Kind
    start: int
    end: int
    several: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuickLine:
    """`tokens` and `misses` in the order of the line; the title and they together say all that the line says."""

    line: str
    title: str
    tokens: tuple[Token, ...] = ()
    misses: tuple[Miss, ...] = ()

    def first(self, kind: Kind) -> Token | None:
        return next((token for token in self.tokens if token.kind == kind), None)

    def pks(self, kind: Kind) -> list[int]:
        return [token.pk for token in self.tokens if token.kind == kind]

    def text(self, part: Token | Miss) -> str:
        return self.line[part.start : part.end]


@dataclass(frozen=True, slots=True)
class Grammar:
    """What can be named here, and the clock by which dates are read: see parse_deadline.

    A kind without names is no mark at all. `effort` turns "3h" into minutes.
    """

    now: datetime
    zone: str
    language: str
    names: Mapping[Kind, Sequence[Named]]
    effort: Callable[[str], int | None] | None = None


def kinds_in(line: str) -> set[Kind]:
    """Which kinds of marks stand in the line: only their names are needed to read it."""
    return {MARKS[mark] for mark in _ANY_MARK.findall(line)}


def read_line(line: str, grammar: Grammar) -> QuickLine:
    """Never raises. A line of nothing but marks is a title: there would be none otherwise."""
    quoted = [match.span() for match in _QUOTED.finditer(line)]
    escapes = [match.start() for match in _ESCAPE.finditer(line) if _is_meant(line, match.end())]
    tokens, misses = _read_marks(line, grammar, quoted, escapes)
    blank = _blank(_blank(line, quoted, "\1"), [(token.start, token.end) for token in tokens], "\0")
    found = find_date(blank, now=grammar.now, zone=grammar.zone, language=grammar.language)
    if found:
        tokens.append(Token("date", found.start, found.end, date=found.parsed))
    tokens.sort(key=lambda token: token.start)
    title = _title(line, tokens, escapes)
    if not title:
        return QuickLine(line, line)
    return QuickLine(line, title, tuple(tokens), tuple(misses))


def _is_meant(line: str, after: int) -> bool:
    return line[after : after + 1] in MARKS or starts_like_a_date(line, after)


def _read_marks(
    line: str, grammar: Grammar, quoted: list[tuple[int, int]], escapes: list[int]
) -> tuple[list[Token], list[Miss]]:
    tokens: list[Token] = []
    misses: list[Miss] = []
    end = 0
    for match in _ANY_MARK.finditer(line):
        at, kind = match.start(), MARKS[match.group()]
        if at < end or at - 1 in escapes or any(start < at < stop for start, stop in quoted):
            continue
        if not (_may_start(line, at) or (tokens and tokens[-1].end == at)):
            continue
        found = _read_mark(line, at, kind, grammar)
        if isinstance(found, Miss):
            misses.append(found)
        elif found and (kind in _SEVERAL or all(token.kind != kind for token in tokens)):
            tokens.append(found)
            end = found.end
    return tokens, misses


def _may_start(line: str, at: int) -> bool:
    before = line[at - 1 : at]
    if not before or before.isspace():
        return True
    return line[at] in _CLOSE and (is_han(before) or before in "，。、；：）)]】")


def _read_mark(line: str, at: int, kind: Kind, grammar: Grammar) -> Token | Miss | None:
    word = _WORD.match(line, at + 1)
    if word is None:
        return None
    if kind == "effort":
        minutes = grammar.effort(word.group()) if grammar.effort else None
        return Token(kind, at, word.end(), minutes) if minutes else None
    names = grammar.names.get(kind, ())
    if not names and kind != "label":
        return None
    exact = _spelled_out(line, at + 1, names)
    if exact:
        return Token(kind, at, at + 1 + len(exact.name), exact.pk)
    if kind == "project" and starts_like_a_date(line, at):
        return None
    latin = _LATIN.match(word.group())
    ends = [word.end()]
    if latin and latin.end() < len(word.group()) and is_han(word.group()[latin.end()]):
        ends.append(at + 1 + latin.end())
    several: list[Named] = []
    for end in ends:
        several = several or _called(line[at + 1 : end], names, is_whole=kind in _WHOLE)
        if len(several) == 1:
            return Token(kind, at, end, several[0].pk)
    if kind in _QUIET or word.group().isdecimal():
        return None
    return Miss(kind, at, word.end(), tuple(one.name for one in several))


def _spelled_out(line: str, at: int, names: Sequence[Named]) -> Named | None:
    """The longest name that the line goes on with, whole: names may hold spaces, and Chinese goes on without one."""
    fitting = (one for one in names if one.name and _goes_on_with(line, at, one.name))
    return max(fitting, key=lambda one: len(one.name), default=None)


def _goes_on_with(line: str, at: int, name: str) -> bool:
    part, after = line[at : at + len(name)], line[at + len(name) : at + len(name) + 1]
    if fold(part) != fold(name):
        return False
    return not (_LATIN.fullmatch(part[-1]) and after and _LATIN.fullmatch(after))


def _called(word: str, names: Sequence[Named], *, is_whole: bool) -> list[Named]:
    """Who or what is meant, by the strictest way of matching that finds anything."""
    wanted = fold(word)
    for fits in (_is_name, _is_typed) if is_whole else (_is_name, _is_typed, _begins, _contains):
        found = [one for one in names if fits(wanted, one)]
        if found:
            return found
    return []


def _is_name(wanted: str, one: Named) -> bool:
    return wanted == "".join(fold(one.name).split()) or any(wanted == fold(other) for other in one.others)


def _is_typed(wanted: str, one: Named) -> bool:
    return wanted in _keys(one.name) or (wanted.isascii() and wanted == _initials(one.name))


@lru_cache(maxsize=2048)
def _keys(name: str) -> tuple[str, ...]:
    return tuple(keys(name))


def _initials(name: str) -> str:
    """Of a Latin name of several words: "lc" of Lena Chen."""
    words = fold(name).split()
    return "".join(word[0] for word in words) if len(words) > 1 and name.isascii() else ""


def _begins(wanted: str, one: Named) -> bool:
    name = fold(one.name)
    return any(part.startswith(wanted) for part in (name, *name.split())) or any(
        key.startswith(wanted) for key in _keys(one.name)
    )


def _contains(wanted: str, one: Named) -> bool:
    return len(wanted) > 1 and matches(wanted, one.name)


def _blank(line: str, spans: Sequence[tuple[int, int]], char: str) -> str:
    for start, end in spans:
        line = f"{line[:start]}{char * (end - start)}{line[end:]}"
    return line


def _title(line: str, tokens: Sequence[Token], escapes: Sequence[int]) -> str:
    if not tokens and not escapes:
        return line
    kept = "".join(_kept(line, tokens, escapes))
    title = " ".join(kept.split())
    return title.strip(_TAIL) if tokens else title


def _kept(line: str, tokens: Sequence[Token], escapes: Sequence[int]) -> Iterator[str]:
    at = 0
    for token in tokens:
        yield "".join(char for index, char in enumerate(line[at : token.start], at) if index not in escapes)
        at = token.end
    yield "".join(char for index, char in enumerate(line[at:], at) if index not in escapes)

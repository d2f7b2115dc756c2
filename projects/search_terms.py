"""A Query of projects/search_query.py as tsqueries, and how common its words are in this workspace."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from django.db import connection

from linkstar.lib import search_words
from projects.models.search import BUCKET
from projects.search_query import Query

_STATISTICS = """
SELECT (SELECT reltuples::bigint FROM pg_class WHERE oid = 'projects_searchentry'::regclass),
    most_common_elems::text::text[], most_common_elem_freqs
FROM (VALUES (1)) one LEFT JOIN pg_stats
    ON schemaname = current_schema() AND tablename = 'projects_searchentry' AND attname = 'vector'
"""
_KEPT_SECONDS = 600
_MOST_KNOWN = 200
# A word that fewer entries have is no trouble: all of them are looked at.
_MANY = 1500
# Most entries of a bucket may be of other kinds than the one that is asked for.
_SPARE = 2


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


class Common(NamedTuple):
    """How many entries there are, about, and which part of them has a word that many have."""

    entries: int
    shares: dict[str, float]


# By workspace, with the time of reading: the same few words are asked for with each letter that somebody types.
_common: dict[int, tuple[float, Common | None]] = {}


def common_words() -> Common:
    """By PostgreSQL's own statistics; one statement in ten minutes."""
    workspace, now = connection.tenant.pk, time.monotonic()
    read_at, found = _common.get(workspace, (0.0, None))
    if found is None or now - read_at > _KEPT_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute(_STATISTICS)
            entries, words, shares = cursor.fetchone()
        # After the shares stand the least, the most and that of nulls.
        known = dict(zip(words or [], shares or [], strict=False))
        found = Common(entries, {word: share for word, share in known.items() if share * entries > _MANY / 10})
        if len(_common) >= _MOST_KNOWN:
            _common.clear()
        _common[workspace] = now, found
    return found


class Plan(NamedTuple):
    """How the index is asked: `is_free` leaves it to PostgreSQL to walk the entries from the newest on; otherwise the
    index leads, to all entries or, with `buckets`, to so many of the newest.
    """

    is_free: bool = False
    buckets: int | None = None


def plan_for(query: Query, *, wanted: int) -> Plan:
    """For one word PostgreSQL knows best: it has counted it. Of several it only believes that they are met together as
    often as by chance; where they never are, it would walk through the whole workspace.
    """
    parts = [part.any for text in (*query.words, *query.phrases) for part in search_words.asked_apart(text)]
    if len(parts) == 1 and "&" not in parts[0] and not query.excluded and not query.phrases:
        return Plan(is_free=True)
    common = common_words()
    share = min((_share(part, common.shares) for part in parts), default=0.0)
    if share * common.entries < _MANY:
        return Plan()
    count = ceil(_SPARE * wanted / share / BUCKET)
    return Plan(buckets=count) if count * BUCKET < common.entries / 2 else Plan()


def _share(part: str, shares: Mapping[str, float]) -> float:
    each = []
    for word, is_begun in search_words.named(part):
        longer = (share for other, share in shares.items() if other.startswith(word)) if is_begun else ()
        each.append(sum(longer) if is_begun else shares.get(word, 0.0))
    return min(1.0, sum(each)) if "|" in part else min(each, default=0.0)

"""Search over everything a person may see: `search(member, text, now=…)`, at most four statements.

The index finds, the rows decide: each kind of thing is joined to what its own `visible_to` lets through. Of words that
very many entries have only the newest are ranked, so that no search sorts a whole workspace; the page after them looks
at the next newest.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from linkstar.lib import pinyin, search_words, typos
from linkstar.lib.kept import Kept
from linkstar.members.models import Member
from projects.models import SearchEntry, SearchWord
from projects.search_hits import Hit, Person, Reading, hit_of, person_of, seen_words, wanted_words
from projects.search_query import Query, parse
from projects.search_sql import Row, Search, Window, find
from projects.search_terms import Terms

Kind = SearchEntry.Kind
PEOPLE = "people"
_ENTRIES = {
    "tasks": Kind.TASK, "projects": Kind.PROJECT, "comments": Kind.COMMENT, "files": Kind.FILE, "items": Kind.ITEM,
    "products": Kind.PRODUCT,
}  # fmt: skip
KINDS = ("tasks", "projects", PEOPLE, "products", "comments", "files", "items")
_PLACES = {"titles": ("tasks",), "comments": ("comments",), "files": ("files",), "items": ("items",)}
_MOST_GUESSES = 3
_MOST_LIKE_IT = 100
_members = Kept(
    lambda: Member.objects.active().only("pk", "display_name", "email", "role").order_by("display_name", "pk")
)


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind, or of people. `count` is exact unless `is_more`: then it is at least that.

    `cursor` leads to the page after this one, "" from the last.
    """

    kind: str
    count: int
    is_more: bool
    hits: list[Hit] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """`groups` in the order of KINDS, empty ones left out.

    `instead` says by which words something was found, when by those that were typed nothing was.
    """

    query: Query
    groups: list[Group] = field(default_factory=list)
    instead: dict[str, list[str]] = field(default_factory=dict)

    @property
    def hits(self) -> list[Hit]:
        """Of all kinds but people, the best first."""
        return sorted((hit for group in self.groups for hit in group.hits), key=lambda hit: hit.order)

    @property
    def people(self) -> list[Person]:
        return [person for group in self.groups for person in group.people]


def search(
    member: Member,
    text: str,
    *,
    now: datetime,
    limit: int = 10,
    cursor: str = "",
    kinds: Collection[str] | None = None,
    shown: str = "",
    zone: str = "",
    language: str = "",
) -> Page:
    """At most `limit` of each of `kinds` (None: all of KINDS). `cursor` is that of the one kind's group before.
    Of kinds other than `shown` ("": all are) only the count is wanted.

    Deadlines are put into words for `zone` and `language`, the member's own unless given.
    """
    query = parse(text)
    if query.is_empty:
        return Page(query)
    wanted = _wanted(query, kinds, member)
    members = _members() if PEOPLE in wanted or query.owner not in ("", "me", "none") else []
    asked = Search(member, query, Terms.of(query), _named(members, query.owner), now)
    entries = [_ENTRIES[kind] for kind in wanted if kind in _ENTRIES]
    window = Window.read(cursor, limit)
    rows, instead = _find(asked, entries, window, _ENTRIES.get(shown, -1) if shown else 0)
    reading = Reading(zone or member.time_zone, language or member.language, now, wanted_words(query, instead))
    groups = [_group(kind, rows, window, reading, is_shown=shown in ("", kind)) for kind in wanted if kind in _ENTRIES]
    if PEOPLE in wanted:
        groups.insert(min(2, len(groups)), _people(members, query, limit))
    return Page(query, [group for group in groups if group.count], instead)


def _wanted(query: Query, kinds: Collection[str] | None, member: Member) -> list[str]:
    """People are found by words alone, and by the team: a guest learns of nobody through this, and of no product."""
    wanted = [kind for kind in KINDS if kinds is None or kind in kinds]
    if member.is_guest:
        wanted = [kind for kind in wanted if kind not in (PEOPLE, "products")]
    if query.place:
        wanted = [kind for kind in wanted if kind in _PLACES[query.place]]
    only_words = bool(query.words) and not (query.asks_of_tasks or query.project or query.excluded)
    return [kind for kind in wanted if kind != PEOPLE or only_words]


def _find(asked: Search, kinds: Sequence[int], window: Window, shown: int) -> tuple[list[Row], dict[str, list[str]]]:
    """The rows of the page, and by which other words they were found."""
    rows = find(asked, kinds, window, shown=shown)
    if rows or not kinds or window.before or window.offset:
        return rows, {}
    guesses = _guesses(asked.query)
    if not guesses:
        return [], {}
    rows = find(asked._replace(terms=Terms.of(asked.query, instead=guesses)), kinds, window, shown=shown)
    return rows, seen_words(guesses, rows)


def _guesses(query: Query) -> dict[str, list[str]]:
    """For each word that may be a slip those of the workspace's words that are nearest to it."""
    typed = [word for text in query.words for word in search_words.spelled(text)]
    if not typed:
        return {}
    numbers = sorted({number for word in typed for number in typos.near(word)})
    written = list(SearchWord.objects.filter(near__overlap=numbers).values_list("word", flat=True)[:_MOST_LIKE_IT])
    found = {}
    for word in typed:
        limit = typos.most_slips(word)
        near = sorted((typos.slips(word, other, limit=limit), other) for other in written)
        found[word] = [other for count, other in near if count <= limit][:_MOST_GUESSES]
    return {word: others for word, others in found.items() if others}


def _named(members: Sequence[Member], name: str) -> list[int]:
    return [member.pk for member in members if pinyin.matches(name, member.display_name)] if name else []


def _people(members: Sequence[Member], query: Query, limit: int) -> Group:
    def answers(member: Member) -> bool:
        return all(pinyin.matches(word, member.display_name) or word.lower() in member.email for word in query.words)

    found = [member for member in members if answers(member)]
    return Group(PEOPLE, len(found), False, people=[person_of(member, query) for member in found[:limit]])


def _group(kind: str, rows: Sequence[Row], window: Window, reading: Reading, *, is_shown: bool) -> Group:
    found = [row for row in rows if row.kind == _ENTRIES[kind]]
    if not found:
        return Group(kind, 0, False)
    if not is_shown:
        return Group(kind, found[0].found, found[0].is_cut)
    hits = [hit_of(row, reading) for row in found]
    return Group(kind, found[0].found, found[0].is_cut, hits, cursor=window.after(found))

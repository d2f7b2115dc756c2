"""What is shown of each thing that was found: its words with the found ones marked, where it is, who and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from linkstar.lib.deadlines import Deadline, DueLabel, describe
from linkstar.lib.highlight import Piece, pieces
from linkstar.lib.search_words import spelled
from linkstar.members.models import Member
from projects.cards import Face
from projects.models import SearchEntry
from projects.search_query import Query
from projects.search_sql import Row
from projects.trace import moment

Kind = SearchEntry.Kind
_SNIPPET = 160
KIND_NAMES = {Kind.TASK: "tasks", Kind.PROJECT: "projects", Kind.COMMENT: "comments", Kind.FILE: "files",
              Kind.ITEM: "items", Kind.PRODUCT: "products"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """`title` names it, `snippet` is what was found in it beside, [] for nothing; `task` is the task that it lies in.

    `order` sorts hits of several kinds, the best first.
    """

    kind: str
    pk: int
    url: str
    title: list[Piece]
    snippet: list[Piece]
    number: int | None
    project: str
    project_id: int
    task: str
    is_done: bool
    is_archived: bool
    person: Face | None
    due: DueLabel | None
    when: str
    order: tuple[int, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.title)


@dataclass(frozen=True, slots=True)
class Person:
    pk: int
    name: list[Piece]
    face: Face
    email: str
    url: str


@dataclass(frozen=True, slots=True)
class Reading:
    """For whom the hits are put into words, and what was looked for."""

    zone: str
    language: str
    now: datetime
    wanted: Sequence[str]


def wanted_words(query: Query, instead: Mapping[str, list[str]]) -> list[str]:
    """What to mark: what was typed, and what it was found by."""
    others = [other for several in instead.values() for other in several]
    return [*query.phrases, *query.words, *others]


def hit_of(row: Row, reading: Reading) -> Hit:
    title, snippet = _texts(row, reading)
    in_task = row.kind in (Kind.COMMENT, Kind.ITEM, Kind.FILE, Kind.PRODUCT)
    face = Face.of(row.person_id, row.person or "", row.role or "") if row.person_id is not None else None
    kind_weight = 1 if row.kind in (Kind.TASK, Kind.PROJECT) else 0
    return Hit(
        kind=KIND_NAMES[Kind(row.kind)],
        pk=row.ref,
        url=_url(row),
        title=title,
        snippet=snippet,
        number=row.number if row.kind == Kind.TASK else None,
        project=row.project,
        project_id=row.project_id,
        task=(row.title or "") if in_task else "",
        is_done=row.is_done,
        is_archived=row.is_archived,
        person=face,
        due=_due(row, reading) if row.kind == Kind.TASK else None,
        when=moment(row.at) if row.at and row.kind in (Kind.COMMENT, Kind.FILE) else "",
        order=(row.is_archived, -row.tier, -kind_weight, row.is_done, -row.entry),
    )


def person_of(member: Member, query: Query) -> Person:
    return Person(
        member.pk,
        pieces(member.display_name, query.words, by_sound=True),
        Face.of(member.pk, member.display_name, member.role),
        member.email,
        f"/members/{member.pk}/",
    )


def seen_words(guesses: Mapping[str, list[str]], rows: Sequence[Row]) -> dict[str, list[str]]:
    """Of the guesses those that stand in what was found: no other word is told, wherever in the workspace it stands."""
    told = {word for row in rows for word in spelled(f"{row.title or ''} {row.project} {row.text}")}
    found = {word: [other for other in others if other in told] for word, others in guesses.items()}
    return {word: others for word, others in found.items() if others}


def _texts(row: Row, reading: Reading) -> tuple[list[Piece], list[Piece]]:
    if row.kind == Kind.COMMENT:
        return pieces(row.text, reading.wanted, length=_SNIPPET), []
    if row.kind in (Kind.FILE, Kind.ITEM, Kind.PRODUCT):
        return pieces(row.text, reading.wanted, by_sound=True), []
    name = row.project if row.kind == Kind.PROJECT else row.title or ""
    title = pieces(name, reading.wanted, by_sound=True)
    if not row.text or not reading.wanted:
        return title, []
    snippet = pieces(_without_marks(row.text), reading.wanted, length=_SNIPPET)
    return title, snippet if any(piece.is_found for piece in snippet) else []


def _without_marks(text: str) -> str:
    """Markdown's stars and heading signs say nothing in one line of plain text."""
    return text.replace("**", "").replace("#", "").replace("`", "")


def _url(row: Row) -> str:
    if row.kind in (Kind.PROJECT, Kind.FILE):
        return f"/{KIND_NAMES[Kind(row.kind)]}/{row.ref}/"
    return f"/tasks/{row.task_id}/" + (f"#comment-{row.ref}" if row.kind == Kind.COMMENT else "")


def _due(row: Row, reading: Reading) -> DueLabel | None:
    if row.due_on is None:
        return None
    deadline = Deadline.stored(row.due_on, row.due_time, row.due_zone or "", row.due_at)
    return describe(deadline, reader_zone=reading.zone, language=reading.language, now=reading.now, is_done=row.is_done)

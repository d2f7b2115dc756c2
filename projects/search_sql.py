# ruff: noqa: S608 - the statement is put together of constants; what was typed is a parameter
"""The statement of a search: the index finds, what `visible_to` says of each kind decides, the best are read whole.

By hand, because of the index: its conditions on `scope` must be written as it takes them, and each kind looks through
the newest of its own entries only.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from linkstar.lib import search_words
from linkstar.lib.kept import prepared_cursor
from linkstar.members.models import Member
from projects.models import Label, Project, SearchEntry, Task
from projects.models.search import BUCKET, FIRST_BUCKET
from projects.search_query import Query
from projects.search_shown import placed
from projects.search_sight import Piece, piece, rows_at, seen, tasks_at
from projects.search_terms import Terms

Kind = SearchEntry.Kind
# So many of a kind are ranked at once, the newest that were found.
WINDOW = 200
# So many entries of a kind are read one by one; so many buckets come next.
_NEAR = 1536
_BUCKETS = 3
# More than a workspace has: a LIMIT that only keeps PostgreSQL from planning a part and its whole as one.
_MOST = 10_000_000
_LOOKUPS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "exact"}


class Row(NamedTuple):
    """One thing found. `found` counts those of its kind in the window; when `is_cut`, more may lie below `lowest`."""

    kind: int
    ref: int
    entry: int
    tier: int
    is_done: bool
    is_archived: bool
    found: int
    lowest: int
    task_id: int | None
    number: int | None
    title: str | None
    project_id: int
    project: str
    person_id: int | None
    person: str | None
    role: str | None
    due_on: Any
    due_time: Any
    due_zone: str | None
    due_at: datetime | None
    at: datetime | None
    text: str
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Window:
    """Where a page begins: entries below `before` (None: the newest), the first `offset` of them left out."""

    limit: int
    before: int | None = None
    offset: int = 0

    @classmethod
    def read(cls, cursor: str, limit: int) -> "Window":
        """What is no cursor begins at the beginning."""
        before, dot, offset = cursor.partition(".")
        if not (dot and all(part.isascii() and part.isdigit() and len(part) < 18 for part in (before, offset))):
            return cls(limit)
        return cls(limit, int(before) or None, min(int(offset), WINDOW))

    def after(self, rows: Sequence[Row]) -> str:
        """The cursor of the page that follows `rows`, which are of one kind; "" when they were the last."""
        if not rows:
            return ""
        end = self.offset + len(rows)
        if end < rows[0].found:
            return f"{self.before or 0}.{end}"
        return f"{rows[0].lowest}.0" if rows[0].is_cut else ""


class _Sql:
    """A statement and its parameters, by name."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.params: dict[str, Any] = {}

    def add(self, text: str, **params: Any) -> None:
        self.parts.append(text)
        self.params |= params

    def add_piece(self, piece: Piece) -> None:
        self.parts.append(f"({piece.text} OFFSET 0)")
        self.params |= piece.params


class Search(NamedTuple):
    member: Member
    query: Query
    terms: Terms
    owners: Collection[int]
    now: datetime


def find(asked: Search, kinds: Sequence[int], window: Window, *, shown: int = 0) -> list[Row]:
    """The rows of a page, by kind and place; of kinds other than `shown` (0: all are) only the first."""
    if not asked.terms.any:
        kinds = [kind for kind in kinds if kind == Kind.TASK or (kind == Kind.PROJECT and asked.query.project)]
    if asked.query.asks_of_tasks:
        kinds = [kind for kind in kinds if kind != Kind.PROJECT]
    is_hopeless = asked.query.has_text and not asked.terms.any
    is_nobodys = asked.query.owner not in ("", "me", "none") and not asked.owners
    if not kinds or is_hopeless or is_nobodys:
        return []
    return _run(asked, kinds, window, shown)


def _run(asked: Search, kinds: Sequence[int], window: Window, shown: int) -> list[Row]:
    sql = _Sql()
    sql.add("WITH ")
    for kind in kinds if asked.terms.any else ():
        # The newest entry that is not read one by one; NULL where all of the kind are.
        sql.add(f"edge{kind} AS MATERIALIZED (SELECT (SELECT id FROM {_of(kind, window)} {_NEWEST}")
        sql.add(f" OFFSET {_NEAR} LIMIT 1) AS id), ", before=window.before)
    sql.add("hit (id, kind, ref, task_id, project_id, is_done, is_archived) AS (")
    for index, kind in enumerate(kinds):
        sql.add(" UNION ALL (" if index else "(")
        (_add_arm if asked.terms.any else _add_list)(sql, asked, kind, window)
        sql.add(f" LIMIT {WINDOW})")
    terms = asked.terms
    if terms.any:
        sql.add(_RANKED, any=terms.any, exact=terms.exact or terms.title, title=terms.title, literal=terms.literal)
    else:
        sql.add(_LISTED)
    last = window.offset + window.limit
    sql.add(placed(tuple(kinds), WINDOW), first=window.offset, last=last, shown=shown)
    # Planning it takes PostgreSQL longer than answering: what is typed is no part of its text.
    with prepared_cursor() as cursor:
        cursor.execute("".join(sql.parts), sql.params)
        return [Row._make(row) for row in cursor.fetchall()]


def _add_arm(sql: _Sql, asked: Search, kind: int, window: Window) -> None:
    """The entries of a kind that have the words, the newest first, each looked up until the window is full.

    They come from one place after the other, and where the window is full, nobody looks into the next: PostgreSQL
    takes the arms of UNION ALL in their order, and their LIMITs keep it from doing otherwise.
    """
    by_task = kind not in (Kind.PROJECT, Kind.FILE) or (kind == Kind.FILE and asked.query.asks_of_tasks)
    flags = "seen.completed_at IS NOT NULL, seen.archived_at IS NOT NULL" if by_task else "false, false"
    sql.add(f"SELECT e.id, {kind} AS kind, e.ref, e.task_id, e.project_id, {flags} FROM (")
    _add_places(sql, asked, kind, window)
    sql.add(") e")
    if by_task:
        sql.add(" CROSS JOIN LATERAL ")
        sql.add_piece(_task(asked))
        sql.add(" seen")
    if kind != Kind.TASK:
        sql.add(" CROSS JOIN LATERAL ")
        sql.add_piece(_own(asked, kind))
        sql.add(" own")


def _add_places(sql: _Sql, asked: Search, kind: int, window: Window) -> None:
    """Common words stand in the newest entries, which are read one by one. What is found too seldom there is looked
    for by the index, in the newest buckets and then in all: it is never asked for all that a common word is in.
    """
    columns = "id, ref, task_id, project_id"
    select = f"SELECT {columns} FROM projects_searchentry WHERE vector @@ %(any)s::tsquery"
    select += f" AND scope @> ARRAY[{-kind}]::bigint[]"
    newest_first = f"ORDER BY id + 0 DESC LIMIT {_MOST})"
    if asked.member.is_guest or asked.query.project:
        # The projects narrow more than age does.
        sql.add(f"({select}{' AND id + 0 < %(before)s' if window.before else ''} AND scope && ARRAY")
        sql.add_piece(
            piece(_projects(asked).values("pk"), "in") if asked.query.project else seen("projects", asked.member)
        )
        sql.add(f"::bigint[] {newest_first}")
        return
    edge = f"(SELECT id FROM edge{kind})"
    buckets = f"SELECT -({FIRST_BUCKET} + {edge} / {BUCKET} - back) FROM generate_series(0, {_BUCKETS}) back"
    select += f" AND {edge} IS NOT NULL"
    sql.add(
        f"(SELECT {columns} FROM (SELECT {columns}, vector FROM {_of(kind, window)} {_NEWEST} LIMIT {_NEAR}) near"
        f" WHERE vector @@ %(any)s::tsquery)"
        f" UNION ALL ({select} AND id + 0 <= {edge} AND scope && ARRAY({buckets})::bigint[] {newest_first}"
        f" UNION ALL ({select} AND id + 0 < ({edge} / {BUCKET} - {_BUCKETS}) * {BUCKET} {newest_first}"
    )


def _of(kind: int, window: Window) -> str:
    end = f"({kind}, %(before)s)" if window.before else f"({kind + 1}, 0)"
    return f"projects_searchentry WHERE (kind, id) > ({int(kind)}, 0) AND (kind, id) < {end}"


def _add_list(sql: _Sql, asked: Search, kind: int, window: Window) -> None:
    """Without words there is nothing for the index to find: the newest rows that the operators let through."""
    if kind == Kind.PROJECT:
        sql.add(f"SELECT id, {kind} AS kind, id AS ref, NULL::bigint AS task_id, id AS project_id,")
        sql.add(" false AS is_done, false AS is_archived FROM ")
        sql.add_piece(piece(_projects(asked).order_by().values("id"), "list5"))
    else:
        sql.add(f"SELECT id, {kind} AS kind, id AS ref, id AS task_id, project_id,")
        sql.add(" completed_at IS NOT NULL AS is_done, archived_at IS NOT NULL AS is_archived FROM ")
        tasks = _tasks(asked).order_by().values("id", "project_id", "completed_at", "archived_at")
        sql.parts.append(f"({(given := piece(tasks, 'list1')).text})")
        sql.params |= given.params
    sql.add(" seen")
    if window.before:
        sql.add(" WHERE id < %(before)s", before=window.before)
    sql.add(" ORDER BY id DESC")


def _task(asked: Search) -> Piece:
    query = asked.query
    is_plain = not (query.asks_of_tasks or query.project)
    return seen("task", asked.member) if is_plain else piece(tasks_at(_tasks(asked)), "task")


def _own(asked: Search, kind: int) -> Piece:
    if kind != Kind.PROJECT:
        return seen(f"own{kind}", asked.member)
    return piece(rows_at(_projects(asked)), "project") if asked.query.project else seen("project", asked.member)


def _projects(asked: Search) -> QuerySet[Project]:
    projects = Project.objects.visible_to(asked.member)
    name = asked.query.project
    if not name:
        return projects
    wanted = Q(name__icontains=name)
    if words := search_words.asked(name).any:
        entries = SearchEntry.objects.filter(scope__contains=[-Kind.PROJECT], vector__asked=words)
        wanted |= Q(pk__in=entries.values("ref"))
    return projects.filter(wanted)


def _tasks(asked: Search) -> QuerySet[Task]:
    """The tasks that the member sees and that the operators let through."""
    query, tasks = asked.query, Task.objects.visible_to(asked.member)
    if query.owner:
        owners = [asked.member.pk] if query.owner == "me" else asked.owners
        tasks = tasks.filter(owner=None) if query.owner == "none" else tasks.filter(owner__in=list(owners))
    for name in query.labels:
        found = Label.objects.filter(name__icontains=name).values("pk")
        tasks = tasks.filter(pk__in=Task.labels.through.objects.filter(label__in=found).values("task_id"))
    if query.project:
        tasks = tasks.filter(project__in=_projects(asked).values("pk"))
    for state in sorted(query.states):
        tasks = tasks.filter(_state(state, asked.now))
    for due in query.due:
        tasks = tasks.filter(**{f"due_on__{_LOOKUPS[due.sign]}": due.on})
    return tasks


def _state(state: str, now: datetime) -> Q:
    return {
        "overdue": Q(completed_at=None, due_at__lt=now),
        "done": Q(completed_at__isnull=False),
        "open": Q(completed_at=None),
        "draft": Q(completed_at=None) & (Q(owner=None) | Q(due_on=None)),
        "milestone": Q(is_milestone=True),
        "archived": Q(archived_at__isnull=False) | Q(project__state=Project.State.ARCHIVED),
    }[state]


# Named so that the index of both is walked: PostgreSQL would rather walk all entries, where most are of one kind.
_NEWEST = "ORDER BY kind DESC, id DESC"
_RANKED = """), ranked AS (SELECT hit.*, hit.is_archived OR p.state = 'archived' AS is_old, p.name AS project,
    4 * (vector @@ %(exact)s::tsquery)::int + 2 * (vector @@ %(title)s::tsquery)::int
        + (vector @@ %(literal)s::tsquery)::int AS tier
    FROM hit JOIN projects_project p ON p.id = hit.project_id
    JOIN (SELECT id, vector FROM projects_searchentry) s ON s.id = hit.id)"""
_LISTED = """), ranked AS (SELECT hit.*, hit.is_archived OR p.state = 'archived' AS is_old, p.name AS project, 0 AS tier
    FROM hit JOIN projects_project p ON p.id = hit.project_id)"""

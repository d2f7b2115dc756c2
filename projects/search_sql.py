"""The statement of a search: the index finds, what `visible_to` says of each kind decides, the best are read whole.

By hand, because of the index: its conditions on `scope` must be written as it takes them, and each kind looks through
the newest of its own entries only.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from linkstar.lib import search_words
from linkstar.members.models import Member
from projects.models import ChecklistItem, Comment, Label, ProductLink, Project, SearchEntry, StoredFile, Task
from projects.models.search import BUCKET, FIRST_BUCKET
from projects.search_query import Query
from projects.search_terms import Plan, Terms, plan_for

Kind = SearchEntry.Kind
# So many of a kind are ranked at once, the newest that were found.
WINDOW = 200
# A longer description or comment is read so far for what is shown of it.
_READ = 20_000
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
    """A statement and its parameters, in one order."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.params: list[Any] = []

    def add(self, text: str, *params: Any) -> None:
        self.parts.append(text)
        self.params += params

    def add_query(self, rows: QuerySet[Any, Any], *fields: str) -> None:
        text, params = rows.order_by().values(*fields).query.sql_with_params()
        self.parts.append(f"({text})")
        self.params += params


class Search(NamedTuple):
    member: Member
    query: Query
    terms: Terms
    owners: Collection[int]
    now: datetime


def find(asked: Search, kinds: Sequence[int], window: Window) -> list[Row]:
    """The rows of a page, by kind and place. Of very common words the newest entries are asked first."""
    if not asked.terms.any:
        kinds = [kind for kind in kinds if kind == Kind.TASK or (kind == Kind.PROJECT and asked.query.project)]
    if asked.query.asks_of_tasks:
        kinds = [kind for kind in kinds if kind != Kind.PROJECT]
    is_hopeless = asked.query.has_text and not asked.terms.any
    is_nobodys = asked.query.owner not in ("", "me", "none") and not asked.owners
    if not kinds or is_hopeless or is_nobodys:
        return []
    # A guest's projects narrow more than age does.
    narrows = asked.terms.any and asked.member.is_insider and not asked.query.project
    plan = plan_for(asked.query, wanted=WINDOW) if narrows else Plan()
    rows = _run(asked, kinds, window, plan)
    if plan.buckets is not None and len(rows) < window.limit:
        rows = _run(asked, kinds, window, Plan())
    return rows


def _run(asked: Search, kinds: Sequence[int], window: Window, plan: Plan) -> list[Row]:
    sql = _Sql()
    sql.add("WITH hit AS (")
    for index, kind in enumerate(kinds):
        sql.add(" UNION ALL (" if index else "(")
        _add_arm(sql, asked, kind, window, plan)
        sql.add(f" LIMIT {WINDOW})")
    sql.add(_RANKED if asked.terms.any else _LISTED)
    if asked.terms.any:
        sql.params += [asked.terms.exact or asked.terms.title, asked.terms.title, asked.terms.literal]
    # Below the newest buckets there may be more, whatever was found in them.
    sql.add(_BELOW, plan.buckets, window.before)
    sql.add(_PLACED, window.offset, window.offset + window.limit)
    with connection.cursor() as cursor:
        cursor.execute("".join(sql.parts), sql.params)
        return [Row._make(row) for row in cursor.fetchall()]


_OF_TASKS = """SELECT e.id, e.kind, e.ref, e.task_id, e.project_id,
    seen.completed_at IS NOT NULL AS is_done, seen.archived_at IS NOT NULL AS is_archived FROM """
_OF_OTHERS = """SELECT e.id, e.kind, e.ref, e.task_id, e.project_id, false AS is_done, false AS is_archived FROM """
_SORTED = """(SELECT e.id, e.kind, e.ref, e.task_id, e.project_id, e.id + 0 AS newest FROM projects_searchentry e"""


def _add_arm(sql: _Sql, asked: Search, kind: int, window: Window, plan: Plan) -> None:
    """Where the planner may not choose, entries are sorted before they are joined: the join then ends with the last row
    of the window, instead of reading every task that was found.
    """
    if not asked.terms.any:
        _add_list(sql, asked, kind, window)
        return
    by_task = kind not in (Kind.PROJECT, Kind.FILE) or (kind == Kind.FILE and asked.query.asks_of_tasks)
    sql.add(_OF_TASKS if by_task else _OF_OTHERS)
    if plan.is_free:
        sql.add("projects_searchentry e")
    else:
        sql.add(_SORTED)
        _add_match(sql, asked, kind, window, plan.buckets)
        sql.add(" ORDER BY newest DESC OFFSET 0) e")
    if by_task:
        sql.add(" JOIN ")
        sql.add_query(_tasks(asked), "id", "completed_at", "archived_at")
        sql.add(" seen ON seen.id = e.task_id")
    elif kind == Kind.PROJECT:
        sql.add(" JOIN ")
        sql.add_query(_projects(asked), "id")
        sql.add(" seen ON seen.id = e.ref")
    if plan.is_free:
        _add_match(sql, asked, kind, window, None)
    beside = _beside(asked.member, kind)
    if beside is not None:
        sql.add(" AND " if plan.is_free else " WHERE ")
        sql.add("EXISTS (SELECT FROM ")
        sql.add_query(beside, "id")
        sql.add(" own WHERE own.id = e.ref)")
    sql.add(" ORDER BY e.id DESC" if plan.is_free else " ORDER BY e.newest DESC")


def _add_list(sql: _Sql, asked: Search, kind: int, window: Window) -> None:
    """Without words there is nothing for the index to find: the newest rows that the operators let through."""
    if kind == Kind.PROJECT:
        sql.add(f"SELECT id, {kind} AS kind, id AS ref, NULL::bigint AS task_id, id AS project_id,")
        sql.add(" false AS is_done, false AS is_archived FROM ")
        sql.add_query(_projects(asked), "id")
    else:
        sql.add(f"SELECT id, {kind} AS kind, id AS ref, id AS task_id, project_id,")
        sql.add(" completed_at IS NOT NULL AS is_done, archived_at IS NOT NULL AS is_archived FROM ")
        sql.add_query(_tasks(asked), "id", "project_id", "completed_at", "archived_at")
    sql.add(" seen")
    if window.before:
        sql.add(" WHERE id < %s", window.before)
    sql.add(" ORDER BY id DESC")


def _add_match(sql: _Sql, asked: Search, kind: int, window: Window, buckets: int | None) -> None:
    sql.add(f" WHERE e.vector @@ %s::tsquery AND e.scope @> ARRAY[{-kind}]::bigint[]", asked.terms.any)
    if asked.member.is_guest or asked.query.project:
        sql.add(" AND e.scope && ARRAY(")
        sql.add_query(_projects(asked), "id")
        sql.add(")::bigint[]")
    if buckets is not None:
        top = "%s" if window.before else "(SELECT max(id) FROM projects_searchentry)"
        sql.add(f" AND e.scope && ARRAY(SELECT -({FIRST_BUCKET} + {top} / {BUCKET} - back)")
        sql.params += [window.before] if window.before else []
        sql.add(" FROM generate_series(0, %s) back)::bigint[]", buckets)
    if window.before:
        sql.add(" AND e.id < %s", window.before)


def _beside(member: Member, kind: int) -> QuerySet[Any] | None:
    """What must still be there, and be seen, beside its task."""
    if kind == Kind.COMMENT:
        return Comment.objects.visible_to(member)
    if kind == Kind.FILE:
        return StoredFile.objects.visible_to(member)
    if kind == Kind.PRODUCT:
        return ProductLink.objects.all() if member.is_insider else ProductLink.objects.none()
    return ChecklistItem.objects.all() if kind == Kind.ITEM else None


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


_RANKED = """), ranked AS (SELECT hit.id, kind, ref, task_id, project_id, is_done,
    is_archived OR p.state = 'archived' AS is_archived, p.name AS project,
    4 * (vector @@ %s::tsquery)::int + 2 * (vector @@ %s::tsquery)::int + (vector @@ %s::tsquery)::int AS tier
    FROM hit JOIN projects_project p ON p.id = hit.project_id
    JOIN (SELECT id, vector FROM projects_searchentry) s ON s.id = hit.id)"""
_LISTED = """), ranked AS (SELECT hit.id, kind, ref, task_id, project_id, is_done,
    is_archived OR p.state = 'archived' AS is_archived, p.name AS project, 0 AS tier
    FROM hit JOIN projects_project p ON p.id = hit.project_id)"""
_BELOW = f""", below AS (SELECT greatest(0,
    (coalesce(given.top, (SELECT max(id) FROM projects_searchentry)) / {BUCKET} - given.buckets) * {BUCKET}) AS id
    FROM (SELECT %s::bigint AS buckets, %s::bigint AS top) given)"""  # noqa: S608 - constants
_PLACED = f""", placed AS (SELECT ranked.*, count(*) OVER kinds AS found,
    CASE WHEN count(*) OVER kinds < {WINDOW} THEN below.id ELSE min(ranked.id) OVER kinds END AS lowest,
    below.id AS rest,
    row_number() OVER (PARTITION BY kind ORDER BY is_archived, tier DESC, is_done, ranked.id DESC) AS place
    FROM ranked, below WINDOW kinds AS (PARTITION BY kind))
SELECT kind, ref, placed.id, tier, is_done, is_archived, found, greatest(lowest, 1), placed.task_id, t.number,
    t.title, placed.project_id, project, m.id, m.display_name, m.role, t.due_on, t.due_time, t.due_zone, t.due_at,
    coalesce(c.created_at, f.created_at, t.updated_at, p.last_activity_at),
    left(coalesce(c.body, f.name, i.text, nullif(concat_ws(' ', nullif(l.asin, ''), nullif(l.sku, ''),
        nullif(l.title, ''), CASE WHEN l.asin = '' AND l.sku = '' THEN l.url END), ''),
        CASE kind WHEN 1 THEN t.description ELSE p.description END), {_READ}),
    found = {WINDOW} OR rest > 0
FROM placed LEFT JOIN projects_task t ON t.id = placed.task_id
    LEFT JOIN projects_project p ON kind = 5 AND p.id = ref
    LEFT JOIN projects_comment c ON kind = 2 AND c.id = ref
    LEFT JOIN projects_storedfile f ON kind = 3 AND f.id = ref
    LEFT JOIN projects_checklistitem i ON kind = 4 AND i.id = ref
    LEFT JOIN projects_productlink l ON kind = 6 AND l.id = ref
    LEFT JOIN members_member m ON m.id =
        CASE kind WHEN 2 THEN c.author_id WHEN 3 THEN f.created_by_id WHEN 5 THEN p.owner_id ELSE t.owner_id END
WHERE place > %s AND place <= %s ORDER BY kind, place"""  # noqa: S608 - constants

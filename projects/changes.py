"""What changed on a project since a cursor, for pages that are open elsewhere. Nothing is lost, nothing comes twice."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from linkstar.lib.snapshots import Cursor
from linkstar.members.models import Member
from projects.models import Project, Task
from projects.models.changes import NO_TASK, USABLE

# Above this a page is quicker drawn anew.
MOST_TASKS = 200

# One statement, so that the snapshot that becomes the next cursor is the one that the marks were read in.
_MARKED = """
SELECT pg_current_snapshot()::text, array_agg(task_id) FROM (
    SELECT DISTINCT task_id FROM projects_changemark
    WHERE project_id = %(project)s AND xid >= %(xmin)s
        AND NOT pg_visible_in_snapshot(xid::text::xid8, %(snapshot)s::pg_snapshot)
    ORDER BY task_id LIMIT %(limit)s
) AS marked
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """`tasks` changed and can be seen, `gone` are in the bin or the archive; `is_whole`: draw the page anew.

    It is drawn anew for columns, for more tasks than are worth listing, after a sleep that outlasted the marks, and
    when something changed that this person may not see, or not any more: then no id is told.
    """

    cursor: Cursor
    tasks: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    is_whole: bool = False

    @property
    def is_nothing(self) -> bool:
        return not (self.tasks or self.gone or self.is_whole)


def changes_since(cursor: Cursor | None, project: Project, member: Member, *, now: datetime) -> Changes:
    """What `member` may know of it. Without a cursor there is only the one to begin with."""
    if cursor is None or cursor.at < (now - USABLE).timestamp():
        return Changes(Cursor.of(_snapshot(), now=now), is_whole=cursor is not None)
    snapshot, marked = _marked(project, cursor)
    fresh = Cursor.of(snapshot, now=now)
    if cursor.xmax > fresh.xmax:  # of another cluster, before a restore
        return Changes(fresh, is_whole=True)
    ids = [pk for pk in marked if pk != NO_TASK]
    if NO_TASK in marked or len(ids) > MOST_TASKS:
        return Changes(fresh, is_whole=True)
    if not ids:
        return Changes(fresh)
    known = Task.objects.allowed_to(member).filter(pk__in=ids, project=project)
    shown = set(known.current().values_list("pk", flat=True))
    gone = set(known.values_list("pk", flat=True)) - shown if len(shown) < len(ids) else set()
    return Changes(fresh, sorted(shown), sorted(gone), is_whole=len(shown) + len(gone) < len(ids))


def _marked(project: Project, cursor: Cursor) -> tuple[str, list[int]]:
    with connection.cursor() as statement:
        asked: dict[str, int | str] = {
            "project": project.pk, "xmin": cursor.xmin, "snapshot": cursor.snapshot, "limit": MOST_TASKS + 2
        }  # fmt: skip
        statement.execute(_MARKED, asked)
        snapshot, marked = statement.fetchone()
    return snapshot, marked or []


def _snapshot() -> str:
    with connection.cursor() as statement:
        statement.execute("SELECT pg_current_snapshot()::text")
        return str(statement.fetchone()[0])

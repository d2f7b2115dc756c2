# ruff: noqa: S608 - the statement is put together of constants
"""The end of a search's statement: the best of each kind, and what is shown of them."""

from functools import cache

from projects.models import SearchEntry

Kind = SearchEntry.Kind
# A longer description or comment is read so far for what is shown of it.
_READ = 20_000
# Who, when and what, of each kind but tasks.
_OWN = {
    Kind.COMMENT: "author_id, created_at, body FROM projects_comment",
    Kind.FILE: "created_by_id, created_at, name FROM projects_storedfile",
    Kind.ITEM: "NULL, NULL, text FROM projects_checklistitem",
    Kind.PRODUCT: """NULL, NULL, concat_ws(' ', nullif(asin, ''), nullif(sku, ''), nullif(title, ''),
        CASE WHEN asin = '' AND sku = '' THEN url END) FROM projects_productlink""",
    Kind.PROJECT: "owner_id, last_activity_at, description FROM projects_project",
}


@cache
def placed(kinds: tuple[int, ...], window: int) -> str:
    """The best of each kind, with what is shown of them: only these are read whole.

    Of kinds other than `shown` (0: all are, -1: none is) one row comes, which says how many there are.
    """
    several = " UNION ALL ".join(
        f"SELECT {_OWN[kind]} WHERE kind = {int(kind)} AND id = ref" for kind in _OWN if kind in kinds
    )
    own = f"({several})" if several else "(SELECT NULL::bigint, NULL::timestamptz, NULL::text WHERE false)"
    return f""", placed AS (SELECT ranked.*, count(*) OVER kinds AS found, min(ranked.id) OVER kinds AS lowest,
    row_number() OVER (PARTITION BY kind ORDER BY is_old, tier DESC, is_done, ranked.id DESC) AS place
    FROM ranked WINDOW kinds AS (PARTITION BY kind))
SELECT kind, ref, placed.id, tier, is_done, is_old, found, lowest, placed.task_id, t.number,
    t.title, placed.project_id, project, m.id, m.display_name, m.role, t.due_on, t.due_time, t.due_zone, t.due_at,
    coalesce(own.at, t.updated_at), left(CASE kind WHEN 1 THEN t.description ELSE own.text END, {_READ}),
    found = {window}
FROM placed LEFT JOIN projects_task t ON t.id = placed.task_id
    LEFT JOIN LATERAL {own} own (person, at, text) ON true
    LEFT JOIN members_member m ON m.id = CASE WHEN kind IN (2, 3, 5) THEN own.person ELSE t.owner_id END
WHERE place > %(first)s AND place <= CASE WHEN %(shown)s::int IN (0, kind) THEN %(last)s ELSE 1 END
ORDER BY kind, place"""

"""What happens at a time: promised beside the row it is about, and done once (tenancy.md, section 5).

A due row is a hint and a lock, never the truth. Who takes one claims it for the length of a lease; who then deletes it
acts, in that same transaction. A worker that dies leaves it to the next lease, and one that was merely slow finds its
claim gone. Handlers look at the workspace's own rows before they act.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet
from django_tenants.utils import get_public_schema_name, schema_context, tenant_context

from linkstar.workspaces import holidays
from linkstar.workspaces.fleet import accepts
from linkstar.workspaces.jobs import current_workspace_id
from linkstar.workspaces.models import DueItem, Workspace

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
# How long the rows of a workspace that is suspended, or whose schema is being upgraded, wait before the next look.
CLOSED_FOR = timedelta(minutes=10)

log = structlog.get_logger(__name__)

# Rows claimed before come one at a time and last: whatever killed their worker takes no others with it again and again.
_CLAIM = """
WITH fresh AS (
    SELECT id FROM workspaces_dueitem WHERE parked_at IS NULL AND run_at <= %(now)s AND attempts = 0
    ORDER BY run_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), again AS (
    SELECT id FROM workspaces_dueitem WHERE parked_at IS NULL AND run_at <= %(now)s AND attempts > 0
    ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE workspaces_dueitem SET run_at = %(until)s, attempts = attempts + 1
WHERE id IN (SELECT id FROM fresh UNION ALL SELECT id FROM again)
RETURNING id, workspace_id, kind, object_id, run_at, attempts
"""


class Handler(Protocol):
    def __call__(self, object_id: int, /, *, now: datetime) -> None: ...


class UnknownKind(LookupError):
    """No code here knows what to do with rows of this kind."""


class Claim(NamedTuple):
    """A due row as its claimer saw it; `run_at`, the end of the lease, and `attempts` tell whether the claim holds."""

    id: int
    workspace_id: int
    kind: str
    object_id: int
    run_at: datetime
    attempts: int


_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Make a function the handler of a kind; it runs inside the row's workspace and in one transaction with its end."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def schedule(kind: str, object_id: int, run_at: datetime) -> None:
    """Promise that the handler of `kind` runs at `run_at`, or move that promise; part of the current transaction."""
    schedule_many([(kind, object_id, run_at)])


def schedule_many(promises: Iterable[tuple[str, int, datetime]]) -> None:
    """`schedule` for many (kind, object_id, run_at) in one statement. A moved row starts again with no attempts."""
    workspace_id = current_workspace_id()
    # In one order everywhere, so that two writers of the same rows wait for each other instead of dying.
    rows = [
        DueItem(workspace_id=workspace_id, kind=kind, object_id=object_id, run_at=run_at)
        for kind, object_id, run_at in sorted(promises)
    ]
    DueItem.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["workspace", "kind", "object_id"],
        update_fields=["run_at", "attempts", "parked_at"],
    )


def cancel(kind: str, *object_ids: int) -> None:
    """Take promises back; nothing happens where there is none."""
    DueItem.objects.filter(workspace=current_workspace_id(), kind=kind, object_id__in=object_ids).delete()


def lock(kind: str, *object_ids: int) -> None:
    """Keep workers off these promises until the transaction ends, waiting for one that is keeping one of them.

    Whoever changes a promised row takes this lock before the row's own, because workers do: the other way round, the
    two would stop each other.
    """
    rows = DueItem.objects.filter(workspace=current_workspace_id(), kind=kind, object_id__in=object_ids)
    list(rows.order_by("object_id").select_for_update().values_list("pk"))


def run_due(now: datetime, *, limit: int = 200) -> Counter[str]:
    """Do what is due at `now`, claiming `limit` rows at a time; how many were done, failed, parked, postponed or lost.

    "lost": another worker, or somebody who moved the date, was quicker. Any number of these may run at once.
    """
    counts: Counter[str] = Counter()
    holidays.follow()
    with schema_context(get_public_schema_name()):
        while claims := _claim(now, limit):
            workspaces = Workspace.objects.in_bulk({claim.workspace_id for claim in claims})
            for claim in claims:
                counts[_settle(claim, workspaces.get(claim.workspace_id), now)] += 1
    return counts


def _claim(now: datetime, limit: int) -> list[Claim]:
    """Rows nobody else holds, theirs to act on until the lease ends; the claim is committed before anything is done."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"until": now + LEASE, "now": now, "limit": limit})
        return sorted((Claim(*row) for row in cursor.fetchall()), key=lambda claim: (claim.attempts, claim.id))


def _settle(claim: Claim, workspace: Workspace | None, now: datetime) -> str:
    told = log.bind(workspace=str(workspace), **claim._asdict())
    if workspace is None:
        return "lost"
    if claim.attempts > MAX_ATTEMPTS:
        _held(claim).update(parked_at=now)
        told.error("due row parked")
        return "parked"
    if workspace.state != Workspace.State.ACTIVE or not accepts(workspace.ledger):
        _held(claim).update(run_at=now + CLOSED_FOR, attempts=0)
        return "postponed"
    try:
        return _act(claim, workspace, now)
    except Exception:  # noqa: BLE001 - one row's trouble never delays the others; it is tried again after its lease
        told.exception("due row failed")
        return "failed"


def _act(claim: Claim, workspace: Workspace, now: datetime) -> str:
    handler = _handlers.get(claim.kind)
    if handler is None:
        raise UnknownKind(claim.kind)
    with tenant_context(workspace), transaction.atomic():
        deleted, _ = _held(claim).delete()
        if not deleted:
            return "lost"
        handler(claim.object_id, now=now)
    return "done"


def _held(claim: Claim) -> QuerySet[DueItem]:
    """The row, as long as the claim on it holds."""
    return DueItem.objects.filter(pk=claim.id, run_at=claim.run_at, attempts=claim.attempts)

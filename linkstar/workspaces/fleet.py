"""Which migrations a workspace's schema has, and whether this code can run on it (tenancy.md, rules 3 and 4).

A ledger is `<count>:<hash>` over the names of the workspace apps' migrations. It stands on the workspace's row, so that
nobody has to look into five thousand schemas.
"""

import hashlib
from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

Migration = tuple[str, str]

# Ledgers of the release before, on which this code still runs while the fleet migrates (expand, then contract).
ACCEPTED_OLD_LEDGERS: frozenset[str] = frozenset()


def ledger_of(migrations: Iterable[Migration]) -> str:
    """The ledger of a set of (app label, name); only the workspace apps count."""
    ours = sorted(key for key in migrations if key[0] in workspace_app_labels())
    digest = hashlib.sha256("\n".join("/".join(key) for key in ours).encode()).hexdigest()
    return f"{len(ours)}:{digest[:32]}"


@cache
def workspace_app_labels() -> frozenset[str]:
    return frozenset(name.rpartition(".")[2] for name in settings.TENANT_APPS)


@cache
def current_ledger() -> str:
    """The ledger of a schema that has every migration of this code."""
    return ledger_of(MigrationLoader(None).disk_migrations)


def accepts(ledger: str) -> bool:
    """Whether this code runs on a schema at `ledger`: its own, a named older one, or any newer one (rule 4)."""
    return ledger == current_ledger() or ledger in ACCEPTED_OLD_LEDGERS or is_newer(ledger)


def is_newer(ledger: str) -> bool:
    """Whether a schema at `ledger` has been migrated by a later release than this code."""
    count, _, _ = ledger.partition(":")
    return count.isdigit() and int(count) > int(current_ledger().partition(":")[0])


_found_current = False


def shared_schema_is_current() -> bool:
    """Whether the public schema has every migration of this code; once it had, this process does not look again."""
    global _found_current
    if not _found_current:
        _found_current = _has_every_migration()
    return _found_current


def _has_every_migration() -> bool:
    connection.set_schema_to_public()
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())

"""Record what migrating a schema says to the database, and say it again elsewhere (tenancy.md, rule 2).

Migrating takes seconds, most of them spent in Python; the statements themselves take milliseconds. Names are
unqualified, so the statements work in any schema; generated names come out the same, because Django derives them from
tables and columns.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from linkstar.workspaces.fleet import workspace_app_labels

SCHEMA_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_KEPT = ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE", "COMMENT")
_LOCK_TIMEOUT = "SET LOCAL lock_timeout TO '3s'"
# Django sends a column and the check of its foreign key as one string; a pipeline takes one statement at a time.
_TWO_IN_ONE = re.compile(r";\s*(?=SET CONSTRAINTS )")


def migrate_and_record(schema_name: str, *, finish: Callable[[], None] | None = None) -> list[str]:
    """Bring an existing schema to this code's migrations and return the statements that did it, in order.

    One transaction, in which `finish` runs last and unrecorded: on an error the schema is as it was. An up-to-date
    schema gives [].
    """
    statements: list[str] = []

    def record(execute: Callable[..., Any], query: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        text = str(query).lstrip()
        if text.upper().startswith(_KEPT):
            rows = params if many else [params]
            for row in rows:
                statements.extend(_TWO_IN_ONE.split(connection.ops.compose_sql(text, row) if row else text))
        return execute(query, params, many, context)

    connection.set_schema(schema_name, include_public=True)
    try:
        with transaction.atomic():
            _limit_lock_waits()
            with connection.execute_wrapper(record):
                executor = MigrationExecutor(connection)
                executor.migrate(workspace_leaves(executor))
            if finish is not None:
                finish()
    finally:
        connection.set_schema_to_public()
    return statements


def workspace_leaves(executor: MigrationExecutor) -> list[tuple[str, str]]:
    """The newest migration of each workspace app."""
    return [node for node in executor.loader.graph.leaf_nodes() if node[0] in workspace_app_labels()]


def record_template(scratch: str = "recording_scratch") -> list[str]:
    """The statements of an empty workspace, recorded in a schema that is gone afterwards.

    Whatever has the name of `scratch` is dropped: a workspace's schema begins with `ws_`, so none can be called that.
    """
    _check_name(scratch)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(scratch)))
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(scratch)))
    try:
        return migrate_and_record(scratch)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(scratch)))


def replay(statements: Sequence[str], schema_name: str) -> None:
    """Run recorded statements in a schema, in the caller's transaction, in one trip to the server.

    Statement by statement in psycopg's pipeline: Citus refuses several in one string.
    """
    _check_name(schema_name)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A replay needs a transaction around it.")
    connection.ensure_connection()
    raw = connection.connection
    with raw.pipeline(), raw.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL search_path TO {}, public").format(sql.Identifier(schema_name)))
        cursor.execute("SET LOCAL check_function_bodies TO off")
        cursor.execute(_LOCK_TIMEOUT)
        for statement in statements:
            cursor.execute(statement.encode())
    connection.set_schema_to_public()


def create_schema(schema_name: str) -> None:
    """CREATE SCHEMA; raises ProgrammingError when it exists."""
    _check_name(schema_name)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema_name)))


def _limit_lock_waits() -> None:
    """A migration that cannot have its locks gives up rather than let every request queue behind it."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_TIMEOUT)


def _check_name(schema_name: str) -> None:
    if not SCHEMA_NAME.fullmatch(schema_name):
        raise ValueError(f"{schema_name!r} cannot be a schema's name.")

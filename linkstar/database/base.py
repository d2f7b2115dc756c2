"""The database engine: django-tenants' own, with a quicker look at whether a pooled connection still lives."""

import time
from datetime import UTC, datetime
from functools import cache
from typing import Any

import psycopg
from django.db.backends.postgresql import operations
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from django.db.backends.utils import CursorWrapper
from django_tenants.postgresql_backend import base
from psycopg.adapt import AdaptersMap, Buffer
from psycopg_pool import ConnectionPool

# A connection that somebody used just now is not asked whether it lives: that is a statement of its own a request.
_RESTED_SECONDS = 1.0
_USED_AT = "linkstar_used_at"


class _MomentLoader(BaseTzLoader):
    """In UTC. Python reads what PostgreSQL writes ten times quicker than psycopg takes it apart."""

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        try:
            moment = datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            # Infinity, years before Christ and other errors are psycopg's.
            return super().load(data)
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


@cache
def _with_moments(adapters: AdaptersMap) -> AdaptersMap:
    own = AdaptersMap(adapters)
    own.register_loader("timestamptz", _MomentLoader)
    return own


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """Of a statement that is prepared already psycopg keeps no text: it is told as it was given."""
        return super().last_executed_query(cursor, sql, params) or sql


class DatabaseWrapper(base.DatabaseWrapper):
    """CONN_HEALTH_CHECKS is off with a pool: it is done here."""

    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        if self.timezone is UTC:
            params["context"] = _with_moments(params["context"])
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        while True:
            connection = super().get_new_connection(conn_params)
            if not self.pool or time.monotonic() - getattr(connection, _USED_AT, 0) < _RESTED_SECONDS:
                return connection
            try:
                ConnectionPool.check_connection(connection)
            except psycopg.OperationalError:
                # The pool lets go of a broken one and opens another.
                self.pool.putconn(connection)
            else:
                return connection

    def prepared_cursor(self) -> CursorWrapper:
        """A cursor that sends values beside the statement: PostgreSQL plans what comes often once a connection.

        A plan follows the search path: one made for a workspace is made anew in another (tenancy.md, section 8).
        """
        self.ensure_connection()
        cursor = self._prepare_cursor(ServerBindingCursor(self.connection))  # type: ignore[call-arg]
        self._handle_search_path(cursor)
        return cursor

    def _close(self) -> None:
        if self.connection is not None:
            setattr(self.connection, _USED_AT, time.monotonic())
        super()._close()

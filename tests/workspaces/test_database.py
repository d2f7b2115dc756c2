"""The database engine: a pooled connection that died is noticed, and one that was just used is not asked."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from linkstar.database.base import DatabaseWrapper


@pytest.fixture
def pooled(db: None) -> Any:
    pool = {"min_size": 1, "max_size": 1, "timeout": 5}
    values = {**connection.settings_dict, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    values["OPTIONS"] = {**settings.DATABASES["default"].get("OPTIONS", {}), "pool": pool}
    wrapper = DatabaseWrapper(values, alias="pooled")
    yield wrapper
    wrapper.close()
    wrapper.close_pool()


def number(wrapper: DatabaseWrapper) -> int:
    """Of the server's process that answers."""
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_connection_that_died_in_the_pool_is_replaced(pooled: DatabaseWrapper, monkeypatch: Any) -> None:
    first = number(pooled)
    pooled.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    monkeypatch.setattr("linkstar.database.base._RESTED_SECONDS", 0)
    assert number(pooled) != first


def test_a_connection_in_use_is_not_asked_each_time(pooled: DatabaseWrapper, monkeypatch: Any) -> None:
    monkeypatch.setattr("linkstar.database.base._RESTED_SECONDS", 3600)
    first = number(pooled)
    pooled.close()
    monkeypatch.setattr("psycopg_pool.ConnectionPool.check_connection", None)
    assert number(pooled) == first

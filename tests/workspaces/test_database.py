"""The database engine: a pooled connection that died is noticed, one just used is not asked; moments are in UTC."""

from datetime import UTC, datetime
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


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
@pytest.mark.django_db
def test_a_moment_is_read_in_utc_whatever_the_session_says(zone: str) -> None:
    written = [
        "2026-11-30 20:34:45.12+00",
        "2026-03-08 02:30:00-08",
        "0001-01-02 00:00:00+00",
        "9999-12-30 23:59:59+00",
    ]
    moments = [datetime.fromisoformat(text).astimezone(UTC) for text in written]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [zone])
        cursor.execute("SELECT moment FROM unnest(%s::timestamptz[]) AS moment", [written])
        found = [moment for (moment,) in cursor.fetchall()]
    assert found == moments
    assert {moment.tzinfo for moment in found} == {UTC}

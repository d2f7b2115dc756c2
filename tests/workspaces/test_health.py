"""Whether this process can work, as a probe asks it."""

import json
from typing import Any

import pytest
import structlog
from django.db import OperationalError
from django.test import Client

from linkstar import health
from linkstar.workspaces import fleet

pytestmark = pytest.mark.django_db


def ready() -> tuple[int, dict[str, str]]:
    answer = Client(HTTP_HOST="10.0.0.7").get("/readyz")
    return answer.status_code, json.loads(answer.content)


def test_migrations_are_read_until_they_are_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    found = iter([False, True])
    monkeypatch.setattr(fleet, "_found_current", False)
    monkeypatch.setattr(fleet, "_has_every_migration", lambda: next(found))

    answers = [ready() for _ in range(4)]

    assert [(status, checks["migrations"]) for status, checks in answers] == [(503, "pending"), *[(200, "ok")] * 3]


def test_the_real_schema_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "_found_current", False)

    assert ready() == (200, {"status": "ok", "database": "ok", "broker": "ok", "migrations": "ok"})


def test_what_is_wrong_is_told_to_the_log_alone(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    class Broken:
        def cursor(self) -> None:
            raise OperationalError("password authentication failed")

    def fail() -> bool:
        raise OperationalError("gone")

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(health, "connection", Broken())
    monkeypatch.setattr(fleet, "_found_current", False)
    monkeypatch.setattr(fleet, "_has_every_migration", fail)

    with structlog.testing.capture_logs() as logs:
        status, checks = ready()

    assert status == 503
    assert checks == {"status": "not ready", **dict.fromkeys(("database", "broker", "migrations"), "unreachable")}
    assert [(entry["what"], entry["error"]) for entry in logs if entry["event"] == "not ready"] == [
        ("database", "OperationalError"),
        ("broker", "ConnectionError"),
        ("migrations", "OperationalError"),
    ]

"""What is remembered of hosts: never a row that has changed since, and never at the price of the change."""

from typing import Any

import pytest
import structlog
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from redis import ConnectionError as RedisAway

from linkstar.workspaces import hosts
from linkstar.workspaces.hosts import forget_hosts, workspace_on
from linkstar.workspaces.models import Domain, Workspace
from tests.factories import client_of
from tests.races import RACE

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_values: Any) -> None:
        raise RedisAway("refused")

    for name in ("get", "add", "incr"):
        monkeypatch.setattr(caches["global"], name, fail)


def test_forgetting_without_redis_only_warns(acme: Workspace, no_redis: None) -> None:
    workspace_on("acme.localhost")
    Workspace.objects.filter(pk=acme.pk).update(name="Renamed")

    with structlog.testing.capture_logs() as logs:
        forget_hosts()
        found = workspace_on("acme.localhost")

    assert found is not None
    assert found.name == "Renamed"
    assert [entry["log_level"] for entry in logs] == ["warning", "warning"]


def test_a_row_read_before_a_change_is_not_kept_after_it(acme: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Domain.objects.select_related

    class Slow:
        """The change happens while the row is on its way."""

        def __init__(self, rows: Any) -> None:
            self.rows = rows

        def filter(self, **values: Any) -> "Slow":
            return Slow(self.rows.filter(**values))

        def first(self) -> Domain | None:
            row: Domain | None = self.rows.first()
            Workspace.objects.filter(pk=acme.pk).update(name="Renamed")
            forget_hosts()
            return row

    with monkeypatch.context() as patch:
        patch.setattr(type(Domain.objects), "select_related", lambda _manager, *names: Slow(read(*names)))
        before = workspace_on("acme.localhost")
    after = workspace_on("acme.localhost")

    assert before is not None and after is not None
    assert (before.name, after.name) == ("Acme", "Renamed")


@RACE
def test_a_workspace_made_by_command_is_found_on_a_host_that_was_asked_for_before(
    live_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.set_schema_to_public()
    forgotten_inside: list[bool] = []

    def note() -> None:
        forgotten_inside.append(connection.in_atomic_block)
        forget_hosts()

    monkeypatch.setattr("linkstar.workspaces.provisioning.forget_hosts", note)
    before = workspace_on("late-one.localhost")
    call_command("workspace", "create", "Late One", "--owner", "late@acme.test")

    assert before is None
    assert forgotten_inside == [False]
    assert client_of(None, workspace=Workspace.objects.get(slug="late-one")).get("/").status_code == 302
    assert hosts.workspace_on("late-one.localhost") is not None

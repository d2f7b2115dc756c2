from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from linkstar.operations.management.commands import workspace_size

pytestmark = pytest.mark.django_db


def printed() -> dict[str, int]:
    out = StringIO()
    call_command("workspace_size", stdout=out)
    return {line.split(" per ")[0]: int(line.split(": ")[1].split()[0]) for line in out.getvalue().splitlines()}


def test_the_counts_are_those_of_the_catalogue_and_within_the_budget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'ws_acme'")
        tables = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE schemaname = 'ws_acme'")
        indexes = cursor.fetchone()[0]

    assert printed() == {"tables": tables, "indexes": indexes}
    assert 0 < tables <= 60
    assert 0 < indexes <= 180


def test_a_workspace_over_budget_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace_size, "MOST_TABLES", 3)

    with pytest.raises(CommandError, match="over its budget"):
        printed()

"""Fleet migration on real schemas that are really behind."""

import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from linkstar.accounts.models import User
from linkstar.lib.hours import STANDARD, as_json
from linkstar.workspaces import fleet
from linkstar.workspaces.fleet_migration import applied_ledger, drifted_workspaces, migrate_fleet
from linkstar.workspaces.models import SchemaTemplate, Workspace
from linkstar.workspaces.provisioning import create_workspace, ensure_template
from linkstar.workspaces.recording import migrate_and_record, record_template
from tests.seed import MADE_AT

pytestmark = pytest.mark.django_db(transaction=True, available_apps=settings.INSTALLED_APPS)


@pytest.fixture(autouse=True)
def _in_public(live_workspace: Workspace) -> None:
    connection.set_schema_to_public()


def catalogue(schema: str) -> list[tuple[str, ...]]:
    """Columns, constraints and indexes of a schema, with its name taken out."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT 'column', table_name, column_name, data_type, coalesce(column_default, ''), is_nullable, is_identity
            FROM information_schema.columns WHERE table_schema = %(s)s
            UNION ALL
            SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', ''
            FROM pg_constraint WHERE connamespace = %(s)s::regnamespace
            UNION ALL
            SELECT 'index', tablename, indexname, indexdef, '', '', '' FROM pg_indexes WHERE schemaname = %(s)s
            ORDER BY 1, 2, 3
            """,
            {"s": schema},
        )
        return [tuple(value.replace(f"{schema}.", "") for value in row) for row in cursor.fetchall()]


def set_back(slug: str) -> Workspace:
    """Undo the migrations of notifications in one workspace, as if they had not been written yet."""
    workspace = Workspace.objects.get(slug=slug)
    connection.set_schema(workspace.schema_name, include_public=True)
    MigrationExecutor(connection).migrate([("notifications", None)])
    connection.set_schema_to_public()
    workspace.ledger = applied_ledger(workspace)
    workspace.save(update_fields=["ledger"])
    return workspace


def test_replayed_schema_equals_a_migrated_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA ws_by_django")
    migrate_and_record("ws_by_django")
    assert catalogue(Workspace.objects.get(slug="acme").schema_name) == catalogue("ws_by_django")


def test_recording_leaves_a_workspace_of_whatever_name_alone() -> None:
    user = User.objects.create_user("new@firm.test", "x")
    workspace = create_workspace(
        name="Recording", slug="recording", owner=user, time_zone="UTC", language="en", now=MADE_AT
    )
    record_template()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {workspace.schema_name}.members_member")  # noqa: S608 - our own name
        assert cursor.fetchone() == (1,)


def test_first_member_has_every_column_it_needs() -> None:
    user = User.objects.create_user(
        "new@firm.test", "x", full_name="Ada", time_zone="Asia/Shanghai", language="zh-hans"
    )
    workspace = create_workspace(name="Firm", slug="firm", owner=user, time_zone="UTC", language="en", now=MADE_AT)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {workspace.schema_name}.members_member")  # noqa: S608 - our own name
        columns = [column.name for column in cursor.description]
        (row,) = cursor.fetchall()
    member = dict(zip(columns, row, strict=True))
    del member["id"]
    assert json.loads(member.pop("working_hours")) == as_json(STANDARD)
    assert member == {
        "user_id": user.pk,
        "display_name": "Ada",
        "email": "new@firm.test",
        "role": "owner",
        "time_zone": "Asia/Shanghai",
        "language": "zh-hans",
        "company": "",
        "holidays": "",
        "can_see_finance": False,
        "shown_currency": "",
        "is_active": True,
        "joined_at": MADE_AT,
        "deactivated_at": None,
        "last_seen_at": None,
        "list_columns": None,
        "guided_at": None,
    }


def test_fleet_brings_two_states_up_and_is_then_idle() -> None:
    want = catalogue("ws_other")
    set_back("acme")
    set_back("other")
    first = migrate_fleet()
    assert (first.states, sorted(first.migrated), first.failed) == (1, ["acme", "other"], {})
    assert catalogue("ws_acme") == catalogue("ws_other") == want
    assert migrate_fleet().migrated == []
    assert drifted_workspaces() == []


def test_fleet_failure_rolls_one_schema_back_and_names_it() -> None:
    owner = User.objects.get(email="lin@acme.test")
    create_workspace(name="Third", slug="third", owner=owner, time_zone="UTC", language="en", now=MADE_AT)
    for slug in ("acme", "other", "third"):
        set_back(slug)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE ws_other.notifications_notification (in_the_way int)")
    before = catalogue("ws_other")
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError):
        call_command("fleet_migrate", stdout=out, stderr=err)
    assert "workspaces migrated: 2" in out.getvalue()
    assert err.getvalue().startswith("not migrated: other: DuplicateTable")
    assert catalogue("ws_other") == before

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE ws_other.notifications_notification")
    call_command("fleet_migrate", verify=True, stdout=out)
    assert Workspace.objects.exclude(ledger=fleet.current_ledger()).count() == 0


def test_fleet_leaves_a_workspace_that_is_ahead_of_the_code() -> None:
    Workspace.objects.filter(slug="other").update(ledger="999:of-a-later-release")
    report = migrate_fleet()
    assert (report.states, report.migrated, report.failed) == (0, [], {})
    assert Workspace.objects.get(slug="other").ledger == "999:of-a-later-release"


def test_verify_tells_a_ledger_that_lies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ws_other.django_migrations WHERE app = 'notifications'")
    assert drifted_workspaces() == ["other"]


def test_template_is_recorded_once() -> None:
    made = ensure_template()
    assert ensure_template().recorded_at == made.recorded_at
    assert [template.ledger for template in SchemaTemplate.objects.all()] == [fleet.current_ledger()]


@pytest.mark.parametrize(
    ("ledger", "runs"), [("", False), ("1:abc", False), ("999:abc", True)], ids=["none", "older", "newer"]
)
def test_code_runs_on_its_own_and_on_newer_ledgers_only(ledger: str, runs: bool) -> None:
    assert fleet.accepts(ledger) is runs
    assert fleet.accepts(fleet.current_ledger())

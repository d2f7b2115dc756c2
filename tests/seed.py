"""The two workspaces that every test finds, and how they are put back after a test that commits."""

from datetime import UTC, datetime

from django.core.cache import caches
from django.db import connection
from psycopg import sql

from linkstar.accounts.models import User
from linkstar.workspaces import holidays
from linkstar.workspaces.fleet import current_ledger
from linkstar.workspaces.models import AnnouncedYear, Domain, DueItem, Letter, Membership, SchemaTemplate
from linkstar.workspaces.provisioning import create_workspace, ensure_template

MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)
OWNERS = {
    "acme": ("lin@acme.test", "林悦", "Asia/Shanghai", "zh-hans"),
    "other": ("olga@other.test", "Olga Other", "America/New_York", "en"),
}


_recorded: list[str] = []


def _lay_template() -> None:
    """What was recorded once a run is put back without recording it again, which takes seconds."""
    if _recorded:
        ledger = current_ledger()
        SchemaTemplate.objects.get_or_create(ledger=ledger, defaults={"statements": _recorded})
    else:
        _recorded.extend(ensure_template().statements)


def lay_workspaces() -> None:
    """Create `acme` and `other`, each with its owner."""
    _only_in_a_test_database()
    connection.set_schema_to_public()
    holidays.follow()
    _lay_template()
    for slug, (email, name, zone, language) in OWNERS.items():
        user = User.objects.create_user(email, "correct-horse", full_name=name, time_zone=zone, language=language)
        create_workspace(
            name=slug.capitalize(),
            slug=slug,
            owner=user,
            time_zone="America/Los_Angeles",
            language=language,
            now=MADE_AT,
        )


def put_back() -> None:
    """Empty everything that a committing test may have written, and lay the two workspaces again."""
    _only_in_a_test_database()
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'ws\\_%%'")
        for (schema,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
    for model in (AnnouncedYear, DueItem, Letter, Membership, Domain):
        model.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE workspaces_workspace, accounts_user CASCADE")
    for cache in caches.all(initialized_only=True):
        cache.clear()
    lay_workspaces()


def _only_in_a_test_database() -> None:
    """When the test database could not be made, the connection still leads to the one of DATABASE_URL."""
    name = connection.settings_dict["NAME"]
    if not name.startswith("test_"):
        raise RuntimeError(f"“{name}” is not the database of a test run; nothing was emptied.")

"""What the database's own catalogue says of the workspaces' schemas. Run by operators and CI, never by a request."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class SchemaSize:
    """Of one workspace's schema."""

    schema: str
    tables: int
    indexes: int


def schema_sizes() -> list[SchemaSize]:
    """Tables and indexes of each workspace, by schema name."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT nspname, count(*) FILTER (WHERE relkind = 'r'), count(*) FILTER (WHERE relkind = 'i')
            FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname IN (SELECT schema_name FROM public.workspaces_workspace)
            GROUP BY nspname ORDER BY nspname
            """
        )
        return [SchemaSize(*row) for row in cursor.fetchall()]


def links_out_of_schemas() -> list[str]:
    """Foreign keys that leave a workspace's schema or come into one from elsewhere: there must be none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conrelid::regclass::text || ' -> ' || confrelid::regclass::text
            FROM pg_constraint
            JOIN pg_class here ON here.oid = conrelid JOIN pg_class there ON there.oid = confrelid
            WHERE contype = 'f' AND here.relnamespace <> there.relnamespace
            ORDER BY 1
            """
        )
        return [row[0] for row in cursor.fetchall()]


def triggers_in_schemas() -> list[str]:
    """Triggers of our own in workspaces' schemas: there must be none (tenancy.md, section 7)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tgrelid::regclass::text || ' ' || tgname
            FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE NOT tgisinternal AND nspname IN (SELECT schema_name FROM public.workspaces_workspace)
            ORDER BY 1
            """
        )
        return [row[0] for row in cursor.fetchall()]

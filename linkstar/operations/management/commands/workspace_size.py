"""`manage.py workspace_size`: what one workspace costs the catalogue, against its budget."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from linkstar.operations.catalogue import schema_sizes

MOST_TABLES = 60
MOST_INDEXES = 180


class Command(BaseCommand):
    help = "Print the largest count of tables and indexes of a workspace; non-zero when it is over budget."

    def handle(self, *args: Any, **options: Any) -> None:
        connection.set_schema_to_public()
        sizes = schema_sizes()
        if not sizes:
            raise CommandError("There is no workspace to count.")
        tables, indexes = max(size.tables for size in sizes), max(size.indexes for size in sizes)
        self.stdout.write(f"tables per workspace: {tables} (budget {MOST_TABLES})")
        self.stdout.write(f"indexes per workspace: {indexes} (budget {MOST_INDEXES})")
        if tables > MOST_TABLES or indexes > MOST_INDEXES:
            raise CommandError("A workspace is over its budget: a new table needs a reason (tenancy.md, rule 15).")

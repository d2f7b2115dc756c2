"""`manage.py bench`: how quick the product is, as ratios to floors measured in the same run (linkstar/bench/)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from psycopg import sql


class Command(BaseCommand):
    help = "Run the benchmarks on a scratch database, print a table and write var/bench.json."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with scratch_database(f"linkstar_bench_{os.getpid()}") as url:
            production = {
                **os.environ, "DATABASE_URL": url, "DEBUG": "0", "LOG_LEVEL": "ERROR", "EMAIL_URL": "dummymail://",
                "SECRET_KEY": settings.SECRET_KEY, "VAR_DIR": str(settings.VAR_DIR),
            }  # fmt: skip
            production.pop("DJANGO_SETTINGS_MODULE", None)
            code = subprocess.run(
                [sys.executable, "-m", "linkstar.bench"], cwd=settings.BASE_DIR, env=production, check=False
            )
        if code.returncode:
            raise CommandError("The benchmark did not come to its end.")


@contextmanager
def scratch_database(name: str) -> Iterator[str]:
    """The address of an empty database beside the configured one; gone afterwards."""
    _run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    finally:
        _run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _run(statement: sql.Composed) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)

"""`manage.py fleet_migrate`: the shared schema, then every workspace."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from linkstar.workspaces.fleet import shared_schema_is_current
from linkstar.workspaces.fleet_migration import drifted_workspaces, migrate_fleet
from linkstar.workspaces.provisioning import ensure_template


class Command(BaseCommand):
    help = "Migrate the shared schema and all workspaces; resumable, and non-zero when a workspace failed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workers", type=int, default=2, help="how many schemas at once (at most the cores)")
        parser.add_argument("--verify", action="store_true", help="also compare each ledger with the schema itself")

    def handle(self, *args: Any, workers: int, verify: bool, **options: Any) -> None:
        if not shared_schema_is_current():
            call_command(
                "migrate_schemas", shared=True, interactive=False, verbosity=options["verbosity"], skip_checks=True
            )
        ensure_template()
        report = migrate_fleet(workers=workers)
        self.stdout.write(f"workspaces migrated: {len(report.migrated)}, distinct states: {report.states}")
        for slug, reason in sorted(report.failed.items()):
            self.stderr.write(f"not migrated: {slug}: {reason}")
        drifted = drifted_workspaces() if verify else []
        for slug in drifted:
            self.stderr.write(f"ledger differs from the schema: {slug}")
        if report.failed or drifted:
            raise CommandError(f"{len(report.failed)} workspaces not migrated, {len(drifted)} drifted.")

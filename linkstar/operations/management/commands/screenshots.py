"""`manage.py screenshots`: docs/screenshots/<page>-<width>-<theme>-<language>.png of the demo workspace."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from linkstar.operations.pictures import COMMITTED, take_all

# Of those that are part of the repository; the others are for looking at here.
MOST_BYTES = 1_500_000


class Command(BaseCommand):
    help = "Take pictures of the main pages of the demo workspace, which is loaded if there is none."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--committed", action="store_true", help="only the few that are part of the repository")

    def handle(self, *args: Any, committed: bool, **options: Any) -> None:
        call_command("fleet_migrate", verbosity=0)
        call_command("load_demo", "--if-empty")
        folder = Path(settings.BASE_DIR) / "docs" / "screenshots"
        for path in take_all(folder, only=COMMITTED if committed else None):
            self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} {path.stat().st_size // 1024} KiB")
        total = sum((folder / f"{name}.png").stat().st_size for name in COMMITTED)
        if total > MOST_BYTES:
            raise CommandError(f"The committed pictures weigh {total:,} bytes; {MOST_BYTES:,} are enough.")

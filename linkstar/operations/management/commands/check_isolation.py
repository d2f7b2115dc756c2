"""`manage.py check_isolation`: whether one workspace can reach another. Safe to run anywhere; leaves nothing."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linkstar.operations.isolation import check, laid_out


class Command(BaseCommand):
    help = "Prove that no table, page, file, cache key or queue entry of one workspace is reached from another."

    def handle(self, *args: Any, **options: Any) -> None:
        # The check lives on refusals; hundreds of lines of them would bury what it says.
        logging.getLogger("django.request").setLevel(logging.ERROR)
        with laid_out() as pair:
            results = check(pair)
        for name, wrong in results.items():
            self.stdout.write(f"{name}: {'ok' if not wrong else '; '.join(wrong)}")
        if any(results.values()):
            raise CommandError("The workspaces are not isolated.")

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from linkstar.lib.ecb import RatesRefused
from linkstar.workspaces.actions.rates import Loaded, load_file, refresh_rates
from linkstar.workspaces.sources import SourceFailed


class Command(BaseCommand):
    help = "Fetch the European Central Bank's exchange rates that are missing here, or take them from a file of theirs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, help="eurofxref-hist.xml, -hist-90d.xml or -daily.xml; no network")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            loaded: Loaded | None
            if options["file"]:
                loaded = load_file(options["file"], now=now)
            elif settings.ECB_RATES_URL:
                loaded = refresh_rates(now=now)
            else:
                raise CommandError("ECB_RATES_URL is empty. Set it, or name a file.")
        except (SourceFailed, RatesRefused) as error:
            raise CommandError(str(error)) from error
        if loaded is None:
            self.stdout.write("nothing is missing")
        else:
            self.stdout.write(f"until {loaded.last_on}: {loaded.new} new, {loaded.changed} changed")

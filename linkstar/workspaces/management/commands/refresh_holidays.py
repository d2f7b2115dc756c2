from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from linkstar.lib.announcements import AnnouncementRefused
from linkstar.workspaces.actions.holidays import refresh_from_address, refresh_from_file
from linkstar.workspaces.sources import SourceFailed


class Command(BaseCommand):
    help = "Fetch China's announced holidays of this year and the next, or take them from a file; no release is needed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="JSON of one year, or a list of years; no network")
        parser.add_argument("--year", type=int, action="append", help="a year to fetch; may be given again")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            if options["file"]:
                taken = refresh_from_file(options["file"], now=now)
            elif settings.HOLIDAYS_URL:
                taken = refresh_from_address(options["year"] or [now.year, now.year + 1], now=now)
            else:
                raise CommandError("HOLIDAYS_URL is empty. Set it, or name a file.")
        except (SourceFailed, AnnouncementRefused) as error:
            raise CommandError(str(error)) from error
        for year, outcome, days in taken:
            self.stdout.write(f"{year}: {outcome}" + (f", {days} days" if days else ""))

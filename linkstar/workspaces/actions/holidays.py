"""Bring the holidays that China announces into the table, without a release."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from django.conf import settings
from django.db import transaction

from linkstar.lib.announcements import AnnouncementRefused, Year, read_year
from linkstar.workspaces.holidays import package_version, tell_everybody
from linkstar.workspaces.models import AnnouncedYear
from linkstar.workspaces.sources import SourceFailed, fetch

_MOST_BYTES = 512 * 1024
log = structlog.get_logger(__name__)


class Taken(NamedTuple):
    """What became of a year: "new", "changed", "same", or "not announced". `days` counts days off and worked."""

    year: int
    outcome: str
    days: int = 0


def refresh_from_address(years: Iterable[int], *, now: datetime) -> list[Taken]:
    """Ask the operator's source for these years. Raises SourceFailed and AnnouncementRefused; years before stay taken.

    A source that has no page for a year says that it is not announced.
    """
    taken = []
    for year in years:
        address = settings.HOLIDAYS_URL.format(year=year)
        data = _fetch(address)
        taken.append(Taken(year, "not announced") if data is None else _take(data, year, address, now))
    return taken


def refresh_from_file(path: Path, *, now: datetime) -> list[Taken]:
    """Take one year, or a list of years, from a file. Raises SourceFailed and AnnouncementRefused."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceFailed(f"{path} cannot be read: {error}") from error
    years = data if isinstance(data, list) else [data]
    return [_take(each, None, path.name, now) for each in years]


def _take(data: Any, asked: int | None, source: str, now: datetime) -> Taken:
    found = read_year(data)
    if asked is not None and found.year != asked:
        raise AnnouncementRefused(f"{found.year} came where {asked} was asked for")
    if not found.days:
        return Taken(found.year, "not announced")
    return Taken(found.year, keep_year(found, source=source, now=now), len(found.days))


@transaction.atomic
def keep_year(found: Year, *, source: str, now: datetime) -> str:
    """Put an announced year into the table: "new", "changed" or "same"."""
    days = [{"date": day.on.isoformat(), "name": day.name, "off": day.is_off} for day in found.days]
    before = AnnouncedYear.objects.select_for_update().filter(country="cn", year=found.year).first()
    AnnouncedYear.objects.update_or_create(
        country="cn",
        year=found.year,
        defaults={
            "days": days,
            "source": source[:500],
            "papers": list(found.papers),
            "package": package_version(),
            "fetched_at": now,
        },
    )
    outcome = "new" if before is None else "same" if before.days == days else "changed"
    if outcome != "same" or (before is not None and before.package != package_version()):
        transaction.on_commit(tell_everybody)
    log.info("holidays taken", year=found.year, outcome=outcome, source=source)
    return outcome


def _fetch(address: str) -> Any:
    """The JSON at an address; None when there is no such page."""
    text = fetch(address, most=_MOST_BYTES)
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise SourceFailed(f"{address} sent no JSON") from error

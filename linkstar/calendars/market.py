"""The dates of the American retail year as this workspace knows them: what LinkStar ships, corrected by the team.

for entry in dates_of(2026): ...
entry_of("amazon_prime_day", 2027)
dates_between(date(2026, 11, 1), date(2026, 12, 31), confirmed_only=True)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from linkstar.calendars.facts import MARKET_ZONE, NOTHING, Fact, Text, shipped
from linkstar.calendars.models import MarketDate
from linkstar.lib.deadlines import Deadline, resolve

_FAR = date(9999, 12, 31)


@dataclass(frozen=True)
class Entry:
    """One date. `row` is the team's own word on it, None while it is as shipped; `fact` is None for the team's own.

    `first` None: not announced. With `at_time` it is an instant on the clock of `zone`, else days of the market.
    """

    key: str
    year: int
    number: int
    kind: str
    channel: str
    name: Text
    first: date | None
    last: date | None
    at_time: time | None
    zone: str
    is_confirmed: bool
    source: Text
    source_url: str
    note: Text
    lead_days: int | None = None
    fact: Fact | None = None
    row: MarketDate | None = None

    @property
    def is_announced(self) -> bool:
        return self.first is not None

    @property
    def is_own(self) -> bool:
        """The team's own date, which LinkStar does not ship."""
        return self.fact is None

    @property
    def instant(self) -> datetime | None:
        """In UTC, for a date with a time of day."""
        if self.first is None or self.at_time is None:
            return None
        return resolve(self.first, self.at_time, self.zone).instant

    @property
    def deadline(self) -> Deadline | None:
        """As a deadline: the instant, or the end of its last day."""
        if self.first is None or self.last is None:
            return None
        return Deadline(self.first if self.at_time else self.last, self.at_time, self.zone)


def dates_of(year: int) -> list[Entry]:
    """Every date of a year, by day; those not announced yet last. One statement."""
    return _sorted(_between(year, year))


def dates_between(first: date, last: date, *, confirmed_only: bool = False) -> list[Entry]:
    """Dates of which a day lies between two, both included, by day. One statement.

    A season that began in the year before counts.
    """
    found = [
        entry
        for entry in _between(first.year - 1, last.year)
        if entry.first is not None and entry.last is not None and entry.first <= last and entry.last >= first
    ]
    return _sorted(entry for entry in found if entry.is_confirmed or not confirmed_only)


def entry_of(key: str, year: int, number: int = 1) -> Entry | None:
    """One date, hidden or not; None when there is none. One statement."""
    row = MarketDate.objects.filter(key=key, year=year, number=number).select_related("edited_by").first()
    fact = shipped().get(key)
    if row is not None:
        return _of_row(row, fact)
    if fact is None:
        return None
    return next((entry for entry in _of_fact(fact, year) if entry.number == number), None)


def _between(first: int, last: int) -> list[Entry]:
    rows = {
        (row.key, row.year, row.number): row
        for row in MarketDate.objects.of_years(first, last).select_related("edited_by").order_by("pk")
    }
    found = []
    for fact in shipped().values():
        for year in range(first, last + 1):
            for entry in _of_fact(fact, year):
                row = rows.pop((entry.key, entry.year, entry.number), None)
                if row is None:
                    found.append(entry)
                elif not row.is_hidden:
                    found.append(_of_row(row, fact))
    found += [_of_row(row, shipped().get(row.key)) for row in rows.values() if not row.is_hidden]
    return found


def _of_fact(fact: Fact, year: int) -> list[Entry]:
    return [
        Entry(
            key=fact.key,
            year=year,
            number=number,
            kind=fact.kind,
            channel=fact.channel,
            name=fact.name,
            first=days.first,
            last=days.last,
            at_time=None,
            zone=MARKET_ZONE,
            is_confirmed=days.is_confirmed,
            source=fact.source,
            source_url=fact.source_url,
            note=fact.note,
            lead_days=fact.lead_days,
            fact=fact,
        )
        for number, days in enumerate(fact.in_year(year), start=1)
    ]


def _of_row(row: MarketDate, fact: Fact | None) -> Entry:
    return Entry(
        key=row.key,
        year=row.year,
        number=row.number,
        kind=row.kind,
        channel=row.channel,
        name=Text(row.name_zh or row.name_en, row.name_en or row.name_zh),
        first=row.first_on,
        last=row.last_on,
        at_time=row.at_time,
        zone=row.zone,
        is_confirmed=row.is_confirmed,
        source=Text(row.source, row.source),
        source_url=row.source_url,
        note=Text(row.note, row.note) if row.note else NOTHING,
        lead_days=fact.lead_days if fact else None,
        fact=fact,
        row=row,
    )


def _sorted(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.first or _FAR, entry.at_time or time.min, entry.key, entry.number))

"""A date of the retail year in words, for one reader."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linkstar.calendars.market import Entry
from linkstar.calendars.models import MarketDate
from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import Deadline, describe


@dataclass(frozen=True)
class Shown:
    """`days` is when it is, on the market's clock; `yours` the same moment on the reader's, "" where there is none.

    `other_day`: the reader's calendar day differs.
    """

    entry: Entry
    name: str
    kind: str
    channel: str
    days: str
    yours: str = ""
    other_day: bool = False
    is_over: bool = False
    note: str = ""
    source: str = ""


def shown(entry: Entry, *, today: date, reader_zone: str, language: str) -> Shown:
    """`today` is a day of the market; the year is left out, for it stands above the list."""
    words: dict[str, Any] = {
        "entry": entry,
        "name": entry.name.for_language(language),
        "note": entry.note.for_language(language),
        "kind": MarketDate.Kind(entry.kind).label,
        "channel": MarketDate.Channel(entry.channel).label if entry.channel else "",
        "source": entry.source.for_language(language),
    }
    if entry.first is None or entry.last is None:
        return Shown(**words, days=_("Not announced yet"))
    is_over = entry.last < today
    if entry.instant is None:
        return Shown(**words, days=_days(entry.first, entry.last, entry.year, language), is_over=is_over)
    # By the one label of the product; seen from the moment itself, so that the year is left out.
    moment = Deadline(entry.first, entry.at_time, entry.zone)
    label = describe(moment, reader_zone=reader_zone, language=language, now=entry.instant)
    return Shown(**words, days=label.at_text, yours=label.you_text or "", other_day=label.other_day, is_over=is_over)


def _days(first: date, last: date, year: int, language: str) -> str:
    start = day_text(first, language, with_year=first.year != year)
    if first == last:
        return start
    return f"{start} – {day_text(last, language, with_year=last.year != year)}"

"""Deadlines as iCalendar files (RFC 5545), which every calendar program reads: subscribed to, or opened once.

Instants are written in UTC, so that no program needs to know our zones; a deadline without a time is a whole day, which
has no zone. Nothing asks for an answer by mail (no iMIP): METHOD is PUBLISH.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

CONTENT_TYPE = "text/calendar; charset=utf-8"
# How often programs are asked to look again; most take their own time.
REFRESH = timedelta(hours=1)
_MAKER = "-//LinkStar//Deadlines//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """`at` is a day or an aware instant. `uid` is the same for every version of it, and `version` grows.

    `changed_at` is aware. `description` may have lines.
    """

    uid: str
    at: date | datetime
    title: str
    description: str
    url: str
    version: int
    changed_at: datetime
    category: str = ""
    is_cancelled: bool = False


def calendar_file(entries: Iterable[Entry], *, name: str = "", zone: str = "") -> bytes:
    """The file as bytes; `name` and `zone` are what a subscription shows and reads on, "" for a single event.

    The same entries give the same bytes: nothing in it tells when it was written.
    """
    calendar = Calendar()
    calendar.add("prodid", _MAKER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})
        calendar.add("x-published-ttl", f"PT{int(REFRESH.total_seconds()) // 3600}H")
    if zone:
        calendar.add("x-wr-timezone", zone)
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.version)
    event.add("summary", entry.title)
    event.add("description", entry.description)
    event.add("url", entry.url)
    event.add("dtstart", entry.at)
    if not isinstance(entry.at, datetime):
        # The end of a whole day is the next one (RFC 5545, 3.6.1).
        event.add("dtend", entry.at + timedelta(days=1))
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    # A deadline takes nobody's time.
    event.add("transp", "TRANSPARENT")
    if entry.category:
        event.add("categories", [entry.category])
    return event

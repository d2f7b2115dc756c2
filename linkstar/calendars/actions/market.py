"""The team writes down what it learns of the retail year: a date announced, moved, confirmed, or one of its own."""

import secrets
from datetime import date, datetime, time

import structlog
from django.db import transaction

from linkstar.calendars.market import Entry
from linkstar.calendars.models import MarketDate
from linkstar.members.models import Member

log = structlog.get_logger(__name__)


@transaction.atomic
def write_market_date(
    entry: Entry,
    *,
    first_on: date | None,
    last_on: date | None,
    at_time: time | None,
    zone: str,
    is_confirmed: bool,
    name: str,
    language: str,
    source: str,
    source_url: str,
    note: str,
    channel: str,
    actor: Member,
    now: datetime,
) -> MarketDate:
    """Lay the team's word over a date; `name` is that in `language`, the other one stays."""
    chinese = language == "zh-hans"
    row, _new = MarketDate.objects.update_or_create(
        key=entry.key,
        year=entry.year,
        number=entry.number,
        defaults={
            "kind": entry.kind,
            "channel": channel,
            "name_zh": name if chinese or entry.name.zh == entry.name.en else entry.name.zh,
            "name_en": entry.name.en if chinese and entry.name.zh != entry.name.en else name,
            "first_on": first_on,
            "last_on": (last_on or first_on) if first_on else None,
            "at_time": at_time if first_on else None,
            "zone": zone,
            "is_confirmed": is_confirmed and first_on is not None,
            "source": source,
            "source_url": source_url,
            "note": note,
            "is_hidden": False,
            "edited_by": actor,
            "edited_at": now,
        },
    )
    log.info("market date written", key=entry.key, year=entry.year, number=entry.number, actor=actor.pk)
    return row


def own_key() -> str:
    """The key of a date that LinkStar does not ship."""
    return f"own-{secrets.token_hex(6)}"


@transaction.atomic
def take_back_market_date(entry: Entry, *, actor: Member, now: datetime) -> None:
    """A corrected date is as shipped again; one of the team's own is gone."""
    MarketDate.objects.filter(key=entry.key, year=entry.year, number=entry.number).delete()
    log.info("market date taken back", key=entry.key, year=entry.year, actor=actor.pk)


@transaction.atomic
def hide_market_date(entry: Entry, *, actor: Member, now: datetime) -> None:
    """A shipped date that this team does not care for is shown no more; taking that back shows it again."""
    row = write_market_date(
        entry,
        first_on=entry.first,
        last_on=entry.last,
        at_time=entry.at_time,
        zone=entry.zone,
        is_confirmed=entry.is_confirmed,
        name=entry.name.en,
        language="en",
        source=entry.source.en[:300],
        source_url=entry.source_url,
        note=entry.note.en[:500],
        channel=entry.channel,
        actor=actor,
        now=now,
    )
    row.is_hidden = True
    row.save(update_fields=["is_hidden"])

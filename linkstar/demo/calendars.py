"""The demo's working days: a closure, leave, evening hours, and dates of the retail year that the team wrote down."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from linkstar.calendars.actions.absences import add_closure, add_leave, set_hours
from linkstar.calendars.actions.market import own_key, write_market_date
from linkstar.calendars.facts import MARKET_ZONE, NOTHING, Text
from linkstar.calendars.market import Entry, entry_of
from linkstar.calendars.models import Leave, MarketDate
from linkstar.lib.hours import Day, as_week
from linkstar.members.models import Member

_EVENING: Day = ((10 * 60, 12 * 60), (14 * 60, 19 * 60), (21 * 60, 23 * 60))


def add_calendars(people: Mapping[str, Member], *, now: datetime) -> None:
    owner, ops, brand, today = people["owner"], people["ops"], people["brand"], now.date()
    evening = as_week([*[[list(each) for each in _EVENING]] * 5, [], []])
    set_hours(owner, evening, holidays="", actor=owner)
    set_hours(ops, evening, holidays="", actor=ops)
    first = today + timedelta(days=24)
    add_closure(name="工厂年终盘点", first_on=first, last_on=first + timedelta(days=2), country="cn", actor=owner)
    away = today + timedelta(days=12)
    add_leave(
        ops,
        first_on=away,
        last_on=away + timedelta(days=3),
        note="回老家",
        note_for=Leave.Audience.TEAM,
        actor=ops,
    )
    _retail_year(brand, today, now)


def _retail_year(brand: Member, today: date, now: datetime) -> None:
    """What is expected of next year, one moment of it, and a fair of the team's own."""
    year = today.year + 1
    summer = entry_of("amazon_prime_day", year)
    spring = entry_of("deal_submission_prime_day", year)
    fair = Entry(
        key=own_key(), year=year, number=1, kind=MarketDate.Kind.RETAIL, channel="", name=Text("", ""), first=None,
        last=None, at_time=None, zone="Asia/Shanghai", is_confirmed=False, source=NOTHING, source_url="", note=NOTHING,
    )  # fmt: skip
    if summer is not None:
        _write(
            summer, date(year, 6, 22), date(year, 6, 25), None, brand, now, summer.name.en, "Expected from last year"
        )
    if spring is not None:
        words = "Seller Central › Deals"
        _write(spring, date(year, 5, 21), None, time(23, 59), brand, now, spring.name.en, words, is_confirmed=True)
    _write(fair, date(year, 4, 15), date(year, 4, 19), None, brand, now, "广交会一期 / Canton Fair, phase 1", "")


def _write(
    entry: Entry,
    first_on: date,
    last_on: date | None,
    at_time: time | None,
    actor: Member,
    now: datetime,
    name: str,
    source: str,
    *,
    is_confirmed: bool = False,
) -> None:
    write_market_date(
        entry,
        first_on=first_on,
        last_on=last_on,
        at_time=at_time,
        zone=entry.zone or MARKET_ZONE,
        is_confirmed=is_confirmed,
        name=name,
        language="en",
        source=source,
        source_url="",
        note="",
        channel=entry.channel,
        actor=actor,
        now=now,
    )

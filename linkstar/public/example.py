"""The board and the day that the home page shows: real components, dates counted from now, no customer's data."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from linkstar.lib.deadlines import Deadline, DueLabel, describe

CHINA, EAST, WEST = "Asia/Shanghai", "America/New_York", "America/Los_Angeles"
_WORKING_HOURS = range(9, 18)
_AWAKE_HOURS = range(8, 22)


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    channel: str
    channel_name: str
    label: DueLabel
    done: int
    steps: int
    face: tuple[int, str]
    guest: str = ""
    comments: int = 0

    @property
    def modifier(self) -> str:
        return {"overdue": "card--overdue", "done": "card--done"}.get(self.label.state, "")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    status: str
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hour:
    clock: int
    state: str
    is_now: bool
    is_deadline: bool


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    people: str
    hours: list[Hour]
    deadline: str
    is_reader: bool


@dataclass(frozen=True, slots=True)
class Day:
    label: DueLabel
    places: list[Place]


@dataclass(frozen=True, slots=True)
class Face:
    """A clock as drawn: degrees from twelve, and the same time in figures."""

    city: str
    hour_angle: float
    minute_angle: int
    time: str
    is_awake: bool


def clock_faces(now: datetime) -> tuple[Face, Face]:
    """What the clocks in Shenzhen and New York show at `now`."""
    return _face(_("Shenzhen"), now.astimezone(ZoneInfo(CHINA))), _face(_("New York"), now.astimezone(ZoneInfo(EAST)))


def _face(city: str, local: datetime) -> Face:
    hour_angle = (local.hour % 12 + local.minute / 60) * 30
    return Face(city, round(hour_angle, 1), local.minute * 6, f"{local:%H:%M}", local.hour in _AWAKE_HOURS)


def reader_zone(language: str) -> str:
    """Whose second clock the example shows: readers of Chinese sit in China, the others on the US east coast."""
    return CHINA if language == "zh-hans" else EAST


def example_board(*, now: datetime, language: str) -> list[Column]:
    """Three columns of a Black Friday preparation, its deadlines a few hours and days around `now`."""

    def due(hours: int, zone: str, at: time, *, is_done: bool = False) -> DueLabel:
        on = (now.astimezone(ZoneInfo(zone)) + timedelta(hours=hours)).date()
        return describe(
            Deadline(on=on, time=at, zone=zone),
            reader_zone=reader_zone(language),
            language=language,
            now=now,
            is_done=is_done,
        )

    soon = next(label for hours in (6, 12, 18, 24, 30) if (label := due(hours, WEST, time(17, 0))).state == "soon")
    chen, dana, wu, lee = (1, _("Chen Xiao")[:1]), (5, _("Dana")[:1]), (2, _("Wu Lei")[:1]), (3, _("Lin Yue")[:1])
    return [
        Column(
            _("To do"),
            "todo",
            [
                Card(
                    _("Submit the Lightning Deal for the travel mug"),
                    "amazon",
                    "Amazon US",
                    due(72, WEST, time(23, 59)),
                    0,
                    4,
                    chen,
                    comments=2,
                ),
                Card(
                    _("Book the last sea freight before the check-in date"),
                    "amazon",
                    "Amazon US",
                    due(120, CHINA, time(18, 0)),
                    1,
                    3,
                    wu,
                ),
            ],
        ),
        Column(
            _("In progress"),
            "doing",
            [
                Card(_("Coupon live, listing and ads checked"), "amazon", "Amazon US", soon, 2, 5, dana, comments=4),
                Card(
                    _("Main image, second round"),
                    "shopify",
                    "Shopify",
                    due(48, EAST, time(18, 0)),
                    3,
                    6,
                    lee,
                    guest=_("Studio")[:1],
                    comments=7,
                ),
            ],
        ),
        Column(
            _("Done"),
            "done",
            [
                Card(
                    _("Stock arrives at the FBA warehouse"),
                    "walmart",
                    "Walmart",
                    due(-30, CHINA, time(12, 0), is_done=True),
                    5,
                    5,
                    wu,
                ),
                Card(
                    _("Budget for the week agreed"),
                    "tiktok",
                    "TikTok Shop",
                    due(-54, EAST, time(10, 0), is_done=True),
                    3,
                    3,
                    dana,
                    comments=1,
                ),
            ],
        ),
    ]


def example_day(*, now: datetime, language: str) -> Day:
    """The 24 hours around the next Friday, 23:59 Pacific, on three clocks; each column is one and the same hour."""
    deadline = Deadline(on=_next_friday(now), time=time(23, 59), zone=WEST)
    end = deadline.instant
    # The reader's own midnight before it, so that their row reads from 0 to 23.
    first = end.astimezone(ZoneInfo(reader_zone(language))).replace(hour=0, minute=0, second=0)
    start = first.astimezone(ZoneInfo("UTC"))
    places = [
        (_("Shenzhen"), _("Listings, stock, suppliers"), CHINA),
        (_("New York"), _("Brand and advertising"), EAST),
        (_("Los Angeles"), _("The clock of Amazon.com"), WEST),
    ]
    label = describe(deadline, reader_zone=reader_zone(language), language=language, now=now, is_done=False)
    return Day(label, [_place(*place, start, end, now, reader_zone(language)) for place in places])


def _place(name: str, people: str, zone: str, start: datetime, end: datetime, now: datetime, reader: str) -> Place:
    hours = []
    for count in range(24):
        begins = start + timedelta(hours=count)
        local = begins.astimezone(ZoneInfo(zone))
        inside = timedelta() <= end - begins < timedelta(hours=1)
        same_hour = timedelta() <= now - begins < timedelta(hours=1)
        hours.append(Hour(local.hour, _hour_state(local.hour), same_hour, inside))
    return Place(name, people, hours, f"{end.astimezone(ZoneInfo(zone)):%H:%M}", zone == reader)


def _hour_state(hour: int) -> str:
    if hour in _WORKING_HOURS:
        return "work"
    return "awake" if hour in _AWAKE_HOURS else "night"


def _next_friday(now: datetime) -> date:
    today = now.astimezone(ZoneInfo(WEST)).date()
    return today + timedelta(days=(4 - today.weekday()) % 7)

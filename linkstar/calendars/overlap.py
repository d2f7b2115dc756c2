"""When two members are both at work, said in words on the clock of one of them, now and after the next clock change."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linkstar.lib.clock_text import day_text
from linkstar.lib.hours import Week, minutes_of, week_text
from linkstar.lib.overlap import gap_minutes, local_day, next_change, shared_week
from linkstar.lib.zones import city_name
from linkstar.members.models import Member

# A change is said this long before it comes.
AHEAD_DAYS = 14


@dataclass(frozen=True)
class Meeting:
    """`text` says when both work, on the reader's clock. `change` is what becomes of it, "" while nothing changes."""

    gap: str
    text: str
    has_overlap: bool
    change: str = ""
    changed_text: str = ""


def meeting_of(reader: Member, person: Member, *, language: str, now: datetime) -> Meeting:
    gap = gap_minutes(reader.time_zone, person.time_zone, now)
    week = shared_week(reader.week, person.week, gap)
    change = next_change(reader.time_zone, person.time_zone, now=now, days=AHEAD_DAYS)
    said = Meeting(gap_text(gap, person.time_zone, language), _overlap(week, language), any(week))
    if change is None:
        return said
    on = day_text(local_day(change, reader.time_zone), language)
    after = shared_week(reader.week, person.week, change.after)
    return Meeting(
        said.gap,
        said.text,
        said.has_overlap,
        _("From %(day)s clocks change: %(gap)s")
        % {"day": on, "gap": gap_text(change.after, person.time_zone, language)},
        _overlap(after, language),
    )


def gap_text(minutes: int, zone: str, language: str) -> str:
    """As in "New York is 13 h behind you."."""
    city = city_name(zone, language)
    if not minutes:
        return _("%(city)s has the same time as you.") % {"city": city}
    hours = hours_text(abs(minutes))
    if minutes < 0:
        return _("%(city)s is %(hours)s behind you.") % {"city": city, "hours": hours}
    return _("%(city)s is %(hours)s ahead of you.") % {"city": city, "hours": hours}


def hours_text(minutes: int) -> str:
    """As in "2 hours", "1.5 hours", "5.75 hours"."""
    hours = minutes / 60
    if hours == int(hours):
        return ngettext("%(count)d hour", "%(count)d hours", int(hours)) % {"count": int(hours)}
    return _("%(count)s hours") % {"count": f"{hours:g}"}


def _overlap(week: Week, language: str) -> str:
    if not any(week):
        return _("Your working hours never meet.")
    lengths = {minutes_of(day) for day in week if day}
    shared = {"when": week_text(week, language)}
    if len(lengths) == 1:
        return _("You are both at work for %(hours)s a day: %(when)s, your time.") % {
            "hours": hours_text(lengths.pop()),
            **shared,
        }
    return _("You are both at work: %(when)s, your time.") % shared

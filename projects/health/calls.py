"""When the people of a project could talk for a quarter of an hour: the first time at which all of them are at work."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from linkstar.calendars.worktime import Worktimes
from linkstar.lib.clock_text import WEEKDAYS_EN, WEEKDAYS_ZH, day_text, time_text
from linkstar.lib.hours import as_json
from linkstar.lib.schedule import WorkTime, to_instant, to_minutes
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from projects.models import Task

LENGTH = 15
# Nobody is called out of the blue, and next week is too late.
_NOTICE = timedelta(hours=1)
_AHEAD, _BEFORE = timedelta(days=8), timedelta(days=60)
# Across an ocean working hours need not meet: then at an hour at which nobody is asleep, still on a working day.
_AWAKE = ((8 * 60, 21 * 60 + 30),)


def people_to_call(owner: Member, asked: Sequence[Task]) -> list[Member]:
    """The owner of the project first, then those of the tasks; guests are asked by whoever works with them."""
    others = {task.owner.pk: task.owner for task in asked if task.owner and task.owner.is_insider}
    others.pop(owner.pk, None)
    return [owner, *others.values()]


class Call(NamedTuple):
    """`at` is aware, in UTC. `is_early_or_late` says that some are called outside their working hours."""

    at: datetime
    is_early_or_late: bool


def propose(people: Sequence[Member], *, now: datetime) -> Call | None:
    """None when there is nobody to talk to, or no such time within eight days; leave and holidays count."""
    if len(people) < 2:
        return None
    # From well before, as outside of what was loaded a week is taken to be like the others, without leave.
    first, last = (now - _BEFORE).date(), (now + _AHEAD + timedelta(days=1)).date()
    times = Worktimes.load(people, first=first, last=last)
    for is_early_or_late, each in ((False, people), (True, [_awake(person) for person in people])):
        at = _first([times.worktime(person.country, person) for person in each], now=now)
        if at is not None:
            return Call(at, is_early_or_late)
    return None


def call_text(call: Call, people: Sequence[Member], zone: str, language: str) -> str:
    """On the clock of `zone`, then on those of who lives by another: "Tue 1 Dec, 21:00 · Maya: Tue 08:00"."""
    local = call.at.astimezone(get_zone(zone))
    parts = [_("%(day)s, %(time)s") % {"day": day_text(local, language), "time": time_text(local)}]
    for person in people:
        theirs = call.at.astimezone(get_zone(person.time_zone))
        if theirs.utcoffset() != local.utcoffset():
            weekday = (WEEKDAYS_ZH if language == "zh-hans" else WEEKDAYS_EN)[theirs.weekday()]
            parts.append(
                _("%(name)s: %(weekday)s %(time)s")
                % {"name": person.display_name, "weekday": weekday, "time": time_text(theirs)}
            )
    return " · ".join(parts)


def _awake(person: Member) -> Member:
    """The same on longer days."""
    longer = copy(person)
    longer.working_hours = as_json(tuple(_AWAKE if day else () for day in person.week))
    return longer


def _first(works: Sequence[WorkTime], *, now: datetime) -> datetime | None:
    """The first full quarter of an hour that lies within all of them."""
    at, last = _quarter(to_minutes(now + _NOTICE)), to_minutes(now + _AHEAD)
    while at < last:
        opens = _quarter(max(work.next_open(at) for work in works))
        if opens == at and all(work.between(at, at + LENGTH) == LENGTH for work in works):
            return to_instant(at)
        at = max(opens, at + LENGTH)
    return None


def _quarter(minutes: int) -> int:
    return -(-minutes // LENGTH) * LENGTH

"""How much of the coming weeks the open tasks of people have taken already."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from linkstar.lib.hours import STANDARD, minutes_of, usual_day
from linkstar.lib.workdays import get_calendar
from linkstar.lib.zones import home_country
from projects.models import Task
from templates_sop.capacity import Weeks, spread

_DAY_MINUTES = minutes_of(usual_day(STANDARD))


def taken_days(members: Collection[int], *, first: date, last: date) -> dict[int, Weeks]:
    """Working days by member and Monday, of what they own and what is not done; days outside are not looked at.

    In one statement. A task without a start counts on the day of its deadline, and one without a duration as a day.
    """
    found: dict[int, Weeks] = defaultdict(lambda: defaultdict(float))
    tasks = Task.objects.current().filter(owner__in=members, completed_at=None, due_on__gte=first)
    tasks = tasks.exclude(start_on__gt=last).exclude(start_on=None, due_on__gt=last)
    rows = tasks.values_list("owner", "start_on", "due_on", "due_zone", "calendar", "duration_days", "estimate_minutes")
    for owner, start_on, due_on, zone, country, days, minutes in rows:
        if due_on is None:  # never: those without a deadline were left out
            continue
        calendar = get_calendar(country or home_country(zone))
        length = days or (minutes or _DAY_MINUTES) / _DAY_MINUTES
        for monday, share in spread(length, start_on or due_on, due_on, calendar).items():
            found[owner][monday] += share
    return found

"""Tell people ahead when the gap between their clock and the team's changes: half the world changes its clocks twice.

Once a change and person, by the key of the notice; a job that runs twice tells nobody twice.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.urls import reverse

from linkstar.accounts.models import User
from linkstar.lib.clock_text import day_text
from linkstar.lib.overlap import Change, local_day, next_change
from linkstar.lib.zones import city_name
from linkstar.members.models import Member
from linkstar.workspaces.models import Workspace
from linkstar.workspaces.rounds import daily
from notifications.actions.notify import notify

# Whoever looks once a day has told a week ahead of the change, in every zone.
DAYS_AHEAD = 9
KIND = "clock_change"


def _is_needed(now: datetime) -> bool:
    """Whether clocks of people or workspaces move away from each other within the days that are looked ahead."""
    zones = set(User.objects.order_by().values_list("time_zone", flat=True).distinct())
    zones |= set(Workspace.objects.order_by().values_list("time_zone", flat=True).distinct())
    return any_change(zones, now=now)


@daily("clocks", is_needed=_is_needed)
def tell_clock_changes(*, now: datetime) -> int:
    """Notices to the team of this workspace; how many people were told now.

    Each hears of one change: of the workspace's clock if it is among those that move away from theirs, else of the
    zone that most colleagues live in.
    """
    team = list(Member.objects.active().insiders().order_by("pk"))
    zones = [connection.tenant.time_zone, *_by_number(team)]
    told = 0
    by_words: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for member in team:
        by_words[member.time_zone, member.language].append(member)
    for (zone, language), members in by_words.items():
        found = _first(zone, zones, now)
        if found is not None:
            told += _tell(members, zone, *found, language=language, now=now)
    return told


def any_change(zones: Iterable[str], *, now: datetime) -> bool:
    """Whether two of these zones move away from each other or closer within the days that are looked ahead."""
    known = sorted(set(zones))
    return any(
        next_change(mine, theirs, now=now, days=DAYS_AHEAD) is not None
        for number, mine in enumerate(known)
        for theirs in known[number + 1 :]
    )


def _by_number(team: Iterable[Member]) -> list[str]:
    counts: dict[str, int] = defaultdict(int)
    for member in team:
        counts[member.time_zone] += 1
    return sorted(counts, key=lambda zone: (-counts[zone], zone))


def _first(mine: str, zones: Iterable[str], now: datetime) -> tuple[str, Change] | None:
    for theirs in zones:
        change = next_change(mine, theirs, now=now, days=DAYS_AHEAD)
        if change is not None:
            return theirs, change
    return None


def _tell(members: list[Member], mine: str, theirs: str, change: Change, *, language: str, now: datetime) -> int:
    day = local_day(change, mine)
    data = {
        "city": city_name(theirs, language),
        "day": day_text(day, language),
        "before": f"{abs(change.before) / 60:g}",
        "after": f"{abs(change.after) / 60:g}",
        "is_behind": change.after < 0,
    }
    told = 0
    for member in members:
        url = reverse("calendars:member-time", args=[member.pk], urlconf="linkstar.urls")
        key = f"{KIND}:{day.isoformat()}"
        told += len(notify([member], kind=KIND, key=key, data=data, url=url, now=now))
    return told

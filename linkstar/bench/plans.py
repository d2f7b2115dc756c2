"""The planner against the bare topological pass over the same items and links: no database, no request."""

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from linkstar.lib.schedule import ELAPSED, Item, Link, WorkTime, schedule, to_minutes
from linkstar.lib.schedule.network import Kind
from linkstar.lib.workdays import get_calendar

ITEMS, LINKS = 5000, 8000
START = to_minutes(datetime(2026, 2, 1, tzinfo=UTC))
_HOURS = ((time(9), time(12)), (time(13, 30), time(18)))
_KINDS: list[Kind] = ["FS", "SS", "FF", "SF"]
# How far ahead a successor may lie: chains of some two hundred items, as in a workspace with many projects.
_REACH = 60


@dataclass(frozen=True)
class Plan:
    items: list[Item[int]]
    links: list[Link[int]]


@cache
def lay_out(items: int = ITEMS, links: int = LINKS) -> Plan:
    """The same plan each time: three calendars and the clock, one link in seven not FS, one in three with a lag."""
    rng = random.Random(5)  # noqa: S311 - the same run each time
    zones = [("cn", "Asia/Shanghai"), ("us", "America/New_York"), ("us", "America/Los_Angeles")]
    times = [ELAPSED, *(_calendar(country, zone) for country, zone in zones)]
    planned = [Item(key, rng.randrange(11) * 240, rng.choice(times)) for key in range(items)]
    pairs: dict[tuple[int, int], Link[int]] = {}
    while len(pairs) < links:
        before = rng.randrange(items - 1)
        after = min(before + rng.randint(1, _REACH), items - 1)
        kind, lag = rng.choices(_KINDS, [85, 5, 5, 5])[0], rng.choice([0, 0, 0, 0, 480, -240])
        pairs[before, after] = Link(before, after, kind, lag, rng.choice(times))
    return Plan(planned, list(pairs.values()))


def plan_all(plan: Plan) -> Callable[[], bytes]:
    def product() -> bytes:
        schedule(plan.items, plan.links, start=START)
        return b""

    return product


def bare_pass(items: Sequence[Item[int]], links: Sequence[Link[int]]) -> list[int]:
    """Kahn's order of the keys, written as anybody would."""
    after: dict[int, list[int]] = {item.key: [] for item in items}
    waits_for = dict.fromkeys(after, 0)
    for link in links:
        after[link.before].append(link.after)
        waits_for[link.after] += 1
    ready = deque(key for key, count in waits_for.items() if not count)
    order = []
    while ready:
        key = ready.popleft()
        order.append(key)
        for other in after[key]:
            waits_for[other] -= 1
            if not waits_for[other]:
                ready.append(other)
    return order


def _calendar(country: str, zone: str) -> WorkTime:
    calendar, first = get_calendar(country), date(2026, 1, 1)
    days = (first + timedelta(days=number) for number in range(4 * 365))
    return WorkTime.from_days((day for day in days if calendar.is_workday(day)), _HOURS, zone)

"""When the lag of a link is over, in the planner's own working time: from then on the link holds nothing back.

What a lag counts from is what has happened: the moment when the blocker was finished, or when it was begun, which is
its start date or else the day on which it was moved. A lead counts from what is planned, while that is not known yet;
one before an end needs a blocker that is at work, since what nobody has begun is not about to be finished.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import Max, Q

from linkstar.lib.schedule import to_instant, to_minutes
from projects.models import Activity, Column, Dependency, Task
from projects.scheduling.times import Times

Kind = Dependency.Kind
_FROM_START = (Kind.START_START, Kind.START_FINISH)


def settle_lags(links: Q, *, now: datetime) -> list[Dependency]:
    """Work out anew when these links are free, in a transaction; those of which it has changed.

    One statement where none of them has a lag.
    """
    # What is done waits for nothing any more.
    lagging = Dependency.objects.filter(links, blocked__completed_at=None).exclude(lag_days=0)
    # Locked before they are read: whoever finishes a blocker meanwhile settles its links after us, or before we read.
    locked = list(lagging.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))
    if not locked:
        return []
    beside = ("blocker__column", "blocker__project", "blocked__project", "blocked__owner")
    found = list(Dependency.objects.filter(pk__in=locked).select_related(*beside).order_by("pk"))
    times = _times(found, now)
    moved_at = _moved_at(link.blocker for link in found if _is_begun(link.blocker))
    changed = []
    for link in found:
        at = _free_at(link, times, moved_at, now)
        if at != link.free_at:
            link.free_at = at
            changed.append(link)
    Dependency.objects.bulk_update(changed, ["free_at"], batch_size=200)
    return changed


def _times(links: Collection[Dependency], now: datetime) -> Times:
    owners = {link.blocked.owner_id: link.blocked.owner for link in links if link.blocked.owner is not None}
    events = [at for link in links for at in (link.blocker.completed_at, link.blocker.due_at, link.blocker.start_at)]
    days = [at.date() for at in (*events, now) if at is not None]
    longest = timedelta(days=2 * max(abs(link.lag_days) for link in links) + 31)
    return Times.load(owners.values(), min(days) - longest, max(days) + longest)


def _moved_at(tasks: Iterable[Task]) -> dict[int, datetime]:
    """When each was moved last: begun tasks without a start date were begun then at the latest."""
    begun = [task.pk for task in tasks if task.start_on is None]
    if not begun:
        return {}
    moves = Activity.objects.filter(task__in=begun, verb="moved").order_by().values("task")
    return dict(moves.annotate(at=Max("created_at")).values_list("task", "at"))


def _free_at(link: Dependency, times: Times, moved_at: dict[int, datetime], now: datetime) -> datetime | None:
    event = _event(link, moved_at, now)
    if event is None and link.lag_days < 0:
        event = _planned(link)
        if event is None and link.kind not in _FROM_START and _is_begun(link.blocker):
            # Nobody said when it will be done.
            return now
    if event is None:
        return None
    if not link.lag_is_working:
        return event + timedelta(days=link.lag_days)
    minutes = link.lag_days * times.day_minutes(link.blocked)
    return to_instant(times.of(link.blocked).shift(to_minutes(event), minutes))


def _event(link: Dependency, moved_at: dict[int, datetime], now: datetime) -> datetime | None:
    """What the lag counts from, once it has happened."""
    blocker = link.blocker
    if link.kind not in _FROM_START:
        return blocker.completed_at
    if not _is_begun(blocker):
        return None
    if blocker.start_at is not None and blocker.start_at <= now:
        return blocker.start_at
    return blocker.completed_at or moved_at.get(blocker.pk, now)


def _planned(link: Dependency) -> datetime | None:
    """What a lead counts from before it has happened."""
    if link.kind in _FROM_START:
        return link.blocker.start_at
    return link.blocker.due_at if _is_begun(link.blocker) else None


def _is_begun(task: Task) -> bool:
    return task.completed_at is not None or task.column.status != Column.Status.TODO

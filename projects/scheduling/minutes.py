"""Days and times of day as minutes of the planner, and back on the clock of the task."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from linkstar.lib.deadlines import Deadline, resolve
from linkstar.lib.schedule import WorkTime, to_instant, to_minutes
from linkstar.lib.zones import get_zone
from projects.models import Task
from projects.scheduling.times import zone_of


def finish_of(deadline: Deadline) -> int:
    """The minute at which it is due; a day without a time ends with its midnight."""
    return to_minutes(deadline.instant + timedelta(seconds=1 if deadline.is_date_only else 0))


def day_before(minute: int, zone: ZoneInfo) -> date:
    """The day on which the minute before this one lies: midnight still belongs to the day that ends."""
    return (to_instant(minute) - timedelta(seconds=1)).astimezone(zone).date()


def to_deadline(task: Task, finish: int, work: WorkTime) -> Deadline:
    """The first deadline at the task's own time of day that is not before `finish`; a day without a time as a day."""
    zone, at = zone_of(task), task.due_time
    day = day_before(finish, get_zone(zone))
    deadline = Deadline(day, at, zone)
    while finish_of(deadline) < finish:
        # On the next day that is worked at all.
        midnight = to_minutes(resolve(deadline.on + timedelta(days=1), time.min, zone).instant)
        opens = work.next_open(midnight)
        deadline = deadline.moved_to_day(to_instant(opens).astimezone(get_zone(zone)).date())
    return deadline


def to_start(task: Task, start: int) -> tuple[date, time | None]:
    """The day, and the time of day where the task has one."""
    wall = to_instant(start).astimezone(get_zone(zone_of(task)))
    return wall.date(), wall.time().replace(fold=0) if task.start_time is not None else None

"""Whether a project seems to be over: all done, or nothing happening. Its owner is asked; nothing happens by itself."""

from datetime import datetime, timedelta
from typing import NamedTuple

from projects.models import Project

QUIET = timedelta(days=14)
SNOOZE = timedelta(days=30)
# From here on the page counts down, so that nobody is asked out of the blue.
_SEEN_FROM = QUIET * 3 / 4


class Rest(NamedTuple):
    """`reason` is "done", "quiet", or "soon" (not asked yet); `quiet_days` are whole days without activity, `days_left`
    those until the owner is asked.
    """

    reason: str
    quiet_days: int
    days_left: int


def rest_of(project: Project, *, open_count: int, count: int, now: datetime) -> Rest | None:
    """None while the project is alive, over already, or its owner has answered since the last thing that happened.

    Counts are of tasks on the board. An answer holds until something happens again, a snooze until it ends.
    """
    if project.state != Project.State.ACTIVE or _is_answered(project, now):
        return None
    quiet = now - project.last_activity_at
    days_left = max(-((quiet - QUIET) // timedelta(days=1)), 0)
    if count and not open_count:
        return Rest("done", quiet.days, 0)
    if quiet >= QUIET:
        return Rest("quiet", quiet.days, 0)
    return Rest("soon", quiet.days, days_left) if quiet >= _SEEN_FROM else None


def _is_answered(project: Project, now: datetime) -> bool:
    if project.rest_snoozed_until is not None and project.rest_snoozed_until > now:
        return True
    return project.rest_answered_at is not None and project.rest_answered_at >= project.last_activity_at

"""Whether the dates of two linked tasks keep to their link, and what contradicts it, in a sentence."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import resolve
from linkstar.lib.workdays import get_calendar
from linkstar.lib.zones import get_zone
from projects.models import Dependency

Kind = Dependency.Kind


class Dates(NamedTuple):
    """Of one end of a link; `zone` is the clock on which its days are read, `calendar` whose working days, or ""."""

    start_on: date | None
    start_time: time | None
    due_on: date | None
    due_time: time | None
    due_at: datetime | None
    zone: str
    calendar: str
    is_done: bool
    is_started: bool

    @property
    def start_at(self) -> datetime | None:
        return resolve(self.start_on, self.start_time or time.min, self.zone).instant if self.start_on else None


def breach(kind: str, before: Dates, after: Dates, lag_days: int, *, is_working: bool, language: str) -> str:
    """How the dates of two open tasks contradict their link, or "".

    Days are compared on the clock of the task that waits, and to the minute where it has a time of day.
    """
    from_start = kind in (Kind.START_START, Kind.START_FINISH)
    to_start = kind in (Kind.FINISH_START, Kind.START_START)
    if after.is_done or (to_start and after.is_started) or before.is_done or (from_start and before.is_started):
        return ""
    given = before.start_at if from_start else before.due_at
    if given is None:
        return ""
    ready = _later(given.astimezone(get_zone(after.zone)), lag_days, is_working=is_working, calendar=after.calendar)
    on, at = (after.start_on, after.start_time) if to_start else (after.due_on, after.due_time)
    if on is None and to_start:
        # Without a start it is done on the day of its deadline at the earliest.
        on, at = after.due_on, None
    if on is None or not _is_early(on, at, ready, from_start=from_start, before=before):
        return ""
    values = {"day": day_text(on, language), "ready": day_text(ready.date(), language)}
    return _sentence(kind, lag_days) % values


def _is_early(on: date, at: time | None, ready: datetime, *, from_start: bool, before: Dates) -> bool:
    has_time = before.start_time is not None if from_start else before.due_time is not None
    if at is None or not has_time or on != ready.date():
        return on < ready.date()
    return at < ready.time()


def _later(at: datetime, days: int, *, is_working: bool, calendar: str) -> datetime:
    if not days:
        return at
    if is_working:
        on = get_calendar(calendar or "cn").add_workdays(at.date(), days)
        return datetime.combine(on, at.timetz())
    return at + timedelta(days=days)


def _sentence(kind: str, lag_days: int) -> str:
    if kind == Kind.FINISH_START:
        if lag_days:
            return _("It starts on %(day)s, but by this link it can start on %(ready)s at the earliest.")
        return _("It starts on %(day)s, but what it waits for is due on %(ready)s.")
    if kind == Kind.START_START:
        return _("It starts on %(day)s, but by this link it can start on %(ready)s at the earliest.")
    return _("It is due on %(day)s, but by this link it can be finished on %(ready)s at the earliest.")

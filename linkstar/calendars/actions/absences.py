"""Closures, leave and working hours: entered, changed, taken back."""

from datetime import date
from typing import Any

import structlog
from django.db import transaction

from linkstar.calendars.models import Closure, Leave
from linkstar.calendars.stamps import working_time_changed
from linkstar.lib.hours import Week, as_json, check_week
from linkstar.members.models import Member

log = structlog.get_logger(__name__)


class LeaveOverlaps(ValueError):
    """The person is away already on one of those days; `leave` says when."""

    def __init__(self, leave: Leave) -> None:
        super().__init__(f"leave {leave.pk} covers a day of it")
        self.leave = leave


@transaction.atomic
def add_closure(*, name: str, first_on: date, last_on: date, country: str, actor: Member) -> Closure:
    closure = Closure.objects.create(name=name, first_on=first_on, last_on=last_on, country=country, created_by=actor)
    working_time_changed()
    log.info("closure added", closure=closure.pk, actor=actor.pk)
    return closure


@transaction.atomic
def edit_closure(closure: Closure, *, actor: Member, **changes: Any) -> None:
    for field, value in changes.items():
        setattr(closure, field, value)
    closure.save(update_fields=list(changes))
    working_time_changed()
    log.info("closure edited", closure=closure.pk, actor=actor.pk)


@transaction.atomic
def delete_closure(closure: Closure, *, actor: Member) -> None:
    working_time_changed()
    log.info("closure deleted", closure=closure.pk, first=str(closure.first_on), actor=actor.pk)
    closure.delete()


@transaction.atomic
def add_leave(person: Member, *, first_on: date, last_on: date, note: str, note_for: str, actor: Member) -> Leave:
    """Raises LeaveOverlaps: one absence is entered once."""
    # Two that add the same days at once come one after the other.
    Member.objects.select_for_update(no_key=True).get(pk=person.pk)
    other = Leave.objects.filter(member=person).touching(first_on, last_on).order_by("first_on", "pk").first()
    if other is not None:
        raise LeaveOverlaps(other)
    leave = Leave.objects.create(
        member=person, first_on=first_on, last_on=last_on, note=note, note_for=note_for, created_by=actor
    )
    working_time_changed()
    log.info("leave added", leave=leave.pk, member=person.pk, actor=actor.pk)
    return leave


@transaction.atomic
def delete_leave(leave: Leave, *, actor: Member) -> None:
    working_time_changed()
    log.info("leave deleted", leave=leave.pk, member=leave.member_id, actor=actor.pk)
    leave.delete()


@transaction.atomic
def set_hours(person: Member, week: Week, *, holidays: str, actor: Member) -> None:
    """Raises HoursRefused for a week in which nobody works. `holidays`: "cn", "us", or "" by the time zone."""
    check_week(week)
    person.working_hours, person.holidays = as_json(week), holidays
    person.save(update_fields=["working_hours", "holidays"])
    working_time_changed()
    log.info("working hours set", member=person.pk, actor=actor.pk)

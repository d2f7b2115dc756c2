"""Promises to remind: made, moved and cancelled with the deadline they hang on, and kept once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from linkstar.members.models import Member
from linkstar.workspaces import due
from notifications.actions.notify import notify
from notifications.models import Reminder

DUE_KIND = "reminder"


@dataclass(frozen=True)
class Occasion:
    """What a subject answers when a reminder fires: whom to tell, and what."""

    members: Sequence[Member]
    kind: str
    data: Mapping[str, Any]
    url: str


@dataclass(frozen=True)
class Wish:
    """How many hours before `due_at` to remind of one row; `due_at` None wishes no reminder."""

    subject_id: int
    due_at: datetime | None
    hours_before: Sequence[int]

    def instants(self, now: datetime) -> dict[int, datetime]:
        """Hours → instant, of those that still lie ahead; the hours are elapsed ones, across clock changes too."""
        if self.due_at is None:
            return {}
        fires = {hours: self.due_at - timedelta(hours=hours) for hours in self.hours_before}
        return {hours: instant for hours, instant in fires.items() if instant > now}


Subject = Callable[[Reminder, datetime], Occasion | None]
_subjects: dict[str, Subject] = {}


def subject(name: str) -> Callable[[Subject], Subject]:
    """Register who knows the truth about rows of this sort. None from it means: no longer, cancel the reminder."""

    def register(function: Subject) -> Subject:
        _subjects[name] = function
        return function

    return register


def plan(name: str, subject_id: int, *, due_at: datetime | None, hours_before: Sequence[int], now: datetime) -> None:
    """Make the waiting reminders of one row what is wished; see plan_many."""
    plan_many(name, [Wish(subject_id, due_at, hours_before)], now=now)


@transaction.atomic
def plan_many(name: str, wishes: Iterable[Wish], *, now: datetime) -> None:
    """Move waiting reminders to where they belong now, add those missing, cancel the rest. Past instants are not added.

    A few statements, however many wishes.
    """
    wishes = list(wishes)
    ids = {wish.subject_id for wish in wishes}
    wanted = {(wish.subject_id, hours): instant for wish in wishes for hours, instant in wish.instants(now).items()}
    waiting = Reminder.objects.filter(subject=name, subject_id__in=ids, state=Reminder.State.WAITING)
    kept, gone = [], []
    # Locked, so that a reminder that is just being sent is not moved under the sender's hands.
    for reminder in waiting.select_for_update():
        instant = wanted.pop((reminder.subject_id, reminder.hours_before), None)
        if instant is None:
            gone.append(reminder)
        elif instant != reminder.fire_at:
            reminder.fire_at = instant
            kept.append(reminder)
    _cancel(gone)
    Reminder.objects.bulk_update(kept, ["fire_at"])
    added = Reminder.objects.bulk_create(
        Reminder(subject=name, subject_id=subject_id, hours_before=hours, fire_at=instant, created_at=now)
        for (subject_id, hours), instant in wanted.items()
    )
    moved = [(DUE_KIND, reminder.pk, reminder.fire_at) for reminder in [*kept, *added]]
    if moved:
        due.schedule_many(moved)


def cancel_all(name: str, *subject_ids: int) -> None:
    """Nobody is to be reminded of these rows any more."""
    waiting = Reminder.objects.filter(subject=name, subject_id__in=subject_ids, state=Reminder.State.WAITING)
    _cancel(list(waiting))


@due.handles(DUE_KIND)
def remind(reminder_id: int, *, now: datetime) -> None:
    """Keep one promise, unless it was kept or cancelled already, or the subject says that it no longer holds."""
    # Locked, so that a deadline moved this moment is either seen here or moves nothing that was sent.
    reminder = Reminder.objects.select_for_update().filter(pk=reminder_id, state=Reminder.State.WAITING).first()
    if reminder is None:
        return
    if reminder.fire_at > now:
        due.schedule(DUE_KIND, reminder.pk, reminder.fire_at)
        return
    occasion = _subjects[reminder.subject](reminder, now)
    if occasion is None:
        reminder.state = Reminder.State.CANCELLED
        reminder.save(update_fields=["state"])
        return
    reminder.state, reminder.sent_at = Reminder.State.SENT, now
    reminder.save(update_fields=["state", "sent_at"])
    notify(
        occasion.members, kind=occasion.kind, key=f"reminder:{reminder.pk}", data=occasion.data, url=occasion.url, now=now
    )


def _cancel(reminders: Sequence[Reminder]) -> None:
    if reminders:
        ids = [reminder.pk for reminder in reminders]
        Reminder.objects.filter(pk__in=ids).update(state=Reminder.State.CANCELLED)
        due.cancel_many(DUE_KIND, ids)

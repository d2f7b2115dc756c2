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

    def instants(self) -> dict[int, datetime]:
        """Hours → instant; the hours are elapsed ones, across clock changes too."""
        if self.due_at is None:
            return {}
        return {hours: self.due_at - timedelta(hours=hours) for hours in self.hours_before}


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
    """Move waiting reminders to where they belong now, add those missing, cancel the rest.

    None is added or moved to an instant that has passed; one that waits there already is only late, and stays. A few
    statements, however many wishes. The caller has locked the rows that the reminders are about, or just made them.
    """
    wishes = list(wishes)
    wanted = {(wish.subject_id, hours): instant for wish in wishes for hours, instant in wish.instants().items()}
    moved, gone = [], []
    for reminder in _lock_waiting(name, [wish.subject_id for wish in wishes]):
        instant = wanted.pop((reminder.subject_id, reminder.hours_before), None)
        if instant == reminder.fire_at:
            continue
        if instant is None or instant <= now:
            gone.append(reminder.pk)
        else:
            reminder.fire_at = instant
            moved.append(reminder)
    _cancel(gone)
    if moved:
        Reminder.objects.bulk_update(moved, ["fire_at"])
    added = Reminder.objects.bulk_create(
        Reminder(subject=name, subject_id=subject_id, hours_before=hours, fire_at=instant, created_at=now)
        for (subject_id, hours), instant in wanted.items()
        if instant > now
    )
    if moved or added:
        due.schedule_many((DUE_KIND, reminder.pk, reminder.fire_at) for reminder in [*moved, *added])


@transaction.atomic
def cancel_all(name: str, *subject_ids: int) -> None:
    """Nobody is to be reminded of these rows any more."""
    _cancel([reminder.pk for reminder in _lock_waiting(name, subject_ids)])


def _lock_waiting(name: str, subject_ids: Sequence[int]) -> list[Reminder]:
    """The reminders that wait now, with their due rows: none of them can be sent before the transaction ends."""
    waiting = Reminder.objects.filter(subject=name, subject_id__in=subject_ids, state=Reminder.State.WAITING)
    ids = list(waiting.values_list("pk", flat=True))
    if not ids:
        return []
    # After this no worker is at one of them, and those that were sent meanwhile do not wait any more.
    due.lock(DUE_KIND, *ids)
    return list(waiting.filter(pk__in=ids).order_by("pk").select_for_update())


def _cancel(ids: Sequence[int]) -> None:
    """Of locked reminders."""
    if ids:
        Reminder.objects.filter(pk__in=ids).update(state=Reminder.State.CANCELLED)
        due.cancel(DUE_KIND, *ids)


@due.handles(DUE_KIND)
def remind(reminder_id: int, *, now: datetime) -> None:
    """Keep one promise, unless it was kept or cancelled already, or the subject says that it no longer holds."""
    # The due row, deleted by now, is what keeps two workers apart; this lock keeps out whoever comes without one.
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
    key = f"reminder:{reminder.pk}"
    notify(occasion.members, kind=occasion.kind, key=key, data=occasion.data, url=occasion.url, now=now)

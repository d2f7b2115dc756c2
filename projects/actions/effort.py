"""How long a task should take, and the time that people have put into it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from linkstar.members.models import Member
from projects.actions.remembering import leave_change
from projects.actions.states import snapshot
from projects.actions.trace import leave_trace, touch
from projects.models import Change, Task, TimeEntry


@transaction.atomic
def set_estimate(task: Task, minutes: int | None, *, actor: Member, now: datetime) -> Change | None:
    """`minutes` None: nobody has said. The sum of subtasks is not kept, but shown beside it (projects/families.py)."""
    before = _locked(task).estimate_minutes
    if before == minutes:
        return None
    task.estimate_minutes = minutes
    touch(task, "estimate_minutes", now=now)
    held = {"estimate": before}
    return leave_change("estimate changed", task, held, actor=actor, now=now, before=before, after=minutes)


@transaction.atomic
def set_faster_way(task: Task, days: int | None, note: str = "", *, actor: Member, now: datetime) -> Change | None:
    """In how many working days it could be done otherwise, and how: a note of one line. None: there is no such way."""
    current = _locked(task)
    before, after = snapshot(current, "faster"), [days, note if days else ""]
    if before["faster"] == after:
        return None
    task.faster_days, task.faster_note = days, note if days else ""
    touch(task, "faster_days", "faster_note", now=now)
    return leave_change("faster way changed", task, before, actor=actor, now=now, days=days, note=task.faster_note)


@transaction.atomic
def log_time(task: Task, *, minutes: int, spent_on: date, note: str = "", actor: Member, now: datetime) -> TimeEntry:
    """Own work of one day, at most that day's 24 hours."""
    _locked(task)
    entry = TimeEntry.objects.create(
        task=task, member=actor, minutes=minutes, spent_on=spent_on, note=note, created_at=now
    )
    _add_up(task, now=now)
    data: dict[str, Any] = {"minutes": minutes, "on": spent_on.isoformat(), "note": note}
    leave_trace("time logged", project=task.project, task=task, actor=actor, now=now, **data)
    return entry


@transaction.atomic
def edit_entry(entry: TimeEntry, *, minutes: int, spent_on: date, note: str, now: datetime) -> None:
    """Only who logged it changes it. Raises TimeEntry.DoesNotExist when it was removed meanwhile."""
    task = entry.task
    _locked(task)
    entry.refresh_from_db(fields=["minutes", "spent_on", "note"])
    before = entry.minutes
    if (before, entry.spent_on, entry.note) == (minutes, spent_on, note):
        return
    entry.minutes, entry.spent_on, entry.note = minutes, spent_on, note
    entry.save(update_fields=["minutes", "spent_on", "note"])
    _add_up(task, now=now)
    data: dict[str, Any] = {"before": before, "after": minutes, "on": spent_on.isoformat()}
    leave_trace("time edited", project=task.project, task=task, actor=entry.member, now=now, **data)


@transaction.atomic
def remove_entry(entry: TimeEntry, *, actor: Member, now: datetime) -> None:
    """Twice is once."""
    task = entry.task
    _locked(task)
    removed, _rows = TimeEntry.objects.filter(pk=entry.pk).delete()
    if not removed:
        return
    _add_up(task, now=now)
    data: dict[str, Any] = {
        "minutes": entry.minutes,
        "whose": entry.member.display_name,
        "own": entry.member_id == actor.pk,
    }
    leave_trace("time removed", project=task.project, task=task, actor=actor, now=now, **data)


def _add_up(task: Task, *, now: datetime) -> None:
    task.logged_minutes = task.time_entries.aggregate(all=Sum("minutes"))["all"] or 0
    touch(task, "logged_minutes", now=now)


def _locked(task: Task) -> Task:
    """The sum is read and then written, so two who log at once must not interleave."""
    return Task.objects.select_for_update(no_key=True).get(pk=task.pk)

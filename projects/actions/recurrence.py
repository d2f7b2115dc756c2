"""Tasks that come again: the rule, the next copy when its window opens, and never more than one that is open.

A worker looks at a recurrence when the window of its next copy opens, and again every few hours while an open copy, a
closed project or the bin stands in the way: so nothing that ends such a state has to know of recurrences, and a closed
project comes to life again without a flood. Looking twice changes nothing: the copy of a day is there once, by
constraint.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from linkstar.lib.recurrence import Rule
from linkstar.members.models import Member
from linkstar.workspaces import due
from projects.actions.copies import make_copy
from projects.actions.deadlines import lock, plan_reminders, set_deadline
from projects.actions.families import lock_family, recount
from projects.actions.occurrences import KIND, lock_promise
from projects.actions.tasks import lock_board
from projects.actions.trace import leave_trace, touch
from projects.models import Project, Recurrence, Task

_LOOK_AGAIN = timedelta(hours=6)
# Of more days than this that had no copy, the oldest are forgotten.
_MOST_SKIPPED = 200


class NothingToSkip(ValueError):
    """The recurrence has ended or was stopped, and no copy of it is open."""


def copies_of(recurrence: Recurrence) -> QuerySet[Task]:
    """Its tasks, the newest first."""
    return recurrence.tasks.order_by("-occurrence_on")


def open_copies(recurrence: Recurrence) -> QuerySet[Task]:
    """At most one, unless somebody took an older one up again."""
    return recurrence.tasks.current().unfinished()


def is_held(newest: Task) -> bool:
    """Whether the next copy waits for a closed project, or for the newest copy to leave the bin."""
    return newest.project.state != Project.State.ACTIVE or newest.deleted_at is not None


def coming_days(recurrence: Recurrence, *, now: datetime) -> Iterator[date]:
    """The days from `next_on` on whose deadline lies ahead, as long as the recurrence goes."""
    if recurrence.next_on is None:
        return
    days = _days_after(recurrence, recurrence.next_on - timedelta(days=1))
    ahead = (day for day in days if recurrence.rule.resolve(day).instant > now)
    room = None if recurrence.most_copies is None else max(recurrence.most_copies - recurrence.copies, 0)
    yield from islice(ahead, room)


@transaction.atomic
def repeat_task(
    task: Task,
    *,
    rule: Rule,
    window_days: int,
    ends_on: date | None,
    most_copies: int | None,
    actor: Member,
    now: datetime,
) -> Recurrence:
    """Make a task come again, or change how it does from the next copy on; a stopped one goes on.

    A task without a deadline is given the rule's first one that lies ahead. Copies begin in the task's column when that
    is a to-do one.
    """
    # First, as whoever moves a copy does.
    lock_promise(task)
    current = lock(task)
    if current.recurrence_id is not None:
        recurrence = _locked(current.recurrence_id)
        _forget_removed(recurrence)
        before = rule_data(recurrence.rule) if recurrence.is_active else None
        newest = copies_of(recurrence)[0]
    else:
        if current.due_on is None:
            ahead = (day for day in rule.days(after=rule.anchor - timedelta(days=1)) if _is_ahead(rule, day, now))
            set_deadline(task, rule.deadline(next(ahead)), actor=actor, now=now)
        recurrence, before, newest = Recurrence(created_by=actor, created_at=now), None, task
        recurrence.column = task.column if task.column.status == "todo" else None
    _write(recurrence, rule)
    recurrence.window_days, recurrence.ends_on, recurrence.most_copies = window_days, ends_on, most_copies
    recurrence.stopped_at = None
    after = newest.occurrence_on or newest.due_on or rule.anchor
    recurrence.next_on = next((day for day in _days_after(recurrence, after) if _is_ahead(rule, day, now)), None)
    _end_if_full(recurrence)
    recurrence.save()
    if current.recurrence_id is None:
        task.recurrence, task.occurrence_on = recurrence, task.due_on
        touch(task, "recurrence", "occurrence_on", now=now)
    _promise(recurrence, now=now)
    verb = "recurrence changed" if before else "recurrence set"
    leave_trace(verb, project=task.project, task=task, actor=actor, now=now, before=before, after=rule_data(rule))
    return recurrence


@transaction.atomic
def stop_repeating(task: Task, *, actor: Member, now: datetime) -> None:
    """No further copy is made; those that are there stay. Twice is once."""
    recurrence = _locked(task.recurrence_id)
    if recurrence.stopped_at is not None:
        return
    recurrence.stopped_at = now
    recurrence.save(update_fields=["stopped_at"])
    due.cancel(KIND, recurrence.pk)
    leave_trace("recurrence stopped", project=task.project, task=task, actor=actor, now=now)


@transaction.atomic
def skip_occurrence(task: Task, *, actor: Member, now: datetime) -> date:
    """Leave one day out and return it: the open copy, which is put into the archive, or else the next that would come.

    Raises NothingToSkip.
    """
    recurrence = _locked(task.recurrence_id)
    # Before the first trace, which writes the project's row, for which a mover would wait.
    lock_board(task.column)
    opened = open_copies(recurrence).order_by("-occurrence_on").first()
    day = opened.occurrence_on if opened else recurrence.next_on if recurrence.is_active else None
    if day is None:
        raise NothingToSkip
    if opened is not None:
        lock_family(opened)
        opened.archived_at = now
        touch(opened, "archived_at", now=now)
        recount([opened.parent_id], now=now)
        plan_reminders(opened, now=now)
    else:
        recurrence.next_on = next(_days_after(recurrence, day), None)
    _remember_skipped(recurrence, [day])
    recurrence.save(update_fields=["next_on", "skipped_on"])
    _promise(recurrence, now=now)
    where = opened or task
    leave_trace("occurrence skipped", project=task.project, task=where, actor=actor, now=now, on=day.isoformat())
    return day


@due.handles(KIND)
def look(recurrence_id: int, *, now: datetime) -> None:
    """Make the next copy if its window is open and nothing stands in its way, and promise the next look."""
    # The due row, deleted by now, keeps two workers apart; this lock keeps out whoever edits the rule.
    recurrence = Recurrence.objects.select_for_update().filter(pk=recurrence_id).first()
    if recurrence is None or not recurrence.is_active:
        return
    newest = copies_of(recurrence).select_related("project", "owner", "column").first()
    if newest is None or newest.is_removed:
        recurrence.stopped_at = now
        recurrence.save(update_fields=["stopped_at"])
        return
    if is_held(newest):
        recurrence.next_on = next(coming_days(recurrence, now=now), None)
        recurrence.save(update_fields=["next_on"])
        _promise(recurrence, now=now, not_before=now + _LOOK_AGAIN)
        return
    if open_copies(recurrence).exists():
        _promise(recurrence, now=now, not_before=now + _LOOK_AGAIN)
        return
    # Before the trace of what was missed, as in skip_occurrence.
    lock_board(newest.column)
    _leave_out_missed(recurrence, newest, now)
    day = recurrence.next_on
    if day is not None and recurrence.rule.opens_at(day, window_days=recurrence.window_days) <= now:
        make_copy(newest, recurrence, day, now=now)
        recurrence.copies += 1
        recurrence.next_on = next(_days_after(recurrence, day), None)
        _end_if_full(recurrence)
    recurrence.save(update_fields=["next_on", "copies", "skipped_on"])
    _promise(recurrence, now=now, not_before=now + timedelta(minutes=1))


def rule_data(rule: Rule) -> dict[str, Any]:
    """A rule as JSON, as the trace keeps it."""
    return {
        "unit": rule.unit,
        "anchor": rule.anchor.isoformat(),
        "zone": rule.zone,
        "at": rule.at.isoformat("minutes") if rule.at else None,
        "every": rule.every,
        "weekdays": list(rule.weekdays),
        "month_day": rule.month_day,
        "nth": rule.nth,
        "calendar": rule.calendar,
    }


def _locked(recurrence_id: int | None) -> Recurrence:
    """The row as it is now, once no worker is at it; its promise first, as workers do."""
    if recurrence_id is None:
        raise Recurrence.DoesNotExist
    due.lock(KIND, recurrence_id)
    return Recurrence.objects.select_for_update().get(pk=recurrence_id)


def _forget_removed(recurrence: Recurrence) -> None:
    """Copies that are gone for good leave the chain: whoever starts it again goes on from those that are there."""
    recurrence.tasks.filter(title="").update(recurrence=None, occurrence_on=None)


def _write(recurrence: Recurrence, rule: Rule) -> None:
    recurrence.unit, recurrence.anchor_on = rule.unit, rule.anchor
    recurrence.zone, recurrence.at_time = rule.zone, rule.at
    recurrence.every, recurrence.weekdays, recurrence.month_day = rule.every, list(rule.weekdays), rule.month_day
    recurrence.nth, recurrence.calendar = rule.nth, rule.calendar


def _days_after(recurrence: Recurrence, after: date) -> Iterator[date]:
    for day in recurrence.rule.days(after=after):
        if recurrence.ends_on is not None and day > recurrence.ends_on:
            return
        yield day


def _is_ahead(rule: Rule, day: date, now: datetime) -> bool:
    return rule.resolve(day).instant > now


def _end_if_full(recurrence: Recurrence) -> None:
    if recurrence.most_copies is not None and recurrence.copies >= recurrence.most_copies:
        recurrence.next_on = None


def _leave_out_missed(recurrence: Recurrence, newest: Task, now: datetime) -> None:
    """Days that went by while a copy was open, or no worker ran, have no copy; the trace says so once."""
    missed = []
    while recurrence.next_on is not None and not _is_ahead(recurrence.rule, recurrence.next_on, now):
        missed.append(recurrence.next_on)
        recurrence.next_on = next(_days_after(recurrence, recurrence.next_on), None)
    if not missed:
        return
    _remember_skipped(recurrence, missed)
    leave_trace(
        "occurrences missed",
        project=newest.project,
        task=newest,
        actor=None,
        now=now,
        count=len(missed),
        first=missed[0].isoformat(),
        last=missed[-1].isoformat(),
    )


def _remember_skipped(recurrence: Recurrence, days: list[date]) -> None:
    recurrence.skipped_on = [*recurrence.skipped_on, *days][-_MOST_SKIPPED:]


def _promise(recurrence: Recurrence, *, now: datetime, not_before: datetime | None = None) -> None:
    if not recurrence.is_active or recurrence.next_on is None:
        due.cancel(KIND, recurrence.pk)
        return
    opens = recurrence.rule.opens_at(recurrence.next_on, window_days=recurrence.window_days)
    due.schedule(KIND, recurrence.pk, max(opens, not_before or now))

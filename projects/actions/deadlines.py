"""Deadlines and what hangs on them."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from typing import Protocol

from django.db import transaction

from linkstar.lib.deadlines import Deadline, as_parts
from linkstar.members.models import Member
from notifications.actions import reminders
from projects.actions.links import follow_dates
from projects.actions.refusals import check_not_in_hand
from projects.actions.remembering import leave_change
from projects.actions.slips import UNSAID, Cause, Moved, keep_slips
from projects.actions.states import snapshot
from projects.actions.trace import touch
from projects.models import Change, Task


class HasStart(Protocol):
    """A task, or dates that it may get."""

    @property
    def start_on(self) -> date | None: ...

    @property
    def start_time(self) -> time | None: ...


def put_deadline(task: Task, deadline: Deadline | None) -> None:
    """Set the four fields that keep a deadline; saving is the caller's."""
    task.due_on = deadline.on if deadline else None
    task.due_time = deadline.time if deadline else None
    task.due_zone = deadline.zone if deadline else ""
    task.due_at = deadline.instant if deadline else None


def plan_reminders(task: Task, *, now: datetime) -> None:
    """Make the waiting reminders fit the task: none when it is done, archived, binned or has no deadline."""
    plan_reminders_of([task], now=now)


def plan_reminders_of(tasks: Iterable[Task], *, now: datetime) -> None:
    """The same for many, in the few statements of one."""
    wishes = [reminders.Wish(task.pk, _remind_of(task), task.remind_hours_before) for task in tasks]
    reminders.plan_many("task", wishes, now=now)


def _remind_of(task: Task) -> datetime | None:
    is_open = task.completed_at is None and task.archived_at is None and task.deleted_at is None
    return task.due_at if is_open else None


def deadline_data(deadline: Deadline | None) -> dict[str, str | None] | None:
    """A deadline as JSON, as the trace and notices keep it."""
    return as_parts(deadline) if deadline else None


def lock(task: Task) -> Task:
    """The row as it is now, locked, so that the start and the deadline cannot cross between check and save."""
    return Task.objects.select_for_update(no_key=True).get(pk=task.pk)


class StartAfterDue(ValueError):
    """The start date lies after the deadline's day, or on that day at a later time."""


def starts_after(task: Task, deadline: Deadline | None) -> bool:
    """Whether the task would start after this deadline; of one without a time the whole day is left."""
    if deadline is None or task.start_on is None:
        return False
    if task.start_on == deadline.on and task.start_time and deadline.time:
        return task.start_time > deadline.time
    return task.start_on > deadline.on


@transaction.atomic
def set_deadline(
    task: Task, deadline: Deadline | None, *, actor: Member, now: datetime, why: Cause = UNSAID
) -> Change | None:
    """Move, set or remove a task's deadline; its waiting reminders follow. `why` is kept when it has moved.

    Raises StartAfterDue, and StillDraft when a task in hand would be without one.
    """
    current = lock(task)
    before = current.deadline
    if before == deadline:
        return None
    if deadline is None:
        check_not_in_hand(current)
    if starts_after(current, deadline):
        raise StartAfterDue
    put_deadline(task, deadline)
    touch(task, "due_on", "due_time", "due_zone", "due_at", now=now)
    plan_reminders(task, now=now)
    change = leave_change(
        "deadline changed",
        task,
        snapshot(current, "deadline"),
        actor=actor,
        now=now,
        before=deadline_data(before),
        after=deadline_data(deadline),
    )
    keep_slips([Moved(task, before, deadline)], change=change, actor=actor, now=now, why=why)
    follow_dates([task.pk], now=now)
    return change


@transaction.atomic
def set_start(
    task: Task, start_on: date | None, start_time: time | None = None, *, actor: Member, now: datetime
) -> Change | None:
    """Set or remove the start date, a day on its own or with a time on the deadline's clock. Raises StartAfterDue."""
    current = lock(task)
    before, held = start_data(current), snapshot(current, "start")
    current.start_on, current.start_time = start_on, start_time if start_on else None
    after = start_data(current)
    if before == after:
        return None
    if starts_after(current, current.deadline):
        raise StartAfterDue
    task.start_on, task.start_time = current.start_on, current.start_time
    touch(task, "start_on", "start_time", now=now)
    change = leave_change("start changed", task, held, actor=actor, now=now, before=before, after=after)
    follow_dates([task.pk], now=now)
    return change


def start_data(task: "HasStart") -> str | None:
    """The start as JSON, as the trace keeps it: a day, or a day and a time."""
    if task.start_on is None:
        return None
    return " ".join([task.start_on.isoformat(), *([task.start_time.isoformat("minutes")] if task.start_time else [])])


@transaction.atomic
def set_reminders(task: Task, hours_before: Collection[int], *, actor: Member, now: datetime) -> Change | None:
    """How many hours before the deadline people are reminded, each once; none switches reminders off."""
    current = lock(task)
    before, after = sorted(current.remind_hours_before), sorted(set(hours_before))
    if before == after:
        return None
    task.remind_hours_before = after
    touch(task, "remind_hours_before", now=now)
    plan_reminders(task, now=now)
    held = snapshot(current, "reminders")
    return leave_change("reminders changed", task, held, actor=actor, now=now, before=before, after=after)

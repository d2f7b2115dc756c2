"""What warns of trouble while it can still be mended. A signal is a dict that JSON holds: `kind`, `task` and numbers.

`is_grave` says that it makes a near date doubtful by itself.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from linkstar.lib.schedule import to_instant, to_minutes
from linkstar.lib.zones import get_zone
from projects.forecasts.facts import Facts
from projects.forecasts.network import Outlook
from projects.models import Task
from projects.scheduling.times import zone_of

_QUIET = timedelta(days=7)
# How far ahead people are asked to look.
_AHEAD = timedelta(days=14)
_KINDS = ("late_start", "overdue", "leave", "unfilled", "cutoff", "late", "silent", "holiday")


def signals_of(outlook: Outlook, facts: Facts, *, now: datetime) -> list[dict[str, Any]]:
    """By gravity of their kind, then by deadline."""
    own = {project.pk for project in outlook.plan.projects}
    tasks = [
        task
        for task in outlook.plan.tasks.values()
        if task.completed_at is None and task.project_id in own and task.pk not in outlook.parents
    ]
    found: list[tuple[int, int, dict[str, Any]]] = []
    holidays: set[str] = set()
    for task in tasks:
        for signal in _of_task(task, outlook, facts, now, holidays):
            found.append((_KINDS.index(signal["kind"]), outlook.planned[task.pk].early_finish, signal))
    found += [(_KINDS.index("cutoff"), 0, signal) for signal in _cutoffs(tasks, facts)]
    return [signal for _kind, _at, signal in sorted(found, key=lambda each: (*each[:2], each[2]["task"]))]


def _of_task(task: Task, outlook: Outlook, facts: Facts, now: datetime, holidays: set[str]) -> Iterator[dict[str, Any]]:
    first, last = _window(task, outlook)
    is_near = first <= (now + _AHEAD).astimezone(get_zone(zone_of(task))).date()
    late_start = outlook.soon[task.pk].late_start
    is_begun = task.column.is_doing
    if not is_begun and not task.is_milestone and task.pk not in outlook.goals and late_start < outlook.now:
        yield _signal("late_start", task, on=_day(late_start, task).isoformat())
    if task.due_at is not None and task.due_at < now and task.pk not in outlook.goals:
        yield _signal("overdue", task, days=(now - task.due_at).days)
    if not is_near:
        return
    if _will_be_late(task, outlook, now):
        yield _signal("late", task, on=_day(outlook.soon[task.pk].early_finish - 1, task).isoformat())
    for begin, end in facts.leaves.get(task.owner_id or 0, ()):
        if begin <= last and first <= end:
            yield _signal("leave", task, member=task.owner_id, first=begin.isoformat(), last=end.isoformat())
            break
    if task.owner_id is None and not task.is_milestone:
        yield _signal("unfilled", task, role=task.sop_role)
    touched = max(facts.touched.get(task.pk, task.updated_at), task.updated_at)
    if is_begun and touched < now - _QUIET:
        yield _signal("silent", task, is_grave=False, days=(now - touched).days)
    yield from _holidays(task, outlook, first, last, holidays)


def _will_be_late(task: Task, outlook: Outlook, now: datetime) -> bool:
    """Its own deadline is ahead, and what it waits for leaves no way to keep it."""
    if task.due_at is None or task.due_at < now or task.pk in outlook.goals:
        return False
    return outlook.soon[task.pk].early_finish > to_minutes(task.due_at + timedelta(seconds=1))


def _holidays(task: Task, outlook: Outlook, first: date, last: date, holidays: set[str]) -> Iterator[dict[str, Any]]:
    """The first holiday, not just a weekend, that a task's work would have gone on in; each is told once."""
    if task.is_fixed or task.is_milestone or (last - first).days > 366:
        return
    calendar = outlook.plan.times.days_of(task).public
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    named = [day for day in days if calendar.holiday_name(day, "en") and day.weekday() < 5]
    if named and (name := calendar.holiday_name(named[0], "en")) not in holidays:
        holidays.add(str(name))
        zh = calendar.holiday_name(named[0], "zh-hans")
        same = [day for day in named if calendar.holiday_name(day, "en") == name]
        yield _signal("holiday", task, is_grave=False, en=name, zh=zh, on=named[0].isoformat(), days=len(same))


def _cutoffs(tasks: list[Task], facts: Facts) -> Iterator[dict[str, Any]]:
    """Goods that ought to have been in the warehouse by a date that has passed."""
    if not facts.cutoffs:
        return
    latest = facts.cutoffs[-1]
    deadline = latest.deadline
    for task in tasks:
        is_late = deadline is not None and task.due_at is not None and task.due_at <= deadline.instant
        if is_late and task.sop_role == "logistics" and deadline is not None:
            yield _signal("cutoff", task, zh=latest.name.zh, en=latest.name.en, on=deadline.on.isoformat())
            return


def _signal(kind: str, task: Task, *, is_grave: bool = True, **numbers: Any) -> dict[str, Any]:
    return {"kind": kind, "task": task.pk, "is_grave": is_grave, **numbers}


def _window(task: Task, outlook: Outlook) -> tuple[date, date]:
    found = outlook.planned[task.pk]
    start = max(found.early_start, outlook.now)
    return _day(start, task), _day(max(found.early_finish - 1, start), task)


def _day(minute: int, task: Task) -> date:
    return to_instant(minute).astimezone(get_zone(zone_of(task))).date()

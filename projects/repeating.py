"""What the sheet says of a task that comes again: the rule in words, what comes next or stands in its way, the past."""

from datetime import date, datetime
from typing import NamedTuple

from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import DueLabel, describe
from linkstar.lib.recurrence import rule_text
from projects.actions.recurrence import coming_days, is_held
from projects.cards import Reader
from projects.models import Recurrence, Task
from projects.trace import moment

PAST = 12


class PastCopy(NamedTuple):
    """`state` is "done", "open", "skipped", "binned" or "hidden"; `task` None: the day had no copy, or it is hidden."""

    day: str
    state: str
    task: Task | None
    finished: str
    is_this: bool


class Repeating(NamedTuple):
    """`state` is "stopped", "ended", "held", "waits" (for an open copy whose successor is due already) or "ahead".

    `next_due` is the deadline of the next copy, in two clocks, and `opens` when that copy appears. `day` is what would
    be skipped now, of the open copy if `skips_open`; "" when nothing can be.
    """

    text: str
    state: str
    next_due: DueLabel | None
    opens: str
    day: str
    skips_open: bool
    past: list[PastCopy]
    is_long: bool


def repeating(task: Task, reader: Reader) -> Repeating:
    """Two statements, however many copies there are."""
    recurrence = task.recurrence
    if recurrence is None:
        raise Recurrence.DoesNotExist
    newest = recurrence.tasks.select_related("project").order_by("-occurrence_on")
    copies = list(newest[: PAST + 1])
    seen = set(
        Task.objects.allowed_to(reader.member).filter(pk__in=[copy.pk for copy in copies]).values_list("pk", flat=True)
    )
    opened = next((copy for copy in copies if _is_open(copy)), None)
    coming = next(coming_days(recurrence, now=reader.now), None) if recurrence.is_active else None
    next_due = opens = None
    if coming is not None:
        deadline = recurrence.rule.deadline(coming)
        next_due = describe(deadline, reader_zone=reader.zone, language=reader.language, now=reader.now)
        opens = recurrence.rule.opens_at(coming, window_days=recurrence.window_days)
    skipped = opened.occurrence_on if opened else coming
    return Repeating(
        text=rule_text(recurrence.rule, reader.language),
        state=_state(recurrence, copies, opened, coming, opens, reader.now),
        next_due=next_due,
        opens=moment(opens) if opens and opens > reader.now else "",
        day=_day(skipped, reader) if skipped else "",
        skips_open=opened is not None,
        past=_past(recurrence, copies, seen, task, reader)[:PAST],
        is_long=len(copies) > PAST,
    )


def _is_open(copy: Task) -> bool:
    return copy.completed_at is None and copy.archived_at is None and copy.deleted_at is None


def _state(
    recurrence: Recurrence,
    copies: list[Task],
    opened: Task | None,
    coming: date | None,
    opens: datetime | None,
    now: datetime,
) -> str:
    if recurrence.stopped_at is not None:
        return "stopped"
    if coming is None:
        return "ended"
    if copies and is_held(copies[0]):
        return "held"
    return "waits" if opened is not None and opens is not None and opens <= now else "ahead"


def _past(recurrence: Recurrence, copies: list[Task], seen: set[int], task: Task, reader: Reader) -> list[PastCopy]:
    """Copies and days without one, the newest first; a copy that the reader may not see keeps its day."""
    lines = {copy.occurrence_on: _line(copy, copy.pk in seen, task, reader) for copy in copies if copy.occurrence_on}
    oldest = min(lines, default=date.max)
    for day in recurrence.skipped_on:
        if day >= oldest and day not in lines:
            lines[day] = PastCopy(_day(day, reader), "skipped", None, "", False)
    return [lines[day] for day in sorted(lines, reverse=True)]


def _line(copy: Task, is_seen: bool, task: Task, reader: Reader) -> PastCopy:
    day = _day(copy.occurrence_on, reader) if copy.occurrence_on else ""
    if not is_seen:
        return PastCopy(day, "hidden", None, "", False)
    state = "binned" if copy.deleted_at else "done" if copy.completed_at else "skipped" if copy.archived_at else "open"
    finished = moment(copy.completed_at) if copy.completed_at else ""
    return PastCopy(day, state, copy if state != "binned" else None, finished, copy.pk == task.pk)


def _day(day: date, reader: Reader) -> str:
    return day_text(day, reader.language, with_year=day.year != reader.now.year)

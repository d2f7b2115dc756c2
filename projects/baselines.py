"""A frozen plan beside what stands now, or beside another one, as a reader may see it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from django.db.models import Q

from linkstar.calendars.days import Absences
from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import Deadline, describe
from linkstar.members.models import Member
from projects.actions.slips import working_days
from projects.cards import Reader
from projects.models import Baseline, BaselineTask, Project
from projects.slips import days_text, tasks_with_plans

STATES = ("changed", "added", "removed", "same")
_DATES = ("start_on", "due_on", "due_time", "due_zone", "due_at")


class Bar(NamedTuple):
    """Where a task stood in a frozen plan; `due_at` is the instant."""

    start_on: date | None
    due_on: date | None
    due_at: datetime | None


class _Dates(NamedTuple):
    """A row of _DATES."""

    start_on: date | None
    due_on: date | None
    due_time: time | None
    due_zone: str
    due_at: datetime | None

    @property
    def deadline(self) -> Deadline | None:
        if self.due_on is None:
            return None
        return Deadline.stored(self.due_on, self.due_time, self.due_zone, self.due_at)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A task then and now. `state` is one of STATES; `pk` None where it cannot be opened. `days` are working days by
    which the deadline is later, None where one of the two is missing.
    """

    pk: int | None
    number: int
    title: str
    state: str
    start_was: str
    start_is: str
    due_was: str
    due_is: str
    days: int | None
    is_done: bool = False

    @property
    def days_text(self) -> str:
        return "" if self.days is None else days_text(self.days)


class _Pair(NamedTuple):
    pk: int
    task: "_Task"
    title: str
    before: "_Dates | None"
    after: "_Dates | None"
    days: int | None

    @property
    def state(self) -> str:
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        is_same = (self.before.start_on, self.before.due_at) == (self.after.start_on, self.after.due_at)
        return "same" if is_same else "changed"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Those that differ come first, the longest delay before all. `counts` are by state; `latest` is that delay."""

    pairs: list[_Pair]
    counts: dict[str, int]
    latest: int

    def of(self, state: str) -> list[_Pair]:
        """Those of one state, "" for all."""
        return [pair for pair in self.pairs if pair.state == state] if state else self.pairs


def in_words(pairs: Iterable[_Pair], reader: Reader) -> list[PlanRow]:
    return [_row(pair, reader) for pair in pairs]


def baselines_of(project: Project) -> list[Baseline]:
    """Newest first."""
    return list(project.baselines.select_related("created_by").order_by("-created_at", "-pk"))


def baseline_bars(project: Project, member: Member, baseline: Baseline | None = None) -> dict[int, Bar]:
    """By task (pk), what this member may see of a frozen plan, None for the newest; {} when there is none."""
    baseline = baseline or project.baselines.order_by("-created_at", "-pk").first()
    if baseline is None:
        return {}
    seen = tasks_with_plans(member, project).values("pk")
    rows = baseline.rows.filter(task__in=seen).values_list("task_id", "start_on", "due_on", "due_at")
    return {task: Bar(start_on, due_on, due_at) for task, start_on, due_on, due_at in rows}


class Tombstone(NamedTuple):
    """A task of a frozen plan that is in its project no longer, as it was called and lay then."""

    pk: int
    title: str
    start_on: date | None
    deadline: Deadline | None


def tombstones(project: Project, member: Member, baseline: Baseline) -> list[Tombstone]:
    """Those this member may see, by when they were due; one statement."""
    seen = tasks_with_plans(member, project)
    gone = Q(deleted_at__isnull=False) | Q(archived_at__isnull=False, completed_at=None)
    rows = baseline.rows.filter(task__in=seen.filter(gone).values("pk")).order_by("due_at", "pk")
    return [
        Tombstone(task, title, dates[0], _Dates(*dates).deadline)
        for task, title, *dates in rows.values_list("task_id", "title", *_DATES)
    ]


class _Task(NamedTuple):
    number: int
    title: str
    calendar: str
    is_alive: bool
    is_done: bool


def compare(project: Project, member: Member, baseline: Baseline, reader: Reader, other: Baseline | None) -> Comparison:
    """The plan of `baseline` beside that of `other`, None for what stands now; four statements, five for two plans."""
    fields = ("pk", "number", "title", "calendar", "deleted_at", "archived_at", "completed_at", *_DATES)
    seen = tasks_with_plans(member, project)
    tasks, now = {}, {}
    for pk, number, title, calendar, deleted, archived, completed, *dates in seen.values_list(*fields):
        is_current = deleted is None and (archived is None or completed is not None)
        tasks[pk] = _Task(number, title, calendar or "cn", deleted is None, completed is not None)
        if is_current:
            now[pk] = _Dates(*dates)
    was, titles = _frozen(baseline, tasks)
    told, more = (now, {}) if other is None else _frozen(other, tasks)
    absences = Absences.load()
    calendars = {country: absences.day_calendar(country) for country in ("cn", "us")}
    pairs = []
    for pk in was.keys() | told.keys():
        task, before, after, days = tasks[pk], was.get(pk), told.get(pk), None
        name = task.title or titles.get(pk, "") or more.get(pk, "")
        if before and after and before.due_on and after.due_on:
            days = working_days(before.due_on, after.due_on, calendars[task.calendar])
        pairs.append(_Pair(pk, task, name, before, after, days))
    pairs.sort(key=lambda pair: (pair.state == "same", -(pair.days or 0), pair.state, pair.task.number))
    counts = Counter(pair.state for pair in pairs)
    latest = max((pair.days or 0 for pair in pairs), default=0)
    return Comparison(pairs, {state: counts[state] for state in STATES}, latest)


def _frozen(baseline: Baseline, tasks: Iterable[int]) -> tuple[dict[int, _Dates], dict[int, str]]:
    found: dict[int, _Dates] = {}
    titles: dict[int, str] = {}
    for task, title, *dates in BaselineTask.objects.filter(baseline=baseline).values_list("task_id", "title", *_DATES):
        if task in tasks:
            found[task], titles[task] = _Dates(*dates), title
    return found, titles


def _row(pair: _Pair, reader: Reader) -> PlanRow:
    return PlanRow(
        pk=pair.pk if pair.task.is_alive else None,
        number=pair.task.number,
        title=pair.title,
        state=pair.state,
        start_was=_day(pair.before, reader),
        start_is=_day(pair.after, reader),
        due_was=_due(pair.before, reader),
        due_is=_due(pair.after, reader),
        days=pair.days,
        is_done=pair.task.is_done,
    )


def _day(dates: _Dates | None, reader: Reader) -> str:
    return day_text(dates.start_on, reader.language) if dates and dates.start_on else ""


def _due(dates: _Dates | None, reader: Reader) -> str:
    deadline = dates.deadline if dates else None
    if deadline is None:
        return ""
    return describe(deadline, reader_zone=reader.zone, language=reader.language, now=reader.now).at_text

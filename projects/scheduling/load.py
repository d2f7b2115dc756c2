"""Projects as a network for the planner: tasks with their working time, what waits for what, and the dates of now.

A start without a time of day means: some time that day. So a task that begins on the day on which the one before it is
due begins once that is done, and what comes after a deadline without a time begins the next working day at the latest.
Whatever the person may not change stands still, and drives what waits for it all the same.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from django.db import connection
from django.db.models import F

from linkstar.lib.deadlines import resolve
from linkstar.lib.schedule import Dates as Minutes
from linkstar.lib.schedule import Item, Link, WorkTime, to_minutes
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from projects import access
from projects.models import Column, Dependency, Project, Task
from projects.models.tasks import TaskQuerySet
from projects.scheduling.minutes import day_before, finish_of
from projects.scheduling.times import Times, zone_of

_MINUTES_OF_DAY = 24 * 60
_KINDS = {"fs": "FS", "ss": "SS", "ff": "FF", "sf": "SF"}
# Every project that a task's dates reach, over whatever waits for it; a plan that reaches further is cut there.
_BEHIND = """
WITH RECURSIVE behind AS (
    SELECT blocked_id AS id FROM projects_dependency WHERE blocker_id = ANY(%s)
    UNION
    SELECT link.blocked_id FROM projects_dependency link JOIN behind ON link.blocker_id = behind.id
)
SELECT DISTINCT project_id FROM projects_task JOIN behind USING (id) WHERE deleted_at IS NULL
"""


# The ORM would write a parameter a task.
_LINKS = """
SELECT * FROM projects_dependency WHERE blocked_id = ANY(%s) OR blocker_id = ANY(%s) ORDER BY id
"""


class Source(StrEnum):
    """Where a task's duration comes from."""

    DAYS = "days"  # `duration_days`, working days
    DATES = "dates"  # from its start to its deadline
    ESTIMATE = "estimate"
    DEFAULT = "default"  # nobody said: a day


@dataclass
class Plan:
    """`tasks` by pk, those of other projects that are linked to them included; `current` has those with dates.

    `frozen` are those that the person may not move, and `seen` those that they may see (None: all).
    """

    projects: list[Project]
    tasks: dict[int, Task]
    times: Times
    items: list[Item[int]] = field(default_factory=list)
    links: list[Link[int]] = field(default_factory=list)
    current: dict[int, Minutes] = field(default_factory=dict)
    sources: dict[int, Source] = field(default_factory=dict)
    frozen: set[int] = field(default_factory=set)
    seen: set[int] | None = None

    def sees(self, pk: int) -> bool:
        return self.seen is None or pk in self.seen

    def worktime(self, pk: int) -> WorkTime:
        return self.times.of(self.tasks[pk])


def projects_behind(tasks: Collection[int]) -> list[int]:
    """Pks of the projects in which something waits for one of these tasks, however far behind; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, [list(tasks)])
        return [pk for (pk,) in cursor.fetchall()]


def waiting_for(task: Task) -> int:
    """How many open tasks wait for this one directly; who may not see them learns no more than that."""
    waiting = {"blocked__completed_at": None, "blocked__deleted_at": None, "blocked__archived_at": None}
    return Dependency.objects.filter(blocker=task, **waiting).count()


def load_plan(projects: Collection[Project], *, today: date, member: Member | None = None) -> Plan:
    """In six statements, whatever the number of tasks.

    `member` is who looks and moves: None sees all of it, and may move all of it. Calendars are looked up from `today`
    or the first date of the plan, whichever is first, to well after the last.
    """
    tasks = _read_tasks(projects)
    links = _read_links(tasks)
    foreign = {pk for link in links for pk in (link.blocker_id, link.blocked_id)} - tasks.keys()
    if foreign:
        elsewhere = Task.objects.current().filter(pk__in=foreign).exclude(project__in=projects)
        elsewhere = _at_work(elsewhere.select_related("project"))
        tasks |= {task.pk: task for task in elsewhere}
    days = [day for task in tasks.values() for day in (task.start_on, task.due_on) if day]
    owners = {task.owner_id: task.owner for task in tasks.values() if task.owner is not None}
    times = Times.load(owners.values(), min([today, *days]), max([today, *days]))
    plan = Plan(list(projects), tasks, times, seen=_seen(tasks, member))
    plan.frozen = {task.pk for task in tasks.values() if not _may_move(task, member, plan, foreign)}
    _add(plan, links)
    return plan


def _at_work(tasks: TaskQuerySet) -> TaskQuerySet:
    """With their owners and whether somebody is at them, and without what a plan does not read."""
    shown = tasks.select_related("owner").defer("description", "field_values")
    return shown.annotate(status=F("column__status"))


def is_begun(task: Task) -> bool:
    """Of a task of a plan: somebody is at it."""
    status: str = task.status  # type: ignore[attr-defined]
    return status == Column.Status.DOING


def _read_tasks(projects: Collection[Project]) -> dict[int, Task]:
    by_pk = {project.pk: project for project in projects}
    found = Task.objects.current().filter(project__in=by_pk).order_by("project", "number")
    tasks = {task.pk: task for task in _at_work(found)}
    for task in tasks.values():
        task.project = by_pk[task.project_id]
    return tasks


def _read_links(tasks: Collection[int]) -> list[Dependency]:
    """Those of which one end is among the tasks; what has become of the other end is seen when it is read."""
    pks = list(tasks)
    return list(Dependency.objects.raw(_LINKS, [pks, pks]))


def _seen(tasks: Mapping[int, Task], member: Member | None) -> set[int] | None:
    if member is None or (member.is_insider and member.sees_finance):
        return None
    projects = {task.project_id for task in tasks.values()}
    return set(Task.objects.filter(project__in=projects).allowed_to(member).values_list("pk", flat=True))


def _may_move(task: Task, member: Member | None, plan: Plan, foreign: Collection[int]) -> bool:
    if task.pk in foreign or task.is_readonly:
        return False
    return member is None or (plan.sees(task.pk) and access.may_task(member, "edit", task, is_on_it=False))


def _add(plan: Plan, links: Sequence[Dependency]) -> None:
    parents = {task.parent_id for task in plan.tasks.values() if task.parent_id in plan.tasks}
    known = [link for link in links if link.blocker_id in plan.tasks and link.blocked_id in plan.tasks]
    plan.links = [_link(link, plan) for link in known]
    raw = {pk: dates for pk, task in plan.tasks.items() if (dates := _minutes(task, plan))}
    before: dict[int, list[Link[int]]] = defaultdict(list)
    for link in plan.links:
        if link.holds_start:
            before[link.after].append(link)
    for pk, dates in raw.items():
        task = plan.tasks[pk]
        plan.current[pk] = dates if pk in parents else _begun_after(task, dates, before.get(pk, ()), raw)
    for task in plan.tasks.values():
        plan.items.append(_item(task, plan, is_parent=task.pk in parents))


def _link(link: Dependency, plan: Plan) -> Link[int]:
    kind = _KINDS[link.kind]
    if not link.lag_days:
        return Link(link.blocker_id, link.blocked_id, kind)  # type: ignore[arg-type]
    if not link.lag_is_working:
        return Link(link.blocker_id, link.blocked_id, kind, link.lag_days * _MINUTES_OF_DAY)  # type: ignore[arg-type]
    after = plan.tasks[link.blocked_id]
    lag = link.lag_days * plan.times.day_minutes(after)
    return Link(link.blocker_id, link.blocked_id, kind, lag, plan.times.of(after))  # type: ignore[arg-type]


def _minutes(task: Task, plan: Plan) -> Minutes | None:
    """Start and finish as its dates say; what they leave open follows from the duration. None without any date."""
    work = plan.times.of(task)
    start = to_minutes(task.start_at) if task.start_at else None
    finish = finish_of(task.deadline) if task.deadline else None
    if task.completed_at is not None:
        finish = to_minutes(task.completed_at)
    if start is None and finish is None:
        return None
    if finish is None and start is not None:
        return Minutes(start, work.add(start, length_of(task, plan)[0]))
    assert finish is not None  # noqa: S101 - one of them is there
    if task.is_milestone:
        return Minutes(finish, finish)
    if start is None:
        start = work.subtract(finish, length_of(task, plan)[0])
    elif task.start_time is None:
        start = work.next_open(start)
    return Minutes(min(start, finish), finish)


def _begun_after(task: Task, dates: Minutes, before: Iterable[Link[int]], raw: dict[int, Minutes]) -> Minutes:
    """A start that names no time lies after what is finished that very day; one that nobody set, after all of it."""
    if task.start_time is not None or task.completed_at is not None or task.is_milestone:
        return dates
    start, zone = dates.start, get_zone(zone_of(task))
    for link in before:
        if link.before not in raw:
            continue
        ready = link.bound(raw[link.before])
        is_that_day = task.start_on is None or day_before(ready, zone) <= task.start_on
        if start < ready and is_that_day:
            start = min(ready, dates.finish)
    return Minutes(start, dates.finish)


def length_of(task: Task, plan: Plan) -> tuple[int, Source]:
    """How long it takes in working minutes of its own, and where that comes from."""
    day = plan.times.day_minutes(task)
    if task.duration_days is not None:
        return task.duration_days * day, Source.DAYS
    if task.estimate_minutes:
        return task.estimate_minutes, Source.ESTIMATE
    return day, Source.DEFAULT


def _duration(task: Task, plan: Plan) -> tuple[int, Source]:
    """For the network: the dates that somebody set, where they agree with the duration or stand alone.

    The last day of a duration ends at the deadline's time of day, not with the office.
    """
    dates = plan.current.get(task.pk)
    length, source = length_of(task, plan)
    if dates is None or task.start_on is None or task.due_on is None or task.is_milestone:
        return length, source
    between = max(0, plan.times.of(task).between(*dates))
    if source is not Source.DAYS:
        return between, Source.DATES
    assert task.duration_days is not None  # noqa: S101 - said by the source
    days = plan.times.days_of(task).workdays_between(task.start_on, task.due_on)
    return (between if days == task.duration_days else length - _evening(task, plan)), source


def _evening(task: Task, plan: Plan) -> int:
    """What is left of a working day after the deadline's time of day; 0 for one without a time, or out of hours."""
    if task.deadline is None or task.due_time is None:
        return 0
    morning = to_minutes(resolve(task.deadline.on, time.min, zone_of(task)).instant)
    worked = plan.times.of(task).between(morning, finish_of(task.deadline))
    day = plan.times.day_minutes(task)
    return day - worked if 0 < worked < day else 0


def _item(task: Task, plan: Plan, *, is_parent: bool) -> Item[int]:
    dates, work = plan.current.get(task.pk), plan.times.of(task)
    duration, plan.sources[task.pk] = _duration(task, plan)
    parent = task.parent_id if task.parent_id in plan.tasks else None
    if task.completed_at is not None:
        done = to_minutes(task.completed_at)
        started = min(dates.start, done) if dates else done
        return Item(task.pk, duration, work, done_at=done, started_at=started, parent=parent)
    is_held = dates is not None and (task.is_pinned or task.pk in plan.frozen)
    return Item(
        task.pk,
        duration,
        work,
        start_no_earlier=dates.start if dates and not is_parent else None,
        pinned_start=dates.start if dates and is_held else None,
        fixed_finish=dates.finish if dates and (is_held or task.is_fixed) else None,
        started_at=dates.start if dates and is_begun(task) and not is_parent else None,
        parent=parent,
        is_milestone=task.is_milestone,
    )

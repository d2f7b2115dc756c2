"""A project planned anew: forward from the day it begins, or backward from the day on which all of it has to be done.

Days of work follow each other along the links, each in its own calendar; a deadline keeps its time of day. Forward each
task is as early as it can be, backward as late as it may be. What is done, begun, pinned or fixed stays.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from linkstar.lib.deadlines import Deadline, resolve
from linkstar.lib.schedule import Schedule, ScheduleRefused, Violation, WorkTime, schedule, to_minutes
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from projects.models import Project, Task
from projects.scheduling.load import Plan, is_begun, load_plan
from projects.scheduling.minutes import day_before, finish_of, to_deadline, to_start
from projects.scheduling.moving import InACircle, add_stays, is_in_range
from projects.scheduling.preview import Dates, Move, Preview, Stay, Stays, Why
from projects.scheduling.times import zone_of

Way = Literal["forward", "backward"]


def examine_plan(project: Project, *, way: Way, on: date, actor: Member, now: datetime) -> Preview:
    """What moves when the project begins on `on`, or is done by the end of it, on the project's clock.

    Tasks without dates get some. Raises InACircle.
    """
    plan = load_plan([project], today=min(on, now.date()), member=actor)
    try:
        result = _schedule(plan, project, way, on)
    except ScheduleRefused as error:
        raise InACircle([plan.tasks[key] for key in error.keys if isinstance(key, int) and plan.sees(key)]) from error
    preview = Preview(project, basis=f"{way} {on}")
    moving = [task for task in plan.tasks.values() if _moves(task, plan)]
    dates = {task.pk: _dates(task, plan, result, way) for task in moving}
    _in_order(plan, dates, way)
    for task in moving:
        if not is_in_range(dates[task.pk], now):
            preview.stays.append(Stay(task, Stays.RANGE, dates[task.pk].deadline))
        elif dates[task.pk] != Dates.of(task):
            preview.moves.append(Move(task, Dates.of(task), dates[task.pk], Why.PLANNED))
    preview.moves.sort(key=lambda move: (move.deadline.instant if move.deadline else now, move.task.pk))
    _add_what_stays(preview, plan, result.violations)
    return preview


def _schedule(plan: Plan, project: Project, way: Way, on: date) -> Schedule[int]:
    items = [replace(item, start_no_earlier=None) for item in plan.items]
    if way == "forward":
        start = to_minutes(resolve(on, time.min, project.time_zone).instant)
        return schedule(items, plan.links, start=start)
    end = to_minutes(resolve(on + timedelta(days=1), time.min, project.time_zone).instant)
    return schedule(items, plan.links, start=None, finish=end)


def _moves(task: Task, plan: Plan) -> bool:
    is_own = any(task.project_id == project.pk for project in plan.projects)
    stays = task.is_done or task.is_fixed or task.is_pinned or is_begun(task) or task.recurrence_id is not None
    return is_own and not stays and task.pk not in plan.frozen


def _dates(task: Task, plan: Plan, result: Schedule[int], way: Way) -> Dates:
    found = result[task.pk]
    is_early = way == "forward"
    start = found.early_start if is_early else found.late_start
    finish = found.early_finish if is_early else found.late_finish
    work = plan.times.of(task)
    if task.is_milestone:
        finish = work.next_open(finish) if is_early else work.previous_open(finish)
        start = finish
    deadline = to_deadline(task, finish, work) if is_early else _no_later(task, finish, work)
    day = deadline.on
    on, at = to_start(task, start if task.is_milestone else work.next_open(start))
    on = min(on, day)
    if at is not None and deadline.time is not None and on == day and at > deadline.time:
        at = None
    return Dates(on, at, deadline)


def _no_later(task: Task, finish: int, work: WorkTime) -> Deadline:
    """The last deadline at the task's own time of day after which no work would be left until `finish`."""
    zone = zone_of(task)
    deadline = Deadline(day_before(finish, get_zone(zone)), task.due_time, zone)
    while work.between(finish, finish_of(deadline)) > 0:
        deadline = _earlier(deadline, work)
    return deadline


def _in_order(plan: Plan, dates: dict[int, Dates], way: Way) -> None:
    """Times of day may put a deadline before that of the task it waits for.

    Forward the one that waits is then due later, backward the other one earlier.
    """
    pairs = [(link.before, link.after) for link in plan.links if link.kind == "FS" and link.lag >= 0]
    stand = {task.pk: Dates.of(task) for task in plan.tasks.values()}
    # Each round settles at least the next task of every chain.
    for _round in range(len(dates) + 1):
        is_settled = True
        for before, after in pairs:
            first, second = (dates.get(pk, stand.get(pk)) for pk in (before, after))
            if not first or not second or first.deadline is None or second.deadline is None:
                continue
            earlier, later = finish_of(first.deadline), finish_of(second.deadline)
            if earlier <= later or (after if way == "forward" else before) not in dates:
                continue
            is_settled = False
            if way == "forward":
                task = plan.tasks[after]
                dates[after] = replace(second, deadline=to_deadline(task, earlier, plan.times.of(task)))
            else:
                task = plan.tasks[before]
                dates[before] = _ended(first, _before(task, later, plan.times.of(task)))
        if is_settled:
            return


def _ended(dates: Dates, deadline: Deadline) -> Dates:
    """Due then, and not begun after it."""
    if dates.start_on is None or dates.start_on < deadline.on:
        return replace(dates, deadline=deadline)
    return Dates(deadline.on, None, deadline)


def _before(task: Task, finish: int, work: WorkTime) -> Deadline:
    """The last deadline at the task's own time of day that is not after `finish`, on a day with work."""
    deadline = _no_later(task, finish, work)
    while finish_of(deadline) > finish:
        deadline = _earlier(deadline, work)
    return deadline


def _earlier(deadline: Deadline, work: WorkTime) -> Deadline:
    """The same time of day on the working day before."""
    morning = to_minutes(resolve(deadline.on, time.min, deadline.zone).instant)
    return deadline.moved_to_day(day_before(work.previous_open(morning), get_zone(deadline.zone)))


def _add_what_stays(preview: Preview, plan: Plan, violations: list[Violation[int]]) -> None:
    """What cannot be where the plan needs it, and what nobody moves: told apart, so that both are seen."""
    add_stays(preview, plan, violations)
    told = {stay.task.pk for stay in preview.stays}
    own = {project.pk for project in plan.projects}
    for task in plan.tasks.values():
        if task.project_id not in own or task.pk in told or not plan.sees(task.pk):
            continue
        if task.is_done:
            preview.stays.append(Stay(task, Stays.DONE))
        elif is_begun(task):
            preview.stays.append(Stay(task, Stays.BEGUN))
        elif task.is_fixed:
            preview.stays.append(Stay(task, Stays.FIXED))
        elif task.is_pinned:
            preview.stays.append(Stay(task, Stays.PINNED))

"""What moves when somebody moves a task: the planner's answer, put back into days and times of day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from linkstar.lib.deadlines import Deadline, DeadlineOutOfRange, check_range
from linkstar.lib.schedule import Dates as Minutes
from linkstar.lib.schedule import Move as EngineMove
from linkstar.lib.schedule import Moves, Policy, ScheduleRefused, Violation, reschedule, to_minutes
from linkstar.members.models import Member
from projects.models import Project, Task
from projects.scheduling.load import Plan, load_plan, projects_behind
from projects.scheduling.minutes import finish_of, to_deadline, to_start
from projects.scheduling.preview import Dates, Move, Preview, Stay, Stays, Why
from projects.scheduling.times import zone_of


class InACircle(ValueError):
    """Tasks that wait for each other: nothing can be computed. `tasks` in the order of the circle, those seen."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        super().__init__("tasks wait for each other")
        self.tasks = tasks


@dataclass(frozen=True)
class Wish:
    """Where somebody wants a task.

    With `duration_days` the deadline follows from the start, whatever it says. `is_whole`: the start goes along, so
    that as much working time stays; else it stays, unless it would lie after the deadline.
    """

    dates: Dates
    duration_days: int | None = None
    is_whole: bool = False


def examine_moves(
    wishes: Mapping[int, Wish], *, project: Project, actor: Member, now: datetime, policy: Policy
) -> Preview:
    """What would move with these tasks (by pk, of this project), in their project and in those behind it.

    Raises InACircle. A wish for a task that is not there any more is passed over.
    """
    behind = [pk for pk in projects_behind(wishes) if pk != project.pk]
    others = list(Project.objects.select_related("board").filter(pk__in=behind)) if behind else []
    plan = load_plan([project, *others], today=now.date(), member=actor)
    wishes = {pk: _settled(plan, pk, wish) for pk, wish in wishes.items() if pk in plan.tasks}
    moved = {pk: at for pk, wish in wishes.items() if (at := _minutes(plan, pk, wish))}
    try:
        moves = _moves(plan, moved, policy, now)
    except ScheduleRefused as error:
        raise InACircle([plan.tasks[key] for key in error.keys if isinstance(key, int) and plan.sees(key)]) from error
    preview = Preview(project)
    for pk, wish in wishes.items():
        task = plan.tasks[pk]
        preview.moves.append(Move(task, Dates.of(task), wish.dates, Why.CHOSEN, duration_days=wish.duration_days))
    parents = {item.parent for item in plan.items}
    for pk, move in moves.moves.items():
        if pk not in wishes:
            after = _put_back(plan, pk, move, is_parent=pk in parents)
            _add(preview, plan, pk, after, move, policy, now)
    preview.moves = [move for move in preview.moves if move.before != move.after or move.duration_days is not None]
    add_stays(preview, plan, moves.new_violations)
    return preview


def _settled(plan: Plan, pk: int, wish: Wish) -> Wish:
    """The wish with everything said: the deadline that a duration gives, and the start that goes along."""
    task, dates = plan.tasks[pk], wish.dates
    if wish.duration_days is not None and dates.start_on is not None:
        days = plan.times.days_of(task)
        on = days.add_workdays(days.next_workday(dates.start_on), max(0, wish.duration_days - 1))
        zone, at = (dates.deadline.zone, dates.deadline.time) if dates.deadline else (zone_of(task), None)
        return replace(wish, dates=replace(dates, deadline=Deadline(on, at, zone)))
    deadline, start_on = dates.deadline, dates.start_on
    if deadline is None or start_on is None or (start_on, dates.start_time) != (task.start_on, task.start_time):
        return wish
    if wish.is_whole or start_on > deadline.on:
        start, stands = finish_of(deadline), plan.current.get(pk)
        work = plan.worktime(pk)
        if stands is not None and not task.is_milestone:
            start = work.subtract(start, max(0, work.between(*stands)))
        elif task.deadline is not None:
            start_on = start_on + (deadline.on - task.deadline.on)
            return replace(wish, dates=replace(dates, start_on=min(start_on, deadline.on)))
        on, at = to_start(task, start)
        return replace(wish, dates=replace(dates, start_on=min(on, deadline.on), start_time=at))
    return wish


def _minutes(plan: Plan, pk: int, wish: Wish) -> Minutes | None:
    """The wish on the planner's clock; where it names no start, the working time until the deadline stays."""
    task, work, stands = plan.tasks[pk], plan.worktime(pk), plan.current.get(pk)
    deadline, on = wish.dates.deadline, wish.dates.start_on
    if deadline is None:
        return None
    finish = finish_of(deadline)
    if task.is_milestone:
        return Minutes(finish, finish)
    if on is not None:
        shown = Task(start_on=on, start_time=wish.dates.start_time, due_zone=deadline.zone, project=task.project)
        start = to_minutes(shown.start_at) if shown.start_at else finish
        return Minutes(min(start if wish.dates.start_time else work.next_open(start), finish), finish)
    length = max(0, work.between(*stands)) if stands else 0
    return Minutes(min(work.subtract(finish, length), finish), finish)


def _moves(plan: Plan, moved: Mapping[int, Minutes], policy: Policy, now: datetime) -> Moves[int]:
    """What the planner moves; each comes to stand at its own time of day, and what waits for it begins after that."""
    # Where a task stands is no reason to stand there when what it waits for comes earlier.
    items = [replace(item, start_no_earlier=None) for item in plan.items]

    def settle(pk: int, dates: Minutes) -> Minutes:
        task = plan.tasks[pk]
        if task.deadline is None:
            return dates
        return Minutes(dates.start, max(dates.finish, finish_of(to_deadline(task, dates.finish, plan.worktime(pk)))))

    return reschedule(items, plan.links, plan.current, moved, policy, earliest=to_minutes(now), settle=settle)


def _put_back(plan: Plan, pk: int, move: EngineMove, *, is_parent: bool) -> Dates:
    """Minutes as the dates of this task: what it had none of, it gets none of."""
    task, work = plan.tasks[pk], plan.worktime(pk)
    finish, start = move.new.finish, move.new.start
    if is_parent and move.old is not None:
        # A parent makes room for what is in it; it does not shrink to it.
        start, finish = min(start, move.old.start), max(finish, move.old.finish)
    deadline = task.deadline
    if deadline is not None and (move.old is None or finish != move.old.finish):
        deadline = to_deadline(task, finish, work)
    start_on, start_time = task.start_on, task.start_time
    if start_on is not None and task.is_milestone and deadline is not None and task.deadline is not None:
        start_on = start_on + (deadline.on - task.deadline.on)
    elif start_on is not None and (move.old is None or start != move.old.start):
        start_on, start_time = to_start(task, start)
    if start_on is not None and deadline is not None and start_on > deadline.on:
        start_on, start_time = deadline.on, None
    return Dates(start_on, start_time, deadline)


def _add(preview: Preview, plan: Plan, pk: int, after: Dates, move: EngineMove, policy: Policy, now: datetime) -> None:
    task = plan.tasks[pk]
    because = move.because if isinstance(move.because, int) else None
    by = plan.tasks[because] if because is not None and plan.sees(because) else None
    why = Why.FOLLOWS if policy == "keep_gaps" else Why.PUSHED
    if not is_in_range(after, now):
        preview.stays.append(Stay(task, Stays.RANGE, after.deadline))
    else:
        preview.moves.append(Move(task, Dates.of(task), after, why, by))


def is_in_range(dates: Dates, now: datetime) -> bool:
    """Whether these are days that a start and a deadline may have."""
    try:
        for day in (dates.start_on, dates.deadline.on if dates.deadline else None):
            if day is not None:
                check_range(day, today=now.date())
    except DeadlineOutOfRange:
        return False
    return True


def add_stays(preview: Preview, plan: Plan, violations: Sequence[Violation[int]]) -> None:
    """What ought to move now, and does not: by name where the person may see it."""
    told = {move.task.pk for move in preview.moves}
    for found in violations:
        task = plan.tasks[found.key]
        if task.pk in told or found.kind != "link":
            continue
        told.add(task.pk)
        if not plan.sees(task.pk):
            preview.barred += 1
            continue
        wanted = to_deadline(task, found.needed, plan.times.of(task)) if task.deadline else None
        if task.is_readonly:
            preview.stays.append(Stay(task, Stays.ARCHIVED, wanted))
        elif task.is_fixed:
            preview.stays.append(Stay(task, Stays.FIXED, wanted))
        elif task.is_pinned:
            preview.stays.append(Stay(task, Stays.PINNED, wanted))
        else:
            preview.stays.append(Stay(task, Stays.BEGUN, wanted))

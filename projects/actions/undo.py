"""Take back what somebody has just done: a change remembers of each task what was there before and after.

A task is put back when it still is as the change left it; what somebody has changed since stays as it is, and is
counted. For ten minutes.
"""

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from linkstar.lib import ranks
from linkstar.members.models import Member
from linkstar.workspaces import due
from projects import access
from projects.actions import bin
from projects.actions.deadlines import plan_reminders_of, starts_after
from projects.actions.families import lock_family, recount
from projects.actions.links import follow_dates, lock_links, may_wait_again, tell_waiting
from projects.actions.occurrences import lock_promises, look_soon
from projects.actions.remembering import OVER
from projects.actions.search_index import index_tasks
from projects.actions.slips import forget_slips
from projects.actions.states import (
    ROWS,
    WAITS,
    State,
    is_same,
    linked,
    part_named,
    project_field,
    save_all,
    write_links,
)
from projects.actions.trace import leave_trace, leave_traces
from projects.actions.zones import RECURRENCES, rezone
from projects.holding import holds_on
from projects.models import UNDO_FOR, Activity, Board, Change, Column, Project, Task
from projects.scheduling.lags import settle_lags

_ON_REMINDERS = frozenset({"deadline", "reminders", "completed", "archived", "deleted"})
_WORDS = frozenset({"title", "description"})
_DATES = frozenset({"deadline", "start"})
_ON_PARENTS = frozenset({"completed", "archived", "deleted"})


class AlreadyUndone(ValueError):
    """Somebody was quicker; `change.undone_by` says who."""

    def __init__(self, change: Change) -> None:
        super().__init__(f"change {change.pk} is undone")
        self.change = change


class TooLate(ValueError):
    """The ten minutes are over."""


@dataclass
class Undone:
    """`tasks` were put back. `left` counts the others by why: "changed" by somebody since, "gone", "barred" by what the
    person may do or the task's state, "full" column, "draft", "withheld" from being done. `by` names who has
    changed them since, and `of_project` the project's own fields put back.
    """

    of_project: list[str] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    by: list[str] = field(default_factory=list)


OwnWay = Callable[..., Undone]
_own_ways: dict[str, OwnWay] = {}


def undoes(verb: str) -> Callable[[OwnWay], OwnWay]:
    """Register how changes of this verb are taken back, where that is another way than part by part."""

    def register(function: OwnWay) -> OwnWay:
        _own_ways[verb] = function
        return function

    return register


@due.handles(OVER)
def forget(change_id: int, *, now: datetime) -> None:
    """Nobody can undo it any more: what it remembers is let go."""
    Change.objects.filter(pk=change_id, created_at__lte=now - UNDO_FOR).update(data={})


@transaction.atomic
def undo(change: Change, *, actor: Member, now: datetime) -> Undone:
    """Put back what is as the change left it. Raises AlreadyUndone and TooLate."""
    change = Change.objects.select_for_update(of=("self",)).select_related("project", "undone_by").get(pk=change.pk)
    if change.undone_at is not None:
        raise AlreadyUndone(change)
    if not change.is_open(now=now):
        raise TooLate
    own_way = _own_ways.get(change.verb)
    result = own_way(change, actor=actor, now=now) if own_way else put_back(change, actor=actor, now=now)
    if result.tasks or result.of_project:
        change.undone_at, change.undone_by = now, actor
        change.save(update_fields=["undone_at", "undone_by"])
    return result


def put_back(change: Change, *, actor: Member, now: datetime) -> Undone:
    """Part by part; for ways of their own that put back more than parts (`undoes`)."""
    return _Undoing(change, actor, now).put_back()


class _Undoing:
    """One undo: its locks, what may be put back, and the writing of it. Statements do not grow with the tasks."""

    def __init__(self, change: Change, actor: Member, now: datetime) -> None:
        self.change, self.actor, self.now = change, actor, now
        self.states: dict[int, tuple[State, State]] = {int(pk): (a, b) for pk, (a, b) in change.data.items()}
        self.parts = sorted({part for before, _after in self.states.values() for part in before})
        self.result = Undone()
        self.assignable: dict[int, bool] = {}
        self.changed: list[int] = []

    def put_back(self) -> Undone:
        found = self._lock()
        links = {part: linked(part, list(found)) for part in self.parts if part in ROWS}
        self.assignable = self._assignable()
        kept = [task for task in found.values() if self._may(task, links)]
        kept = self._without_held(kept)
        self._let_go([pk for pk in self.states if pk not in found])
        if "place" in self.parts:
            kept = self._with_room(kept)
        if "deleted" in self.parts:
            self._promise_again(found.values(), kept)
        for part, held in links.items():
            self._put_links(part, kept, held)
        for task in kept:
            for part, value in self.states[task.pk][0].items():
                if part not in ROWS:
                    part_named(part).put(task, value)
        self._save(kept)
        self.result.by = who_changed(self.change, self.changed)
        self._put_project_back()
        return self.result

    def _lock(self) -> dict[int, Task]:
        """The tasks that the actor sees, as they are now: promises first, then the boards, then the rows.

        What was done to the project as a whole is taken back as a whole.
        """
        mine = Task.objects.filter(pk__in=self.states)
        repeating = self.change.of_project.get(RECURRENCES, [[]])[0]
        lock_promises([*mine.exclude(recurrence=None).values_list("recurrence", flat=True), *repeating])
        projects = {self.change.project_id, *mine.order_by().values_list("project", flat=True).distinct()}
        list(Board.objects.select_for_update(no_key=True).filter(project__in=projects).order_by("pk"))
        seen = mine if self.change.of_project else mine.allowed_to(self.actor)
        if "deleted" in self.parts:
            bin.take_back_removals(bin.TASK, seen.values_list("pk", flat=True))
        if WAITS in self.parts:
            lock_links()
        lock_family(*seen.only("parent"))
        return {task.pk: task for task in seen.select_related("project", "column").order_by("pk")}

    def _may(self, task: Task, links: Mapping[str, Mapping[int, list[Any]]]) -> bool:
        before, after = self.states[task.pk]
        if task.is_removed:
            return self._leave("gone")
        for part, value in after.items():
            held = links[part].get(task.pk, []) if part in ROWS else part_named(part).read(task)
            if not is_same(part, held, value):
                self.changed.append(task.pk)
                return self._leave("changed")
        if (
            task.completed_at is None
            and task.column.is_doing
            and any(part in before and before[part] is None for part in ("owner", "deadline"))
        ):
            return self._leave("draft")
        if _would_start_late(task, before):
            # Somebody has moved the one past what the other would go back to.
            self.changed.append(task.pk)
            return self._leave("changed")
        if WAITS in before and not may_wait_again(task.pk, before[WAITS], links[WAITS].get(task.pk, [])):
            return self._leave("changed")
        if before.get("owner") is not None and not self._takes(task, before["owner"]):
            return self._leave("barred")
        # Whoever asks for papers may think again; that somebody else does is a waiver.
        is_waiver = before.get("passport") is False and self.change.actor_id != self.actor.pk
        if is_waiver and not access.may_waive(self.actor):
            return self._leave("barred")
        if before.get("visibility") == Task.Visibility.SHARED and not task.may_be_shared:
            return self._leave("barred")
        words = {"edit" if part in ROWS else part_named(part).to for part in before}
        # Out of the archive or the bin it is changed by being put back, and by nothing else.
        if not all(access.may_task(self.actor, word, task) for word in words):
            return self._leave("barred")
        return True

    def _put_project_back(self) -> None:
        """Each field of the project that is as the change left it."""
        if not self.change.of_project:
            return
        project = Project.objects.select_for_update(no_key=True).get(pk=self.change.project_id)
        fields = {name: pair for name, pair in self.change.of_project.items() if name != RECURRENCES}
        for name, (before, after) in fields.items():
            kind = project_field(name)
            if getattr(project, name) == kind.to_python(after):
                setattr(project, name, kind.to_python(before))
                self.result.of_project.append(name)
        if self.result.of_project:
            project.save(update_fields=self.result.of_project)
            if RECURRENCES in self.change.of_project:
                before, after = self.change.of_project["time_zone"]
                rezone(self.change.of_project[RECURRENCES][0], before=after, after=before, now=self.now)
            said: dict[str, Any] = {"parts": self.result.of_project, "of": self.change.verb}
            leave_trace("undone", project=project, actor=self.actor, now=self.now, **said)

    def _takes(self, task: Task, owner: int) -> bool:
        return owner in self.assignable and (task.may_be_shared or not self.assignable[owner])

    def _assignable(self) -> dict[int, bool]:
        """Whom a task can be given back to, and whether they are guests: who has left meanwhile, or lost the key, is
        not among them.
        """
        if "owner" not in self.parts:
            return {}
        return {person.pk: person.is_guest for person in access.assignable_to(self.actor, None, self.change.project)}

    def _leave(self, why: str) -> bool:
        self.result.left[why] += 1
        return False

    def _without_held(self, tasks: Sequence[Task]) -> list[Task]:
        """What would be done again is held as whatever is to be done."""
        done_again = [task for task in tasks if not task.is_done and self.states[task.pk][0].get("completed")]
        held = holds_on(done_again, now=self.now)
        for _task in held:
            self._leave("withheld")
        return [task for task in tasks if task.pk not in held]

    def _let_go(self, hidden: Iterable[int]) -> None:
        """What the actor does not see (any more) is not counted, so that nothing is told of it."""
        for pk in hidden:
            del self.states[pk]

    def _with_room(self, tasks: Sequence[Task]) -> list[Task]:
        """Those whose column is still there and has room; each gets its old place, or the one beside it."""
        wanted = {task.pk: self.states[task.pk][0]["place"] for task in tasks}
        columns = Column.objects.in_bulk({column for column, _rank in wanted.values()})
        room = self._room(columns)
        kept = []
        for task in tasks:
            column = columns.get(wanted[task.pk][0])
            if column is None:
                self._leave("gone")
            elif column.is_doing and not task.column.is_doing and task.is_draft:
                self._leave("draft")
            elif column.pk != task.column_id and column.pk in room and room[column.pk] < 1:
                self._leave("full")
            else:
                if column.pk in room and column.pk != task.column_id:
                    room[column.pk] -= 1
                task.column = column
                kept.append(task)
        part_ranks(wanted, kept)
        return kept

    def _room(self, columns: Mapping[int, Column]) -> dict[int, int]:
        """How many more cards those columns take that have a limit."""
        limits = {column.pk: column.wip_limit for column in columns.values() if column.wip_limit is not None}
        if not limits:
            return {}
        held = Task.objects.current().filter(column__in=limits).order_by().values_list("column").annotate(Count("pk"))
        taken = dict(held)
        return {pk: limit - taken.get(pk, 0) for pk, limit in limits.items()}

    def _promise_again(self, found: Iterable[Task], kept: Sequence[Task]) -> None:
        """What stays in the bin is still to be removed in its time."""
        back = {task.pk for task in kept}
        still = [
            (bin.TASK, task.pk, task.deleted_at + bin.KEPT) for task in found if task.pk not in back and task.deleted_at
        ]
        if still:
            due.schedule_many(still)

    def _put_links(self, part: str, tasks: Sequence[Task], held: Mapping[int, list[Any]]) -> None:
        add, remove = [], []
        for task in tasks:
            before, now = set(self.states[task.pk][0].get(part, ())), set(held.get(task.pk, ()))
            add += [(task.pk, other) for other in before - now]
            remove += [(task.pk, other) for other in now - before]
        write_links(part, add=add, remove=remove)

    def _save(self, tasks: Sequence[Task]) -> None:
        if not tasks:
            return
        save_all(tasks, *self.parts, now=self.now)
        if _ON_REMINDERS.intersection(self.parts):
            plan_reminders_of(tasks, now=self.now)
        if "deadline" in self.parts:
            forget_slips(self.change, [task.pk for task in tasks])
        if _WORDS.intersection(self.parts):
            index_tasks(tasks)
        look_soon(*(task for task in tasks if task.is_done), now=self.now)
        if _ON_PARENTS.intersection(self.parts):
            recount(
                [pk for task in tasks for pk in (task.parent_id, task.pk if task.subtask_count else None)], now=self.now
            )
        shown = [part for part in self.parts if part != "completed" or "place" not in self.parts]
        data: dict[str, Any] = {"parts": shown, "of": self.change.verb}
        traces = [(task, {**data, "column": task.column.name} if "place" in self.parts else data) for task in tasks]
        for project in sorted({task.project for task in tasks}, key=attrgetter("pk")):
            own = [line for line in traces if line[0].project_id == project.pk]
            leave_traces("undone", project=project, actor=self.actor, now=self.now, tasks=own)
        self._settle_links([task.pk for task in tasks])
        self.result.tasks = list(tasks)

    def _settle_links(self, tasks: Sequence[int]) -> None:
        if WAITS in self.parts:
            settle_lags(Q(blocked__in=tasks), now=self.now)
        if _ON_PARENTS.intersection(self.parts):
            tell_waiting(tasks, now=self.now)
        elif _DATES.intersection(self.parts):
            follow_dates(tasks, now=self.now)


def who_changed(change: Change, tasks: Collection[int]) -> list[str]:
    """Who has left a trace of the same sort, or an undo, on these tasks since; no statement where there are none."""
    if not tasks:
        return []
    later = Activity.objects.filter(task__in=tasks, verb__in=[change.verb, "undone"], created_at__gte=change.created_at)
    names = (
        later.exclude(change=change).exclude(actor=None).order_by("pk").values_list("actor__display_name", flat=True)
    )
    return list(dict.fromkeys(names))


def _would_start_late(task: Task, before: State) -> bool:
    if not {"deadline", "start"}.intersection(before):
        return False
    back = copy(task)
    for part in ("deadline", "start"):
        if part in before:
            part_named(part).put(back, before[part])
    return starts_after(back, back.deadline)


def part_ranks(wanted: Mapping[int, list[Any]], tasks: Sequence[Task]) -> None:
    """Where somebody else has taken a place meanwhile, the task comes just below; changes `wanted`."""
    pks = [task.pk for task in tasks]
    columns = {wanted[pk][0] for pk in pks}
    held: dict[int, list[str]] = defaultdict(list)
    others = Task.objects.filter(column__in=columns).exclude(pk__in=pks).order_by("rank")
    for column, rank in others.values_list("column_id", "rank"):
        held[column].append(rank)
    for pk in sorted(pks, key=lambda pk: wanted[pk][1]):
        column, rank = wanted[pk]
        taken = held[column]
        at = bisect_right(taken, rank)
        if at and taken[at - 1] == rank:
            rank = ranks.between(rank, taken[at] if at < len(taken) else None)
            wanted[pk][1] = rank
        insort(taken, rank)

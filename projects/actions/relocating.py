"""Move tasks to another project, with all that hangs below them: what it comes to, and doing it in one go.

What hangs together stays together: a task goes with all its subtasks, or stays with them. Columns are met by name and
status, else by status alone. Numbers are given anew, while addresses stay, for they hold no number. Custom fields keep
their values, also those that the other project does not show.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from linkstar.lib import ranks
from linkstar.members.models import Member
from notifications.actions.notify import notify
from projects import access
from projects.actions.bulk import MOST, Plan, PlanChanged, TooMany, of_project, read
from projects.actions.bulk_edits import SAME, Edit, Held
from projects.actions.families import lock_family, recount
from projects.actions.links import lock_links
from projects.actions.occurrences import lock_promises
from projects.actions.remembering import record
from projects.actions.search_index import index_tasks
from projects.actions.states import save_all, snapshot
from projects.actions.tasks import end_of, take_numbers
from projects.actions.trace import leave_trace, leave_traces
from projects.models import Board, Change, Column, Project, SearchEntry, StoredFile, Task

HOME = "home"


@dataclass(frozen=True)
class Relocate(Edit):
    project: Project
    kind = "relocate"
    parts = (HOME,)

    def judge(self, task: Task, held: Held) -> str:
        return SAME if task.project_id == self.project.pk else ""

    def data(self, task: Task, held: Held) -> dict[str, Any]:
        return {"before": task.project.name, "after": self.project.name, "number": task.number}


@dataclass
class Relocation(Plan):
    """`places` are the columns by task; `hidden` go along unseen by the actor; `cut` lose a parent that stays."""

    places: dict[int, Column] = field(default_factory=dict)
    hidden: list[Task] = field(default_factory=list)
    cut: list[Task] = field(default_factory=list)

    @property
    def moving(self) -> list[Task]:
        return [*self.changed, *self.hidden]


def examine(edit: Relocate, ids: Sequence[int], *, project: Project, actor: Member) -> Relocation:
    """What moving those of the tasks that the actor sees would do. Raises TooMany."""
    if len(ids) > MOST:
        raise TooMany
    plan = Relocation(edit)
    chosen = read(ids, project, actor)
    roots = []
    for task in chosen:
        if not access.may_task(actor, edit.to, task, is_on_it=True):
            plan.barred["access"].append(task)
        elif why := edit.judge(task, {}):
            (plan.same if why == SAME else plan.barred[why]).append(task)
        else:
            roots.append(task)
    under = Task.objects.under(*(task.pk for task in roots)).select_related("column", "owner")
    every = {task.pk: task for task in (*of_project(project, under.order_by("number")), *roots)}
    seen = set(access.tasks_of(actor, project).filter(pk__in=every).values_list("pk", flat=True))
    given = {task.pk for task in chosen}
    kept = _with_room(plan, edit, every, given)
    for task in sorted(kept, key=lambda task: (task.column.position, task.rank)):
        (plan.changed if task.pk in seen else plan.hidden).append(task)
    going = {task.pk for task in kept}
    plan.along = sum(task.pk not in given for task in plan.changed)
    plan.cut = [task for task in kept if task.parent_id and task.parent_id not in going]
    return plan


def _with_room(plan: Relocation, edit: Relocate, every: dict[int, Task], chosen: set[int]) -> list[Task]:
    """The families that find room in the columns there; of the others nobody goes."""
    columns = list(edit.project.board.columns.order_by("position"))
    plan.places = {task.pk: _column_for(task, columns) for task in every.values()}
    limits = {column.pk: column.wip_limit for column in columns if column.wip_limit is not None}
    held = Counter(Task.objects.current().filter(column__in=limits).values_list("column", flat=True))
    kept: list[Task] = []
    for family in _families(every):
        asked = Counter(plan.places[task.pk].pk for task in family if not task.deleted_at and not task.archived_at)
        if any(held[pk] + count > limits[pk] for pk, count in asked.items() if pk in limits):
            plan.barred["full_there"] += [task for task in family if task.pk in chosen]
        else:
            held.update(asked)
            kept += family
    return kept


def _column_for(task: Task, columns: Sequence[Column]) -> Column:
    """A board keeps a column of each status."""
    alike = [column for column in columns if column.status == task.column.status]
    name = task.column.name.casefold()
    return next((column for column in alike if column.name.casefold() == name), alike[0])


def _families(every: dict[int, Task]) -> list[list[Task]]:
    """The tasks by the uppermost of them that they hang under, in the order of the board."""
    found: dict[int, list[Task]] = defaultdict(list)
    for task in every.values():
        top, seen = task, {task.pk}
        while top.parent_id in every and top.parent_id not in seen:
            top = every[top.parent_id]
            seen.add(top.pk)
        found[top.pk].append(task)
    order = sorted(found, key=lambda pk: (every[pk].column.position, every[pk].rank))
    return [found[pk] for pk in order]


@transaction.atomic
def apply(
    edit: Relocate, ids: Sequence[int], *, project: Project, actor: Member, now: datetime, seal: str
) -> tuple[Relocation, Change | None]:
    """Do it, when it is still what the person saw; None when there was nothing to move.

    Raises PlanChanged, TooMany, and PermissionDenied when the other project was archived meanwhile.
    """
    if len(ids) > MOST:
        raise TooMany
    seen = access.tasks_of(actor, project).filter(pk__in=ids).values_list("pk", flat=True)
    lock_homes([project.pk, edit.project.pk], [*seen, *Task.objects.under(*seen).values_list("pk", flat=True)])
    if not access.may(actor, "add task", Project.objects.get(pk=edit.project.pk)):
        raise PermissionDenied
    plan = examine(edit, ids, project=project, actor=actor)
    if plan.seal != seal:
        raise PlanChanged(plan)
    return plan, _carry_out(plan, edit, project, actor, now) if plan.changed else None


def lock_homes(projects: Iterable[int], tasks: Sequence[int]) -> None:
    """Promises, both boards, links, the tasks and their parents: as everybody locks, so that none waits in a ring."""
    rows = Task.objects.filter(pk__in=tasks)
    lock_promises(rows.values_list("recurrence", flat=True))
    list(Board.objects.filter(project__in=projects).order_by("pk").select_for_update(no_key=True))
    lock_links()
    lock_family(*rows.only("parent"))


def settle_in(tasks: Sequence[Task], *, source: Project, target: Project, now: datetime) -> None:
    """Save tasks that were given their place in `target`, and take there what belongs to them."""
    pks = [task.pk for task in tasks]
    save_all(tasks, HOME, now=now)
    StoredFile.objects.filter(task__in=pks, project=source).update(project=target)
    entries = SearchEntry.objects.filter(task__in=pks, scope__contains=[source.pk])
    entries.update(project=target)
    index_tasks(tasks)


def _carry_out(plan: Relocation, edit: Relocate, source: Project, actor: Member, now: datetime) -> Change:
    target, tasks = edit.project, sorted(plan.moving, key=lambda task: (task.column.position, task.rank))
    data = [(task, edit.data(task, {})) for task in tasks]
    before = {task.pk: snapshot(task, HOME) for task in tasks}
    parents = [task.parent_id for task in plan.cut]
    ends: dict[int, str | None] = {}
    for number, task in enumerate(tasks, take_numbers(target, len(tasks))):
        column = plan.places[task.pk]
        end = ends[column.pk] if column.pk in ends else end_of(column)[0]
        task.rank = ends[column.pk] = ranks.between(end, None)
        task.project, task.number, task.column = target, number, column
    for task in plan.cut:
        task.parent_id = None
    settle_in(tasks, source=source, target=target, now=now)
    recount(parents, now=now)
    rows = [(task, before[task.pk], snapshot(task, HOME)) for task in tasks]
    change = record("relocated", project=target, actor=actor, now=now, rows=rows)
    leave_traces("relocated", project=target, actor=actor, now=now, tasks=data, change=change)
    leave_trace(
        "tasks relocated",
        project=source,
        actor=actor,
        now=now,
        change=change,
        count=len(plan.changed),
        after=target.name,
    )
    _tell(plan, edit, change, actor, now)
    return change


def _tell(plan: Relocation, edit: Relocate, change: Change, actor: Member, now: datetime) -> None:
    """Who is on the tasks and sees them there, each person once."""
    counts: Counter[int] = Counter()
    through = Task.helpers.through.objects.filter(task_id__in=[task.pk for task in plan.moving])
    counts.update(task.owner_id for task in plan.moving if task.owner_id)
    counts.update(through.values_list("member_id", flat=True))
    around = access.assignable_to(actor, None, edit.project).filter(pk__in=counts)
    for member in around:
        notify(
            [member],
            kind="tasks_relocated",
            key=f"bulk:{change.pk}",
            data={"project": edit.project.name, "actor": actor.display_name, "count": counts[member.pk]},
            url=edit.project.board.get_absolute_url(),
            actor=actor,
            now=now,
        )

"""Change many tasks of a project at once: one look at each, one transaction, few statements, one undo.

The same plan is shown before (`examine`) and carried out under the locks (`apply`): who may do what with which task,
and what a column takes, is decided in one place.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from linkstar.lib import ranks
from linkstar.members.models import Member
from notifications.actions.notify import notify
from projects import access
from projects.actions import bin
from projects.actions.bulk_edits import SAME, Archive, Bin, Edit, Held, Move, SetDeadline
from projects.actions.deadlines import plan_reminders_of
from projects.actions.families import lock_family, recount
from projects.actions.links import follow_dates, tell_waiting
from projects.actions.occurrences import lock_promises, look_soon
from projects.actions.refusals import is_held_back
from projects.actions.remembering import record
from projects.actions.slips import Moved, keep_slips
from projects.actions.states import LINKS, PARTS, State, linked, save_all, snapshot, write_links
from projects.actions.trace import leave_traces
from projects.blocking import open_links_of
from projects.holding import Holds, holds_on
from projects.models import Board, Change, Project, Task

MOST = 5_000
# Of the trace, by the kind of edit; all others are of the deadline.
_VERBS = {
    "move": "moved", "finish": "moved", "owner": "owner changed", "helpers": "helpers changed",
    "labels": "labels changed", "priority": "priority changed", "milestone": "milestone changed",
    "archive": "task archived", "bin": "task deleted",
}  # fmt: skip


class TooMany(ValueError):
    """More tasks than one change may touch."""


class PlanChanged(ValueError):
    """Since the person looked, what would happen has become something else: `plan`."""

    def __init__(self, plan: "Plan") -> None:
        super().__init__("the plan has changed")
        self.plan = plan


@dataclass
class Plan:
    """What an edit comes to. `barred` are the tasks that stay as they are, by why (bulk_edits.py); also "access",
    "full" and "withheld", of which `holds` says by what. `along` of the changed ones are subtasks that nobody chose.
    """

    edit: Edit
    changed: list[Task] = field(default_factory=list)
    same: list[Task] = field(default_factory=list)
    barred: dict[str, list[Task]] = field(default_factory=lambda: defaultdict(list))
    along: int = 0
    held: Held = field(default_factory=dict)
    holds: Holds = field(default_factory=dict)

    @property
    def total(self) -> int:
        return len(self.changed) - self.along + len(self.same) + sum(len(tasks) for tasks in self.barred.values())

    @property
    def seal(self) -> str:
        """Tells one plan from another: which tasks change."""
        pks = ",".join(str(pk) for pk in sorted(task.pk for task in self.changed))
        return sha256(pks.encode()).hexdigest()[:20]


def examine(edit: Edit, ids: Sequence[int], *, project: Project, actor: Member, now: datetime) -> Plan:
    """What the edit would do with those of the tasks that the actor sees. Raises TooMany."""
    if len(ids) > MOST:
        raise TooMany
    plan = Plan(edit)
    chosen = read(ids, project, actor)
    tasks = _with_subtasks(chosen, project, actor) if isinstance(edit, Archive | Bin) else chosen
    plan.held = _held(edit, tasks)
    chosen_ids = {task.pk for task in chosen}
    for task in tasks:
        why = edit.judge(task, plan.held) if access.may_task(actor, edit.to, task, is_on_it=True) else "access"
        if why == "":
            plan.changed.append(task)
            plan.along += task.pk not in chosen_ids
        elif task.pk in chosen_ids:
            (plan.same if why == SAME else plan.barred[why]).append(task)
    if isinstance(edit, Move):
        _keep_held(plan, edit, now)
        _keep_limit(plan, edit)
    return plan


@transaction.atomic
def apply(
    edit: Edit, ids: Sequence[int], *, project: Project, actor: Member, now: datetime, seal: str
) -> tuple[Plan, Change | None]:
    """Do it, when it is still what the person saw (`seal` of that plan); None when there was nothing to change.

    Raises PlanChanged and TooMany. Locks as everybody does: promises, the board, the tasks by pk; then the traces.
    """
    if len(ids) > MOST:
        raise TooMany
    _lock(edit, ids, project, actor, now)
    plan = examine(edit, ids, project=project, actor=actor, now=now)
    if plan.seal != seal:
        raise PlanChanged(plan)
    return plan, _carry_out(plan, project, actor, now) if plan.changed else None


def _held(edit: Edit, tasks: Sequence[Task]) -> Held:
    """What of the tasks stands in rows of its own, as far as the edit asks for it; one statement, or none."""
    if edit.parts[0] in LINKS:
        return linked(edit.parts[0], [task.pk for task in tasks])
    return open_links_of([task.pk for task in tasks]) if isinstance(edit, Move) else {}


def read(ids: Sequence[int], project: Project, actor: Member) -> list[Task]:
    """Those that the actor sees, in the order of the board."""
    found = access.tasks_of(actor, project).filter(pk__in=ids).select_related("column", "owner")
    return of_project(project, found.order_by("column__position", "rank"))


def of_project(project: Project, tasks: Iterable[Task]) -> list[Task]:
    """With their project at hand, so that none of them asks for it."""
    tasks = list(tasks)
    for task in tasks:
        task.project = project
    return tasks


def _with_subtasks(chosen: list[Task], project: Project, actor: Member) -> list[Task]:
    """The tasks and what hangs below them: at any depth, as far as the actor sees it without a gap."""
    under = access.tasks_of(actor, project).under(*(task.pk for task in chosen)).select_related("column", "owner")
    joined = {task.pk: task for task in chosen}
    waiting = [task for task in of_project(project, under.order_by("number")) if task.pk not in joined]
    while more := [task for task in waiting if task.parent_id in joined]:
        joined |= {task.pk: task for task in more}
        waiting = [task for task in waiting if task.pk not in joined]
    return list(joined.values())


def _keep_held(plan: Plan, edit: Move, now: datetime) -> None:
    """What something holds is not done along with others: whoever may waive that looks at it alone."""
    if not edit.column.is_done:
        return
    plan.holds = holds_on([task for task in plan.changed if not task.is_done], now=now)
    if plan.holds:
        plan.barred["withheld"] = [task for task in plan.changed if task.pk in plan.holds]
        plan.changed = [task for task in plan.changed if task.pk not in plan.holds]


def _keep_limit(plan: Plan, edit: Move) -> None:
    """As many as the column takes; the others stay where they are."""
    limit = edit.column.wip_limit
    if limit is None:
        return
    room = max(0, limit - Task.objects.current().filter(column=edit.column).count())
    full = plan.changed[room:]
    if full:
        plan.barred["full"] = full
        plan.changed = plan.changed[:room]


def _lock(edit: Edit, ids: Sequence[int], project: Project, actor: Member, now: datetime) -> None:
    if isinstance(edit, Move | Archive):
        known = Task.objects.filter(pk__in=ids, project=project).exclude(recurrence=None)
        lock_promises(known.values_list("recurrence", flat=True))
    Board.objects.select_for_update(no_key=True).get(project=project)
    tasks = access.tasks_of(actor, project).filter(pk__in=ids)
    if isinstance(edit, Archive | Bin):
        chosen = list(tasks.only("parent", "project"))
        lock_family(
            *chosen, *access.tasks_of(actor, project).under(*(task.pk for task in chosen)).only("parent", "project")
        )
    else:
        lock_family(*tasks.only("parent", "project"))


def _carry_out(plan: Plan, project: Project, actor: Member, now: datetime) -> Change:
    edit, tasks, part = plan.edit, plan.changed, plan.edit.parts[0]
    if isinstance(edit, Bin):
        bin.promise_removals(bin.TASK, [task.pk for task in tasks], binned_at=now)
    data = [(task, edit.data(task, plan.held)) for task in tasks]
    before = {task.pk: _state(plan, task) for task in tasks}
    despite = _gone_on(edit, tasks, plan.held)
    dated = [(task, task.deadline) for task in tasks] if isinstance(edit, SetDeadline) else []
    for task in tasks:
        edit.put(task, now=now)
    if isinstance(edit, Move):
        _append(edit, tasks)
    if part in LINKS:
        links = {task.pk: edit.links(task, plan.held) for task in tasks}
        add = [(pk, other) for pk, (added, _removed) in links.items() for other in added]
        write_links(part, add=add, remove=[(pk, other) for pk, (_added, gone) in links.items() for other in gone])
    save_all(tasks, *edit.parts, now=now)
    if {"completed", "archived", "deleted", "deadline"}.intersection(edit.parts):
        plan_reminders_of(tasks, now=now)
    if {"completed", "archived", "deleted"}.intersection(edit.parts):
        recount([task.parent_id for task in tasks], now=now)
        look_soon(*(task for task in tasks if task.is_done), now=now)
    rows = [(task, before[task.pk], _state_after(plan, task, before[task.pk])) for task in tasks]
    change = _remember(edit, rows, data, project, actor, now)
    if dated:
        moved = [Moved(task, was, task.deadline) for task, was in dated]
        keep_slips(moved, change=change, actor=actor, now=now)
    if {"completed", "archived", "deleted"}.intersection(edit.parts):
        tell_waiting([task.pk for task in tasks], now=now)
    if dated:
        follow_dates([task.pk for task in tasks], now=now)
    if isinstance(edit, Move) and despite:
        traces = [(task, {"reason": edit.despite}) for task in despite]
        leave_traces("begun despite", project=project, actor=actor, now=now, tasks=traces)
    _tell(plan, change, project, actor, now)
    return change


def _gone_on(edit: Edit, tasks: Sequence[Task], held: Held) -> list[Task]:
    """Those that are moved although they wait for others; asked before they are."""
    if not isinstance(edit, Move):
        return []
    return [task for task in tasks if is_held_back(held.get(task.pk, ()), task.column, edit.column)]


def _state(plan: Plan, task: Task) -> State:
    part = plan.edit.parts[0]
    return {part: list(plan.held.get(task.pk, ()))} if part in LINKS else snapshot(task, *plan.edit.parts)


def _state_after(plan: Plan, task: Task, before: State) -> State:
    part = plan.edit.parts[0]
    if part in PARTS:
        return snapshot(task, *plan.edit.parts)
    added, removed = plan.edit.links(task, plan.held)
    return {part: sorted({*before[part], *added} - set(removed))}


def _append(edit: Move, tasks: Sequence[Task]) -> None:
    """To the end of the column, in the order of the board."""
    last = edit.column.tasks.order_by("-rank").values_list("rank", flat=True).first()
    for task in tasks:
        task.rank = last = ranks.between(last, None)


def _remember(
    edit: Edit,
    rows: Sequence[tuple[Task, State, State]],
    traces: Sequence[tuple[Task, dict[str, Any]]],
    project: Project,
    actor: Member,
    now: datetime,
) -> Change:
    """One line a task, as if each had been changed by itself."""
    verb = _VERBS.get(edit.kind, "deadline changed")
    change = record(verb, project=project, actor=actor, now=now, rows=rows)
    leave_traces(verb, project=project, actor=actor, now=now, tasks=traces, change=change)
    return change


def _tell(plan: Plan, change: Change, project: Project, actor: Member, now: datetime) -> None:
    """Each person once, whatever number of tasks they were put on."""
    counts: Counter[int] = Counter()
    for task in plan.changed:
        added = [task.owner_id] if plan.edit.kind == "owner" else plan.edit.links(task, plan.held)[0]
        counts.update(pk for pk in added if pk is not None)
    key = "owner" if plan.edit.kind == "owner" else "helper"
    said = {"task": plan.changed[0].title, "project": project.name, "actor": actor.display_name}
    for member in plan.edit.receivers():
        if counts[member.pk]:
            notify(
                [member],
                kind="tasks_assigned",
                key=f"bulk:{change.pk}",
                data={**said, "count": counts[member.pk]},
                url=f"{project.board.get_absolute_url()}?{key}=me",
                actor=actor,
                now=now,
            )

"""Tasks made from steps of a plan, as when a project begins and when steps join it later."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from math import ceil

from django.utils.translation import override

from linkstar.lib import ranks
from linkstar.members.models import Member
from notifications.actions import reminders
from projects.actions.deadlines import put_deadline
from projects.actions.links import lock_links
from projects.actions.search_index import index_items, index_tasks
from projects.actions.tasks import lock_board, take_numbers
from projects.actions.trace import lock_tasks
from projects.models import ChecklistItem, Column, Project, ProjectAccess, Task
from templates_sop.planning import COUNTRIES, Plan, PlannedStep
from templates_sop.stories import story_of
from templates_sop.variants import Change


def first_column(project: Project) -> Column:
    """The one that new work stands in."""
    return project.board.columns.filter(status=Column.Status.TODO).order_by("position")[0]


def lock_steps(project: Project) -> Column:
    """As everybody does: the board, the links, the tasks by pk; two who add or move steps come one after the other.

    Back comes the column that new work stands in.
    """
    column = first_column(project)
    lock_board(column)
    lock_links()
    list(lock_tasks(project.tasks.exclude(sop_step="")))
    return column


def people_by_role(project: Project, *, now: datetime) -> dict[str, Member]:
    """Whoever has most of a role's tasks here; who has left, or has lost the key to the project, fills none."""
    keys = set(ProjectAccess.objects.valid(now=now).filter(project=project).values_list("member", flat=True))
    found: dict[str, Counter[Member]] = {}
    for task in project.tasks.alive().exclude(sop_role="").select_related("owner").order_by("pk"):
        owner = task.owner
        if owner is not None and owner.is_active and (owner.is_insider or owner.pk in keys):
            found.setdefault(task.sop_role, Counter())[owner] += 1
    return {role: people.most_common(1)[0][0] for role, people in found.items()}


def make_step_tasks(
    steps: Sequence[PlannedStep],
    plan: Plan,
    roles: Mapping[str, Member],
    *,
    column: Column,
    after: str | None,
    actor: Member,
    now: datetime,
    language: str,
) -> dict[str, Task]:
    """By step: dated, with checklists and reminders, numbered and ranked in the order given; they wait for nothing yet.

    `roles` says who owns what; tasks of a role left out are drafts, and so are internal ones of a guest. `after` is the
    last rank in the column; None while it is empty. Statements do not grow with the steps.
    """
    project = column.board.project
    number = take_numbers(project, len(steps))
    tasks: dict[str, Task] = {}
    with override(language):
        for offset, (planned, rank) in enumerate(zip(steps, _ranks(len(steps), after), strict=True)):
            change = plan.composition.by_step.get(planned.step.key)
            task = _task(planned, roles.get(planned.step.role), language, change)
            task.project, task.column, task.number, task.rank = project, column, number + offset, rank
            task.created_by, task.created_at, task.updated_at = actor, now, now
            tasks[planned.step.key] = task
    Task.objects.bulk_create(tasks.values())
    index_tasks(tasks.values())
    _make_checklists(steps, tasks, language)
    wishes = [reminders.Wish(task.pk, task.due_at, task.remind_hours_before) for task in tasks.values()]
    reminders.plan_many("task", wishes, now=now)
    return tasks


def _ranks(count: int, after: str | None) -> list[str]:
    if after is None:
        return ranks.evenly(count)
    return list(accumulate(range(count), lambda last, _place: ranks.between(last, None), initial=after))[1:]


def _task(planned: PlannedStep, owner: Member | None, language: str, change: Change | None) -> Task:
    step = planned.step
    if owner is not None and owner.is_guest and not step.is_shareable:
        owner = None
    task = Task(
        title=step.title.get(language),
        description=story_of(step, language, change),
        owner=owner,
        start_on=planned.start_on,
        remind_hours_before=list(step.reminders_hours),
        is_fixed=step.is_fixed,
        is_milestone=step.is_milestone,
        needs_passport=step.needs_passport,
        duration_days=max(1, ceil(step.duration_days)),
        calendar=COUNTRIES[step.calendar],
        may_be_shared=step.is_shareable,
        sensitivity=Task.Sensitivity.FINANCE if step.is_finance else Task.Sensitivity.NORMAL,
        sop_step=step.key,
        sop_role=step.role,
        sop_phase=step.phase,
        checklist_count=len(step.checklist),
    )
    put_deadline(task, planned.deadline)
    return task


def _make_checklists(steps: Sequence[PlannedStep], tasks: Mapping[str, Task], language: str) -> None:
    items = ChecklistItem.objects.bulk_create(
        ChecklistItem(task=tasks[planned.step.key], position=position, text=text.get(language))
        for planned in steps
        for position, text in enumerate(planned.step.checklist)
    )
    index_items(items)

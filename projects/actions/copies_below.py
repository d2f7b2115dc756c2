"""What hangs below a recurring task, made again below its next copy."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from linkstar.lib import ranks
from linkstar.members.models import Member
from notifications.actions.notify import notify
from projects.actions.deadlines import plan_reminders_of, put_deadline
from projects.actions.families import recount
from projects.actions.search_index import index_items, index_products, index_tasks
from projects.actions.states import linked, write_links
from projects.actions.tasks import take_numbers
from projects.actions.trace import leave_traces
from projects.models import ChecklistItem, ProductLink, Task

# What a copy takes over as it stands. Dates follow from the rule; files, comments and times stay with the old one.
SAME = (
    "title", "description", "priority", "remind_hours_before", "is_milestone", "duration_days", "calendar",
    "needs_passport", "faster_days", "faster_note", "estimate_minutes", "visibility", "may_be_shared", "sensitivity",
    "sop_step", "sop_role", "sop_phase", "field_values",
)  # fmt: skip


def copy_below(pattern: Task, copy: Task, *, people: Mapping[int, Member], now: datetime) -> list[Task]:
    """The subtasks of `pattern` that are at work, at any depth: open again, and as far from the deadline as before.

    `people` can be put on tasks, by pk. Part of the caller's transaction, which holds the board's lock; its statements
    grow with the levels alone.
    """
    shift = _shift(pattern, copy)
    waiting = list(Task.objects.current().under(pattern.pk).order_by("column__position", "rank"))
    made: dict[int, Task] = {pattern.pk: copy}
    number = take_numbers(copy.project, len(waiting)) if waiting else 0
    rank: str = copy.rank
    while level := [task for task in waiting if task.parent_id in made]:
        waiting = [task for task in waiting if task.parent_id not in made]
        for old in level:
            rank = ranks.between(rank, None)
            made[old.pk] = _like(old, made[old.parent_id or 0], shift, number, rank, people, now)
            number += 1
        Task.objects.bulk_create([made[old.pk] for old in level])
    del made[pattern.pk]
    if made:
        _fill(made, people)
        _announce(copy, list(made.values()), now)
    return list(made.values())


def _shift(pattern: Task, copy: Task) -> timedelta:
    before = pattern.due_on or pattern.occurrence_on
    return copy.due_on - before if copy.due_on and before else timedelta(0)


def _like(
    old: Task, parent: Task, shift: timedelta, number: int, rank: str, people: Mapping[int, Member], now: datetime
) -> Task:
    start_on = old.start_on + shift if old.start_on else None
    task = Task(
        project=parent.project,
        column=parent.column,
        parent=parent,
        rank=rank,
        number=number,
        owner=people.get(old.owner_id or 0),
        start_on=start_on,
        start_time=old.start_time if start_on else None,
        checklist_count=old.checklist_count,
        product_count=old.product_count,
        created_by=parent.created_by,
        created_at=now,
        updated_at=now,
        **{field: getattr(old, field) for field in SAME},
    )
    put_deadline(task, old.deadline.moved_to_day(old.deadline.on + shift) if old.deadline else None)
    return task


def _fill(made: Mapping[int, Task], people: Mapping[int, Member]) -> None:
    """Helpers, labels, open checklists and products."""
    for part in ("helpers", "labels"):
        links = [(made[old].pk, pk) for old, pks in linked(part, list(made)).items() for pk in pks]
        write_links(part, add=[pair for pair in links if part == "labels" or pair[1] in people], remove=[])
    items = ChecklistItem.objects.filter(task__in=made).order_by("task", "position", "pk")
    places: Counter[int] = Counter()
    copies = []
    for item in items:
        copies.append(ChecklistItem(task=made[item.task_id], position=places[item.task_id], text=item.text))
        places[item.task_id] += 1
    index_items(ChecklistItem.objects.bulk_create(copies))
    products = list(ProductLink.objects.filter(task__in=made).order_by("pk"))
    for product in products:
        task = made[product.task_id]
        product.pk, product.task, product.created_at = None, task, task.created_at
    ProductLink.objects.bulk_create(products)
    index_products(products)


def _announce(copy: Task, tasks: list[Task], now: datetime) -> None:
    """The index, reminders, counts and traces; who owns some of them is told once."""
    index_tasks(tasks)
    plan_reminders_of(tasks, now=now)
    recount([task.parent_id for task in tasks], now=now)
    traces = [(task, {"title": task.title}) for task in tasks]
    leave_traces("task created", project=copy.project, actor=None, now=now, tasks=traces)
    counts = Counter(task.owner for task in tasks if task.owner is not None)
    for member, count in counts.items():
        first = next(task for task in tasks if task.owner == member)
        data = {"task": first.title, "project": copy.project.name, "actor": "LinkStar", "count": count}
        key = f"recurred:{copy.pk}"
        url = f"{copy.project.board.get_absolute_url()}?owner=me"
        notify([member], kind="tasks_assigned", key=key, data=data, url=url, now=now)

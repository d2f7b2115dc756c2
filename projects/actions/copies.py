"""The next copy of a recurring task."""

from datetime import date, datetime

from linkstar.lib import ranks
from notifications.actions.notify import notify
from projects import access
from projects.actions.copies_below import SAME, copy_below
from projects.actions.deadlines import plan_reminders, put_deadline
from projects.actions.search_index import index_items, index_tasks
from projects.actions.tasks import end_of, lock_board, take_numbers
from projects.actions.trace import leave_trace
from projects.models import ChecklistItem, Column, ProductLink, Recurrence, Task


def make_copy(pattern: Task, recurrence: Recurrence, on: date, *, now: datetime) -> Task:
    """A task like `pattern`, due on `on` by the rule, with its products, and its checklist and subtasks open again; its
    owner is told.

    Part of the caller's transaction, which holds the recurrence. Who can no longer be put on the task is left off.
    """
    project = pattern.project
    column = _column_for(recurrence, pattern)
    lock_board(column)
    people = {member.pk: member for member in access.assignable_to(recurrence.created_by, pattern, project)}
    items = list(pattern.checklist.order_by("position", "pk"))
    products = list(pattern.products.order_by("pk"))
    task = Task(
        project=project,
        column=column,
        rank=ranks.between(end_of(column)[0], None),
        number=take_numbers(project, 1),
        owner=people.get(pattern.owner_id or 0),
        start_on=_start_on(pattern, on),
        start_time=pattern.start_time if pattern.start_on and pattern.due_on else None,
        checklist_count=len(items),
        product_count=len(products),
        recurrence=recurrence,
        occurrence_on=on,
        created_by=recurrence.created_by,
        created_at=now,
        updated_at=now,
        **{field: getattr(pattern, field) for field in SAME},
    )
    put_deadline(task, recurrence.rule.deadline(on))
    task.save(force_insert=True)
    task.helpers.set([member for member in pattern.helpers.all() if member.pk in people])
    task.labels.set(pattern.labels.all())
    steps = ChecklistItem.objects.bulk_create(
        ChecklistItem(task=task, position=position, text=item.text) for position, item in enumerate(items)
    )
    for product in products:
        product.pk, product.task, product.created_at = None, task, now
    ProductLink.objects.bulk_create(products)
    index_tasks([task])
    index_items(steps)
    plan_reminders(task, now=now)
    if copy_below(pattern, task, people=people, now=now):
        task.refresh_from_db(fields=["subtask_count", "version"])
    leave_trace("recurred", project=project, task=task, actor=None, now=now, title=task.title, on=on.isoformat())
    if task.owner is not None:
        data = {"task": task.title, "project": project.name, "actor": "LinkStar"}
        key = f"assigned:{task.pk}:{task.version}"
        notify([task.owner], kind="assigned", key=key, data=data, url=task.get_absolute_url(), now=now)
    return task


def _column_for(recurrence: Recurrence, pattern: Task) -> Column:
    """Where copies begin: a to-do column, for nobody has begun, and its limit bars no new work."""
    columns = Column.objects.filter(board__project=pattern.project_id, status=Column.Status.TODO)
    columns = columns.select_related("board__project").order_by("position")
    return next((column for column in columns if column.pk == recurrence.column_id), columns[0])


def _start_on(pattern: Task, on: date) -> date | None:
    """As many days before the deadline as the pattern starts before its own."""
    if pattern.start_on is None or pattern.due_on is None:
        return None
    return on - (pattern.due_on - pattern.start_on)

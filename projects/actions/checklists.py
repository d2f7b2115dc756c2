"""A task's checklist."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Q

from linkstar.members.models import Member
from projects.actions.search_index import forget, index_items
from projects.actions.trace import leave_trace, touch
from projects.models import ChecklistItem, SearchEntry, Task

# A longer one is a project of its own, and every page of the task draws it whole.
MOST_ITEMS = 200


class TooManyItems(ValueError):
    """The checklist cannot hold this many items; `room` is how many more it takes."""

    def __init__(self, room: int) -> None:
        super().__init__(f"room for {room} more")
        self.room = room


@transaction.atomic
def add_items(task: Task, texts: Sequence[str], *, actor: Member, now: datetime) -> list[ChecklistItem]:
    """Add lines at the end, in the order given. Raises TooManyItems."""
    _lock(task)
    found = task.checklist.aggregate(last=Max("position"), count=Count("pk"))
    last = found["last"]
    if found["count"] + len(texts) > MOST_ITEMS:
        raise TooManyItems(max(MOST_ITEMS - found["count"], 0))
    first = 0 if last is None else last + 1
    items = ChecklistItem.objects.bulk_create(
        ChecklistItem(task=task, position=first + index, text=text) for index, text in enumerate(texts)
    )
    index_items(items)
    count_items(task, now=now)
    if items:
        added = [item.text for item in items]
        leave_trace("checklist added", project=task.project, task=task, actor=actor, now=now, texts=added)
    return items


@transaction.atomic
def check_item(item: ChecklistItem, *, is_done: bool, actor: Member, now: datetime) -> None:
    """Tick an item off, or take that back. Saying what is already so changes nothing."""
    _lock(item.task)
    item.refresh_from_db()
    if (item.done_at is not None) == is_done:
        return
    item.done_at, item.done_by = (now, actor) if is_done else (None, None)
    item.save(update_fields=["done_at", "done_by"])
    count_items(item.task, now=now)
    verb = "checked" if is_done else "unchecked"
    leave_trace(verb, project=item.task.project, task=item.task, actor=actor, now=now, text=item.text)


@transaction.atomic
def edit_item(item: ChecklistItem, text: str, *, actor: Member, now: datetime) -> None:
    _lock(item.task)
    item.refresh_from_db(fields=["text"])
    before = item.text
    if before == text:
        return
    item.text = text
    item.save(update_fields=["text"])
    index_items([item])
    touch(item.task, now=now)
    leave_trace(
        "checklist edited", project=item.task.project, task=item.task, actor=actor, now=now, before=before, after=text
    )


@transaction.atomic
def remove_item(item: ChecklistItem, *, actor: Member, now: datetime) -> None:
    task = item.task
    _lock(task)
    forget(SearchEntry.Kind.ITEM, item.pk)
    item.delete()
    count_items(task, now=now)
    leave_trace("checklist removed", project=task.project, task=task, actor=actor, now=now, text=item.text)


def _lock(task: Task) -> None:
    """The counts on the task are read and then written, so two ticks must not interleave."""
    Task.objects.select_for_update(no_key=True).only("pk").get(pk=task.pk)


def count_items(task: Task, *, now: datetime) -> None:
    """Under the lock of the task's row."""
    counts = task.checklist.aggregate(all=Count("pk"), done=Count("pk", filter=Q(done_at__isnull=False)))
    task.checklist_count, task.checklist_done_count = counts["all"], counts["done"]
    touch(task, "checklist_count", "checklist_done_count", now=now)

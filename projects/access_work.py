"""Who may do what with the work logged on a task and with its products; a part of access.py, which grew too long."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from linkstar.members.models import Member
from projects.access import may_task
from projects.models import ProductLink, Task, TimeEntry


def get_time_entry(member: Member, pk: int, *, to: str) -> TimeEntry:
    """Time logged on a visible task: "edit" is its author's, "remove" a manager's too."""
    entries = TimeEntry.objects.visible_to(member).filter(task__in=Task.objects.visible_to(member).values("pk"))
    entry = get_object_or_404(entries.select_related("task__project__owner", "task__column__board", "member"), pk=pk)
    own = entry.member_id == member.pk
    rules = {"edit": own, "remove": own or member.is_manager}
    if not rules[to] or not may_task(member, "log time", entry.task):
        raise PermissionDenied
    return entry


def get_product(member: Member, pk: int) -> ProductLink:
    """A product of a visible task that the member may edit; guests do not learn of any."""
    products = ProductLink.objects.filter(task__in=Task.objects.visible_to(member).values("pk"))
    product = get_object_or_404(products.select_related("task__project__owner", "task__column__board"), pk=pk)
    if not may_task(member, "edit", product.task):
        raise PermissionDenied
    return product

"""What a project lacks, counted: of one project or of many, in two statements however many there are."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q

from projects.models import Activity, Column, Comment, ProductLink, Project, StoredFile
from projects.models.tasks import TaskQuerySet

# A project that its owner has not looked at for so long is not led.
UNOPENED_DAYS = 14
# A task at work that nobody touched for so long.
SILENT_DAYS = 7
# As many of each stand on the page.
SHOWN = 5
NAMES = ("no_owner", "no_deadline", "no_action", "overdue", "silent")


class Health(NamedTuple):
    """How many of the open tasks that the reader may see lack each thing; `unopened_days` since its owner was there."""

    open: int = 0
    no_owner: int = 0
    no_deadline: int = 0
    no_action: int = 0
    overdue: int = 0
    silent: int = 0
    unopened_days: int = 0

    @property
    def is_unopened(self) -> bool:
        return self.unopened_days >= UNOPENED_DAYS

    @property
    def wrong(self) -> int:
        """Checks that are not passed."""
        counts = (self.no_owner, self.no_deadline, self.no_action, self.overdue, self.silent, self.is_unopened)
        return sum(map(bool, counts))


def lacks(name: str, *, now: datetime) -> Q:
    """The open tasks that a check finds, for a queryset that open_tasks gave; `name` is one of NAMES.

    A task is linked to a real action when something can be held against it: a product, a file, or a link or a comment
    in which somebody says what was done. Only work that has begun must have one.
    """
    return {
        "no_owner": Q(owner=None),
        "no_deadline": Q(due_on=None),
        "no_action": Q(has_action=False, column__status=Column.Status.DOING),
        "overdue": Q(due_at__lt=now),
        "silent": Q(is_touched=False, column__status=Column.Status.DOING),
    }[name]


def open_tasks(tasks: TaskQuerySet, *, now: datetime) -> TaskQuerySet:
    """With `has_action`, and `is_touched` within SILENT_DAYS."""
    task, since = OuterRef("pk"), now - timedelta(days=SILENT_DAYS)
    return (
        tasks.current()
        .unfinished()
        .annotate(
            has_action=Exists(ProductLink.objects.filter(task=task))
            | Exists(StoredFile.objects.alive().filter(task=task))
            | Exists(Comment.objects.filter(task=task, deleted_at=None))
            | Q(description__contains="https://"),
            is_touched=Exists(Activity.objects.filter(task=task, created_at__gte=since)) | Q(updated_at__gte=since),
        )
    )


def health_of(projects: Iterable[Project], tasks: TaskQuerySet, *, now: datetime) -> dict[int, Health]:
    """By pk, of every project given; `tasks` are those that the reader may see."""
    given = {project.pk: project for project in projects}
    counts = {name: Count("pk", filter=lacks(name, now=now)) for name in NAMES}
    rows = (
        open_tasks(tasks.filter(project__in=given), now=now)
        .order_by()
        .values("project_id")
        .annotate(open=Count("pk"), **counts)
        .values_list("project_id", "open", *NAMES)
    )
    found = {pk: Health(*values) for pk, *values in rows}
    return {
        pk: found.get(pk, Health())._replace(unopened_days=max(0, (now - project.owner_opened_at).days))
        for pk, project in given.items()
    }

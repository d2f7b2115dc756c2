"""A task: what is to be done, by whom, by when, in whose clock."""

from datetime import datetime, time
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.lib.deadlines import Deadline, resolve
from linkstar.members.models import Member
from projects.models.boards import Column
from projects.models.labels import Label
from projects.models.projects import Project

# UNION without ALL ends even where rows went in circles.
_UNDER = """
WITH RECURSIVE under AS (
    SELECT id FROM projects_task WHERE parent_id = ANY(%s)
    UNION SELECT task.id FROM projects_task task JOIN under ON task.parent_id = under.id
) SELECT id FROM under
"""
_ABOVE = """
WITH RECURSIVE above AS (
    SELECT parent_id AS id FROM projects_task WHERE id = %s
    UNION SELECT task.parent_id FROM projects_task task JOIN above ON task.id = above.id
) SELECT id FROM above WHERE id IS NOT NULL
"""


def default_reminders() -> list[int]:
    return [24]


class TaskQuerySet(models.QuerySet["Task"]):
    def alive(self) -> Self:
        """Not in the bin."""
        return self.filter(deleted_at=None)

    def current(self) -> Self:
        """What is at work: neither in the bin nor in the archive. Boards, lists and counts show these."""
        return self.filter(deleted_at=None, archived_at=None)

    def in_archive(self) -> Self:
        return self.filter(deleted_at=None, archived_at__isnull=False)

    def in_bin(self) -> Self:
        """Where they can be taken out of; what was removed for good is not."""
        return self.exclude(deleted_at=None).exclude(title="")

    def visible_to(self, member: Member) -> Self:
        """What this member may see and is not in the bin; archived tasks among it, which search and links find."""
        return self.alive().allowed_to(member)

    def allowed_to(self, member: Member) -> Self:
        """The one rule of who sees which task, the bin included; it tells nothing of projects that stay hidden.

        Insiders: all but finance tasks, which only those with finance class, and whoever is on the task, see.
        Guests: in projects given to them, what may be shared and is either shared or theirs.
        """
        mine = models.Q(owner=member) | models.Q(pk__in=member.helped_tasks.values("pk"))
        if member.is_insider:
            if member.sees_finance:
                return self
            return self.filter(mine | models.Q(sensitivity=Task.Sensitivity.NORMAL))
        shown = mine | models.Q(visibility=Task.Visibility.SHARED, sensitivity=Task.Sensitivity.NORMAL)
        projects = Project.objects.visible_to(member).values("pk")
        return self.filter(shown, may_be_shared=True, project__in=projects)

    def shown_to_all_guests(self) -> Self:
        """What every guest of a project sees of it, whether they are on the task or not."""
        return self.filter(visibility=Task.Visibility.SHARED, sensitivity=Task.Sensitivity.NORMAL, may_be_shared=True)

    def under(self, *tasks: int) -> Self:
        """Subtasks of these tasks (pks) at any depth, those in the bin too."""
        return self.filter(pk__in=RawSQL(_UNDER, [list(tasks)]))  # noqa: S611 - the pks are parameters

    def above(self, task: int) -> Self:
        """The parent of this task (pk), its parent, and so on; those in the bin too."""
        return self.filter(pk__in=RawSQL(_ABOVE, [task]))  # noqa: S611 - the pk is a parameter

    def counted(self) -> Self:
        """What counts as a subtask: not in the bin, and not archived unfinished (actions/families.py)."""
        return self.alive().filter(models.Q(archived_at=None) | models.Q(completed_at__isnull=False))

    def unfinished(self) -> Self:
        return self.filter(completed_at=None)

    def overdue(self, *, now: datetime) -> Self:
        return self.unfinished().filter(due_at__lt=now)


class Task(models.Model):
    """Deadlines keep what was meant: a date alone (`due_time` None) or a wall time, and the zone it was meant in.

    `due_at` is the same as an instant: for a date alone 23:59:59 of that day in `due_zone`. `rank` orders a column
    (lib/ranks.py). `version` grows with each change. The `*_count` fields and `logged_minutes` are kept by the actions,
    so that a board of cards needs no aggregates; which subtasks count is said in actions/families.py. `field_values`
    holds the values of custom fields (projects/field_values.py), and `occurrence_on` says for which day of its
    `recurrence` a task is the copy, whatever its deadline has become since.
    """

    class Priority(models.IntegerChoices):
        LOW = 1, pgettext_lazy("priority", "Low")
        NORMAL = 2, pgettext_lazy("priority", "Normal")
        HIGH = 3, pgettext_lazy("priority", "High")
        URGENT = 4, pgettext_lazy("priority", "Urgent")

    class Visibility(models.TextChoices):
        INTERNAL = "internal", _("Internal")
        SHARED = "shared", _("Shared with guests")

    class Sensitivity(models.TextChoices):
        NORMAL = "normal", pgettext_lazy("sensitivity", "Normal")
        FINANCE = "finance", pgettext_lazy("sensitivity", "Finance")

    class Calendar(models.TextChoices):
        CN = "cn", _("China working days")
        US = "us", _("US working days")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    number = models.PositiveIntegerField()
    column = models.ForeignKey(Column, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    rank = models.CharField(max_length=60, db_collation="C")
    title = models.CharField(_("title"), max_length=300)
    description = models.TextField(_("description"), blank=True, max_length=50_000)
    owner = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_tasks",
        db_index=False,
        verbose_name=_("owner"),
    )
    helpers = models.ManyToManyField(Member, related_name="helped_tasks", blank=True, verbose_name=_("helpers"))
    labels = models.ManyToManyField(Label, related_name="tasks", blank=True, verbose_name=_("labels"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)

    start_on = models.DateField(_("start date"), null=True, blank=True)
    start_time = models.TimeField(null=True, blank=True)
    due_on = models.DateField(_("deadline"), null=True, blank=True)
    due_time = models.TimeField(null=True, blank=True)
    due_zone = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    remind_hours_before = ArrayField(models.PositiveSmallIntegerField(), default=default_reminders, blank=True)
    is_fixed = models.BooleanField(default=False)
    # Where it stands by hand: a plan that is worked out leaves it there.
    is_pinned = models.BooleanField(default=False, db_default=False)
    is_milestone = models.BooleanField(default=False)
    # Not done before the papers of its products are in order (projects/holding.py).
    needs_passport = models.BooleanField(default=False, db_default=False)
    # A task that is gone for good leaves its row (actions/bin.py): rows go only with their whole project.
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="subtasks", db_index=False
    )
    estimate_minutes = models.PositiveIntegerField(null=True, blank=True)
    is_size_fine = models.BooleanField(default=False, db_default=False)
    duration_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # Another way to do it in fewer working days, for more money mostly: by air instead of by sea.
    faster_days = models.PositiveSmallIntegerField(null=True, blank=True)
    faster_note = models.CharField(max_length=120, blank=True, db_default="", default="")
    calendar = models.CharField(max_length=4, choices=Calendar, blank=True)

    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.INTERNAL)
    may_be_shared = models.BooleanField(default=True)
    sensitivity = models.CharField(max_length=10, choices=Sensitivity, default=Sensitivity.NORMAL)
    sop_step = models.CharField(max_length=60, blank=True)
    sop_role = models.CharField(max_length=40, blank=True)
    sop_phase = models.CharField(max_length=40, blank=True)

    checklist_count = models.PositiveSmallIntegerField(default=0)
    checklist_done_count = models.PositiveSmallIntegerField(default=0)
    subtask_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    subtask_done_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    slip_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    logged_minutes = models.PositiveIntegerField(default=0, db_default=0)
    product_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    comment_count = models.PositiveIntegerField(default=0)
    file_count = models.PositiveSmallIntegerField(default=0)
    field_values = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    # Rows of recurrences go only with all of their tasks.
    recurrence = models.ForeignKey(
        "projects.Recurrence", on_delete=models.RESTRICT, null=True, blank=True, related_name="tasks", db_index=False
    )
    occurrence_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    completed_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="task_number_once"),
            models.UniqueConstraint(
                fields=["column", "rank"], name="task_rank_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=models.Q(due_on=None, due_time=None, due_zone="", due_at=None)
                | (models.Q(due_on__isnull=False, due_at__isnull=False) & ~models.Q(due_zone="")),
                name="task_due_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(start_on=None) | models.Q(due_on=None) | models.Q(start_on__lte=models.F("due_on")),
                name="task_due_not_before_start",
            ),
            models.CheckConstraint(
                condition=~models.Q(start_on=models.F("due_on"))
                | models.Q(start_time=None)
                | models.Q(due_time=None)
                | models.Q(start_time__lte=models.F("due_time")),
                name="task_due_not_before_start_time",
            ),
            models.CheckConstraint(
                condition=models.Q(start_time=None) | models.Q(start_on__isnull=False), name="task_start_whole"
            ),
            models.CheckConstraint(
                condition=models.Q(may_be_shared=True) | models.Q(visibility="internal"), name="task_shared_only_if_may"
            ),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")), name="task_parent_not_itself"
            ),
            models.UniqueConstraint(
                fields=["recurrence", "occurrence_on"],
                condition=models.Q(recurrence__isnull=False),
                name="task_occurrence_once",
            ),
            models.CheckConstraint(
                condition=models.Q(recurrence=None, occurrence_on=None)
                | models.Q(recurrence__isnull=False, occurrence_on__isnull=False),
                name="task_occurrence_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_at"], condition=models.Q(completed_at=None, deleted_at=None), name="task_my_open"
            ),
            # What comes next in each project, without reading the project's other tasks.
            models.Index(
                fields=["project", "due_at"],
                condition=models.Q(completed_at=None, deleted_at=None),
                name="task_next_of_project",
            ),
            models.Index(
                fields=["created_by", "due_at"],
                condition=models.Q(completed_at=None, deleted_at=None),
                name="task_asked_open",
            ),
            # A month of everybody's calendar.
            models.Index(fields=["due_at"], condition=models.Q(deleted_at=None), name="task_calendar"),
            models.Index(fields=["parent"], condition=models.Q(parent__isnull=False), name="task_parent"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:task", args=[self.pk])

    @property
    def deadline(self) -> Deadline | None:
        if self.due_on is None:
            return None
        return Deadline.stored(self.due_on, self.due_time, self.due_zone, self.due_at)

    @property
    def start_at(self) -> datetime | None:
        """The start as an instant, read on the deadline's clock or else the project's; without a time at midnight."""
        if self.start_on is None:
            return None
        return resolve(self.start_on, self.start_time or time.min, self.due_zone or self.project.time_zone).instant

    @property
    def is_done(self) -> bool:
        return self.completed_at is not None

    @property
    def is_archived(self) -> bool:
        """Put away: read-only and off the board until it is taken out again."""
        return self.archived_at is not None

    @property
    def is_readonly(self) -> bool:
        """Archived itself, or with its project."""
        return self.is_archived or self.project.is_archived

    @property
    def is_removed(self) -> bool:
        """For good, after its time in the bin: the row stays without words, for its trace (actions/bin.py)."""
        return self.title == ""

    @property
    def is_draft(self) -> bool:
        """Without an owner or a deadline nobody can be held to it."""
        return self.owner_id is None or self.due_on is None

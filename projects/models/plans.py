"""What was planned, as it was when it was frozen, and each time that a deadline has moved since."""

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.members.models import Member
from projects.models.projects import Project
from projects.models.tasks import Task
from projects.models.undo import Change


class Baseline(models.Model):
    """The dates of all tasks of a project at one moment, kept under a name. It never changes."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="baselines", db_index=False)
    name = models.CharField(_("name"), max_length=80)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("project", Lower("name"), name="baseline_name_once")]

    def __str__(self) -> str:
        return self.name


class BaselineTask(models.Model):
    """A task as it was planned then. Its row stays when the task is deleted."""

    baseline = models.ForeignKey(Baseline, on_delete=models.CASCADE, related_name="rows", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+", db_index=False)
    title = models.CharField(max_length=300)
    start_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_time = models.TimeField(null=True, blank=True)
    due_zone = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["baseline", "task"], name="baseline_task_once")]

    def __str__(self) -> str:
        return self.title


class Slip(models.Model):
    """A deadline was moved. `before` and `after` are deadlines as actions/states.py keeps them.

    `working_days` counts those between the two days, less than 0 when it moved forward. `reason` is empty until
    somebody says it. `change` is the act that moved it, perhaps with others.
    """

    class Reason(models.TextChoices):
        SUPPLIER = "supplier", pgettext_lazy("reason of a slip", "Waiting for the supplier")
        PLATFORM = "platform", pgettext_lazy("reason of a slip", "Platform")
        DESIGN = "design", pgettext_lazy("reason of a slip", "Design")
        REPLAN = "replan", pgettext_lazy("reason of a slip", "Planned anew")
        OTHER = "other", pgettext_lazy("reason of a slip", "Other")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="slips", db_index=False)
    before = models.JSONField()
    after = models.JSONField()
    working_days = models.SmallIntegerField()
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    note = models.CharField(max_length=300, blank=True)
    change = models.ForeignKey(
        Change, on_delete=models.SET_NULL, null=True, blank=True, related_name="slips", db_index=False
    )
    actor = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason="other") | ~models.Q(note=""), name="slip_other_is_said")
        ]
        indexes = [
            models.Index(fields=["task", "-created_at"], name="slip_of_task"),
            models.Index(fields=["change"], condition=models.Q(reason=""), name="slip_unexplained"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} by {self.working_days}"

"""What the team did to its listings, and what came of it."""

from typing import Self, TypeAlias

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from integrations.models.accounts import ChannelAccount
from integrations.models.sales import SKU_LENGTH
from linkstar.lib.sales_kinds import SalesKind
from linkstar.members.models import Member
from projects.models import Project, Task


class SalesActionQuerySet(models.QuerySet["SalesAction"]):
    def visible_to(self, member: Member) -> Self:
        """Who did what and when is the team's; the numbers in `estimates` are for those who see finances."""
        return self if member.is_insider else self.none()


class SalesAction(models.Model):
    """Something done to SKUs of one shop at an instant: by a task, noted by hand as a mark, or noticed by us.

    `live_at` is when shoppers saw it; None: not yet. Of what was noticed, `seen` says {"field", "before", "after"} and
    `state` is OPEN until somebody answers; of what a task is to do, `seen` holds what the shop shows of it already
    (integrations/signs.py). `estimates` are frozen results with their inputs by horizon in days:
    {"7": {…}, "14": {…}, "28": {…}} (integrations/effects.py).
    """

    Kind: TypeAlias = SalesKind

    class Origin(models.TextChoices):
        TASK = "task", pgettext_lazy("sales action", "Task")
        MARK = "mark", pgettext_lazy("sales action", "Noted by hand")
        NOTICED = "noticed", pgettext_lazy("sales action", "Noticed by LinkStar")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("sales action", "Not answered")
        RECORDED = "recorded", pgettext_lazy("sales action", "Recorded")
        DISMISSED = "dismissed", pgettext_lazy("sales action", "Not ours")

    account = models.ForeignKey(ChannelAccount, on_delete=models.CASCADE, related_name="actions", db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    skus = ArrayField(models.CharField(max_length=SKU_LENGTH), default=list)
    live_at = models.DateTimeField(_("live since"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    origin = models.CharField(max_length=8, choices=Origin)
    state = models.CharField(max_length=10, choices=State, default=State.RECORDED)
    task = models.OneToOneField(Task, on_delete=models.CASCADE, null=True, related_name="sales_action")
    project = models.ForeignKey(Project, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    seen = models.JSONField(default=dict)
    estimates = models.JSONField(default=dict)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    answered_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = SalesActionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(origin="task") | models.Q(task__isnull=False), name="sales_action_of_task_has_task"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gt=models.F("live_at")),
                name="sales_action_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["account", "live_at"], name="sales_action_live")]

    def __str__(self) -> str:
        return self.title or f"{self.kind} at {self.live_at}"

    def get_absolute_url(self) -> str:
        return reverse("integrations:action", args=[self.pk])

"""The trace: who did what, when, from what to what. Written by actions, never changed."""

from typing import Any, NoReturn, Self

from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Now

from linkstar.members.models import Member
from projects.models.fields import CustomField
from projects.models.projects import Project
from projects.models.tasks import Task
from projects.models.undo import Change


class AppendOnly(RuntimeError):
    """Somebody tried to change or remove a trace."""


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, member: Member) -> Self:
        """Insiders, and of tasks only what they may see, binned ones too; guests read no trace."""
        if member.is_guest:
            return self.none()
        seen = Task.objects.allowed_to(member).values("pk")
        return self.filter(models.Q(task=None) | models.Q(task__in=seen)).without_hidden_fields(member)

    def without_hidden_fields(self, member: Member) -> Self:
        """Without what was filled into fields that are of finance now, for a member who may not see those."""
        if member.sees_finance:
            return self
        hidden = CustomField.objects.filter(sensitivity=CustomField.Sensitivity.FINANCE)
        keys = hidden.annotate(key=Cast("pk", models.TextField())).values("key")
        return self.alias(of_field=KeyTextTransform("custom_field", "data")).exclude(
            verb="field changed", of_field__in=keys
        )

    def update(self, **_values: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly


class Activity(models.Model):
    """`verb` is a past participle ("moved"); `data` holds names and values before and after, as they were then.

    `actor` None is LinkStar itself. `change` is what can be taken back of it. What each verb reads like is in
    projects/trace.py.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="activity", db_index=False)
    task = models.ForeignKey(
        Task, on_delete=models.CASCADE, null=True, blank=True, related_name="activity", db_index=False
    )
    actor = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    verb = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    change = models.ForeignKey(
        Change, on_delete=models.RESTRICT, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = ActivityQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["project", "-created_at"], name="activity_of_project"),
            models.Index(
                fields=["task", "-created_at"], condition=models.Q(task__isnull=False), name="activity_of_task"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.task_id or self.project_id}"

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnly

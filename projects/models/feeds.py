"""Deadlines that a person's own calendar program follows, by an address that is secret."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from linkstar.members.models import Member
from projects.models.projects import Project


class CalendarFeed(models.Model):
    """Only the SHA-256 of the token in the address is stored. `project` None: the person's own tasks, of all projects.

    The row goes when the address is withdrawn. What a feed tells is what its member may see when it is read.
    """

    class Scope(models.TextChoices):
        TASKS = "tasks", _("Everything with a deadline")
        MILESTONES = "milestones", _("Milestones only")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="calendar_feeds", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    scope = models.CharField(max_length=12, choices=Scope, default=Scope.TASKS)
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="calendar_feed_token_once"),
            models.UniqueConstraint(
                fields=["member", "project", "scope"], nulls_distinct=False, name="calendar_feed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} of {self.project_id or 'all projects'} for {self.member_id}"

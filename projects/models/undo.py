"""What somebody has done to tasks, as long as it can be taken back."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Now

from linkstar.members.models import Member
from projects.models.projects import Project

UNDO_FOR = timedelta(minutes=10)


class Change(models.Model):
    """One act of a person on one task or on thousands, for whoever takes it back within ten minutes.

    `verb` is that of the trace. `data` holds what was there before and after, by task (actions/undo.py reads it); big
    ones are emptied when the time is over. `of_project` holds the same of the project's own fields, by name. The traces
    of the act point here.
    """

    # Deadlines moved in it, and nobody has said why (actions/slips.py): the toast asks.
    asks_why = False

    verb = models.CharField(max_length=40)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    actor = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    data = models.JSONField(default=dict)
    of_project = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="change_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.pk}"

    def is_open(self, *, now: datetime) -> bool:
        """It can be taken back still."""
        return self.undone_at is None and now < self.created_at + UNDO_FOR

    def may_be_undone_by(self, member: Member) -> bool:
        """By who did it, and by managers."""
        return self.actor_id == member.pk or member.is_manager

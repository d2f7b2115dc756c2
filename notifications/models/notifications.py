"""What a person is told."""

from typing import Self

from django.db import models
from django.db.models.functions import Now

from linkstar.members.models import Member


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(models.Model):
    """One line in somebody's inbox.

    `kind` chooses the words (notifications/kinds.py), `data` fills them: names as they were, and `url`, a path in this
    workspace. `key` names the occasion: the same person is told of it once, however often a worker dies.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notifications", db_index=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="notification_once")]
        indexes = [
            models.Index(fields=["member", "-created_at"], name="notification_inbox"),
            models.Index(fields=["member"], condition=models.Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.member_id}"

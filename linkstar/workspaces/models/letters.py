"""Mail that is to leave, written in the transaction that caused it. Public schema."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from linkstar.workspaces.models.workspaces import Workspace


class Letter(models.Model):
    """One mail to one address; sent at least once, and always under the same Message-ID (letters.py).

    `name` is the folder in templates/emails; `context` is JSON. `key` names the occasion: a second letter for the same
    occasion is not written. `workspace` is None for mail of the public site.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=120)
    to = models.EmailField()
    name = models.CharField(max_length=60)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    send_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], nulls_distinct=False, name="letter_once")]
        indexes = [models.Index(fields=["send_at"], condition=models.Q(sent_at__isnull=True), name="letter_waiting")]

    def __str__(self) -> str:
        return f"{self.name} to {self.to}"

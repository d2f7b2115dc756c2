"""The recorded statements from which a workspace's schema is laid. Public schema."""

from django.db import models
from django.utils import timezone


class SchemaTemplate(models.Model):
    """All statements that make an empty workspace at one ledger, in order, each with unqualified names."""

    ledger = models.CharField(max_length=64)
    statements = models.JSONField()
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ledger"], name="schema_template_once")]

    def __str__(self) -> str:
        return self.ledger

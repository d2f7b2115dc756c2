"""What must happen at a time, for all workspaces in one table (tenancy.md, rule 12). Public schema."""

from django.db import models

from linkstar.workspaces.models.workspaces import Workspace


class DueItem(models.Model):
    """A hint that something of a workspace is due; the workspace's own row is the truth (due.py).

    `object_id` is the id of a row of that workspace, of the sort that `kind` names. Claiming moves `run_at` on by the
    lease; `attempts` counts the claims; after too many the row is parked and an alarm logged.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    parked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "kind", "object_id"], name="due_once")]
        indexes = [
            models.Index(fields=["run_at"], condition=models.Q(parked_at__isnull=True), name="due_run_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} at {self.run_at:%Y-%m-%dT%H:%M:%SZ}"

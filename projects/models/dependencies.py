"""One task waits for another."""

from django.db import models

from projects.models.tasks import Task


class Dependency(models.Model):
    """Finish to start: `blocked` may start when `blocker` is done, plus `lag_days` calendar days."""

    blocker = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="blocks_links", db_index=False)
    blocked = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="blocked_by_links")
    lag_days = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="dependency_once"),
            models.CheckConstraint(condition=~models.Q(blocker=models.F("blocked")), name="dependency_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} before {self.blocked_id}"

"""One task waits for another."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models.tasks import Task


class Dependency(models.Model):
    """`blocked` waits for `blocker`, after which `lag_days` pass; fewer than none let the two overlap.

    The kind says which end of the blocker holds which end of the blocked one. The lag counts days of the calendar,
    or working days where `lag_is_working`. A link with a lag is free from `free_at` on; None: nobody knows when yet
    (scheduling/lags.py).
    """

    class Kind(models.TextChoices):
        FINISH_START = "fs", _("Starts when the other is finished")
        START_START = "ss", _("Starts when the other has started")
        FINISH_FINISH = "ff", _("Is finished when the other is finished")
        START_FINISH = "sf", _("Is finished when the other has started")

    blocker = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="blocks_links", db_index=False)
    blocked = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="blocked_by_links")
    kind = models.CharField(max_length=2, choices=Kind, default=Kind.FINISH_START, db_default=Kind.FINISH_START)
    lag_days = models.SmallIntegerField(default=0)
    lag_is_working = models.BooleanField(default=False, db_default=False)
    free_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="dependency_once"),
            models.CheckConstraint(condition=~models.Q(blocker=models.F("blocked")), name="dependency_not_itself"),
            models.CheckConstraint(
                condition=models.Q(lag_days__gte=-365, lag_days__lte=365), name="dependency_lag_within_a_year"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=["fs", "ss", "ff", "sf"]), name="dependency_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} before {self.blocked_id}"

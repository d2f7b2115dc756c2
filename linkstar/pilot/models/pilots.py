"""A pilot and what was decided after it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.members.models import Member

MOST_PROJECTS = 2


class Pilot(models.Model):
    """One runs at a time, until it is decided on. `ends_on` is its last day, on the workspace's clock."""

    class Decision(models.TextChoices):
        NONE = "", pgettext_lazy("decision on a pilot", "Still running")
        GO = "go", pgettext_lazy("decision on a pilot", "Go: open to all")
        NO_GO = "no_go", pgettext_lazy("decision on a pilot", "No go")

    goal = models.CharField(_("what it should show"), max_length=300, blank=True)
    ends_on = models.DateField(_("last day"))
    # Pks of members and of projects: a handful, that nobody searches.
    people = ArrayField(models.BigIntegerField())
    projects = ArrayField(models.BigIntegerField())
    is_running = models.BooleanField(default=True)
    started_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField(db_default=Now())
    decision = models.CharField(max_length=10, choices=Decision, blank=True, default=Decision.NONE)
    note = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_running"], condition=models.Q(is_running=True), name="pilot_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(is_running=True, decision="")
                | (models.Q(is_running=False, decided_at__isnull=False) & ~models.Q(decision="")),
                name="pilot_ends_with_a_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"pilot since {self.started_at:%Y-%m-%d}"

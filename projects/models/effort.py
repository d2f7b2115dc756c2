"""Time that people have put into a task."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from linkstar.members.models import Member
from projects.models.tasks import Task


class TimeEntryQuerySet(models.QuerySet["TimeEntry"]):
    def visible_to(self, member: Member) -> Self:
        """Of tasks the member sees: insiders read all, guests only their own."""
        return self if member.is_insider else self.filter(member=member)


class TimeEntry(models.Model):
    """`spent_on` is a day on the clock of who worked. Their sum is kept on the task (actions/effort.py)."""

    MOST_MINUTES = 24 * 60

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="time_entries", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    minutes = models.PositiveSmallIntegerField()
    spent_on = models.DateField()
    note = models.CharField(_("note"), max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = TimeEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=24 * 60), name="time_entry_within_a_day"
            )
        ]
        indexes = [models.Index(fields=["task", "-spent_on"], name="time_entry_of_task")]

    def __str__(self) -> str:
        return f"{self.minutes} min on {self.spent_on}"

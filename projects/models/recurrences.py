"""What makes a task come again."""

from typing import cast

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from linkstar.lib.recurrence import Rule, Unit
from linkstar.members.models import Member
from projects.models.boards import Column
from projects.models.tasks import Task


class Recurrence(models.Model):
    """A rule (lib/recurrence.py) and how far it has come. Its copies are the tasks that point here; the newest is the
    pattern of the next, so that what people change in it goes on.

    `next_on` is the day of the copy that comes next: None once `ends_on` or `most_copies` is reached. `copies` counts
    those made, the first task included; `skipped_on` are the days that had none or whose copy was put away. `column` is
    where copies begin, and the board's first to-do column takes its place when it is gone.
    """

    class Unit(models.TextChoices):
        DAYS = "days", _("Every so many days")
        WEEKS = "weeks", _("On days of the week")
        MONTH_DAY = "month_day", _("On a day of the month")
        MONTH_WEEKDAY = "month_weekday", _("On a weekday of the month")
        WEEKDAYS = "weekdays", _("Monday to Friday")
        WORKDAYS = "workdays", _("On working days")

    unit = models.CharField(max_length=16, choices=Unit)
    every = models.PositiveSmallIntegerField(default=1)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    month_day = models.PositiveSmallIntegerField(default=1)
    nth = models.SmallIntegerField(default=1)
    calendar = models.CharField(max_length=4, choices=Task.Calendar, blank=True)
    at_time = models.TimeField(null=True, blank=True)
    zone = models.CharField(max_length=64)
    anchor_on = models.DateField()
    window_days = models.PositiveSmallIntegerField(default=3)
    ends_on = models.DateField(null=True, blank=True)
    most_copies = models.PositiveSmallIntegerField(null=True, blank=True)

    next_on = models.DateField(null=True, blank=True)
    copies = models.PositiveIntegerField(default=1)
    skipped_on = ArrayField(models.DateField(), default=list, blank=True)
    column = models.ForeignKey(
        Column, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(every__gte=1), name="recurrence_every_positive"),
            models.CheckConstraint(
                condition=models.Q(month_day__gte=1, month_day__lte=31), name="recurrence_day_of_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} from {self.anchor_on}"

    @property
    def rule(self) -> Rule:
        return Rule(
            unit=cast(Unit, self.unit),
            anchor=self.anchor_on,
            zone=self.zone,
            at=self.at_time,
            every=self.every,
            weekdays=tuple(self.weekdays),
            month_day=self.month_day,
            nth=self.nth,
            calendar=self.calendar,
        )

    @property
    def is_active(self) -> bool:
        return self.stopped_at is None and self.next_on is not None

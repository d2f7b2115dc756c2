"""A promise to remind somebody of something before its deadline."""

from django.db import models
from django.db.models.functions import Now


class Reminder(models.Model):
    """One occasion. `subject` and `subject_id` name the row it is about ("task", 12), which lies in a room above.

    `fire_at` is `hours_before` elapsed hours before the deadline. Waiting until sent or cancelled; a moved deadline
    moves a waiting one. The due row that wakes it carries this row's id.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        CANCELLED = "cancelled"

    subject = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    hours_before = models.PositiveSmallIntegerField()
    fire_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id", "hours_before"],
                condition=models.Q(state="waiting"),
                name="reminder_one_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.hours_before} h before {self.subject} {self.subject_id}"

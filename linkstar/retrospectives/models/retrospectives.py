"""What a project looks like when it is over, and what its people want to keep, change and try."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.members.models import Member
from projects.models import Project, Task


class Retrospective(models.Model):
    """One a project, made when somebody first writes into it. Without a row it is open and empty.

    `figures` are empty until it is closed, and from then on what they were at that moment; figures.py says their shape.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("retrospective", "Open")
        CLOSED = "closed", pgettext_lazy("retrospective", "Closed")
        WAIVED = "waived", pgettext_lazy("retrospective", "Waived")

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="retrospective")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    figures = models.JSONField(default=dict, blank=True)
    waived_because = models.CharField(max_length=500, blank=True)
    settled_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", settled_by=None, settled_at=None)
                | (~models.Q(state="open") & models.Q(settled_by__isnull=False, settled_at__isnull=False)),
                name="retrospective_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="waived") | ~models.Q(waived_because=""),
                name="retrospective_waiver_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Note(models.Model):
    """What one person wants to keep, change or try, perhaps about one task. `version` grows with each edit."""

    class Kind(models.TextChoices):
        KEEP = "keep", pgettext_lazy("retrospective", "Keep")
        CHANGE = "change", pgettext_lazy("retrospective", "Change")
        TRY = "try", pgettext_lazy("retrospective", "Try")

    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField(_("text"), max_length=2000)
    task = models.ForeignKey(Task, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.text[:60]

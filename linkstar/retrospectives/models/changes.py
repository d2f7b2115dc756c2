"""What somebody proposes to change in an SOP, and what became of it."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.members.models import Member
from linkstar.retrospectives.models.retrospectives import Note
from projects.models import Project


class ProposedChangeQuerySet(models.QuerySet["ProposedChange"]):
    def open(self) -> Self:
        return self.filter(state=ProposedChange.State.OPEN)

    def accepted(self) -> Self:
        return self.filter(state=ProposedChange.State.ACCEPTED)


class ProposedChange(models.Model):
    """One thing about one step of a template. `before` and `after` are values as proposing.py says for each kind, None
    where there was or will be nothing.

    `template` is the key that the project used, `title` that of the step by language, as it was then. `made_template`
    and `made_version` say which version it has become part of: a built-in is copied into the workspace first.
    `evidence` are the numbers that it rests on, if any.
    """

    class Kind(models.TextChoices):
        DURATION = "duration", _("Duration")
        OFFSET = "offset", pgettext_lazy("of a step", "Day")
        ROLE = "role", pgettext_lazy("of a step", "Role")
        TEXT = "text", pgettext_lazy("of a step", "Words")
        CHECKLIST = "checklist", _("Checklist")
        NEW_STEP = "new_step", _("New step")
        REMOVED_STEP = "removed_step", _("Step taken out")

    class Source(models.TextChoices):
        RETROSPECTIVE = "retrospective", _("Retrospective")
        LEARNING = "learning", _("Learnt from durations")
        PERSON = "person", pgettext_lazy("source of a change", "A person")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("proposal", "Open")
        ACCEPTED = "accepted", pgettext_lazy("proposal", "Accepted")
        REJECTED = "rejected", pgettext_lazy("proposal", "Rejected")

    template = models.CharField(max_length=60)
    step = models.CharField(max_length=60, blank=True)
    title = models.JSONField(default=dict, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(_("reason"), max_length=500)
    source = models.CharField(max_length=20, choices=Source)
    evidence = models.JSONField(default=dict, blank=True)
    project = models.ForeignKey(
        Project, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    note = models.ForeignKey(
        Note, on_delete=models.SET_NULL, null=True, blank=True, related_name="changes", db_index=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    proposed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    made_template = models.CharField(max_length=60, blank=True)
    made_version = models.PositiveIntegerField(null=True, blank=True)

    objects = ProposedChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", decided_by=None, decided_at=None)
                | (~models.Q(state="open") & models.Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="proposed_change_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(state="accepted", made_version__isnull=False)
                | (~models.Q(state="accepted") & models.Q(made_version=None)),
                name="proposed_change_accepted_has_version",
            ),
        ]
        indexes = [models.Index(fields=["template", "-proposed_at"], name="proposed_change_of_template")]

    def __str__(self) -> str:
        return f"{self.kind} {self.template}/{self.step}"

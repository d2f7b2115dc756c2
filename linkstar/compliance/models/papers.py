"""The paper that answers to a requirement: of one passport, or of the company for all products in a market."""

from datetime import date

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.compliance.models.passports import Passport
from linkstar.members.models import Member
from projects.models import StoredFile

# Days before the end at which somebody is put to work, the first of them also the beginning of "expires soon".
WARN_DAYS = (90, 30, 7)


class Paper(models.Model):
    """Dates are days of the market (rulebook.zone): on `expires_on` it still holds.

    `passport` None: a paper of the company. `decision` is what was found out of a requirement that may apply.
    `warned_for` and `warned_days` are the end and the last of WARN_DAYS for which a task was made.
    """

    class Progress(models.TextChoices):
        MISSING = "", pgettext_lazy("paper", "Missing")
        IN_PROGRESS = "in_progress", pgettext_lazy("paper", "In progress")
        IN_HAND = "in_hand", pgettext_lazy("paper", "In hand")

    class Decision(models.TextChoices):
        OPEN = "", pgettext_lazy("requirement", "To be clarified")
        APPLIES = "applies", pgettext_lazy("requirement", "Applies")
        NOT = "not", pgettext_lazy("requirement", "Does not apply")

    class State(models.TextChoices):
        MISSING = "missing", pgettext_lazy("paper", "Missing")
        IN_PROGRESS = "in_progress", pgettext_lazy("paper", "In progress")
        VALID = "valid", pgettext_lazy("paper", "Valid")
        SOON = "soon", pgettext_lazy("paper", "Expires soon")
        EXPIRED = "expired", pgettext_lazy("paper", "Expired")
        WAIVED = "waived", pgettext_lazy("paper", "Waived")

    passport = models.ForeignKey(Passport, on_delete=models.CASCADE, null=True, related_name="papers", db_index=False)
    market = models.CharField(max_length=10)
    requirement = models.CharField(max_length=40)
    progress = models.CharField(max_length=12, choices=Progress, blank=True, default=Progress.MISSING)
    file = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    number = models.CharField(_("number"), max_length=100, blank=True)
    issuer = models.CharField(_("issued by"), max_length=120, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    owner = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    decision = models.CharField(max_length=10, choices=Decision, blank=True, default=Decision.OPEN)
    decision_reason = models.CharField(max_length=500, blank=True)
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    waived_reason = models.CharField(max_length=500, blank=True)
    warned_for = models.DateField(null=True, blank=True)
    warned_days = models.PositiveSmallIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["passport", "requirement"], condition=models.Q(passport__isnull=False), name="paper_once"
            ),
            models.UniqueConstraint(
                fields=["market", "requirement"], condition=models.Q(passport=None), name="paper_of_company_once"
            ),
            models.CheckConstraint(
                condition=models.Q(issued_on=None)
                | models.Q(expires_on=None)
                | models.Q(expires_on__gte=models.F("issued_on")),
                name="paper_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(waived_at=None, waived_by=None, waived_reason="")
                | (models.Q(waived_at__isnull=False, waived_by__isnull=False) & ~models.Q(waived_reason="")),
                name="paper_waived_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} of {self.passport or self.market}"

    @property
    def is_there(self) -> bool:
        """In hand, with something to show for it: a file that is not in the bin, or a number."""
        has_file = self.file is not None and self.file.deleted_at is None
        return self.progress == self.Progress.IN_HAND and (has_file or bool(self.number))

    def state(self, *, today: date) -> State:
        """`today` is the market's."""
        if self.waived_at is not None:
            return self.State.WAIVED
        if not self.is_there:
            return self.State.IN_PROGRESS if self.progress == self.Progress.IN_PROGRESS else self.State.MISSING
        if self.expires_on is None:
            return self.State.VALID
        left = (self.expires_on - today).days
        if left < 0:
            return self.State.EXPIRED
        return self.State.SOON if left <= WARN_DAYS[0] else self.State.VALID

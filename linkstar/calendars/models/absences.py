"""Days on which the whole workspace is closed, and days on which somebody is away."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.members.models import Member


class ClosureQuerySet(models.QuerySet["Closure"]):
    def touching(self, first: date, last: date) -> Self:
        """With a day from `first` to `last`, both included."""
        return self.filter(first_on__lte=last, last_on__gte=first)


class Closure(models.Model):
    """The office or the factory is shut, whatever the holidays say. Both days are included."""

    class Country(models.TextChoices):
        BOTH = "", _("Everybody")
        CN = "cn", _("The team in China")
        US = "us", _("The team in the United States")

    name = models.CharField(_("name"), max_length=80)
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    country = models.CharField(_("for whom"), max_length=4, choices=Country, blank=True, default=Country.BOTH)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = ClosureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(last_on__gte=models.F("first_on")), name="closure_in_order")
        ]

    def __str__(self) -> str:
        return self.name

    def is_for(self, country: str) -> bool:
        return self.country in ("", country)


class LeaveQuerySet(models.QuerySet["Leave"]):
    def touching(self, first: date, last: date) -> Self:
        """With a day from `first` to `last`, both included."""
        return self.filter(first_on__lte=last, last_on__gte=first)


class Leave(models.Model):
    """A member is away, whole days, both included. That they are is for the team to know; `note` says why."""

    class Audience(models.TextChoices):
        MANAGERS = "managers", pgettext_lazy("who reads a note", "Managers only")
        TEAM = "team", pgettext_lazy("who reads a note", "The whole team")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="leaves")
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    note_for = models.CharField(max_length=10, choices=Audience, default=Audience.MANAGERS)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = LeaveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(last_on__gte=models.F("first_on")), name="leave_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.first_on} to {self.last_on}"

    def note_for_reader(self, reader: Member) -> str:
        """The note, where `reader` may read it."""
        may = self.note_for == self.Audience.TEAM or reader.pk == self.member_id or reader.is_manager
        return self.note if may else ""

"""Fields that a workspace adds to its tasks."""

from typing import Any, NamedTuple, Self

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.members.models import Member

MOST_ON_CARDS = 2


class Choice(NamedTuple):
    """One answer of a choice field. `key` is what tasks keep; one that `is_off` is kept by them and offered no more."""

    key: str
    name: str
    tint: int
    is_off: bool = False


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def open(self) -> Self:
        """Not archived."""
        return self.filter(archived_at=None)

    def visible_to(self, member: Member) -> Self:
        """The one rule of who knows of which field, and so of its values.

        Finance fields: those with finance class. Guests: what is marked for them, which finance fields never are.
        """
        if member.is_guest:
            return self.filter(for_guests=True, sensitivity=CustomField.Sensitivity.NORMAL)
        if member.sees_finance:
            return self
        return self.filter(sensitivity=CustomField.Sensitivity.NORMAL)


class CustomField(models.Model):
    """Never deleted and never changed in kind, so that the values that tasks keep under its pk go on having a meaning.

    `choices` is a list of the parts of Choice, in their order; [] for other kinds. Which projects show a field, and
    where, is said by Project.shown_fields; the values are in Task.field_values (docs/decisions/0007).
    """

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("kind of field", "Text")
        NUMBER = "number", pgettext_lazy("kind of field", "Number")
        MONEY = "money", pgettext_lazy("kind of field", "Money")
        DATE = "date", pgettext_lazy("kind of field", "Date")
        CHOICE = "choice", pgettext_lazy("kind of field", "Choice")
        PERSON = "person", pgettext_lazy("kind of field", "Person")
        LINK = "link", pgettext_lazy("kind of field", "Link")

    class Sensitivity(models.TextChoices):
        NORMAL = "normal", pgettext_lazy("sensitivity", "Normal")
        FINANCE = "finance", pgettext_lazy("sensitivity", "Finance")

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    position = models.PositiveSmallIntegerField()
    choices = models.JSONField(default=list, blank=True)
    sensitivity = models.CharField(_("who sees it"), max_length=10, choices=Sensitivity, default=Sensitivity.NORMAL)
    for_guests = models.BooleanField(_("guests may see it"), default=False)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), condition=models.Q(archived_at=None), name="field_name_once"),
            models.CheckConstraint(
                condition=~models.Q(sensitivity="finance", for_guests=True), name="field_finance_not_for_guests"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_finance(self) -> bool:
        return self.sensitivity == self.Sensitivity.FINANCE

    @property
    def options(self) -> list[Choice]:
        return [Choice(**choice) for choice in self.choices]

    @property
    def open_options(self) -> list[Choice]:
        """What can be chosen now."""
        return [choice for choice in self.options if not choice.is_off]

    def option(self, key: Any) -> Choice | None:
        return next((choice for choice in self.options if choice.key == key), None)

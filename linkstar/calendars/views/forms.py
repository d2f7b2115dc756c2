"""What the forms of this app share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Longer than any closure or leave; a slip in the year is caught.
LONGEST_DAYS = 400


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day as browsers' own pickers give it."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Type a day, as in 2026-11-27.")},
    )


class SpanForm(forms.Form):
    """From a day to a day, both included; without a last day it is one day."""

    first_on = day_field(gettext_lazy("First day"))
    last_on = day_field(gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Left empty, it is one day."))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_on"), given.get("last_on")
        if first is None or "last_on" in self.errors:
            return given
        given["last_on"] = last = last or first
        if last < first:
            self.add_error("last_on", ValidationError(_("The last day is before the first.")))
        elif (last - first).days >= LONGEST_DAYS:
            self.add_error(
                "last_on",
                ValidationError(_("That is more than %(days)s days. Is the year right?") % {"days": LONGEST_DAYS}),
            )
        return given

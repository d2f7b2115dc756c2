"""A length of work as a form's field."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linkstar.lib.durations import MOST_MINUTES, DurationOutOfRange, DurationUnknown, parse_duration
from projects.effort import length


class DurationField(forms.CharField):
    """Minutes, or None when it was left empty and may be."""

    def __init__(self, *, most: int = MOST_MINUTES, **kwargs: Any) -> None:
        super().__init__(max_length=60, **kwargs)
        self.most = most

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_duration(text, most=self.most)
        except DurationUnknown as error:
            raise ValidationError(
                _("“%(typed)s” is no length of time. Type it like 3h, 1.5d, 90m or 2天; a day has 8 hours."),
                params={"typed": text},
            ) from error
        except DurationOutOfRange as error:
            raise ValidationError(
                _("From one minute to %(most)s can be entered here."), params={"most": length(self.most)}
            ) from error

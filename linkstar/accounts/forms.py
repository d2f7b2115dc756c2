"""What sign-up asks beside address and password."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from linkstar.lib.zones import is_zone


class SignupFields(forms.Form):
    """Mixed into allauth's sign-up form. The zone is the browser's, sent hidden; an unknown one is ignored."""

    full_name = forms.CharField(label=_("Your name"), max_length=80)
    time_zone = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def clean_time_zone(self) -> str:
        zone = self.cleaned_data["time_zone"]
        return zone if is_zone(zone) else ""

    def signup(self, request: HttpRequest, user: Any) -> None:
        """The adapter's save_user has stored everything; allauth wants the method."""

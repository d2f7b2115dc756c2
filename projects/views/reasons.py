"""Why a deadline moves, as a form."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linkstar.lib.text import clean_line
from projects.actions.slips import Cause
from projects.models import Slip

_NOTE = 300


class WhyForm(forms.Form):
    """Why a deadline moves. With `may_wait` it need not be said at once."""

    reason = forms.ChoiceField(
        choices=Slip.Reason.choices,
        error_messages={
            "required": gettext_lazy("Choose a reason."),
            "invalid_choice": gettext_lazy("Choose one of the reasons."),
        },
    )
    note = forms.CharField(
        required=False,
        max_length=_NOTE,
        error_messages={"max_length": gettext_lazy("Say it in up to 300 characters.")},
    )

    def __init__(self, data: QueryDict, *, may_wait: bool = False) -> None:
        super().__init__(data)
        self.fields["reason"].required = not may_wait

    def clean_note(self) -> str:
        return clean_line(self.cleaned_data["note"], _NOTE)

    def clean(self) -> None:
        if self.cleaned_data.get("reason") == Slip.Reason.OTHER and not self.cleaned_data.get("note"):
            self.add_error("note", _("Say in a few words what the other reason is."))

    @property
    def why(self) -> Cause:
        return Cause(self.cleaned_data["reason"], self.cleaned_data["note"])

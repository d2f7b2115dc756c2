"""The questionnaire as a form: a yes or a no for each property that matters to the template."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from templates_sop.questions import Property, asked_for
from templates_sop.shapes import SopTemplate

PREFIX = "q_"
_WORDS = {"yes": True, "no": False}


class QuestionForm(forms.Form):
    """`properties()` are the answers so far. With `waive` checked missing ones are allowed."""

    def __init__(self, *args: Any, template: SopTemplate, words: str, **kwargs: Any) -> None:
        """`words` is the language of labels and hints."""
        super().__init__(*args, **kwargs)
        self.template, self.words = template, words
        for asked in self.asked:
            self.fields[PREFIX + asked.key] = forms.ChoiceField(
                label=asked.ask.get(words),
                help_text=asked.hint.get(words),
                required=False,
                choices=[("yes", pgettext("answer", "Yes")), ("no", pgettext("answer", "No"))],
                widget=forms.RadioSelect,
            )

    @cached_property
    def asked(self) -> list[Property]:
        return asked_for(self.template)

    @property
    def question_fields(self) -> list[forms.BoundField]:
        return [self[PREFIX + asked.key] for asked in self.asked]

    def properties(self) -> dict[str, bool]:
        chosen = {asked.key: _WORDS.get(self.cleaned_data.get(PREFIX + asked.key, "")) for asked in self.asked}
        return {key: answer for key, answer in chosen.items() if answer is not None}

    def missing(self) -> list[str]:
        """Names of the fields without an answer."""
        given = self.properties()
        return [PREFIX + asked.key for asked in self.asked if asked.key not in given]

    def refuse_missing(self) -> None:
        for name in self.missing():
            if name not in self.errors:
                self.add_error(name, _("Answer yes or no."))


def initial_of(properties: Mapping[str, bool]) -> dict[str, str]:
    """Answers as the form takes them."""
    return {PREFIX + key: "yes" if answer else "no" for key, answer in properties.items()}

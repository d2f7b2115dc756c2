"""What Django's forms say only piece by piece."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy

_OFFERED = gettext_lazy("Choose one of the options offered.")


def say_what_is_offered() -> None:
    """Once, at the start: fields whose form says nothing else of a choice that was not offered say this.

    Django repeats what was sent, in words that are not ours.
    """
    for kind in (forms.ChoiceField, forms.MultipleChoiceField, forms.ModelChoiceField, forms.ModelMultipleChoiceField):
        kind.default_error_messages = {**kind.default_error_messages, "invalid_choice": _OFFERED}


def set_choices(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Let the form's choice field `name` offer these (value, label)."""
    cast(forms.ChoiceField, form.fields[name]).choices = list(choices)


def set_queryset(form: forms.BaseForm, name: str, queryset: QuerySet[Any]) -> None:
    """Let the form's model choice field `name` offer these rows."""
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = queryset


def send_again(form: forms.BaseForm, name: str, value: object) -> None:
    """Let the bound form, drawn again, hold another value in its hidden field `name`; all else stays as typed."""
    data = cast(QueryDict, form.data).copy()
    data[name] = str(value)
    form.data = data


def problems(form: forms.BaseForm) -> str:
    """All that is wrong with the form, as one text in the order of its fields; "" when nothing is."""
    return " ".join(str(message) for messages in form.errors.values() for message in messages)

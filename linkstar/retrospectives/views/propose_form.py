"""The form of a proposed change: which fields it has, and what they say, goes by the kind."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from linkstar.lib.forms import set_choices
from linkstar.lib.text import clean_line
from linkstar.retrospectives.models import ProposedChange
from linkstar.retrospectives.proposing import TEXTS, offset_of
from linkstar.retrospectives.wording import field_name
from templates_sop.parsing import FURTHEST_DAYS, LONGEST_DAYS
from templates_sop.shapes import SopTemplate
from templates_sop.wording import CALENDARS

Kind = ProposedChange.Kind
_INPUT, _SELECT, _AREA = (
    {"class": "input", "autocomplete": "off"},
    {"class": "select"},
    {"class": "textarea", "rows": 3},
)


class ProposeForm(forms.Form):
    """`read` gives what propose_change takes as step, before and after."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        error_messages={"required": gettext_lazy("Say why: whoever decides was perhaps not there.")},
        widget=forms.Textarea(attrs={**_AREA, "rows": 2}),
    )

    def __init__(
        self, *args: Any, template: SopTemplate, step: Mapping[str, Any] | None, language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.template, self.step, self.language = template, step, language
        self.build()
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    def build(self) -> None:
        """Adds the fields of the kind."""

    def read(self) -> tuple[Any, Any]:
        """Before, as far as the template does not say it, and after."""
        return None, None

    def _add(self, name: str, field: forms.Field, initial: Any = None) -> None:
        self.fields[name] = field
        if initial is not None:
            self.initial.setdefault(name, initial)

    def _both(self, zh: str = "", en: str = "", *, is_required: bool = True, most: int = 300) -> None:
        """A text in the languages that the template promises."""
        widget = forms.Textarea(attrs=_AREA) if most > 300 else forms.TextInput(attrs=_INPUT)
        for name, label, text in (("zh", _("In Chinese"), zh), ("en", _("In English"), en)):
            must = is_required and name in self.template.languages
            self._add(name, forms.CharField(label=label, max_length=most, required=must, widget=widget), text)

    def _text(self) -> dict[str, str]:
        return {name: clean_line(self.cleaned_data[name], 2000) for name in ("zh", "en")}

    def _role_choices(self) -> list[tuple[str, str]]:
        return [(role.key, role.name.get(self.language)) for role in self.template.roles]

    def _role(self, key: str) -> dict[str, str]:
        role = next((role for role in self.template.roles if role.key == key), None)
        return {"key": key, "zh": role.name.zh, "en": role.name.en} if role else {"key": key, "zh": key, "en": key}


class DurationForm(ProposeForm):
    def build(self) -> None:
        says = (self.step or {}).get("duration_working_days")
        field = forms.FloatField(
            label=pgettext("how many", "Working days"),
            min_value=0.5,
            max_value=LONGEST_DAYS,
            widget=forms.NumberInput(attrs={"class": "input", "step": "0.5"}),
        )
        self._add("days", field, says)

    def clean_days(self) -> float:
        days = float(self.cleaned_data["days"])
        if (days * 2) % 1:
            raise forms.ValidationError(_("Whole or half days."))
        return int(days) if days == int(days) else days

    def read(self) -> tuple[Any, Any]:
        return None, self.cleaned_data["days"]


class OffsetForm(ProposeForm):
    def build(self) -> None:
        says = offset_of(self.step or {"offset_days": 0})
        self.unit = next(iter(says))
        most = FURTHEST_DAYS * (24 if self.unit == "hours" else 1)
        label = _("Hours from the anchor") if self.unit == "hours" else _("Days from the anchor, less than 0 before it")
        field = forms.IntegerField(
            label=label, min_value=-most, max_value=most, widget=forms.NumberInput(attrs={"class": "input"})
        )
        self._add("count", field, says[self.unit])

    def read(self) -> tuple[Any, Any]:
        return None, {self.unit: self.cleaned_data["count"]}


class RoleForm(ProposeForm):
    def build(self) -> None:
        field = forms.ChoiceField(label=_("Role"), choices=self._role_choices(), widget=forms.Select(attrs=_SELECT))
        self._add("role", field, (self.step or {}).get("role"))

    def read(self) -> tuple[Any, Any]:
        return self._role((self.step or {}).get("role", "")), self._role(self.cleaned_data["role"])


class TextForm(ProposeForm):
    def build(self) -> None:
        given = self.data.get("field") or self.initial.get("field") or TEXTS[0]
        self.field = given if given in TEXTS else TEXTS[0]
        says = (self.step or {}).get(self.field) or {}
        self._add("field", forms.CharField(widget=forms.HiddenInput()), self.field)
        self._both(says.get("zh", ""), says.get("en", ""), most=300 if self.field == "title" else 2000)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(name, field_name(name)) for name in TEXTS]

    def read(self) -> tuple[Any, Any]:
        return None, {"field": self.field, **self._text()}


class ChecklistForm(ProposeForm):
    """An item to add; or one that is there, in other words, or gone when both are left empty."""

    def build(self) -> None:
        self.items = [{"zh": item.get("zh", ""), "en": item.get("en", "")} for item in (self.step or {})["checklist"]]
        shown = [
            (item["zh"] or item["en"]) if self.language.startswith("zh") else (item["en"] or item["zh"])
            for item in self.items
        ]
        choices = [("", _("A new one")), *((str(place), text) for place, text in enumerate(shown))]
        field = forms.ChoiceField(
            label=pgettext_lazy("of a checklist", "Item"),
            choices=choices,
            required=False,
            widget=forms.Select(attrs=_SELECT),
            help_text=_("Leave both texts empty to take it off the list."),
        )
        self._add("item", field)
        self._both(is_required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = {name for name in ("zh", "en") if clean_line(cleaned.get(name, ""), 300)}
        if not given and not cleaned.get("item"):
            raise forms.ValidationError(_("Write what is to be checked."))
        missing = set(self.template.languages) - given
        if given and missing:
            raise forms.ValidationError(_("This template is kept in both languages."))
        return cleaned

    def read(self) -> tuple[Any, Any]:
        place, text = self.cleaned_data["item"], self._text()
        return (self.items[int(place)] if place else None), (text if any(text.values()) else None)


class NewStepForm(ProposeForm):
    def build(self) -> None:
        self._both()
        phases = [(phase.key, phase.name.get(self.language)) for phase in self.template.phases]
        steps = [("", _("Nothing")), *((step.key, step.title.get(self.language)) for step in self.template.steps)]
        choices: list[tuple[str, str, list[tuple[str, str]], bool]] = [
            ("phase", _("Phase"), phases, True),
            ("after", _("Waits for"), steps, False),
            ("role", _("Role"), self._role_choices(), True),
            ("calendar", _("Calendar"), [(key, str(name)) for key, name in CALENDARS.items()], True),
        ]
        for name, label, offered, must in choices:
            field = forms.ChoiceField(label=label, required=must, widget=forms.Select(attrs=_SELECT))
            self._add(name, field)
            set_choices(self, name, offered)
        if self.step is not None:
            like = {"phase": "phase", "role": "role", "calendar": "calendar", "after": "key"}
            for name, key in like.items():
                self.initial.setdefault(name, self.step[key])
        days = forms.IntegerField(
            label=_("Days from the anchor, less than 0 before it"),
            min_value=-FURTHEST_DAYS,
            max_value=FURTHEST_DAYS,
            widget=forms.NumberInput(attrs={"class": "input"}),
        )
        self._add("days", days, (self.step or {}).get("offset_days", 0))
        length = forms.IntegerField(
            label=pgettext("how many", "Working days"),
            min_value=1,
            max_value=LONGEST_DAYS,
            widget=forms.NumberInput(attrs={"class": "input"}),
        )
        self._add("duration", length, 1)

    def read(self) -> tuple[Any, Any]:
        names = ("phase", "role", "days", "duration", "calendar", "after")
        return None, {"title": self._text(), **{name: self.cleaned_data[name] for name in names}}


class RemoveForm(ProposeForm):
    pass


FORMS: dict[str, type[ProposeForm]] = {
    Kind.DURATION: DurationForm,
    Kind.OFFSET: OffsetForm,
    Kind.ROLE: RoleForm,
    Kind.TEXT: TextForm,
    Kind.CHECKLIST: ChecklistForm,
    Kind.NEW_STEP: NewStepForm,
    Kind.REMOVED_STEP: RemoveForm,
}

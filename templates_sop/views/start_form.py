"""What is asked before a project is made from a template."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, cast

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linkstar.lib.clock_text import day_text
from linkstar.lib.deadlines import DeadlineOutOfRange, Resolved, check_range, resolve
from linkstar.lib.zones import MARKET_ZONES, zone_choices
from linkstar.members.models import Member
from projects.models import Project
from templates_sop.library import SopTemplate, Step

NO_VARIANT = "none"
# The channel a template's platform stands for; a template for several channels starts with Amazon.
CHANNELS = {
    "amazon_us": Project.Channel.AMAZON_US,
    "walmart_us": Project.Channel.WALMART_US,
    "shopify": Project.Channel.SHOPIFY,
    "tiktok_shop_us": Project.Channel.TIKTOK_US,
    "multi": Project.Channel.AMAZON_US,
}


class MemberField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.display_name)


class StartForm(forms.Form):
    """`anchor()` and `chosen_variant` can be read as soon as their own fields are right, whatever else is missing."""

    name = forms.CharField(label=gettext_lazy("Project name"), max_length=120)
    variant = forms.ChoiceField(
        label=gettext_lazy("Product category"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the product category, or “None of these”.")},
    )
    anchor_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d"))
    anchor_time = forms.TimeField(
        label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time", "class": "input"}, format="%H:%M")
    )
    anchor_zone = forms.ChoiceField(
        label=gettext_lazy("On the clock of"), widget=forms.Select(attrs={"class": "select"})
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), required=False, widget=forms.Select(attrs={"class": "select"})
    )
    store = forms.CharField(
        label=gettext_lazy("Store"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "placeholder": "HEYFINCH US"}),
    )
    owner = MemberField(
        label=gettext_lazy("Project owner"),
        queryset=Member.objects.none(),
        empty_label=gettext_lazy("Choose a person"),
        widget=forms.Select(attrs={"class": "select"}),
        error_messages={"required": gettext_lazy("A project cannot be created without an owner. Choose one person.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the tasks"),
        choices=settings.LANGUAGES,
        widget=forms.Select(attrs={"class": "select"}),
    )
    attempt = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        template: SopTemplate,
        people: QuerySet[Member],
        reader_zone: str,
        words: str,
        today: date,
        **kwargs: Any,
    ) -> None:
        """`words` is the language of labels; `today` the market's day, from which far-off years are judged."""
        super().__init__(*args, **kwargs)
        self.template = template
        self.words = words
        self.today = today
        self.fields["name"].widget.attrs["class"] = "input"
        self._offer("variant", _variant_choices(template, words))
        self.fields["anchor_on"].label = template.anchor.label.get(words)
        self._offer("anchor_zone", _zone_choices(template, reader_zone, words))
        self._offer("channel", Project.Channel.choices)
        cast(MemberField, self.fields["owner"]).queryset = people
        if not template.anchor.is_instant:
            del self.fields["anchor_time"]
        self.role_keys = template.role_keys(_every_step(template))
        names = {role.key: role.name.get(words) for role in template.roles}
        for key in self.role_keys:
            self.fields[f"role_{key}"] = MemberField(
                label=names[key],
                queryset=people,
                required=False,
                empty_label=_("Decide later"),
                widget=forms.Select(attrs={"class": "select"}),
            )

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def mark_errors(self) -> None:
        """Wrong fields say so to screen readers and point at their message."""
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"error_{name}"}

    def clean_anchor_on(self) -> date:
        day: date = self.cleaned_data["anchor_on"]
        try:
            check_range(day, today=self.today)
        except DeadlineOutOfRange as error:
            raise forms.ValidationError(
                _("Choose a day from %(earliest)s to %(latest)s.")
                % {
                    "earliest": day_text(error.earliest, self.words, with_year=True),
                    "latest": day_text(error.latest, self.words, with_year=True),
                }
            ) from error
        return day

    def clean_store(self) -> str:
        return " ".join(self.cleaned_data["store"].split())

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    @property
    def role_fields(self) -> list[forms.BoundField]:
        return [self[f"role_{key}"] for key in self.role_keys]

    @property
    def chosen_variant(self) -> str | None:
        """The chosen category; None for "none of these" and while nothing is chosen."""
        chosen = self.cleaned_data.get("variant")
        return None if chosen in (None, "", NO_VARIANT) else str(chosen)

    @property
    def market_zone(self) -> str:
        return str(self.cleaned_data["anchor_zone"])

    def resolved(self) -> Resolved | None:
        """An instant anchor as typed; None when it is a day or not complete."""
        on, at, zone = (self.cleaned_data.get(name) for name in ("anchor_on", "anchor_time", "anchor_zone"))
        if not (isinstance(on, date) and isinstance(at, time) and zone):
            return None
        return resolve(on, at, str(zone))

    def anchor(self) -> date | datetime | None:
        """None while it is missing or wrong."""
        if not self.cleaned_data.get("anchor_zone"):
            return None
        if self.template.anchor.is_instant:
            resolved = self.resolved()
            return resolved.instant if resolved else None
        return self.cleaned_data.get("anchor_on")

    def people(self) -> dict[str, Member]:
        """Who fills which role; roles left open are absent."""
        chosen = {key: self.cleaned_data.get(f"role_{key}") for key in self.role_keys}
        return {key: member for key, member in chosen.items() if member is not None}


def _every_step(template: SopTemplate) -> Iterable[Step]:
    yield from template.steps
    for variant in template.variants:
        yield from variant.add


def _variant_choices(template: SopTemplate, language: str) -> list[tuple[str, str]]:
    named = [(variant.key, variant.name.get(language)) for variant in template.variants]
    return [*named, (NO_VARIANT, _("None of these"))]


def _zone_choices(template: SopTemplate, reader_zone: str, language: str) -> list[tuple[str, Any]]:
    """A day belongs to a market; a moment may be read from any clock, the reader's own first."""
    if not template.anchor.is_instant:
        first = dict.fromkeys((template.market_zone, *MARKET_ZONES))
        return list(zone_choices(language, tuple(first))[0][1])
    return list(
        zone_choices(
            language, tuple(dict.fromkeys((reader_zone, template.market_zone, "Asia/Shanghai", "America/New_York")))
        )
    )

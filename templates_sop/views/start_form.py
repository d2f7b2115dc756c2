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
from templates_sop.answers import Answers
from templates_sop.named_anchors import contradictions
from templates_sop.questions import NamedAnchor, added_steps, anchors_for, optional_steps
from templates_sop.reasons import contradiction_text
from templates_sop.shapes import SopTemplate, Step
from templates_sop.variants import compose
from templates_sop.views.question_form import QuestionForm

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


ANCHOR_PREFIX = "anchor_for_"


class StartForm(QuestionForm):
    """`anchor()`, `chosen_variant`, `answers()` and `chosen_anchors()` can be read as soon as their own fields are
    right, whatever else is missing."""

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
        label=gettext_lazy("Shop"),
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
    waive = forms.BooleanField(
        required=False, label=gettext_lazy("Start without these answers; the questionnaire stays open")
    )
    has_room = forms.BooleanField(
        required=False, label=gettext_lazy("Begin earlier where a step would lack working days")
    )
    leave_out = forms.MultipleChoiceField(
        required=False, label=gettext_lazy("Leave out"), widget=forms.CheckboxSelectMultiple
    )
    attempt = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        template: SopTemplate,
        people: QuerySet[Member],
        reader: Member,
        words: str,
        today: date,
        **kwargs: Any,
    ) -> None:
        """`words` is the language of labels; `today` the market's day, from which far-off years are judged. `reader`
        is who starts the project."""
        super().__init__(*args, template=template, words=words, **kwargs)
        self.reader = reader
        self.today = today
        self.people_offered = people
        self.contradictions: list[str] = []
        self.fields["name"].widget.attrs["class"] = "input"
        self._offer("variant", _variant_choices(template, words))
        self.fields["anchor_on"].label = template.anchor.label.get(words)
        self._offer("anchor_zone", _zone_choices(template, reader.time_zone, words))
        self._offer("channel", Project.Channel.choices)
        cast(MemberField, self.fields["owner"]).queryset = people
        if not template.anchor.is_instant:
            del self.fields["anchor_time"]
        self.named_anchors: list[NamedAnchor] = [] if template.anchor.is_instant else list(anchors_for(template))
        for named in self.named_anchors:
            self.fields[ANCHOR_PREFIX + named.key] = forms.DateField(
                label=named.label.get(words),
                required=False,
                widget=forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d"),
            )
        every_step = list(_every_step(template))
        self._offer("leave_out", _optional_choices(template, every_step, words))
        self.role_keys = template.role_keys(every_step)
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
        if said := self._out_of_range(day):
            raise forms.ValidationError(said)
        return day

    def clean(self) -> None:
        for named in self.named_anchors:
            day = self.cleaned_data.get(ANCHOR_PREFIX + named.key)
            if day is not None and (said := self._out_of_range(day)):
                self.add_error(ANCHOR_PREFIX + named.key, said)
        self._refuse_contradictions()
        if not self.cleaned_data.get("waive"):
            self.refuse_missing()
        elif self.missing() and self.cleaned_data.get("owner") not in (None, self.reader):
            self.add_error("waive", _("Only the project's owner may start without the answers. Answer them instead."))

    def _out_of_range(self, day: date) -> str:
        try:
            check_range(day, today=self.today)
        except DeadlineOutOfRange as error:
            return _("Choose a day from %(earliest)s to %(latest)s.") % {
                "earliest": day_text(error.earliest, self.words, with_year=True),
                "latest": day_text(error.latest, self.words, with_year=True),
            }
        return ""

    def _refuse_contradictions(self) -> None:
        """Each beside the anchor that was chosen."""
        anchor, chosen = self.cleaned_data.get("anchor_on"), self.chosen_anchors()
        if anchor is None or not chosen:
            return
        steps = compose(self.template, self.chosen_variant, self.properties()).steps
        for found in contradictions(self.template, steps, anchor, chosen):
            said = contradiction_text(found, self.template, self.words)
            self.contradictions.append(said)
            self.add_error(ANCHOR_PREFIX + (found.first if found.first in chosen else found.second), said)

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

    @property
    def anchor_fields(self) -> list[forms.BoundField]:
        return [self[ANCHOR_PREFIX + named.key] for named in self.named_anchors]

    def chosen_anchors(self) -> dict[str, date]:
        """The days of named anchors that somebody chose; the others follow from the main one."""
        chosen = {named.key: self.cleaned_data.get(ANCHOR_PREFIX + named.key) for named in self.named_anchors}
        return {key: day for key, day in chosen.items() if day is not None}

    def answers(self) -> Answers:
        is_waived = bool(self.cleaned_data.get("waive") and self.missing())
        return Answers(
            properties=self.properties(),
            left_out=frozenset(self.cleaned_data.get("leave_out", ())),
            has_room=bool(self.cleaned_data.get("has_room")),
            waived_by=self.reader.pk if is_waived else None,
        )

    def people(self) -> dict[str, Member]:
        """Who fills which role; roles left open are absent."""
        chosen = {key: self.cleaned_data.get(f"role_{key}") for key in self.role_keys}
        return {key: member for key, member in chosen.items() if member is not None}


def _every_step(template: SopTemplate) -> Iterable[Step]:
    yield from template.steps
    for variant in template.variants:
        yield from variant.add
    yield from added_steps(template)


def _optional_choices(template: SopTemplate, steps: Iterable[Step], language: str) -> list[tuple[str, str]]:
    optional = optional_steps(template)
    return [(step.key, step.title.get(language)) for step in steps if step.key in optional]


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

"""The form that says what was done to a shop: for the actions of tasks and for marks."""

from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from integrations import access
from integrations.actions.sales_actions import Said
from integrations.models import ChannelAccount, SalesAction
from integrations.skus import Sku, find_skus, named, unknown_skus
from linkstar.lib.dateparse import parse_deadline
from linkstar.lib.deadlines import Deadline, DeadlineOutOfRange, Resolved, check_range, resolve
from linkstar.lib.forms import set_queryset
from linkstar.lib.text import clean_line
from linkstar.lib.zones import Choices, find_zone, is_zone, zone_choices
from linkstar.members.models import Member
from projects.views.date_words import range_text

MOST_SKUS = 50
ENDING = (SalesAction.Kind.COUPON, SalesAction.Kind.DEAL)
_SELLERS_ZONES = ("America/Los_Angeles", "America/New_York", "Asia/Shanghai")
# "27 Nov" is meant as the one that was: what lies so far ahead was typed without its year.
_FAR_AHEAD = timedelta(days=200)


class InstantForm(forms.Form):
    """A moment as typed, or a day and a time of day, on the clock of `zone`. All empty: none.

    After cleaning, `instant` is in UTC and `resolved` says what clock changes did to it.
    """

    typed = forms.CharField(required=False, max_length=100)
    on = forms.DateField(required=False, error_messages={"invalid": gettext_lazy("This is not a date.")})
    time = forms.TimeField(required=False, error_messages={"invalid": gettext_lazy("This is not a time of day.")})
    zone = forms.CharField(error_messages={"required": gettext_lazy("Choose a time zone.")})

    def __init__(self, data: QueryDict | None, *, now: datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.now = now
        self.resolved: Resolved | None = None

    def clean_zone(self) -> str:
        typed = self.cleaned_data["zone"].strip()
        zone = typed if is_zone(typed) else find_zone(typed)
        if zone is None:
            raise forms.ValidationError(_("“%(zone)s” is not a time zone that we know."), params={"zone": typed[:60]})
        return zone

    def clean(self) -> None:
        given = self.cleaned_data
        zone = given.get("zone")
        if zone is None or "on" in self.errors or "time" in self.errors:
            return
        on, at = given.get("on"), given.get("time")
        if given.get("typed"):
            on, at, zone = self._read(given["typed"], at, zone)
        elif on is None and at is not None:
            self.add_error("on", _("Choose the day as well."))
        elif on is not None and at is None:
            self.add_error("time", _("Choose the time as well: results are counted from the day after it."))
        if self.errors or on is None or at is None:
            return
        try:
            check_range(on, today=timezone.localdate())
        except DeadlineOutOfRange as error:
            self.add_error("typed" if given.get("typed") else "on", range_text(error))
            return
        self.resolved = resolve(on, at, zone)
        given["zone"] = zone

    @property
    def instant(self) -> datetime | None:
        return self.resolved.instant if self.resolved else None

    def _read(self, typed: str, at: time_of_day | None, zone: str) -> tuple[date | None, time_of_day | None, str]:
        parsed = parse_deadline(typed, now=self.now, zone=zone, language=get_language() or "en")
        if parsed is None:
            self.add_error(
                "typed", _("This was not understood. Try “yesterday 18:00”, “11-24 09:00 PT” or “today 9am”.")
            )
            return None, None, zone
        on, at = parsed.on, parsed.time or at
        if at is None:
            self.add_error("typed", _("Type the time as well: results are counted from the day after it."))
            return None, None, zone
        if on - self.now.date() > _FAR_AHEAD and str(on.year) not in typed:
            on = _a_year_before(on)
        return on, at, parsed.zone


def _a_year_before(on: date) -> date:
    try:
        return on.replace(year=on.year - 1)
    except ValueError:
        return on.replace(year=on.year - 1, day=28)


class ActionForm(InstantForm):
    """`skus` are ticked ones; the field `q` only looks for others. A mark has a title, and may lie in a project."""

    kind = forms.ChoiceField(
        choices=SalesAction.Kind.choices, error_messages={"required": gettext_lazy("Choose what kind of action it is.")}
    )
    shop: "forms.ModelChoiceField[ChannelAccount]" = forms.ModelChoiceField(
        None, error_messages={"required": gettext_lazy("Choose the shop.")}
    )
    title = forms.CharField(required=False)
    ends_on = forms.DateField(required=False, error_messages={"invalid": gettext_lazy("This is not a date.")})
    ends_time = forms.TimeField(required=False, error_messages={"invalid": gettext_lazy("This is not a time of day.")})
    q = forms.CharField(required=False)

    def __init__(
        self, data: QueryDict | None, *, member: Member, now: datetime, is_mark: bool, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, now=now, initial=initial)
        self.is_mark = is_mark
        self.shops = list(access.shops_of(member).order_by("name", "pk"))
        set_queryset(self, "shop", access.shops_of(member))

    def clean_title(self) -> str:
        title = clean_line(self.cleaned_data["title"], 201)
        if self.is_mark and not title:
            raise forms.ValidationError(_("Say in a few words what happened."))
        if len(title) > 200:
            raise forms.ValidationError(_("Up to 200 characters."))
        return title

    def clean(self) -> None:
        super().clean()
        self._check_skus()
        self.ended_at = self._end()

    @property
    def skus(self) -> list[str]:
        """As ticked, each once."""
        if not self.is_bound:
            return list(self.initial.get("skus", ()))
        return list(dict.fromkeys(sku for sku in cast(QueryDict, self.data).getlist("skus") if sku))[: MOST_SKUS + 1]

    @property
    def chosen_shop(self) -> ChannelAccount | None:
        given = str(self.data.get("shop", "")) if self.is_bound else str(self.initial.get("shop") or "")
        return next((shop for shop in self.shops if str(shop.pk) == given), None)

    @cached_property
    def chosen(self) -> list[Sku]:
        return named(self.chosen_shop, self.skus) if self.chosen_shop else []

    @cached_property
    def found(self) -> list[Sku]:
        if self.chosen_shop is None:
            return []
        text = clean_line(str(self.data.get("q", "")), 100) if self.is_bound else ""
        return find_skus(self.chosen_shop, text, but=self.skus, now=self.now)

    @property
    def zones(self) -> Choices:
        own = str(self["zone"].value() or "")
        first = [zone for zone in (own, *_SELLERS_ZONES, timezone.get_current_timezone_name()) if is_zone(zone)]
        return zone_choices(get_language() or "en", first=tuple(dict.fromkeys(first)))

    @property
    def said(self) -> Said:
        """Of a valid form."""
        given = self.cleaned_data
        return Said(
            account=given["shop"],
            kind=given["kind"],
            skus=self.skus,
            live_at=self.instant,
            ended_at=self.ended_at,
            title=given["title"],
            zone=given["zone"],
        )

    def _check_skus(self) -> None:
        shop = self.cleaned_data.get("shop")
        if shop is None:
            return
        if not self.skus:
            self.add_error("q", _("Choose at least one SKU: a result belongs to SKUs."))
        elif len(self.skus) > MOST_SKUS:
            self.add_error("q", _("Up to %(most)d SKUs at once.") % {"most": MOST_SKUS})
        elif unknown := unknown_skus(shop, self.skus):
            text = ngettext("This shop does not know %(skus)s.", "This shop does not know: %(skus)s.", len(unknown))
            self.add_error("q", text % {"skus": ", ".join(unknown[:5])})

    def _end(self) -> datetime | None:
        given = self.cleaned_data
        on, at = given.get("ends_on"), given.get("ends_time")
        if given.get("kind") not in ENDING or on is None:
            return None
        zone = given.get("zone")
        if zone is None or "ends_time" in self.errors:
            return None
        try:
            check_range(on, today=timezone.localdate())
        except DeadlineOutOfRange as error:
            self.add_error("ends_on", range_text(error))
            return None
        ended = resolve(on, at, zone).instant
        if self.instant is None:
            self.add_error("ends_on", _("What has an end needs a beginning: say when it went live."))
        elif ended <= self.instant:
            self.add_error("ends_on", _("It ends before it begins."))
        return ended


def initial_of(action: SalesAction, zone: str) -> dict[str, Any]:
    """What the form begins with, on the clock of `zone`."""
    return {
        "kind": action.kind,
        "shop": action.account_id,
        "skus": list(action.skus),
        "title": action.title,
        "zone": zone,
        **_wall("on", "time", action.live_at, zone),
        **_wall("ends_on", "ends_time", action.ended_at, zone),
    }


def wall_of(at: datetime | None, zone: str) -> dict[str, Any]:
    return _wall("on", "time", at, zone)


def _wall(day: str, clock: str, at: datetime | None, zone: str) -> dict[str, Any]:
    if at is None:
        return {}
    deadline = Deadline.from_instant(at, zone)
    return {day: deadline.on, clock: deadline.time}

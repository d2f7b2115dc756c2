"""Settings › Working days: the American retail year as dated facts that the team corrects."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.calendars import access
from linkstar.calendars.actions.market import hide_market_date, own_key, take_back_market_date, write_market_date
from linkstar.calendars.facts import MARKET_ZONE, NOTHING, Text, as_of
from linkstar.calendars.market import Entry, dates_of
from linkstar.calendars.models import MarketDate
from linkstar.calendars.shown import shown
from linkstar.calendars.views.forms import SpanForm, day_field
from linkstar.lib.deadlines import note_text, resolve
from linkstar.lib.forms import set_choices
from linkstar.lib.text import clean_line
from linkstar.lib.zones import get_zone, zone_choices
from linkstar.workspaces.access import managers_only, members_only
from linkstar.workspaces.http import WorkspaceRequest, posted

_PAGE = 150


class MarketForm(SpanForm):
    """Without a first day the date is not announced."""

    name = forms.CharField(
        label=gettext_lazy("Name of the date"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give the date a name.")},
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of date"), choices=MarketDate.Kind.choices)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=MarketDate.Channel.choices, required=False)
    first_on = day_field(
        gettext_lazy("First day"), required=False, help_text=gettext_lazy("Left empty, it is not announced yet.")
    )
    at_time = forms.TimeField(
        label=gettext_lazy("At what time, when it is one moment"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("Type a time, as in 17:00.")},
    )
    zone = forms.ChoiceField(label=gettext_lazy("Whose clock"))
    is_confirmed = forms.BooleanField(
        label=gettext_lazy("Announced and confirmed"),
        required=False,
        help_text=gettext_lazy("Leave it open while the date is only expected; plans say so then."),
    )
    source = forms.CharField(
        label=gettext_lazy("Where this is from"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    source_url = forms.URLField(
        label=gettext_lazy("Address of the source"),
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("Type a whole address, as in https://sell.amazon.com/…")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    field_order = [
        "name", "kind", "channel", "first_on", "last_on", "at_time", "zone", "is_confirmed", "source", "source_url",
        "note",
    ]  # fmt: skip

    def __init__(self, *args: Any, entry: Entry | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry
        first = tuple(dict.fromkeys([*([entry.zone] if entry else []), MARKET_ZONE, "America/New_York"]))
        set_choices(self, "zone", zone_choices(get_language() or "en", first))
        if entry is not None:
            del self.fields["kind"]

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 120)
        if not name:
            raise ValidationError(_("Give the date a name."))
        return name

    def clean_source(self) -> str:
        return clean_line(self.cleaned_data["source"], 300)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        first, last = given.get("first_on"), given.get("last_on")
        if first is None and "first_on" not in self.errors:
            if last is not None:
                self.add_error("first_on", _("There is a last day and no first one."))
            if given.get("at_time") is not None:
                self.add_error("first_on", _("A time needs its day."))
            if given.get("is_confirmed"):
                self.add_error("first_on", _("What is confirmed has a day."))
        if first is not None and self.entry is not None and first.year != self.entry.year:
            words = {"year": self.entry.year}
            self.add_error("first_on", _("This is the date of %(year)s. Its first day lies in that year.") % words)
        elif first is not None and first.year not in access.YEARS:
            self.add_error("first_on", _("Is the year right?"))
        if given.get("at_time") and first and last and last != first:
            self.add_error("last_on", _("One moment lies on one day. Leave the last day empty."))
        return given


@require_safe
@members_only
def market_list(request: WorkspaceRequest) -> HttpResponse:
    """`?year=2027&kind=retail`; anything else is this year in the market, and every kind.

    What is over this year is shown with `?past=1`, and on its kind's page.
    """
    today = timezone.now().astimezone(get_zone(MARKET_ZONE)).date()
    text, kind = request.GET.get("year", ""), request.GET.get("kind", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today.year
    year = year if year in access.YEARS else today.year
    kind = kind if kind in MarketDate.Kind else ""
    entries = [entry for entry in dates_of(year) if kind in ("", entry.kind)]
    is_cut = year == today.year and not kind and request.GET.get("past") != "1"
    over = sum(entry.last is not None and entry.last < today for entry in entries) if is_cut else 0
    if is_cut:
        entries = [entry for entry in entries if entry.last is None or entry.last >= today]
    page = Paginator(entries, _PAGE).get_page(request.GET.get("page"))
    reader_zone, language = timezone.get_current_timezone_name(), get_language() or "en"
    context = {
        "year": year,
        "years": sorted({today.year - 1, today.year, today.year + 1, today.year + 2, year}),
        "kind": kind,
        "over": over,
        "kinds": MarketDate.Kind.choices,
        "page": page,
        "rows": [shown(entry, today=today, reader_zone=reader_zone, language=language) for entry in page],
        "may_change": access.may_change_workspace(request.member),
        "as_of": as_of(),
    }
    return render(request, "calendars/market.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def market_add(request: WorkspaceRequest) -> HttpResponse:
    form = MarketForm(posted(request), initial={"zone": MARKET_ZONE, "kind": MarketDate.Kind.MARKETPLACE_EVENT})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if given["first_on"] is None:
            form.add_error("first_on", _("A date of your own needs a day. It may stay unconfirmed."))
        else:
            entry = _own(given["kind"], given["first_on"].year)
            _write(request, entry, form)
            return redirect(f"{_list_url()}?year={entry.year}")
    context = {"form": form}
    return render(request, "calendars/market_date.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def market_edit(request: WorkspaceRequest, key: str, year: int, number: int) -> HttpResponse:
    entry = access.get_market_date(key, year, number)
    language = get_language() or "en"
    form = MarketForm(posted(request), entry=entry, initial=_initial(entry, language))
    if request.method == "POST" and form.is_valid():
        _write(request, entry, form)
        return redirect("calendars:market-edit", key, year, number)
    context = {
        "form": form,
        "entry": entry,
        "name": entry.name.for_language(language),
        "shown": shown(
            entry, today=timezone.localdate(), reader_zone=timezone.get_current_timezone_name(), language=language
        ),
    }
    return render(request, "calendars/market_date.html", context, status=422 if form.errors else 200)


@require_POST
@managers_only
def market_take_back(request: WorkspaceRequest, key: str, year: int, number: int) -> HttpResponse:
    """What the team wrote is dropped: the shipped fact stands again, or, for a date of their own, nothing."""
    entry = access.get_market_date(key, year, number)
    if entry.row is None:
        raise Http404
    take_back_market_date(entry, actor=request.member, now=timezone.now())
    messages.success(request, _("The date is gone.") if entry.is_own else _("The date is as LinkStar ships it again."))
    return redirect(f"{_list_url()}?year={year}")


@require_POST
@managers_only
def market_hide(request: WorkspaceRequest, key: str, year: int, number: int) -> HttpResponse:
    entry = access.get_market_date(key, year, number)
    if entry.is_own:
        raise Http404
    hide_market_date(entry, actor=request.member, now=timezone.now())
    messages.success(request, _("The date is hidden here. Its page brings it back."))
    return redirect(f"{_list_url()}?year={year}")


def _write(request: WorkspaceRequest, entry: Entry, form: MarketForm) -> None:
    given = {name: value for name, value in form.cleaned_data.items() if name != "kind"}
    write_market_date(entry, **given, language=get_language() or "en", actor=request.member, now=timezone.now())
    messages.success(request, _("Saved."))
    if given["at_time"] is not None:
        # Doubled and skipped times are said.
        note = note_text(resolve(given["first_on"], given["at_time"], given["zone"]), get_language() or "en")
        if note:
            messages.info(request, note)


def _initial(entry: Entry, language: str) -> dict[str, Any]:
    return {
        "name": entry.name.for_language(language),
        "channel": entry.channel,
        "first_on": entry.first,
        "last_on": entry.last if entry.last != entry.first else None,
        "at_time": entry.at_time,
        "zone": entry.zone,
        "is_confirmed": entry.is_confirmed,
        "source": entry.source.for_language(language),
        "source_url": entry.source_url,
        "note": entry.note.for_language(language),
    }


def _own(kind: str, year: int) -> Entry:
    return Entry(
        key=own_key(), year=year, number=1, kind=kind, channel="", name=Text("", ""), first=None, last=None,
        at_time=None, zone=MARKET_ZONE, is_confirmed=False, source=NOTHING, source_url="", note=NOTHING,
    )  # fmt: skip


def _list_url() -> str:
    return reverse("calendars:market")

"""Sales from files: bring one, say which column is which, see what it would write, confirm."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations import access
from integrations.actions.connecting import PACIFIC
from integrations.actions.filing import add_files_shop
from integrations.actions.uploading import (
    MOST_AT_ONCE,
    AlreadyTaken,
    BeingErased,
    NoSuchUpload,
    amounts_of,
    begin_upload,
    confirm_upload,
    date_upload,
    hand_over,
    open_upload,
    remember_columns,
    try_upload,
    upload_of,
)
from integrations.dashboards.shown import amount
from integrations.files.kinds import KINDS, FileKind, kinds_for, recognise
from integrations.files.reading import Reading
from integrations.files.tables import MOST_BYTES, MOST_ROWS, TableRefused
from integrations.models import ChannelAccount
from integrations.shown import shown_upload
from integrations.tasks import take_files
from linkstar.lib.csv_text import CONTENT_TYPE, csv_text
from linkstar.lib.forms import set_choices
from linkstar.lib.text import clean_line, has_han
from linkstar.lib.zones import zone_name
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from linkstar.workspaces.uploads import takes_files

PROBLEMS_SHOWN = 20
_MEGA = 1024 * 1024
_ZONES = (PACIFIC, "America/Denver", "America/Chicago", "America/New_York", "Asia/Shanghai", "UTC")
_CURRENCIES = ("USD", "CAD", "MXN", "GBP", "EUR", "JPY", "CNY")
_WHY = {
    "too_large": gettext_lazy("This file is too large. Cut it into several by day; each may hold 20 MB."),
    "too_many_rows": gettext_lazy("This file has too many rows. Cut it into several by day; each may hold 100,000."),
    "unreadable": gettext_lazy(
        "This is no table that can be read. Bring a CSV or an Excel workbook (.xlsx); save one that ends in .xls as"
        " .xlsx first."
    ),
    "empty": gettext_lazy("There is no row below the headings."),
}


_ERASED = gettext_lazy("This shop and its numbers are being deleted; nothing was written. Make a new one for the file.")


class ShopForm(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=ChannelAccount.Channel.choices)
    name = forms.CharField(
        label=gettext_lazy("What the team calls it"),
        max_length=120,
        error_messages={"required": gettext_lazy("A shop needs a name.")},
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("The clock its days go by"),
        help_text=gettext_lazy("Amazon, Walmart and TikTok Shop in the US count days in Pacific time."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=[(code, code) for code in _CURRENCIES])

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        language, now = get_language() or "en", timezone.now()
        set_choices(self, "time_zone", [(zone, zone_name(zone, language, now)) for zone in _ZONES])
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "input" if name == "name" else "select"

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 120)
        if not name:
            raise forms.ValidationError(_("A shop needs a name."))
        return name


class DayForm(forms.Form):
    """Of a report that names no day."""

    day = forms.DateField(
        label=gettext_lazy("Day of the report"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "input"}),
        help_text=gettext_lazy("A report of several days cannot be told apart by day: bring one for each day."),
        error_messages={"invalid": gettext_lazy("Type a day, as in 2026-11-27.")},
    )

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day lies ahead."))
        return day


class UploadForm(DayForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of file"),
        error_messages={"required": gettext_lazy("Say what kind of file it is.")},
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty."),
        },
    )

    def __init__(self, data: Any, files: Any = None, *, kinds: list[FileKind], **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        set_choices(self, "kind", [(kind.key, kind.name) for kind in kinds])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("file") is not None and given["file"].size > MOST_BYTES:
            self.add_error("file", _WHY["too_large"])
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def shop_add(request: WorkspaceRequest) -> HttpResponse:
    """A store that is told by files."""
    access.check(request.member, "upload")
    form = ShopForm(posted(request), initial={"time_zone": PACIFIC, "channel": request.GET.get("channel", "")})
    if request.method == "POST" and form.is_valid():
        shop = add_files_shop(**form.cleaned_data, actor=request.member, now=timezone.now())
        messages.success(request, _("“%(shop)s” is there. Now its first file.") % {"shop": shop.name})
        return redirect("integrations:upload", shop.pk)
    return render(request, "integrations/shop_add.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
@takes_files
def upload(request: WorkspaceRequest, pk: int) -> HttpResponse:
    shop = access.get_shop(request.member, pk, to="upload")
    kinds = kinds_for(shop.channel)
    # Most bring the same kind as the last time.
    usual = next((each["kind"] for each in shop.uploads if each["kind"] in KINDS), kinds[0].key)
    form = UploadForm(posted(request), request.FILES or None, kinds=kinds, initial={"kind": usual})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        day = given["day"] if KINDS[given["kind"]].is_of_one_day else None
        name = clean_line(given["file"].name, 200)
        try:
            found = begin_upload(
                shop, given["file"].read(), name=name, kind=given["kind"], day=day, actor=request.member,
                now=timezone.now(),
            )  # fmt: skip
        except TableRefused as error:
            form.add_error("file", _WHY[error.reason])
        except BeingErased:
            form.add_error("file", _ERASED)
        except AlreadyTaken as error:
            context = {"again": shown_upload(error.upload)}
            return _draw(request, shop, form, kinds, status=409, **context)
        else:
            return redirect("integrations:upload-show", shop.pk, found)
    return _draw(request, shop, form, kinds, status=422 if form.errors else 200)


def _draw(
    request: WorkspaceRequest,
    shop: ChannelAccount,
    form: UploadForm,
    kinds: list[FileKind],
    *,
    status: int,
    **more: Any,
) -> HttpResponse:
    context = {
        "shop": shop,
        "form": form,
        "kinds": kinds,
        "megabytes": MOST_BYTES // _MEGA,
        "rows": f"{MOST_ROWS:,}",
        **more,
    }
    return render(request, "integrations/upload.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def upload_show(request: WorkspaceRequest, pk: int, upload_id: str) -> HttpResponse:
    """What it would write. A POST says which column is which: `column-<key>` is a heading of the file, or ""; and the
    day of a report that names none.
    """
    shop = access.get_shop(request.member, pk, to="upload")
    try:
        held = upload_of(shop, upload_id)
    except NoSuchUpload:
        return _gone(request, shop, upload_id)
    if held["state"] == "taking":
        return redirect(shop)
    kind, table, columns = open_upload(shop, held)
    is_asking = "columns" in request.GET
    form = DayForm(posted(request), initial={"day": held["day"]}) if kind.is_of_one_day else None
    if request.method == "POST":
        if form and form.is_valid() and form.cleaned_data["day"]:
            held = date_upload(shop, upload_id, day=form.cleaned_data["day"])
        told = {column.key: request.POST.get(f"column-{column.key}", "") for column in kind.columns}
        columns = {key: heading for key, heading in told.items() if heading in table.head and heading}
        if not _lacking(kind, columns, held) and not (form and form.errors):
            # A column that is known by its name, and is something else here.
            others = dict.fromkeys(set(recognise(kind, table.head, {})) - set(columns), "")
            remember_columns(shop, kind.key, columns | others)
            return redirect("integrations:upload-show", shop.pk, upload_id)
        is_asking = True
    lacking = _lacking(kind, columns, held)
    context: dict[str, Any] = {"shop": shop, "upload": held, "kind": kind, "lacking": lacking}
    if lacking or is_asking:
        choices = [(column, columns.get(column.key, "")) for column in kind.columns]
        context |= {"choices": choices, "headings": [heading for heading in table.head if heading]}
        context["is_asked_again"] = request.method == "POST"
        context["sample"] = [row for _number, row in table.rows[:3]]
        context |= {"head": table.head, "form": form}
        status = 422 if request.method == "POST" else 200
        return render(request, "integrations/upload_columns.html", context, status=status)
    reading = try_upload(shop, held, now=timezone.now())
    facts = reading.facts(shop)
    days = {fact[0] for fact in facts}
    context |= {
        "reading": reading,
        "rows": f"{reading.rows:,}",
        "is_day_first": reading.is_day_first,
        "problems": reading.troubles[:PROBLEMS_SHOWN],
        "problem_count": len(reading.troubles) + reading.more_troubles,
        "days": len(days),
        "since": min(days) if days else None,
        "until": max(days) if days else None,
        "skus": len({fact[1] for fact in facts}),
        "amounts": [
            (code, f"{units:,}", amount(sums, code), _others(reading, code))
            for code, (units, sums) in sorted(amounts_of(reading, shop).items())
        ],
        "orders": len(reading.orders),
        "is_empty": not reading.days and not reading.orders,
    }
    return render(request, "integrations/upload_show.html", context)


@require_safe
@members_only
def upload_problems(request: WorkspaceRequest, pk: int, upload_id: str) -> HttpResponse:
    """Each line that is left out, and why, for a spreadsheet."""
    shop = access.get_shop(request.member, pk, to="upload")
    reading = try_upload(shop, _held(shop, upload_id), now=timezone.now())
    rows = [(trouble.line, str(trouble.why), trouble.cell, trouble.heading) for trouble in reading.troubles]
    disposition = f'attachment; filename="problems-{pk}.csv"'
    content = csv_text([_("Line"), _("Why it is left out"), _("What stands there"), _("In column")], rows)
    return HttpResponse(content, content_type=CONTENT_TYPE, headers={"Content-Disposition": disposition})


@require_POST
@members_only
def upload_confirm(request: WorkspaceRequest, pk: int, upload_id: str) -> HttpResponse:
    shop = access.get_shop(request.member, pk, to="upload")
    try:
        held = upload_of(shop, upload_id)
    except NoSuchUpload:
        return _gone(request, shop, upload_id)
    kind, table, columns = open_upload(shop, held)
    if _lacking(kind, columns, held):
        return redirect("integrations:upload-show", shop.pk, upload_id)
    is_large = len(table.rows) > MOST_AT_ONCE
    try:
        done = (hand_over if is_large else confirm_upload)(shop, upload_id, now=timezone.now())
    except NoSuchUpload:
        shop.refresh_from_db(fields=["uploads"])
        return _gone(request, shop, upload_id)
    except BeingErased:
        messages.error(request, _ERASED)
        return redirect(shop)
    if is_large:
        take_files.delay_on_commit(shop.pk)
        messages.success(request, _("“%(file)s” is being taken in; that can take a minute.") % {"file": done["name"]})
    else:
        messages.success(request, _("“%(file)s” is taken in.") % {"file": done["name"]})
    return redirect(shop)


@require_safe
@members_only
def template(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """An empty table with the headings, in the reader's language."""
    access.check(request.member, "upload")
    if kind not in KINDS:
        raise Http404
    is_chinese = get_language() == "zh-hans"
    head = [
        next((heading for heading in column.headings if is_chinese and has_han(heading)), column.headings[0])
        for column in KINDS[kind].columns
    ]
    disposition = f'attachment; filename="{kind}.csv"'
    return HttpResponse(csv_text(head, []), content_type=CONTENT_TYPE, headers={"Content-Disposition": disposition})


def _others(reading: Reading, currency: str) -> list[tuple[str, str]]:
    """What else the file tells in this currency, in words."""
    told = reading.others(currency)
    names = {"discount": _("Discounts"), "refund": _("Refunds"), "ad_spend": _("Ad spend")}
    return [(name, amount(told[key], currency)) for key, name in names.items() if told[key]]


def _gone(request: WorkspaceRequest, shop: ChannelAccount, upload_id: str) -> HttpResponse:
    """Confirmed already, by a second click or on a page that the browser went back to; or another file came after.

    404 for what never was one of this shop's.
    """
    if any(each["id"] == upload_id for each in shop.uploads):
        return redirect(shop)
    if not any(upload_id in each.get("instead_of", ()) for each in shop.uploads):
        raise Http404
    messages.warning(request, _("That file is not kept any more: only the newest one waits. Bring it again."))
    return redirect("integrations:upload", shop.pk)


def _held(shop: ChannelAccount, upload_id: str) -> dict[str, Any]:
    try:
        return upload_of(shop, upload_id)
    except NoSuchUpload as error:
        raise Http404 from error


def _lacking(kind: FileKind, columns: dict[str, str], held: dict[str, Any]) -> list[Any]:
    """Labels of columns that are needed and not known."""
    lacking = [column.label for column in kind.columns if column.is_needed and column.key not in columns]
    if kind.is_of_one_day and not held["day"] and "day" not in columns:
        lacking.append(_("Day of the report"))
    return lacking

"""The list of shops and one shop: how its connection stands, and what is done with it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations import access
from integrations.actions.disconnecting import disconnect, holdings_of
from integrations.actions.running import NotSynced, TooSoon, pause, rename, resume, sync_now
from integrations.asked import ASKED
from integrations.channels.pace import calls_of
from integrations.models import ChannelAccount
from integrations.shown import (
    SOON_DAYS,
    app_keys_until,
    days_until,
    permission_until,
    shown_check,
    shown_runs,
    shown_shops,
    shown_streams,
    shown_upload,
)
from linkstar.lib.text import clean_line
from linkstar.lib.zones import zone_name
from linkstar.workspaces.access import admins_only, managers_only, members_only
from linkstar.workspaces.http import WorkspaceRequest, posted

PER_PAGE = 50
UPLOADS_SHOWN = 50


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What the team calls it"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("A shop needs a name.")},
    )

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 120)
        if not name:
            raise forms.ValidationError(_("A shop needs a name."))
        return name


class DisconnectForm(forms.Form):
    numbers = forms.ChoiceField(
        choices=[("keep", ""), ("delete", "")],
        error_messages={"required": gettext_lazy("Say whether its numbers stay.")},
    )


@require_safe
@members_only
def shop_list(request: WorkspaceRequest) -> HttpResponse:
    """What needs somebody comes first, then by name; `?page=` turns pages."""
    page = Paginator(_ordered(request), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "shops": shown_shops(page, now=timezone.now()),
        "page": page,
        "may_run": access.may(request.member, "run"),
        "may_upload": access.may(request.member, "upload"),
    }
    return render(request, "integrations/shop_list.html", context)


def _ordered(request: WorkspaceRequest) -> list[ChannelAccount]:
    state = ChannelAccount.State
    order = [state.RECONNECT, state.NEEDS_ATTENTION, state.CONNECTED, state.PAUSED, state.DISCONNECTED]
    found = access.shops_of(request.member).order_by("name", "pk")
    return sorted(found, key=lambda shop: order.index(state(shop.state)))


@require_safe
@members_only
def shop(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = access.get_shop(request.member, pk)
    context = _standing(request, found) | {"asked": ASKED[found.channel]}
    return render(request, "integrations/shop.html", context)


@require_safe
@members_only
def standing(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """How it stands now, for the page that asks again while something is being read."""
    found = access.get_shop(request.member, pk)
    return render(request, "integrations/shop.html#standing", _standing(request, found))


def _calls(found: ChannelAccount) -> dict[str, int] | None:
    """How often the channel was asked: some want to be paid by the call one day (integrations.md 1.1)."""
    if found.source != ChannelAccount.Source.API:
        return None
    days = calls_of(found.channel, found.external_id)
    return {"today": days[0], "all": sum(days), "days": len(days)}


def _standing(request: WorkspaceRequest, found: ChannelAccount) -> dict[str, Any]:
    now, until = timezone.now(), permission_until(found)
    left = days_until(until, now=now) if until else None
    return {
        "shop": found,
        "shown": shown_shops([found], now=now)[0],
        "streams": shown_streams(found),
        "check": shown_check(found),
        "runs": shown_runs(found),
        "taking": [each["name"] for each in found.uploads if each["state"] == "taking"],
        "calls": _calls(found),
        "zone": zone_name(found.time_zone, get_language() or "en", now),
        "keys_until": app_keys_until(found) if found.source == ChannelAccount.Source.API else None,
        "permission_until": until,
        "permission_left": left,
        "is_permission_short": left is not None and left <= SOON_DAYS,
        "may_run": access.may(request.member, "run"),
        "may_sync": access.may(request.member, "sync"),
        "may_upload": access.may(request.member, "upload"),
        "uploads": [shown_upload(each) for each in found.uploads if each["state"] == "done"][:UPLOADS_SHOWN],
        "sees_numbers": access.may(request.member, "numbers"),
    }


@require_POST
@managers_only
def shop_sync(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = access.get_shop(request.member, pk, to="sync")
    try:
        sync_now(found, now=timezone.now())
    except TooSoon:
        messages.info(request, _("It was asked for a moment ago. Once a minute is enough."))
    except NotSynced:
        messages.error(request, _("The channel cannot be asked now: the shop is paused or not connected."))
    else:
        messages.success(request, _("“%(shop)s” is read next.") % {"shop": found.name})
    return redirect(found)


@require_POST
@admins_only
def shop_pause(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = access.get_shop(request.member, pk, to="run")
    pause(found, now=timezone.now())
    messages.success(request, _("“%(shop)s” is paused: its channel is asked for nothing.") % {"shop": found.name})
    return redirect(found)


@require_POST
@admins_only
def shop_resume(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = access.get_shop(request.member, pk, to="run")
    resume(found, now=timezone.now())
    messages.success(request, _("“%(shop)s” is read again; what was missed comes first.") % {"shop": found.name})
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def shop_rename(request: WorkspaceRequest, pk: int) -> HttpResponse:
    found = access.get_shop(request.member, pk, to="run")
    form = NameForm(posted(request), initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        rename(found, form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return redirect(found)
    context = {"shop": found, "form": form}
    return render(request, "integrations/shop_rename.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def shop_disconnect(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`numbers` "keep" or "delete": what becomes of the numbers. The permission is forgotten either way."""
    found = access.get_shop(request.member, pk, to="run")
    form = DisconnectForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with_data = form.cleaned_data["numbers"] == "delete"
        disconnect(found, with_data=with_data, now=timezone.now())
        if with_data:
            messages.success(request, _("“%(shop)s” and its numbers are being deleted.") % {"shop": found.name})
            return redirect("integrations:shop-list")
        is_of_files = found.source == ChannelAccount.Source.FILES
        said = (
            _("“%(shop)s” is put away; its numbers stay.")
            if is_of_files
            else _("“%(shop)s” is disconnected; its numbers stay.")
        )
        messages.success(request, said % {"shop": found.name})
        return redirect(found)
    context = {"shop": found, "form": form, "held": holdings_of(found)}
    return render(request, "integrations/shop_disconnect.html", context, status=422 if form.errors else 200)

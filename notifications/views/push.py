"""Which of my browsers tell me of news while LinkStar is shut."""

from django import forms
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.lib.text import clean_line
from linkstar.lib.vapid import public_key
from linkstar.workspaces.access import guests_allowed
from linkstar.workspaces.http import WorkspaceRequest
from notifications.actions.push import UnknownService, add_device


class DeviceForm(forms.Form):
    """What PushSubscription.toJSON() says, flat."""

    endpoint = forms.URLField(max_length=1000, assume_scheme="https")
    p256dh = forms.RegexField(r"^[A-Za-z0-9_=-]{60,200}$")
    auth = forms.RegexField(r"^[A-Za-z0-9_=-]{16,100}$")


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
def devices(request: WorkspaceRequest) -> HttpResponse:
    """GET is the panel of the profile page; POST adds the browser that asks."""
    if request.method != "POST":
        return _panel(request)
    form = DeviceForm(request.POST)
    if not form.is_valid():
        raise BadRequest("subscription")
    try:
        add_device(request.member, **form.cleaned_data, name=_name_of(request.headers.get("User-Agent", "")))
    except UnknownService:
        return _panel(request, error=_("This browser's push service is not one that LinkStar knows."), status=422)
    return _panel(request)


@require_POST
@guests_allowed
def device_remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    get_object_or_404(request.member.push_devices, pk=pk).delete()
    return _panel(request) if request.htmx else redirect("members:profile")


def _panel(request: WorkspaceRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "devices": request.member.push_devices.order_by("-pk"),
        "key": public_key(settings.VAPID_SECRET),
        "error": error,
    }
    name = "notifications/push.html"
    return render(request, f"{name}#panel" if request.htmx else name, context, status=status)


_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip


def _name_of(agent: str) -> str:
    """Something a person knows their device by: "Chrome, Android"."""
    parts = [next((name for mark, name in names if mark in agent), "") for names in (_BROWSERS, _SYSTEMS)]
    return clean_line(", ".join(part for part in parts if part), 80) or _("A browser")

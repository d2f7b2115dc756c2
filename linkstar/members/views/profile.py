"""How a person appears and reads: name, language, zone, theme. On a workspace's host and on the public site alike."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.accounts.models import User
from linkstar.lib.forms import set_choices
from linkstar.lib.text import clean_line
from linkstar.lib.zones import is_zone, zone_choices
from linkstar.members.actions.profile import (
    change_language,
    change_look,
    change_profile,
    change_time_zone,
    end_guidance,
)
from linkstar.workspaces.access import anonymous_allowed, guests_allowed, signed_in_only
from linkstar.workspaces.handover import safe_path
from linkstar.workspaces.http import SignedInRequest, WorkspaceRequest, posted
from linkstar.workspaces.models import DriveGrant

_COMMON_ZONES = ("Asia/Shanghai", "America/New_York", "America/Los_Angeles")


class ProfileForm(forms.Form):
    full_name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Your time zone"),
        help_text=gettext_lazy("Deadlines show in their own clock and in this one."),
    )
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), choices=User.Theme.choices)
    density = forms.ChoiceField(label=gettext_lazy("Density"), choices=User.Density.choices)

    def __init__(self, *args: Any, own_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = tuple(dict.fromkeys([own_zone, *_COMMON_ZONES]))
        set_choices(self, "time_zone", zone_choices(get_language() or "en", first))

    def clean_full_name(self) -> str:
        name = clean_line(self.cleaned_data["full_name"], 80)
        if not name:
            raise ValidationError(_("Type your name, as your colleagues know you."))
        return name


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
def profile(request: SignedInRequest) -> HttpResponse:
    return _profile(request, "members:profile")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_only
def profile_public(request: SignedInRequest) -> HttpResponse:
    return _profile(request, "account-profile")


@require_POST
@anonymous_allowed(reason="changes only the reader's own language")
def set_language(request: HttpRequest) -> HttpResponse:
    """`language`, and `next` to come back to. Kept in a cookie, and in the person's profile when signed in."""
    language = request.POST.get("language", "")
    response = redirect(safe_path(request.POST.get("next")))
    if language in dict(settings.LANGUAGES):
        _remember(response, language)
        if request.user.is_authenticated:
            change_language(request.user, language=language)
    return response


@require_POST
@guests_allowed
def zone_take(request: SignedInRequest) -> HttpResponse:
    """The person took the zone that their browser offered."""
    zone = request.POST.get("time_zone", "")
    if is_zone(zone):
        change_time_zone(request.user, time_zone=zone)
        messages.success(request, _("Your clock is set."))
    else:
        messages.error(request, _("This time zone is not known. Choose one from the list."))
    return redirect(safe_path(request.POST.get("next")))


class LookForm(forms.Form):
    """One of the two, or both."""

    theme = forms.ChoiceField(required=False, choices=User.Theme.choices)
    density = forms.ChoiceField(required=False, choices=User.Density.choices)


@require_POST
@guests_allowed
def look_set(request: WorkspaceRequest) -> HttpResponse:
    """The theme or the density, from the palette: the page is drawn again with it."""
    form = LookForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("Choose one of the list."), status=422)
    change_look(request.user, **{name: value for name, value in form.cleaned_data.items() if value})
    if not request.htmx:
        return redirect("members:profile")
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response


def _profile(request: SignedInRequest, name: str) -> HttpResponse:
    user = request.user
    fields = ("full_name", "language", "time_zone", "theme", "density")
    form = ProfileForm(
        posted(request), own_zone=user.time_zone, initial={field: getattr(user, field) for field in fields}
    )
    if request.method == "POST" and form.is_valid():
        change_profile(user, **form.cleaned_data)
        with override(user.language):
            messages.success(request, _("Your profile is saved."))
        response = redirect(name)
        _remember(response, user.language)
        return response
    context = {"form": form, "drive_is_offered": DriveGrant.is_offered()}
    return render(request, "members/profile.html", context, status=422 if form.errors else 200)


def _remember(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


@require_POST
@guests_allowed
def guided(request: WorkspaceRequest) -> HttpResponse:
    """The three cards of guidance were read: they do not come again."""
    end_guidance(request.member, now=timezone.now())
    return HttpResponse() if request.htmx else redirect("/")

"""The first minutes: choosing a workspace's name and address, on the public site."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from linkstar.accounts.free_mail import is_free_mail
from linkstar.accounts.models import User
from linkstar.lib.forms import set_choices
from linkstar.lib.text import clean_line, slugify_workspace
from linkstar.lib.zones import zone_choices
from linkstar.workspaces.access import signed_in_only
from linkstar.workspaces.actions.workspaces import TooManyWorkspaces, start_workspace
from linkstar.workspaces.handover import handover_url
from linkstar.workspaces.http import SignedInRequest, posted
from linkstar.workspaces.slugs import SlugRefused, check_slug

_FIRST_ZONES = ("America/New_York", "America/Los_Angeles")
_ENDINGS = ("", "-team", "-us", "-2", "-3", "-4")


class NewWorkspaceForm(forms.Form):
    name = forms.CharField(label=_("Name of the workspace"), max_length=80)
    slug = forms.CharField(label=_("Web address"), max_length=63)
    time_zone = forms.ChoiceField(
        label=_("Default time zone"), help_text=_("Where your shop's day ends. Every project can have its own.")
    )
    language = forms.ChoiceField(label=_("Default language"), choices=settings.LANGUAGES)

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        first = dict.fromkeys([*_FIRST_ZONES, user.time_zone])
        set_choices(self, "time_zone", zone_choices(get_language() or "en", tuple(first)))

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 80)
        if not name:
            raise ValidationError(_("Give the workspace a name."))
        return name

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"].strip().lower()
        try:
            check_slug(slug)
        except SlugRefused as refusal:
            raise ValidationError(refusal.message) from refusal
        return slug


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_only
def workspace_new(request: SignedInRequest) -> HttpResponse:
    user = request.user
    form = NewWorkspaceForm(
        posted(request),
        user=user,
        initial={"time_zone": _FIRST_ZONES[0], "language": get_language(), "slug": _suggestion("", user)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            workspace = start_workspace(owner=user, now=timezone.now(), **form.cleaned_data)
        except SlugRefused as refusal:
            form.add_error("slug", refusal.message)
        except TooManyWorkspaces as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect(handover_url(user, workspace))
    context = {"form": form, "suggested": request.POST.get("suggested", form.initial["slug"]), **_address()}
    return render(request, "workspaces/workspace_new.html", context, status=422 if form.errors else 200)


@require_safe
@signed_in_only
def slug_check(request: SignedInRequest) -> HttpResponse:
    """What the address field shows while the name or the address is being typed.

    `part=hint` gives the line under the field alone, so that the field being typed in is not replaced. Otherwise the
    whole field comes, with a proposal from the name, unless the person has typed an address of their own.
    """
    slug = request.GET.get("slug", "").strip().lower()[:63]
    suggested = request.GET.get("suggested", "")[:63]
    only_hint = request.GET.get("part") == "hint"
    if not only_hint and slug in ("", suggested):
        slug = suggested = _suggestion(request.GET.get("name", "")[:80], request.user)
    context = {"slug": slug, "suggested": suggested, **_address(), **_verdict(slug)}
    part = "hint" if only_hint else "field"
    response = render(request, f"workspaces/_slug.html#{part}", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


def _verdict(slug: str) -> dict[str, Any]:
    if not slug:
        return {"refusal": "", "is_free": False}
    try:
        check_slug(slug)
    except SlugRefused as refusal:
        return {"refusal": refusal.message, "is_free": False}
    return {"refusal": "", "is_free": True}


def _suggestion(name: str, user: User) -> str:
    """A free address made of the name, or of the company's mail domain when the name has no Latin letters."""
    company = "" if is_free_mail(user.email) else user.email.rpartition("@")[2].partition(".")[0]
    for base in (slugify_workspace(name), slugify_workspace(company)):
        for ending in _ENDINGS if base else ():
            slug = f"{base[: 40 - len(ending)].rstrip('-')}{ending}"
            if _verdict(slug)["is_free"]:
                return slug
    return ""


def _address() -> dict[str, str]:
    return {"before": f"{settings.SITE_SCHEME}://", "after": f".{settings.BASE_DOMAIN}{settings.SITE_PORT}"}

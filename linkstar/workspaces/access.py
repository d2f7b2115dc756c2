"""Who may enter a view. Each decorator leaves its name on the view as `access_policy`, which the matrix test reads."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url

from linkstar.accounts.access import View, names_policy
from linkstar.workspaces.http import SiteRequest
from linkstar.workspaces.models import Role

INSIDERS = frozenset({Role.OWNER, Role.ADMIN, Role.MANAGER, Role.MEMBER})
MANAGERS = frozenset({Role.OWNER, Role.ADMIN, Role.MANAGER})
ADMINS = frozenset({Role.OWNER, Role.ADMIN})
EVERYBODY = INSIDERS | {Role.GUEST}


def _entered_by(roles: frozenset[Role], policy: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @names_policy(policy)
        @wraps(view)
        def guarded(request: SiteRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            member = request.member
            if member is None:
                return not_a_member(request)
            if member.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def not_a_member(request: HttpRequest) -> HttpResponse:
    """The page for a stranger with an account, and for somebody whose access has ended."""
    return render(request, "workspaces/not_a_member.html", status=403)


def _to_login(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a fragment cannot be redirected, so htmx is told to load the whole page."""
    if getattr(request, "htmx", False):
        response = HttpResponse(status=401)
        response["HX-Trigger"] = "session-expired"
        return response
    return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))


members_only = _entered_by(INSIDERS, "members")
guests_allowed = _entered_by(EVERYBODY, "guests")
managers_only = _entered_by(MANAGERS, "managers")
admins_only = _entered_by(ADMINS, "admins")


def anonymous_allowed(*, reason: str) -> Callable[[View], View]:
    """Open to anyone on a workspace's host; `reason` says what protects it instead."""
    return names_policy(f"anonymous: {reason}")


def public_page(view: View) -> View:
    """A page of the public site that anyone may read."""
    return names_policy("public")(view)


def signed_in_only(view: View) -> View:
    """A page of the public site for people with an account, whichever workspaces they belong to."""

    @names_policy("signed in")
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_login(request)
        return view(request, *args, **kwargs)

    return guarded

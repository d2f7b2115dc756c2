"""Who may enter a sign-in page. The rest of the product uses linkstar/workspaces/access.py, a room above."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

View = Callable[..., HttpResponseBase]


def names_policy(policy: str) -> Callable[[View], View]:
    """Leave `policy` on the view as its `access_policy`, which the matrix test reads."""

    def name(view: Any) -> View:
        view.access_policy = policy
        return view

    return name


def open_to_anyone(*, reason: str) -> Callable[[View], View]:
    """Open on every host; `reason` says what protects it instead, as in `anonymous_allowed`."""
    return names_policy(f"anonymous: {reason}")


def own_account_only(view: View) -> View:
    """For whoever is signed in, on any host: they see and change nothing but their own account."""

    @names_policy("signed in")
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        return view(request, *args, **kwargs)

    return guarded

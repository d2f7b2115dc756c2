"""A session belongs to the host it was made on. Cookies are host-only already; this holds if one is carried over."""

from django.contrib.auth import logout
from django.http import HttpRequest

_KEY = "workspace_id"
# The public site is no workspace, and not nothing either.
_PUBLIC = 0


def bind_session(request: HttpRequest) -> None:
    """Call at every sign-in."""
    request.session[_KEY] = _here(request)


def end_foreign_session(request: HttpRequest) -> None:
    """Sign out who comes with a session of another workspace."""
    if request.user.is_authenticated and is_foreign(request):
        logout(request)


def is_foreign(request: HttpRequest) -> bool:
    """Whether the session was made on another host; one that says nothing was not."""
    return bool(request.session.get(_KEY, _here(request)) != _here(request))


def _here(request: HttpRequest) -> int:
    workspace = getattr(request, "workspace", None)
    return _PUBLIC if workspace is None else int(workspace.pk)

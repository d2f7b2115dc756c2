"""What the frame around every page of a workspace shows."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from linkstar.lib.snapshots import Cursor
from linkstar.workspaces.http import SiteRequest
from linkstar.workspaces.trial import days_left


def frame(request: SiteRequest) -> dict[str, Any]:
    """`frame.member`, `.workspace`, `.trial_days`, and addresses of what loads by itself; {} off a workspace.

    `.cursor` is older than everything that the page shows, so that what it asks for later begins there.

    The unread count and the recent projects lie in rooms above this one, so the rail asks for them by URL.
    """
    member = getattr(request, "member", None)
    if member is None or request.workspace is None:
        return {}
    workspace = request.workspace
    frame = {
        "member": member,
        "workspace": workspace,
        "rail": SimpleLazyObject(lambda: reverse("projects:rail")),
        "help_url": SimpleLazyObject(_help_url),
        "workspaces_url": SimpleLazyObject(lambda: reverse("workspaces:switcher")),
        "live_url": _live_url(request),
        "cursor": cursor_of(request),
        "trial_days": days_left(workspace, now=timezone.now()),
    }
    return {"frame": frame}


def cursor_of(request: SiteRequest) -> Cursor:
    """Older than everything that is read after the member was."""
    return Cursor.of(getattr(request.member, "snapshot", ""), now=timezone.now())


def _live_url(request: SiteRequest) -> str:
    """The page's own host: the same origin behind a proxy, another port on a machine of one's own."""
    if not settings.LIVE_PORT:
        return "/live/"
    host = request.get_host().partition(":")[0]
    return f"{settings.SITE_SCHEME}://{host}:{settings.LIVE_PORT}/live/"


def _help_url() -> str:
    """The articles stand on the public site."""
    path = reverse("public:help", urlconf=settings.PUBLIC_SCHEMA_URLCONF)
    return f"{settings.SITE_SCHEME}://{settings.BASE_DOMAIN}{settings.SITE_PORT}{path}"

"""What the frame around every page of a workspace shows."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from linkstar.workspaces.http import SiteRequest
from linkstar.workspaces.trial import days_left


def frame(request: SiteRequest) -> dict[str, Any]:
    """`frame.member`, `.workspace`, `.trial_days`, and addresses of what loads by itself; {} off a workspace.

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
        "trial_days": days_left(workspace, now=timezone.now()),
    }
    return {"frame": frame}


def _help_url() -> str:
    """The articles stand on the public site."""
    path = reverse("public:help", urlconf=settings.PUBLIC_SCHEMA_URLCONF)
    return f"{settings.SITE_SCHEME}://{settings.BASE_DOMAIN}{settings.SITE_PORT}{path}"

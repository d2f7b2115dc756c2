"""What the frame around every page of a workspace shows."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject


def frame(request: HttpRequest) -> dict[str, Any]:
    """`frame.member`, `.workspace`, and the addresses of the lists that load by themselves; {} off a workspace.

    The unread count and the recent projects lie in rooms above this one, so the rail asks for them by URL.
    """
    member = getattr(request, "member", None)
    if member is None:
        return {}
    return {"frame": {"member": member, "workspace": request.workspace, "rail": SimpleLazyObject(lambda: reverse("projects:rail"))}}  # type: ignore[attr-defined]

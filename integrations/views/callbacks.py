"""The public site's side of connecting: from the channel on to the workspace that asked."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from integrations import states
from integrations.models import ChannelAccount
from linkstar.workspaces.access import public_page
from linkstar.workspaces.models import Workspace


def callback_url(channel: str) -> str:
    """The one address that the operator enters at the channel."""
    return _public_url(reverse("integrations:connected", args=[channel], urlconf=settings.PUBLIC_SCHEMA_URLCONF))


def drive_callback_url() -> str:
    """The one address that the operator enters at Google."""
    return _public_url(reverse("integrations:drive-connected", urlconf=settings.PUBLIC_SCHEMA_URLCONF))


def _public_url(path: str) -> str:
    return f"{settings.SITE_SCHEME}://{settings.BASE_DOMAIN}{settings.SITE_PORT}{path}"


@require_safe
@public_page
@never_cache
def connected(request: HttpRequest, channel: str) -> HttpResponse:
    """Everything the channel said goes along as it is: it may be signed. Nothing is exchanged here."""
    if channel not in ChannelAccount.Channel.values:
        raise Http404
    return _on_to_workspace(
        request, reverse("integrations:connect-finish", args=[channel], urlconf=settings.ROOT_URLCONF)
    )


@require_safe
@public_page
@never_cache
def drive_connected(request: HttpRequest) -> HttpResponse:
    """From Google on to the workspace that somebody went there from."""
    return _on_to_workspace(request, reverse("integrations:drive-finish", urlconf=settings.ROOT_URLCONF))


def _on_to_workspace(request: HttpRequest, path: str) -> HttpResponse:
    workspace_id = states.workspace_of(request.GET.get("state", ""))
    workspace = (
        Workspace.objects.filter(pk=workspace_id, state=Workspace.State.ACTIVE).first() if workspace_id else None
    )
    if workspace is None:
        return render(request, "integrations/connect_expired.html", status=410)
    return redirect(f"{workspace.url}{path}?{request.META['QUERY_STRING']}")

"""The request as views of a workspace see it."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django_htmx.middleware import HtmxDetails

from linkstar.accounts.models import User
from linkstar.workspaces.models import Workspace

if TYPE_CHECKING:
    from linkstar.members.models import Member


class SiteRequest(HttpRequest):
    """Any request, once our middleware has seen it. On the public site `workspace` and `member` are None."""

    member: "Member | None"
    workspace: Workspace | None
    tenant: Workspace | None
    htmx: HtmxDetails
    id: str


class SignedInRequest(SiteRequest):
    """A request by somebody with an account, on whichever host."""

    user: User


class HostRequest(SiteRequest):
    """A request on a workspace's host, by anybody."""

    workspace: Workspace


class WorkspaceRequest(HostRequest):
    """A request on a workspace's host by somebody who belongs there."""

    user: User
    member: "Member"


def go_to(request: SiteRequest, address: str) -> HttpResponse:
    """On to another page, also from a dialog, which htmx would fill with it."""
    if not request.htmx:
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the data of a POST, empty or not, and None otherwise."""
    return request.POST if request.method == "POST" else None

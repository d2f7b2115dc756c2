"""The request as views of a workspace see it."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, QueryDict
from django_htmx.middleware import HtmxDetails

from linkstar.accounts.models import User
from linkstar.workspaces.models import Workspace

if TYPE_CHECKING:
    from linkstar.members.models import Member


class WorkspaceRequest(HttpRequest):
    """A request on a workspace's host by somebody who belongs there."""

    user: User
    member: "Member"
    workspace: Workspace
    htmx: HtmxDetails
    id: str


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the data of a POST, empty or not, and None otherwise."""
    return request.POST if request.method == "POST" else None

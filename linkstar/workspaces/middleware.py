"""Host → workspace → schema, for the length of one request."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from linkstar import errors
from linkstar.workspaces import holidays
from linkstar.workspaces.fleet import accepts
from linkstar.workspaces.hosts import is_public_host, workspace_on
from linkstar.workspaces.http import SiteRequest
from linkstar.workspaces.models import Workspace


class WorkspaceMiddleware:
    """Sets `request.workspace` (None on the public site), the URLconf and the schema; unknown hosts get a 404.

    A workspace whose schema is not one this code can run on gets a 503 (tenancy.md, rule 3).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: SiteRequest) -> HttpResponse:
        connection.set_schema_to_public()
        holidays.follow()
        host = request.get_host().partition(":")[0].lower().rstrip(".")
        if is_public_host(host):
            return self._public(request)
        workspace = workspace_on(host)
        if workspace is None:
            return errors.no_such_workspace(self._as_public(request))
        if workspace.state == Workspace.State.SUSPENDED:
            return errors.workspace_suspended(self._as_public(request))
        if not accepts(workspace.ledger):
            return errors.being_upgraded(self._as_public(request))
        request.workspace = request.tenant = workspace
        request.urlconf = settings.ROOT_URLCONF
        structlog.contextvars.bind_contextvars(workspace=workspace.slug)
        connection.set_tenant(workspace)
        try:
            return self.get_response(request)
        finally:
            connection.set_schema_to_public()

    def _public(self, request: SiteRequest) -> HttpResponse:
        return self.get_response(self._as_public(request))

    @staticmethod
    def _as_public(request: SiteRequest) -> SiteRequest:
        request.workspace = request.tenant = None
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        return request

"""Modules of a workspace that are off answer 404, with a page that says why. Nothing of theirs is deleted."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linkstar.workspaces.models import Workspace

# Which module the addresses of an app belong to.
_NAMESPACES = {
    **dict.fromkeys(("projects", "templates_sop", "compliance", "pilot", "retrospectives"), Workspace.Module.PROJECTS),
    "integrations": Workspace.Module.SALES,
}


class ModuleMiddleware:
    """Stands after the reader's language is chosen; strangers are asked to sign in first, by the view itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        module = _NAMESPACES.get(request.resolver_match.namespace) if request.resolver_match else None
        workspace = getattr(request, "workspace", None)
        if module is None or workspace is None or getattr(request, "member", None) is None:
            return None
        if workspace.has_module(module):
            return None
        return render(request, "workspaces/module_off.html", {"module": module}, status=404)

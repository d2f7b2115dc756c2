"""What pages of sales share: who may see them, what is asked of them, and where each of them stands."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from integrations import access
from integrations.dashboards.asking import Asked, Wanted, ask
from integrations.dashboards.products import pairs_of
from integrations.models import ChannelAccount
from linkstar.workspaces.http import WorkspaceRequest
from projects.access import get_project
from projects.models import Project

_ADDRESSES = {
    "here": "sales", "skus_url": "sales-skus", "csv_url": "sales-csv", "show_url": "sales-show",
    "cover_url": "sales-cover", "noticed_url": "sales-noticed",
}  # fmt: skip


def with_numbers(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For those who see numbers; whoever does not is told who can change that."""

    @wraps(view)
    def told(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not access.may(request.member, "numbers"):
            return render(request, "integrations/sales_barred.html", status=403)
        return view(request, *args, **kwargs)

    return told


def asked_of(request: WorkspaceRequest, pk: int | None) -> tuple[Project | None, Asked, list[ChannelAccount]]:
    """Of a project, by its pk, or of the workspace.

    404 for a project that is not the reader's to see, 403 where it is shown to nobody else.
    """
    project = get_project(request.member, pk) if pk is not None else None
    shops = list(access.shops_of(request.member).order_by("name", "pk"))
    pairs = pairs_of(request.member, project, shops) if project else None
    usual = request.member.shown_currency
    asked = ask(Wanted.read(request.GET), shops, now=timezone.now(), pairs=pairs, usual_show=usual)
    return project, asked, shops


def places_of(project: Project | None) -> dict[str, str]:
    """Addresses of its pages, by what templates call them."""
    if project is None:
        return {key: reverse(f"integrations:{name}") for key, name in _ADDRESSES.items()}
    return {key: reverse(f"integrations:project-{name}", args=[project.pk]) for key, name in _ADDRESSES.items()}

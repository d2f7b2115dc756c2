"""From one host to another: a person's workspaces, and the door between them."""

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.accounts.models import User
from linkstar.workspaces.access import anonymous_allowed, signed_in_only
from linkstar.workspaces.handover import bearer, handover_url, redeem, safe_path
from linkstar.workspaces.http import HostRequest, SignedInRequest
from linkstar.workspaces.models import Membership, Workspace


@require_safe
@signed_in_only
def workspaces_mine(request: SignedInRequest) -> HttpResponse:
    """Public site: where I belong. With no workspace yet, straight to making one."""
    memberships = _memberships(request.user)
    if not memberships:
        return redirect("workspaces:new")
    return render(request, "workspaces/workspaces_mine.html", {"memberships": memberships})


@require_safe
@signed_in_only
@never_cache
def enter(request: SignedInRequest, slug: str) -> HttpResponse:
    """Public site: send a member on to their workspace's host, signed in. For others there is no such workspace."""
    workspace = _my_workspace(request.user, slug)
    return redirect(handover_url(request.user, workspace, next_path=request.GET.get("next", "/")))


@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_allowed(reason="the one-time token is the credential")
@never_cache
def arrive(request: HostRequest) -> HttpResponse:
    """A workspace's host: exchange the token of a hand-over for a session of this host.

    A link that somebody else prepared must not change who is signed in here: that takes a press of a button.
    """
    asked = request.POST if request.method == "POST" else request.GET
    token, next_path = asked.get("token", ""), safe_path(asked.get("next"))
    if request.method != "POST" and request.user.is_authenticated:
        user = bearer(token, request.workspace)
        if user is not None and user != request.user:
            context = {"user_to_be": user, "token": token, "next": next_path}
            return render(request, "workspaces/handover_confirm.html", context)
    user = redeem(token, request.workspace)
    if user is None:
        if request.user.is_authenticated and request.method != "POST":
            return redirect(next_path)
        return render(request, "workspaces/handover_expired.html", {"next": next_path}, status=410)
    get_adapter(request).login(request, user)
    return redirect(next_path)


@require_safe
@signed_in_only
def switcher(request: SignedInRequest) -> HttpResponse:
    """A workspace's host: the same list, each with a button that carries the person over."""
    context = {"memberships": _memberships(request.user), "here": request.workspace}
    return render(request, "workspaces/switcher.html", context)


@require_POST
@signed_in_only
def switch(request: SignedInRequest, slug: str) -> HttpResponse:
    return redirect(handover_url(request.user, _my_workspace(request.user, slug)))


def _memberships(user: User) -> list[Membership]:
    found = Membership.objects.filter(user=user, is_active=True).select_related("workspace")
    return list(found.order_by("workspace__name", "pk"))


def _my_workspace(user: User, slug: str) -> Workspace:
    membership = (
        Membership.objects.select_related("workspace")
        .filter(user=user, is_active=True, workspace__slug=slug, workspace__state=Workspace.State.ACTIVE)
        .first()
    )
    if membership is None:
        raise Http404
    return membership.workspace

"""The page that the letter to a guest leads to."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from linkstar.accounts.actions import AccountExists, has_account, open_account
from linkstar.accounts.models import User
from linkstar.members.actions.links import InvitationRefused
from linkstar.members.models import Member
from linkstar.members.models.links import hash_of
from linkstar.members.views.invitations import NewPersonForm
from linkstar.workspaces.access import anonymous_allowed
from linkstar.workspaces.http import HostRequest, posted
from projects.actions.guests import accept_guest_invitation
from projects.models import GuestInvitation, Project


@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_allowed(reason="the token is the credential")
@never_cache
@sensitive_post_parameters("password")
def guest_join(request: HostRequest, token: str) -> HttpResponse:
    """Confirm, sign in first, or open an account, whichever fits. Only the invited address comes in by this link."""
    found = GuestInvitation.objects.select_related("project", "invited_by").filter(token_hash=hash_of(token))
    invitation = found.first()
    if invitation is None:
        return _refused(request, "unknown", None)
    reason = invitation.why_unusable(now=timezone.now())
    if reason:
        return _refused(request, reason, invitation)
    if request.user.is_authenticated:
        return _join_signed_in(request, request.user, invitation, token)
    if has_account(invitation.email):
        return _page(request, "sign_in", invitation, token)
    return _join_new(request, invitation, token)


def _join_signed_in(request: HostRequest, user: User, invitation: GuestInvitation, token: str) -> HttpResponse:
    member = request.member
    posted_here = request.method == "POST"
    if user.email.lower() != invitation.email.lower():
        return _page(request, "other", invitation, token, status=403 if posted_here else 200)
    if member is not None and member.is_insider:
        return _page(request, "insider", invitation, token, status=409 if posted_here else 200)
    if not posted_here:
        return _page(request, "confirm", invitation, token)
    try:
        accept_guest_invitation(invitation, user=user, now=timezone.now())
    except InvitationRefused as refusal:
        return _refused(request, refusal.reason, invitation)
    return _welcome(request, invitation.project)


def _join_new(request: HttpRequest, invitation: GuestInvitation, token: str) -> HttpResponse:
    form = NewPersonForm(posted(request), email=invitation.email, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        try:
            # Together, so that a link that dies in this moment leaves no account behind.
            with transaction.atomic():
                user = open_account(email=invitation.email, **form.cleaned_data)
                accept_guest_invitation(invitation, user=user, now=timezone.now())
        except AccountExists:
            return redirect("projects:guest-join", token)
        except InvitationRefused as refusal:
            return _refused(request, refusal.reason, invitation)
        get_adapter(request).login(request, user)
        return _welcome(request, invitation.project)
    return _page(request, "new", invitation, token, form=form, status=422 if form.errors else 200)


def _welcome(request: HttpRequest, project: Project) -> HttpResponse:
    messages.success(request, _("Welcome. This is what you see of “%(project)s”.") % {"project": project.name})
    return redirect(project)


def _page(
    request: HttpRequest,
    way: str,
    invitation: GuestInvitation,
    token: str,
    *,
    form: NewPersonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """`way` is "confirm", "other", "insider", "sign_in" or "new"."""
    context = {"way": way, "invitation": invitation, "project": invitation.project, "token": token, "form": form}
    return render(request, "projects/guest_join.html", context, status=status)


def _refused(request: HttpRequest, reason: str, invitation: GuestInvitation | None) -> HttpResponse:
    """A dead link says what to do: 404 when it never was one, 410 when it was."""
    member: Member | None = getattr(request, "member", None)
    # Somebody who comes back to their letter, or clicked twice, only wants in.
    if reason in ("used", "insider") and invitation is not None and member is not None:
        project = Project.objects.visible_to(member).filter(pk=invitation.project_id).first()
        if project is not None:
            return redirect(project)
    context = {"reason": reason, "invitation": invitation, "project": invitation.project if invitation else None}
    return render(request, "projects/guest_join_refused.html", context, status=404 if invitation is None else 410)

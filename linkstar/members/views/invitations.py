"""Inviting people by mail, and the page that their letter leads to."""

import re
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.accounts.actions import AccountExists, has_account, open_account
from linkstar.accounts.models import User
from linkstar.lib.forms import set_choices
from linkstar.lib.text import clean_line
from linkstar.lib.zones import is_zone
from linkstar.members import access
from linkstar.members.actions.invitations import (
    accept_invitation,
    invite_members,
    renew_invitation,
    withdraw_invitation,
)
from linkstar.members.actions.links import InvitationRefused, TooManyInvitations
from linkstar.members.models import Invitation, Member
from linkstar.members.models.links import hash_of
from linkstar.workspaces.access import anonymous_allowed, managers_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from linkstar.workspaces.models import Role

_MOST_AT_ONCE = 50
_BETWEEN = re.compile(r"[\s,;，；、]+")


class InviteForm(forms.Form):
    emails = forms.CharField(
        label=gettext_lazy("Mail addresses"),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        max_length=10_000,
        help_text=gettext_lazy("One a line, or with commas between."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def __init__(self, *args: Any, actor: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "role", [(role.value, role.label) for role in access.roles_to_give(actor)])

    def clean_emails(self) -> list[str]:
        """Every address once, in the order typed. One that is none refuses them all, so that nothing typed is lost."""
        emails = list(dict.fromkeys(part.lower() for part in _BETWEEN.split(self.cleaned_data["emails"]) if part))
        wrong = [email for email in emails if not _is_email(email)]
        if wrong:
            raise ValidationError(_("Not a mail address: %(addresses)s") % {"addresses": ", ".join(wrong[:5])})
        if not emails:
            raise ValidationError(_("Type at least one mail address."))
        if len(emails) > _MOST_AT_ONCE:
            raise ValidationError(_("At most %(count)d at once.") % {"count": _MOST_AT_ONCE})
        return emails


class NewPersonForm(forms.Form):
    """Opens an account for whoever holds the link. The zone is the browser's; an unknown one is ignored."""

    full_name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=gettext_lazy("A password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("10 characters or more; a few words make a good one."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)

    def clean_full_name(self) -> str:
        name = clean_line(self.cleaned_data["full_name"], 80)
        if not name:
            raise ValidationError(_("Type your name, as your colleagues know you."))
        return name

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, full_name=self.cleaned_data.get("full_name", "")))
        return password

    def clean_time_zone(self) -> str:
        zone = self.cleaned_data["time_zone"]
        return zone if is_zone(zone) else settings.DEFAULT_WORKSPACE_ZONE


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def member_invite(request: WorkspaceRequest) -> HttpResponse:
    form = InviteForm(posted(request), actor=request.member, initial={"role": Role.MEMBER})
    results = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            results = invite_members(data["emails"], role=data["role"], actor=request.member, now=timezone.now())
        except TooManyInvitations as refusal:
            form.add_error("emails", refusal.message)
        else:
            form = InviteForm(actor=request.member, initial={"role": data["role"]})
    context = {"form": form, "results": results, "workspace": request.workspace}
    return render(request, "members/member_invite.html", context, status=422 if form.errors else 200)


@require_POST
@managers_only
def invitation_renew(request: WorkspaceRequest, pk: int) -> HttpResponse:
    invitation = access.get_invitation(request.member, pk)
    try:
        renew_invitation(invitation, actor=request.member, now=timezone.now())
    except TooManyInvitations as refusal:
        messages.error(request, refusal.message)
        return redirect("members:member-list")
    messages.success(
        request,
        _("A new letter is on its way to %(email)s. The old link no longer works.") % {"email": invitation.email},
    )
    return redirect("members:member-list")


@require_POST
@managers_only
def invitation_withdraw(request: WorkspaceRequest, pk: int) -> HttpResponse:
    invitation = access.get_invitation(request.member, pk)
    withdraw_invitation(invitation, actor=request.member, now=timezone.now())
    messages.success(
        request, _("The invitation of %(email)s is withdrawn. Its link no longer works.") % {"email": invitation.email}
    )
    return redirect("members:member-list")


@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_allowed(reason="the token is the credential")
@never_cache
@sensitive_post_parameters("password")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in an invitation: confirm, sign in first, or open an account, whichever fits."""
    invitation = Invitation.objects.select_related("invited_by").filter(token_hash=hash_of(token)).first()
    reason = invitation.why_unusable(now=timezone.now()) if invitation is not None else "unknown"
    if invitation is None or reason:
        return _refused(request, reason, invitation)
    if request.user.is_authenticated:
        return _join_signed_in(request, request.user, invitation, token)
    if has_account(invitation.email):
        return render(request, "members/join_sign_in.html", {"invitation": invitation, "token": token})
    return _join_new(request, invitation, token)


def _join_signed_in(request: HttpRequest, user: User, invitation: Invitation, token: str) -> HttpResponse:
    if request.method == "POST":
        return _accept(request, invitation, user)
    is_same = user.email.lower() == invitation.email.lower()
    context = {"invitation": invitation, "token": token, "is_same": is_same}
    return render(request, "members/join_confirm.html", context)


def _join_new(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    form = NewPersonForm(posted(request), email=invitation.email, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        try:
            # Together, so that a link that dies in this moment leaves no account behind.
            with transaction.atomic():
                user = open_account(email=invitation.email, **form.cleaned_data)
                accept_invitation(invitation, user=user, now=timezone.now())
        except AccountExists:
            return redirect("members:join", token)
        except InvitationRefused as refusal:
            return _refused(request, refusal.reason, invitation)
        get_adapter(request).login(request, user)
        return redirect("/")
    context = {"invitation": invitation, "token": token, "form": form}
    return render(request, "members/join_new.html", context, status=422 if form.errors else 200)


def _accept(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    try:
        accept_invitation(invitation, user=user, now=timezone.now())
    except InvitationRefused as refusal:
        # Somebody who clicked twice only wants in.
        if Member.objects.active().filter(user_id=user.pk).exists():
            return redirect("/")
        return _refused(request, refusal.reason, invitation)
    return redirect("/")


def _refused(request: HttpRequest, reason: str, invitation: Invitation | None) -> HttpResponse:
    """A dead link says what to do: 404 when it never was one, 410 when it was."""
    status = 404 if reason == "unknown" else 410
    # Somebody who comes back to their letter only wants in.
    if reason == "used" and getattr(request, "member", None) is not None:
        return redirect("/")
    context = {"reason": reason, "invitation": invitation}
    return render(request, "members/join_refused.html", context, status=status)


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254

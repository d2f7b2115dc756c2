"""Who from outside sees a project, and how they come and go."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linkstar.lib.text import clean_line
from linkstar.members.actions.links import TooManyInvitations
from linkstar.members.models import Member
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.guests import invite_guest, remove_guest, withdraw_invitation
from projects.models import GuestInvitation, Project, ProjectAccess, Task

PAGE = 50


class InviteGuestForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off", "placeholder": "name@agency.com"}),
    )
    company = forms.CharField(
        label=gettext_lazy("Company"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if Member.objects.active().insiders().filter(email__iexact=email).exists():
            raise forms.ValidationError(_("This person is a member of the team and sees the project already."))
        keys = self.project.accesses.filter(member__email__iexact=email, member__is_active=True)
        if keys.valid(now=timezone.now()).exists():
            raise forms.ValidationError(_("This person is a guest of the project already."))
        return email

    def clean_company(self) -> str:
        return clean_line(self.cleaned_data["company"], 80)


@dataclass(frozen=True)
class Guest:
    """A guest as the page draws them; `open_tasks` are those of this project that they own."""

    key: ProjectAccess
    open_tasks: int
    has_ended: bool


@require_safe
@members_only
def guests(request: WorkspaceRequest, pk: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="see guests")
    return _guests(request, project, InviteGuestForm(project=project))


@require_POST
@members_only
def guest_invite(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Invite, or invite again: the open invitation of the address gets a new link."""
    project = access.get_project(request.member, pk, to="invite guests")
    form = InviteGuestForm(request.POST, project=project)
    if not form.is_valid():
        return _guests(request, project, form)
    email = form.cleaned_data["email"]
    is_again = project.guest_invitations.open().filter(email__iexact=email).exists()
    try:
        invite_guest(project, **form.cleaned_data, actor=request.member, now=timezone.now())
    except TooManyInvitations as refusal:
        form.add_error("email", refusal.message)
        return _guests(request, project, form)
    if is_again:
        told = _("A new letter is on its way to %(email)s. The old link no longer works.")
    else:
        told = _("An invitation to %(email)s is on its way.")
    messages.success(request, told % {"email": email})
    return redirect("projects:guests", project.pk)


@require_POST
@members_only
def guest_withdraw(request: WorkspaceRequest, pk: int, invitation: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="invite guests")
    found = get_object_or_404(project.guest_invitations.open(), pk=invitation)
    withdraw_invitation(found, actor=request.member, now=timezone.now())
    messages.success(
        request, _("The invitation of %(email)s is withdrawn. Its link no longer works.") % {"email": found.email}
    )
    return redirect("projects:guests", project.pk)


@require_POST
@members_only
def guest_remove(request: WorkspaceRequest, pk: int, member: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="invite guests")
    found = get_object_or_404(project.accesses.select_related("member", "project__owner"), member=member)
    remove_guest(found, actor=request.member, now=timezone.now())
    messages.success(request, _("%(name)s no longer sees this project.") % {"name": found.member.display_name})
    return redirect("projects:guests", project.pk)


def _guests(request: WorkspaceRequest, project: Project, form: InviteGuestForm) -> HttpResponse:
    keys = project.accesses.filter(member__is_active=True).select_related("member")
    page = Paginator(keys.order_by("member__display_name", "pk"), PAGE).get_page(request.GET.get("page"))
    invitations: Iterable[GuestInvitation] = (
        project.guest_invitations.open().select_related("invited_by").order_by("-created_at", "-pk")[:PAGE]
    )
    now = timezone.now()
    shared = access.current_tasks_of(request.member, project).shown_to_all_guests().order_by("completed_at", "number")
    context = {
        "project": project,
        "page": page,
        "guests": _drawn(list(page), project),
        "invitations": [(invitation, invitation.expires_at <= now) for invitation in invitations],
        "form": form,
        "may_invite": access.may(request.member, "invite guests", project),
        "shared_tasks": Paginator(shared, PAGE).get_page(request.GET.get("shared")),
    }
    return render(request, "projects/guests.html", context, status=422 if form.errors else 200)


def _drawn(keys: list[ProjectAccess], project: Project) -> list[Guest]:
    now = timezone.now()
    tasks = Task.objects.alive().unfinished().filter(project=project, owner__in=[key.member_id for key in keys])
    counts = dict(tasks.order_by().values_list("owner").annotate(Count("pk")))
    return [Guest(key, counts.get(key.member_id, 0), bool(key.expires_at and key.expires_at <= now)) for key in keys]

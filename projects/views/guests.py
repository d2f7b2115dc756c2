"""Who from outside sees a project, and how they come and go."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from linkstar.members.models import Member
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.guests import invite_guest, remove_guest, withdraw_invitation
from projects.models import Project, Task

PAGE = 50


class InviteGuestForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Email"), max_length=254)
    company = forms.CharField(label=gettext_lazy("Company"), max_length=80, required=False)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if Member.objects.active().insiders().filter(email__iexact=email).exists():
            raise forms.ValidationError(_("This person is a member of the team and sees the project already."))
        return email


@require_GET
@members_only
def guests(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _guests(request, access.get_project(request.member, pk, to="see guests"), InviteGuestForm())


@require_POST
@members_only
def guest_invite(request: WorkspaceRequest, pk: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="invite guests")
    form = InviteGuestForm(request.POST)
    if form.is_valid():
        invite_guest(project, **form.cleaned_data, actor=request.member, now=timezone.now())
        messages.success(request, _("An invitation to %(email)s is on its way.") % {"email": form.cleaned_data["email"]})
        return redirect("projects:guests", project.pk)
    return _guests(request, project, form)


@require_POST
@members_only
def guest_withdraw(request: WorkspaceRequest, pk: int, invitation: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="invite guests")
    found = get_object_or_404(project.guest_invitations.open(), pk=invitation)
    withdraw_invitation(found, actor=request.member, now=timezone.now())
    return redirect("projects:guests", project.pk)


@require_POST
@members_only
def guest_remove(request: WorkspaceRequest, pk: int, member: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="invite guests")
    found = get_object_or_404(project.accesses.select_related("member"), member=member)
    remove_guest(found, actor=request.member, now=timezone.now())
    return redirect("projects:guests", project.pk)


def _guests(request: WorkspaceRequest, project: Project, form: InviteGuestForm) -> HttpResponse:
    keys = project.accesses.select_related("member").order_by("member__display_name", "pk")
    invitations = project.guest_invitations.open().select_related("invited_by").order_by("-created_at", "-pk")
    context = {
        "project": project,
        "keys": Paginator(keys, PAGE).get_page(request.GET.get("page")),
        "invitations": invitations[:PAGE],
        "form": form,
        "may_invite": access.may(request.member, "invite guests", project),
        "shared_tasks": project.tasks.alive().filter(visibility=Task.Visibility.SHARED).order_by("number")[:PAGE],
        "now": _now_in(request.member),
    }
    return render(request, "projects/guests.html", context, status=422 if form.errors else 200)


def _now_in(member: Member) -> datetime:
    return timezone.now().astimezone(ZoneInfo(member.time_zone))

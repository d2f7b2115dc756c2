"""The members of the workspace: the list, one person, and what may be changed about them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.forms import set_queryset
from linkstar.lib.text import clean_line
from linkstar.members import access
from linkstar.members.actions.members import (
    ChangeRefused,
    change_details,
    change_role,
    deactivate_member,
    leave_workspace,
    reactivate_member,
)
from linkstar.members.handover import open_work_of
from linkstar.members.models import Invitation, Member
from linkstar.workspaces.access import admins_only, guests_allowed, members_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from linkstar.workspaces.models import Role

_PAGE = 50
_FILTERS = ("team", "guests", "former")


class HeirForm(forms.Form):
    """Who takes over. Needed only while there is open work."""

    heir = forms.ModelChoiceField(
        label=gettext_lazy("Who takes over"),
        queryset=Member.objects.none(),
        empty_label=gettext_lazy("Choose a person"),
    )

    def __init__(self, *args: Any, member: Member, is_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_queryset(self, "heir", access.heirs_of(member))
        self.fields["heir"].required = is_needed


class DetailsForm(forms.Form):
    company = forms.CharField(label=gettext_lazy("Company, when it is another one"), max_length=80, required=False)
    can_see_finance = forms.BooleanField(label=gettext_lazy("May see finances"), required=False)

    def clean_company(self) -> str:
        return clean_line(self.cleaned_data["company"], 80)


@require_safe
@members_only
def member_list(request: WorkspaceRequest) -> HttpResponse:
    query = clean_line(request.GET.get("q", ""), 80)
    show = request.GET.get("show") if request.GET.get("show") in _FILTERS else "team"
    page = Paginator(_members(show, query), _PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "query": query,
        "show": show,
        "filters": _filters(),
        "now": timezone.now(),
        "invitations": _invitations(request.member),
        "may_give": access.roles_to_give(request.member),
    }
    part = "#people" if request.htmx else ""
    response = render(request, f"members/member_list.html{part}", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


@require_safe
@members_only
def member_show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return _page(request, access.get_member(request.member, pk))


@require_safe
@members_only
def member_name(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A fragment for pages of the rooms below: who that was."""
    return render(request, "members/_name.html", {"person": access.get_member(request.member, pk)})


@require_POST
@admins_only
def member_role(request: WorkspaceRequest, pk: int) -> HttpResponse:
    member = access.get_member(request.member, pk, to="change the role")
    try:
        member = change_role(member, role=request.POST.get("role", ""), actor=request.member)
    except ChangeRefused as refusal:
        return _page(request, member, role_error=refusal.message)
    messages.success(request, _("%(name)s is now: %(role)s.") % {"name": member, "role": member.get_role_display()})
    return redirect("members:member-show", pk)


@require_POST
@admins_only
def member_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    member = access.get_member(request.member, pk, to="change details")
    form = DetailsForm(request.POST)
    if form.is_valid():
        try:
            change_details(member, actor=request.member, **form.cleaned_data)
        except ChangeRefused as refusal:
            form.add_error("can_see_finance", refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("members:member-show", pk)
    return _page(request, member, details=form)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def member_deactivate(request: WorkspaceRequest, pk: int) -> HttpResponse:
    member = access.get_member(request.member, pk, to="deactivate")
    work = open_work_of(member)
    form = HeirForm(posted(request), member=member, is_needed=bool(work))
    if request.method == "POST" and form.is_valid():
        try:
            deactivate_member(member, heir=form.cleaned_data["heir"], actor=request.member, now=timezone.now())
        except ChangeRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("%(name)s no longer has access.") % {"name": member})
            return redirect("members:member-list")
    context = {"person": member, "work": work, "form": form}
    return render(request, "members/member_deactivate.html", context, status=422 if form.errors else 200)


@require_POST
@admins_only
def member_reactivate(request: WorkspaceRequest, pk: int) -> HttpResponse:
    member = access.get_member(request.member, pk, to="reactivate")
    try:
        reactivate_member(member, actor=request.member)
    except ChangeRefused as refusal:
        return _page(request, member, role_error=refusal.message)
    messages.success(request, _("%(name)s has access again.") % {"name": member})
    return redirect("members:member-show", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@guests_allowed
def leave(request: WorkspaceRequest) -> HttpResponse:
    work = open_work_of(request.member)
    form = HeirForm(posted(request), member=request.member, is_needed=bool(work))
    if request.member.is_guest:
        # They choose nobody, and learn of nobody by asking for numbers.
        del form.fields["heir"]
    if request.method == "POST" and form.is_valid():
        try:
            leave_workspace(request.member, heir=form.cleaned_data.get("heir"), now=timezone.now())
        except ChangeRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("workspaces:switcher")
    context = {"work": work, "form": form}
    return render(request, "members/leave.html", context, status=422 if form.errors else 200)


def _page(
    request: WorkspaceRequest, member: Member, *, details: DetailsForm | None = None, role_error: str = ""
) -> HttpResponse:
    may_manage = access.may_manage(request.member, member)
    context = {
        "person": member,
        "may_manage": may_manage,
        "now": timezone.now(),
        "role_error": role_error,
        "details": details
        or DetailsForm(initial={"company": member.company, "can_see_finance": member.can_see_finance}),
        "roles": [(role.value, role.label) for role in access.roles_to_give(request.member)] if may_manage else [],
    }
    failed = bool(role_error) or (details is not None and bool(details.errors))
    return render(request, "members/member_show.html", context, status=422 if failed else 200)


def _members(show: str | None, query: str) -> Any:
    members = Member.objects.filter(is_active=show != "former")
    if show == "team":
        members = members.exclude(role=Role.GUEST)
    elif show == "guests":
        members = members.filter(role=Role.GUEST)
    if query:
        members = members.filter(
            Q(display_name__icontains=query) | Q(email__icontains=query) | Q(company__icontains=query)
        )
    return members.order_by("display_name", "pk")


def _invitations(member: Member) -> list[dict[str, Any]]:
    """Open invitations, newest first, each with whether this member may renew or withdraw it; [] below managers."""
    if not member.is_manager:
        return []
    given = access.roles_to_give(member)
    found = Invitation.objects.open().select_related("invited_by").order_by("-created_at", "-pk")[:200]
    now = timezone.now()
    return [{"row": row, "may_change": row.role in given, "has_expired": row.expires_at <= now} for row in found]


def _filters() -> list[tuple[str, str]]:
    return [("team", _("Team")), ("guests", _("Guests")), ("former", _("Deactivated"))]

"""A project is offered to its next owner, who accepts or declines."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.members.models import Member
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.ownership import OfferRefused, answer_offer, offer_project, withdraw_offer
from projects.models import OwnerOffer, Project


class OfferForm(forms.Form):
    to = forms.ModelChoiceField(label=gettext_lazy("New owner"), queryset=Member.objects.none())
    note = forms.CharField(label=gettext_lazy("A word with it"), max_length=500, required=False, widget=forms.Textarea)

    def __init__(self, *args: object, project: Project, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        others = Member.objects.active().insiders().exclude(pk=project.owner_id).order_by("display_name", "pk")
        self.fields["to"].queryset = others  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@members_only
def owner_offer(request: WorkspaceRequest, pk: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="hand over")
    form = OfferForm(request.POST or None, project=project)
    if form.is_valid():
        try:
            offer_project(project, **form.cleaned_data, actor=request.member, now=timezone.now())
        except OfferRefused:
            form.add_error(None, _("This project is on offer already. Withdraw that offer first."))
        else:
            messages.success(request, _("%(name)s has been asked.") % {"name": form.cleaned_data["to"]})
            return redirect(project)
    context = {"project": project, "form": form, "offer": open_offer(project)}
    return render(request, "projects/owner_offer.html", context, status=422 if form.errors else 200)


@require_POST
@members_only
def offer_answer(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Accept or decline an offer made to me; the owner or an admin may withdraw one."""
    offer = get_object_or_404(OwnerOffer.objects.select_related("project__owner", "offered_to"), pk=pk)
    answer = request.POST.get("answer")
    try:
        if answer == "withdraw":
            access.get_project(request.member, offer.project_id, to="hand over")
            withdraw_offer(offer, actor=request.member, now=timezone.now())
        elif offer.offered_to_id != request.member.pk or answer not in ("accept", "decline"):
            raise PermissionDenied
        else:
            answer_offer(offer, accept=answer == "accept", actor=request.member, now=timezone.now())
    except OfferRefused:
        messages.error(request, _("This offer is no longer open."))
    return redirect(offer.project)


def open_offer(project: Project) -> OwnerOffer | None:
    offers = project.owner_offers.select_related("offered_to", "offered_by")
    return offers.filter(state=OwnerOffer.State.OPEN).first()

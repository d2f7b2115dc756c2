"""A project is offered to its next owner, who accepts or declines."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linkstar.lib.forms import set_queryset
from linkstar.members.access import heirs_of
from linkstar.members.models import Member
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest, posted
from projects import access
from projects.actions.ownership import OfferRefused, answer_offer, offer_project, withdraw_offer
from projects.models import OwnerOffer, Project


class OfferForm(forms.Form):
    to = forms.ModelChoiceField(
        label=gettext_lazy("New owner"),
        queryset=Member.objects.none(),
        empty_label=gettext_lazy("Choose somebody of the team"),
        widget=forms.Select(attrs={"class": "select"}),
    )
    note = forms.CharField(
        label=gettext_lazy("A word with it"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("What they should know: where it stands, what is promised to whom."),
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 4}),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_queryset(self, "to", heirs_of(project.owner))


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def owner_offer(request: WorkspaceRequest, pk: int) -> HttpResponse:
    project = access.get_project(request.member, pk, to="hand over")
    form = OfferForm(posted(request), project=project)
    if request.method == "POST" and form.is_valid():
        try:
            offer_project(project, **form.cleaned_data, actor=request.member, now=timezone.now())
        except OfferRefused as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            messages.success(request, _("%(name)s has been asked.") % {"name": form.cleaned_data["to"]})
            return redirect(project)
    context = {"project": project, "form": form, "offer": open_offer(project)}
    return render(request, "projects/owner_offer.html", context, status=422 if form.errors else 200)


@require_POST
@members_only
def offer_answer(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`answer` is "accept" or "decline" of an offer made to me, or "withdraw" for who may hand the project over."""
    answer = request.POST.get("answer", "")
    offer = access.get_offer(request.member, pk, to=answer)
    try:
        if answer == "withdraw":
            withdraw_offer(offer, actor=request.member, now=timezone.now())
        else:
            answer_offer(offer, accept=answer == "accept", actor=request.member, now=timezone.now())
    except OfferRefused as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(request, _DONE[answer] % {"project": offer.project.name})
    return redirect(offer.project)


_DONE = {
    "accept": gettext_lazy("“%(project)s” is yours now."),
    "decline": gettext_lazy("You declined “%(project)s”. Its owner has been told."),
    "withdraw": gettext_lazy("The offer is withdrawn. “%(project)s” keeps its owner."),
}


def refusal_text(refusal: OfferRefused) -> str:
    """Why an offer could not be made or answered, for the person who tried."""
    return {
        "on offer": _("This project is on offer already. Withdraw that offer first."),
        "answered": _("This offer is no longer open."),
        "archived": _("This project is archived. It can be taken over once it is restored."),
    }[refusal.reason]


def open_offer(project: Project) -> OwnerOffer | None:
    offers = project.owner_offers.select_related("offered_to", "offered_by")
    return offers.filter(state=OwnerOffer.State.OPEN).first()

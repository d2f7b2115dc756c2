"""The plans as the plans page shows them. Prices are per member and month, before tax; guests are never counted."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linkstar.workspaces.models import Workspace
from linkstar.workspaces.plans import STORAGE_GB


@dataclass(frozen=True, slots=True)
class PlanOffer:
    """`usd` and `cny` are whole amounts; None means by agreement."""

    plan: Workspace.Plan
    name: Promise
    for_whom: Promise
    usd: int | None
    cny: int | None
    lines: tuple[Promise, ...]
    is_trial: bool = False


def _room(plan: Workspace.Plan) -> Promise:
    return format_lazy(_("{count} GB for files"), count=STORAGE_GB[plan])


PLANS = (
    PlanOffer(
        plan=Workspace.Plan.FREE,
        name=_("Free pilot"),
        for_whom=_("For trying one real project with a few colleagues."),
        usd=0,
        cny=0,
        lines=(
            _("Up to 5 members"),
            _("Board, deadlines on two clocks, reminders"),
            _("All built-in SOP templates"),
            _room(Workspace.Plan.FREE),
        ),
    ),
    PlanOffer(
        plan=Workspace.Plan.TEAM,
        name=pgettext_lazy("plan", "Team"),
        for_whom=_("For one team with a store or two."),
        usd=8,
        cny=49,
        lines=(
            _("Up to 30 members"),
            _("Guests from suppliers and agencies, not charged"),
            _("Everything in Free pilot"),
            _room(Workspace.Plan.TEAM),
        ),
    ),
    PlanOffer(
        plan=Workspace.Plan.PROFESSIONAL,
        name=_("Professional"),
        for_whom=_("For several stores and teams on both sides of the Pacific."),
        usd=15,
        cny=99,
        lines=(
            _("Members without a limit"),
            _("Everything in Team"),
            _room(Workspace.Plan.PROFESSIONAL),
        ),
        is_trial=True,
    ),
    PlanOffer(
        plan=Workspace.Plan.ENTERPRISE,
        name=_("Enterprise"),
        for_whom=_("For companies with rules of their own."),
        usd=None,
        cny=None,
        lines=(
            _("Your own domain"),
            _("On your own servers, files in your own storage"),
            _("Everything in Professional"),
            _("A contract and an invoice in USD or RMB"),
        ),
    ),
)

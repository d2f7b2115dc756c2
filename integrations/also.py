"""What else happened in the weeks that a result compares: for the reader to weigh, as far as they may see it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import get_language

from integrations import access
from integrations.effects import HORIZONS, action_day
from integrations.models import SalesAction
from integrations.shown_actions import shown_title
from linkstar.calendars.market import dates_between
from linkstar.members.models import Member

MOST = 12
_DAYS = ("retail", "marketplace_event")


@dataclass(frozen=True)
class Also:
    on: date
    text: str
    url: str = ""


def also_in_the_weeks_of(member: Member, action: SalesAction) -> list[Also]:
    """Other actions on its SKUs and days of the retail year, by day; MOST at most."""
    if action.live_at is None:
        return []
    on, account = action_day(action), action.account
    first, last = on - timedelta(days=2 * HORIZONS[-1]), on + timedelta(days=HORIZONS[-1])
    near = access.actions_of(member).filter(Q(account=account) & Q(skus__overlap=action.skus)).exclude(pk=action.pk)
    near = near.exclude(state=SalesAction.State.DISMISSED)
    near = near.filter(live_at__gte=account.beginning_of(first), live_at__lt=account.beginning_of(last))
    found = [
        Also(action_day(other), f"{shown_title(other)} · {other.get_kind_display()}", other.get_absolute_url())
        for other in near.order_by("live_at", "pk")[:MOST]
    ]
    for entry in dates_between(first, last):
        is_here = entry.channel in ("", account.channel, f"{account.channel}_us")
        if entry.first and entry.kind in _DAYS and is_here:
            found.append(Also(entry.first, entry.name.for_language(get_language() or "en")))
    return sorted(found, key=lambda line: line.on)[:MOST]

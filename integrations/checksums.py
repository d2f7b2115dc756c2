"""The channel's own totals of each day held against ours (integrations.md, rule 11). They are told, never put right:
three sources of Amazon's never agree exactly, and ours is the one that is made of orders.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Sum

from integrations.channels.base import DayTotal
from integrations.models import ChannelAccount, DailySales

# The newest days are still on their way on both sides.
_PRELIMINARY_DAYS = 2


class _Ours(NamedTuple):
    units: int
    pending: int


def compare(account: ChannelAccount, totals: Iterable[DayTotal], *, now: datetime) -> dict[str, Any]:
    """{"at", "days", "apart": [{"day", "theirs", "ours", "pending"}]}: units of each closed day that both know.

    A day agrees when theirs are our units with or without those that are pending: which of the two the channel counts
    is not documented.
    """
    known = [total for total in totals if _is_closed(account, total, now)]
    ours = _ours(account, known)
    apart = [
        {"day": total.day_on.isoformat(), "theirs": total.units, "ours": mine.units, "pending": mine.pending}
        for total in known
        for mine in [ours.get(total.day_on, _Ours(0, 0))]
        if total.units not in (mine.units, mine.units + mine.pending)
    ]
    return {"at": now.isoformat(), "days": len(known), "apart": apart}


def _is_closed(account: ChannelAccount, total: DayTotal, now: datetime) -> bool:
    is_ours = account.covered_from is not None and total.day_on >= account.covered_from
    return is_ours and (account.day_of(now) - total.day_on).days > _PRELIMINARY_DAYS


def _ours(account: ChannelAccount, totals: list[DayTotal]) -> dict[Any, _Ours]:
    if not totals:
        return {}
    days = [total.day_on for total in totals]
    facts = DailySales.objects.filter(account=account, day_on__range=(min(days), max(days)), currency=account.currency)
    rows = facts.values("day_on").annotate(units=Sum("units_ordered"), pending=Sum("pending_units"))
    return {row["day_on"]: _Ours(row["units"], row["pending"]) for row in rows}

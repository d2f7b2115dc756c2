"""How long stock lasts: at the pace of the last weeks, faster while coupons and deals that are planned run.

A stated assumption, not a forecast: COUPON and DEAL say how many times the usual a day of one sells.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from integrations.models import ChannelAccount, DailySales, Listing, SalesAction
from linkstar.lib.clock_text import day_text
from linkstar.members.models import Member
from linkstar.workspaces.models import Workspace
from projects.dangers import warns

PACE_DAYS = 28
FACTORS = {SalesAction.Kind.COUPON.value: Decimal("1.5"), SalesAction.Kind.DEAL.value: Decimal("2.5")}
# Of one whose end nobody has said.
_USUAL_DAYS = {SalesAction.Kind.COUPON.value: 14, SalesAction.Kind.DEAL.value: 1}
_FAR = 180


@dataclass(frozen=True)
class Plan:
    """A coupon or deal to come, in days of its shop; both ends included."""

    kind: str
    first: date
    last: date


@dataclass(frozen=True)
class Cover:
    """`empty_on` None: not within half a year."""

    empty_on: date | None
    pace: Decimal


def cover(stock: int, pace: Decimal, plans: Iterable[Plan], *, today: date) -> Cover:
    """From the end of yesterday on, day by day; `stock` counts what is inbound as well."""
    left, known = Decimal(stock), list(plans)
    for ahead in range(_FAR):
        day = today + timedelta(days=ahead)
        left -= pace * max([Decimal(1), *(FACTORS[plan.kind] for plan in known if plan.first <= day <= plan.last)])
        if left <= 0 and pace:
            return Cover(day, pace)
    return Cover(None, pace)


def plan_of(action: SalesAction) -> Plan | None:
    """None: nothing says when it begins."""
    begins = action.live_at or (action.task.due_at if action.task else None)
    if begins is None or action.kind not in FACTORS:
        return None
    first = action.account.day_of(begins)
    usual = first + timedelta(days=_USUAL_DAYS[action.kind] - 1)
    return Plan(action.kind, first, action.account.day_of(action.ended_at) if action.ended_at else usual)


def paces_of(account: ChannelAccount, skus: Collection[str], *, now: datetime) -> dict[str, Decimal]:
    """Units a day over the last closed days on which there was stock; SKUs that were never sold are 0."""
    today = account.day_of(now)
    rows = DailySales.objects.filter(
        account=account, sku__in=skus, day_on__gte=today - timedelta(days=PACE_DAYS), day_on__lt=today
    )
    sold, out = defaultdict[str, int](int), defaultdict[str, int](int)
    for sku, units, stock in rows.values_list("sku", "units_ordered", "stock"):
        sold[sku] += units
        out[sku] += stock == 0 and units == 0
    return {sku: Decimal(sold[sku]) / max(1, PACE_DAYS - out[sku]) for sku in skus}


@warns
def empties_of_tasks(tasks: Collection[int], /, *, member: Member, now: datetime) -> dict[int, list[str]]:
    """Of coupons and deals that are still to run: which SKU is empty before they end. Four statements a shop."""
    if isinstance(connection.tenant, Workspace) and not connection.tenant.has_module(Workspace.Module.SALES):
        return {}
    ahead = SalesAction.objects.filter(kind__in=FACTORS, state=SalesAction.State.RECORDED, task__completed_at=None)
    ahead = ahead.filter(Q(ended_at=None) | Q(ended_at__gt=now), task__deleted_at=None, task__isnull=False)
    planned = ahead.select_related("account", "task").defer("estimates", "account__credentials")
    mine = list(planned.filter(task__in=tasks).order_by("pk"))
    found: dict[int, list[str]] = {}
    for account in {action.account_id: action.account for action in mine}.values():
        own = [action for action in mine if action.account_id == account.pk]
        skus = {sku for action in own for sku in action.skus}
        together = list(planned.filter(account=account, skus__overlap=list(skus)).order_by("pk"))
        for pk, text in _empties(account, own, together, skus, now=now):
            found.setdefault(pk, []).append(text)
    return found


def _empties(
    account: ChannelAccount, own: list[SalesAction], together: list[SalesAction], skus: set[str], *, now: datetime
) -> Iterable[tuple[int, str]]:
    stocks = Listing.objects.filter(account=account, sku__in=skus).exclude(stock=None)
    listed = {row.sku: (row.stock or 0) + (row.inbound or 0) for row in stocks.only("sku", "stock", "inbound")}
    paces, today = paces_of(account, list(listed), now=now), account.day_of(now)
    for action in own:
        plan = plan_of(action)
        if plan is None or plan.last < today or action.task_id is None:
            continue
        for sku in action.skus:
            if sku not in listed:
                continue
            plans = [known for other in together if sku in other.skus and (known := plan_of(other))]
            empty_on = cover(listed[sku], paces[sku], plans, today=today).empty_on
            if empty_on is not None and empty_on <= plan.last:
                yield action.task_id, _text(action, plan, sku, empty_on)


def _text(action: SalesAction, plan: Plan, sku: str, empty_on: date) -> str:
    values = {
        "sku": sku,
        "day": day_text(empty_on, get_language() or "en"),
        "days": PACE_DAYS,
        "factor": f"{FACTORS[plan.kind].normalize():f}",
    }
    if empty_on < plan.first:
        return _("%(sku)s is empty on %(day)s, before this begins, at the pace of the last %(days)s days.") % values
    if action.kind == SalesAction.Kind.DEAL:
        text = _("This deal empties %(sku)s on %(day)s: %(factor)s times the pace of the last %(days)s days assumed.")
    else:
        text = _("This coupon empties %(sku)s on %(day)s: %(factor)s times the pace of the last %(days)s days assumed.")
    return text % values

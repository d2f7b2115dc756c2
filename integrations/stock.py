"""How long stock lasts: at the pace of the last weeks, faster while coupons, deals and ads that are planned run.

A stated assumption, not a forecast: FACTORS say how many times the usual a day of one sells.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from integrations.dashboards.sums import find_told
from integrations.models import ChannelAccount, DailySales, Listing, SalesAction
from linkstar.lib.clock_text import day_text
from linkstar.members.models import Member
from linkstar.workspaces.models import Workspace
from projects.dangers import warns

Kind = SalesAction.Kind
PACE_DAYS = 28
FACTORS = {Kind.COUPON.value: Decimal("1.5"), Kind.DEAL.value: Decimal("2.5"), Kind.AD.value: Decimal("1.3")}
# Of one whose end nobody has said.
_USUAL_DAYS = {Kind.COUPON.value: 14, Kind.DEAL.value: 1, Kind.AD.value: 14}
_FAR = 180


@dataclass(frozen=True)
class Plan:
    """A coupon, a deal or ads, in days of its shop; both ends included."""

    kind: str
    first: date
    last: date


@dataclass(frozen=True)
class Cover:
    """`empty_on` None: not within half a year. `days` are whole ones that the stock is enough for, today the first."""

    empty_on: date | None
    pace: Decimal
    days: int | None = None


@dataclass(frozen=True)
class Pace:
    """Units a day over `days` days with stock; the last day of them is `until`, None where nobody told of any."""

    daily: Decimal = Decimal(0)
    days: int = 0
    until: date | None = None


def cover(stock: int, pace: Decimal, plans: Iterable[Plan], *, today: date) -> Cover:
    """From the end of yesterday on, day by day; `stock` counts what is inbound as well."""
    left, known = Decimal(stock), list(plans)
    if not pace:
        return Cover(None, pace)
    if not known:
        # The same as below, at once: most SKUs have no plan.
        days = max(0, int(left // pace))
        ahead = days - (days > 0 and left == days * pace)
        return Cover(today + timedelta(days=ahead), pace, days) if ahead < _FAR else Cover(None, pace)
    for ahead in range(_FAR):
        day = today + timedelta(days=ahead)
        left -= pace * max([Decimal(1), *(FACTORS[plan.kind] for plan in known if plan.first <= day <= plan.last)])
        if left <= 0:
            return Cover(day, pace, ahead + (left == 0))
    return Cover(None, pace)


def plan_of(action: SalesAction) -> Plan | None:
    """None: nothing says when it begins."""
    begins = action.live_at or (action.task.due_at if action.task else None)
    if begins is None or action.kind not in FACTORS:
        return None
    first = action.account.day_of(begins)
    usual = first + timedelta(days=_USUAL_DAYS[action.kind] - 1)
    return Plan(action.kind, first, action.account.day_of(action.ended_at) if action.ended_at else usual)


def still_ahead(actions: "QuerySet[SalesAction]", *, now: datetime) -> "QuerySet[SalesAction]":
    """Coupons, deals and ads that are to come or still run: of tasks, and noted without one."""
    begun = now - timedelta(days=max(_USUAL_DAYS.values()) + 1)
    runs = Q(ended_at__gt=now) | Q(ended_at=None, live_at__gte=begun)
    runs |= Q(ended_at=None, live_at=None, task__isnull=False, task__completed_at=None)
    return actions.filter(runs, kind__in=FACTORS, state=SalesAction.State.RECORDED, task__deleted_at=None)


def paces_of(
    accounts: Sequence[ChannelAccount], skus: Collection[str] | None, *, now: datetime
) -> dict[tuple[int, str], Pace]:
    """Of each SKU that was sold: over the last PACE_DAYS closed days that its shop told of. Two statements."""
    spans = dict[int, tuple[date, date]]()
    zones = {account.pk: account for account in accounts}
    for told in find_told(list(zones), max((each.day_of(now) for each in accounts), default=now.date())):
        last = min(told.last_on, zones[told.account].day_of(now) - timedelta(days=1))
        spans[told.account] = max(told.first_on, last - timedelta(days=PACE_DAYS - 1)), last
    if not spans:
        return {}
    within = Q()
    for account, span in spans.items():
        within |= Q(account=account, day_on__range=span)
    rows = DailySales.objects.filter(within)
    if skus is not None:
        rows = rows.filter(sku__in=skus)
    sums = rows.values_list("account", "sku").annotate(
        sold=Sum("units_ordered"), out=Count("day_on", filter=Q(stock=0, units_ordered=0), distinct=True)
    )
    found = {}
    for account, sku, sold, out in sums.order_by("account", "sku"):
        first, last = spans[account]
        days = max(1, (last - first).days + 1 - out)
        found[account, sku] = Pace(Decimal(sold) / days, days, last)
    return found


@warns
def empties_of_tasks(tasks: Collection[int], /, *, member: Member, now: datetime) -> dict[int, list[str]]:
    """Of coupons, deals and ads that are still to run: which SKU is empty before they end. Five statements a shop."""
    if isinstance(connection.tenant, Workspace) and not connection.tenant.has_module(Workspace.Module.SALES):
        return {}
    planned = still_ahead(SalesAction.objects.select_related("account", "task"), now=now)
    planned = planned.defer("estimates", "account__credentials")
    mine = list(planned.filter(task__in=tasks, task__completed_at=None).order_by("pk"))
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
    paces, today = paces_of([account], list(listed), now=now), account.day_of(now)
    for action in own:
        plan = plan_of(action)
        if plan is None or plan.last < today or action.task_id is None:
            continue
        for sku in action.skus:
            if sku not in listed:
                continue
            plans = [known for other in together if sku in other.skus and (known := plan_of(other))]
            pace = paces.get((account.pk, sku), Pace())
            empty_on = cover(listed[sku], pace.daily, plans, today=today).empty_on
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
    if action.kind == Kind.AD:
        text = _("These ads empty %(sku)s on %(day)s: %(factor)s times the pace of the last %(days)s days assumed.")
    elif action.kind == Kind.DEAL:
        text = _("This deal empties %(sku)s on %(day)s: %(factor)s times the pace of the last %(days)s days assumed.")
    else:
        text = _("This coupon empties %(sku)s on %(day)s: %(factor)s times the pace of the last %(days)s days assumed.")
    return text % values

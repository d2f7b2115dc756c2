"""How long the stock of each SKU lasts, against what is planned for it: the table of days of cover."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, TextChoices
from django.utils.translation import pgettext_lazy

from integrations.access import actions_of
from integrations.dashboards.sums import Scope
from integrations.models import ChannelAccount, Listing, SalesAction
from integrations.stock import Cover, Pace, Plan, cover, paces_of, plan_of, still_ahead
from linkstar.members.models import Member

# Less than so many days is soon: hardly enough to have more brought to a warehouse.
SOON_DAYS = 14
SORTS = ("days", "sku", "stock", "pace", "verdict")


class Verdict(TextChoices):
    """From the worst on."""

    OUT = "out", pgettext_lazy("stock", "Out of stock")
    BEFORE = "before", pgettext_lazy("stock", "Empty before a plan begins")
    DURING = "during", pgettext_lazy("stock", "Empty during a plan")
    SOON = "soon", pgettext_lazy("stock", "Empty soon")
    LASTS = "lasts", pgettext_lazy("stock", "Lasts")
    UNSOLD = "unsold", pgettext_lazy("stock", "Not sold lately")


_ORDER = {verdict: at for at, verdict in enumerate(Verdict)}


@dataclass(frozen=True)
class Planned:
    action: SalesAction
    plan: Plan


@dataclass(frozen=True)
class CoverRow:
    """`stock` is on hand as of `seen_at`; `inbound` None: the channel does not say. `plans` are to come or run."""

    account: ChannelAccount
    sku: str
    asin: str
    title: str
    stock: int
    inbound: int | None
    seen_at: datetime | None
    pace: Pace
    cover: Cover
    plans: Sequence[Planned]
    verdict: Verdict


def read_covers(
    member: Member, shops: Sequence[ChannelAccount], scope: Scope, *, now: datetime, words: str = ""
) -> list[CoverRow]:
    """SKUs whose stock their shop tells; plans are those that the member sees. Four statements, however many there are.

    Of each shop in its own days.
    """
    accounts = {shop.pk: shop for shop in shops if shop.pk in scope.accounts}
    listed = Listing.objects.filter(account__in=accounts).exclude(stock=None)
    if words:
        listed = listed.filter(Q(sku__icontains=words) | Q(asin__icontains=words) | Q(title__icontains=words))
    if scope.skus is not None:
        listed = listed.filter(sku__in={sku for _account, sku in scope.skus})
    wanted = None if scope.skus is None else set(scope.skus)
    rows = [
        row
        for row in listed.only("account_id", "sku", "asin", "title", "stock", "inbound", "seen_at").order_by("pk")
        if wanted is None or (row.account_id, row.sku) in wanted
    ]
    if not rows:
        return []
    skus = {row.sku for row in rows} if words or wanted is not None else None
    paces = paces_of(list(accounts.values()), skus, now=now)
    plans = _plans(member, accounts, now=now)
    return [
        _row(
            accounts[row.account_id], row, paces.get((row.account_id, row.sku)), plans[row.account_id, row.sku], now=now
        )
        for row in rows
    ]


def _plans(
    member: Member, accounts: dict[int, ChannelAccount], *, now: datetime
) -> defaultdict[tuple[int, str], list[Planned]]:
    found = defaultdict[tuple[int, str], list[Planned]](list)
    ahead = still_ahead(actions_of(member).filter(account__in=accounts), now=now)
    for action in ahead.defer("estimates", "account__credentials").order_by("live_at", "pk"):
        plan = plan_of(action)
        if plan is not None and plan.last >= accounts[action.account_id].day_of(now):
            for sku in action.skus:
                found[action.account_id, sku].append(Planned(action, plan))
    return found


def _row(
    account: ChannelAccount, listing: Listing, pace: Pace | None, planned: Sequence[Planned], *, now: datetime
) -> CoverRow:
    pace, stock = pace or Pace(), listing.stock or 0
    lasts = cover(
        max(0, stock) + (listing.inbound or 0), pace.daily, [each.plan for each in planned], today=account.day_of(now)
    )
    return CoverRow(
        account, listing.sku, listing.asin, listing.title, stock, listing.inbound, listing.seen_at, pace, lasts,
        planned, _verdict(stock, lasts, planned),
    )  # fmt: skip


def _verdict(stock: int, lasts: Cover, planned: Sequence[Planned]) -> Verdict:
    if stock <= 0:
        return Verdict.OUT
    if not lasts.pace:
        return Verdict.UNSOLD
    if lasts.empty_on is None or lasts.days is None:
        return Verdict.LASTS
    if any(each.plan.first <= lasts.empty_on <= each.plan.last for each in planned):
        return Verdict.DURING
    if any(lasts.empty_on < each.plan.first for each in planned):
        return Verdict.BEFORE
    return Verdict.SOON if lasts.days < SOON_DAYS else Verdict.LASTS


def in_order(rows: Sequence[CoverRow], sort: str) -> list[CoverRow]:
    """`sort` is one of SORTS, with a minus in front from the other end; what never empties comes after what does."""
    name = sort.removeprefix("-")
    is_back = sort.startswith("-")
    keys = {
        "days": lambda row: row.cover.days if row.cover.days is not None else 10**6,
        "sku": lambda row: row.sku.casefold(),
        "stock": lambda row: row.stock,
        "pace": lambda row: row.pace.daily,
        "verdict": lambda row: _ORDER[row.verdict],
    }
    known = sorted(rows, key=lambda row: (row.sku.casefold(), row.account.pk))
    return sorted(known, key=keys[name], reverse=is_back)


def newest_day(rows: Sequence[CoverRow]) -> date | None:
    """Up to which day the oldest told of the paces goes."""
    return min((row.pace.until for row in rows if row.pace.until), default=None)

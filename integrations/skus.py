"""Which SKUs a shop has, for people who look for one."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from integrations.models import ChannelAccount, DailySales, Listing
from projects.models import Task

FOUND = 12
# A shop of which no listing is known: what was sold so lately is offered.
_LATELY = timedelta(days=60)


class Sku(NamedTuple):
    sku: str
    title: str
    asin: str


def find_skus(account: ChannelAccount, text: str, *, but: Iterable[str] = (), now: datetime) -> list[Sku]:
    """Up to FOUND whose SKU, ASIN or title has the text in it, by SKU; two statements at most."""
    left_out = set(but)
    named = Q(sku__icontains=text) | Q(asin__icontains=text) | Q(title__icontains=text)
    listings = Listing.objects.filter(named, account=account).exclude(sku__in=left_out).order_by("sku")
    found = [Sku(*row) for row in listings.values_list("sku", "title", "asin")[:FOUND]]
    if len(found) < FOUND:
        left_out |= {row.sku for row in found}
        sold = DailySales.objects.filter(account=account, day_on__gte=account.day_of(now) - _LATELY)
        sold = sold.filter(Q(sku__icontains=text) | Q(asin__icontains=text)).exclude(sku__in=left_out)
        rows = sold.order_by("sku").values_list("sku", "asin").distinct()[: FOUND - len(found)]
        found += [Sku(sku, "", asin) for sku, asin in rows]
    return found


def named(account: ChannelAccount, skus: Sequence[str]) -> list[Sku]:
    """These SKUs with what is known of them, in their order."""
    rows = Listing.objects.filter(account=account, sku__in=skus).values_list("sku", "title", "asin")
    known = {row[0]: Sku(*row) for row in rows} if skus else {}
    return [known.get(sku, Sku(sku, "", "")) for sku in skus]


def unknown_skus(account: ChannelAccount, skus: Sequence[str]) -> list[str]:
    """Those that the shop neither lists nor has ever sold."""
    known = set(Listing.objects.filter(account=account, sku__in=skus).values_list("sku", flat=True))
    rest = [sku for sku in skus if sku not in known]
    if rest:
        known |= set(DailySales.objects.filter(account=account, sku__in=rest).values_list("sku", flat=True).distinct())
    return [sku for sku in skus if sku not in known]


def skus_of_task(task: Task, account: ChannelAccount) -> list[str]:
    """What its products are called in this shop; those that it does not list are left out."""
    links = list(task.products.values_list("sku", "asin"))
    skus, asins = {sku for sku, _asin in links if sku}, {asin for _sku, asin in links if asin}
    if not links:
        return []
    found = Listing.objects.filter(
        Q(sku__in=skus) | Q(asin__in=asins) | Q(product_id__in=skus) | Q(variant_id__in=skus), account=account
    )
    return list(found.order_by("sku").values_list("sku", flat=True)[:FOUND])

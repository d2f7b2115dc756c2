"""Visits of a day, beside what was sold on it."""

from collections.abc import Iterable
from datetime import datetime

from integrations.channels.base import Traffic
from integrations.models import ChannelAccount, DailySales, Listing

_VALUES = ["sessions", "page_views", "buy_box_percent", "traffic_source", "traffic_as_of"]


def store_traffic(
    account: ChannelAccount, rows: Iterable[Traffic], *, now: datetime, source: str = DailySales.Origin.API
) -> None:
    """Each day of a SKU once, the newest word of it; in the transaction that holds the account's row.

    A channel that counts by ASIN is written to the first of that ASIN's SKUs, or to the ASIN itself.
    """
    rows = list(rows)
    skus = _skus_by_asin(account, {row.asin for row in rows if not row.sku})
    facts = {}
    for row in rows:
        sku = row.sku or skus.get(row.asin, row.asin)
        facts[row.day_on, sku] = DailySales(
            account=account,
            day_on=row.day_on,
            sku=sku,
            asin=row.asin,
            currency=account.currency,
            sessions=row.sessions,
            page_views=row.page_views,
            buy_box_percent=row.buy_box_percent,
            traffic_source=source,
            traffic_as_of=now,
        )
    DailySales.objects.bulk_create(
        [facts[key] for key in sorted(facts)],
        update_conflicts=True,
        unique_fields=["account", "day_on", "sku", "currency"],
        update_fields=_VALUES,
        batch_size=1000,
    )


def _skus_by_asin(account: ChannelAccount, asins: set[str]) -> dict[str, str]:
    if not asins:
        return {}
    found: dict[str, str] = {}
    for model in (DailySales, Listing):
        pairs = model.objects.filter(account=account, asin__in=asins).exclude(sku__in=asins).order_by("-sku")
        found |= dict(pairs.values_list("asin", "sku").distinct())
    return found

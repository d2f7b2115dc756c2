"""What a shop shows of its SKUs, as it was seen last."""

from collections.abc import Iterable
from datetime import datetime

from integrations.actions.noticing import notice
from integrations.actions.signs import spot
from integrations.channels.base import ListingFacts
from integrations.detecting import changes_since_yesterday
from integrations.models import ChannelAccount, DailySales, Listing

_SHOWN = (
    "asin", "parent", "product_id", "variant_id", "title", "image_url", "price", "stock", "inbound", "status",
    "has_buy_box",
)  # fmt: skip


def store_listings(account: ChannelAccount, rows: Iterable[ListingFacts], *, now: datetime) -> None:
    """Each SKU once, and its stock and price beside the sales of the shop's day; in the transaction that holds the row.

    What a channel does not say (None, "") leaves what was known before.
    """
    seen = {row.sku: row for row in rows}
    known = {listing.sku: listing for listing in Listing.objects.filter(account=account, sku__in=seen)}
    listings = []
    for sku, row in sorted(seen.items()):
        listing = known.get(sku) or Listing(account=account, sku=sku)
        for name in _SHOWN:
            value = getattr(row, name)
            if value not in (None, ""):
                setattr(listing, name, value)
        listing.seen_at = now
        listings.append(listing)
    changes = changes_since_yesterday(listings, today=account.day_of(now))
    Listing.objects.bulk_create(
        [listing for listing in listings if listing.pk is None],
        update_conflicts=True,
        unique_fields=["account", "sku"],
        update_fields=[*_SHOWN, "seen", "seen_at"],
    )
    Listing.objects.bulk_update(
        [each for each in listings if each.sku in known], [*_SHOWN, "seen", "seen_at"], batch_size=500
    )
    notice(account, spot(account, changes, now=now), now=now)
    _keep_day(account, [row for row in seen.values() if row.stock is not None or row.price is not None], now)


def _keep_day(account: ChannelAccount, rows: list[ListingFacts], now: datetime) -> None:
    DailySales.objects.bulk_create(
        [
            DailySales(
                account=account,
                day_on=account.day_of(now),
                sku=row.sku,
                asin=row.asin,
                currency=account.currency,
                stock=row.stock,
                price=row.price,
                stock_source=DailySales.Origin.API,
                stock_as_of=now,
            )
            for row in sorted(rows, key=lambda row: row.sku)
        ],
        update_conflicts=True,
        unique_fields=["account", "day_on", "sku", "currency"],
        update_fields=["stock", "price", "stock_source", "stock_as_of"],
    )

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from integrations.actions.connecting import PACIFIC, connect_account
from integrations.channels.base import ListingFacts
from integrations.models import ChannelAccount

_numbers = count(1)


def listing_facts(sku: str = "PF-01", **values: Any) -> ListingFacts:
    """What a channel shows of an SKU: a fountain at 29.99 with a picture, forty in stock."""
    given = {"price": Decimal("29.99"), "title": "Fountain", "image_url": "https://m.example/1.jpg", "stock": 40}
    return ListingFacts(sku=sku, **{**given, **values})


def make_shop(**values: Any) -> ChannelAccount:
    """An Amazon account in Pacific time; nothing of it has been read."""
    defaults = {"channel": "amazon", "external_id": "A1", "name": "Northwind", "time_zone": "America/Los_Angeles"}
    return ChannelAccount.objects.create(**{**defaults, **values})


def make_connected(**values: Any) -> ChannelAccount:
    """A connected seller at Amazon; `values` are the row's own."""
    now = values.pop("now", timezone.now())
    channel, external_id = values.pop("channel", "amazon"), values.pop("external_id", f"SELLER{next(_numbers)}")
    given = {"refresh_token": "Atzr|tests", "access_token": "t", "client_id": "c", "client_secret": "s"}
    given["shop_cipher"] = "x"
    shop = connect_account(channel, external_id, values.pop("credentials", given), now=now, actor=None)
    return set_row(shop, **values) if values else shop


def make_files_shop(**values: Any) -> ChannelAccount:
    """A seller at Amazon whose sales come from files."""
    fixed = {
        "channel": "amazon", "external_id": f"files-{next(_numbers)}", "name": "From files",
        "source": ChannelAccount.Source.FILES, "time_zone": PACIFIC,
    }  # fmt: skip
    return ChannelAccount.objects.create(**{**fixed, **values})


def set_row(shop: ChannelAccount, **values: Any) -> ChannelAccount:
    for name, value in values.items():
        setattr(shop, name, value)
    shop.save(update_fields=list(values))
    return shop


def stream(**values: Any) -> dict[str, Any]:
    """Orders that are read, half of their history too."""
    fixed = {
        "cursor": "2026-06-01T12:00:00+00:00",
        "fill_from": "2026-06-01T00:00:00+00:00",
        "fill_until": "2026-04-01T00:00:00+00:00",
        "fill_to": "2026-02-01T00:00:00+00:00",
        "good_at": "2026-06-01T12:00:00+00:00",
        "next_at": "2026-06-01T12:30:00+00:00",
    }
    return {**fixed, **values}


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

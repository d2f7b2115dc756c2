"""What Shopify sends by itself: whether it is from Shopify, what it is about, and how it is asked for (2.4)."""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog

from integrations.addresses import SHOP_HOST
from integrations.channels.errors import Refused
from integrations.channels.shopify import queries
from integrations.channels.shopify.client import ShopifyClient
from integrations.channels.shopify.mapping import as_told

# Asked for at each shop; the three about privacy are set for the application in Shopify's own pages.
TOPICS = ("ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_CANCELLED", "REFUNDS_CREATE", "BULK_OPERATIONS_FINISH",
          "APP_UNINSTALLED")  # fmt: skip
_NEWS = frozenset(
    {"orders/create", "orders/updated", "orders/cancelled", "refunds/create", "bulk_operations/finish"}
)  # fmt: skip
_PRIVACY = frozenset({"customers/data_request", "customers/redact", "shop/redact"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """`id` and `at`, when it happened (aware; None: not told), are the same in each delivery of one event."""

    topic: str
    shop: str
    id: str
    at: datetime | None = None

    @property
    def is_news(self) -> bool:
        """Something was sold or given back: read the shop."""
        return self.topic in _NEWS

    @property
    def is_about_privacy(self) -> bool:
        return self.topic in _PRIVACY


def is_genuine(body: bytes, told: str, secret: str) -> bool:
    """Whether `told` is the base64 HMAC-SHA256 of the body as it came, compared in constant time."""
    if not secret:
        return False
    made = base64.b64encode(hmac.new(secret.encode(), body, sha256).digest())
    return hmac.compare_digest(made, told.encode())


def event_of(headers: Mapping[str, str], body: bytes) -> Event | None:
    """None for what names no shop, or two. Only the body is signed: what ends a connection must be said there too."""
    topic, shop = headers.get("X-Shopify-Topic", ""), headers.get("X-Shopify-Shop-Domain", "").lower()
    if not SHOP_HOST.fullmatch(shop):
        return None
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    told: Any = content if isinstance(content, dict) else {}
    if topic == "app/uninstalled" and told.get("myshopify_domain") != shop:
        return None
    if topic in _PRIVACY and told.get("shop_domain") != shop:
        return None
    # The other two carry more than the shop's name: they cannot be sent again as this one.
    if topic == "shop/redact" and set(told) - {"shop_id", "shop_domain"}:
        return None
    at = _instant_of(headers.get("X-Shopify-Triggered-At", ""))
    return Event(topic, shop, headers.get("X-Shopify-Event-Id", ""), at)


def _instant_of(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def subscribe(client: ShopifyClient, address: str) -> list[str]:
    """Ask for what we do not get yet at `address` (https); the topics that were added. May run any number of times.

    Shopify drops a subscription whose address has failed for hours, so this is asked every day.
    """
    with as_told():
        nodes = client.ask(queries.SUBSCRIPTIONS, uri=address)["webhookSubscriptions"]["nodes"]
        there = {node["topic"] for node in nodes}
        added = []
        for topic in TOPICS:
            if topic in there:
                continue
            made = client.ask(queries.SUBSCRIBE, topic=topic, uri=address)["webhookSubscriptionCreate"]
            if made["userErrors"]:
                raise Refused(f"Shopify does not send {topic}.", word=str(made["userErrors"][0].get("field")))
            added.append(topic)
    return added

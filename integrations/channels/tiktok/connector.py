"""TikTok Shop US (integrations.md, sections 3 and 7)."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from integrations.channels.base import Grant, Page, SalesOnly, Store, Traits, Window
from integrations.channels.errors import Refused, Transient
from integrations.channels.pace import Operation
from integrations.channels.parsing import readable
from integrations.channels.tiktok.client import ORDERS, RETURNS, TikTokClient, exchange_code
from integrations.channels.tiktok.mapping import order_of, refunds_of
from integrations.models import ChannelAccount

_ZONE, _CURRENCY, _REGION = "America/Los_Angeles", "USD", "US"
_ORDERS_A_PAGE, _RETURNS_A_PAGE = "100", "50"


class TikTokConnector(SalesOnly):
    traits = Traits(
        reach_days=730,
        slice_days=30,
        refund_days=3,
        minutes={"orders": 60, "refunds": 360, "listings": 1440, "traffic": 1440},
    )

    def __init__(self, account: ChannelAccount) -> None:
        self._account = account
        self._client = TikTokClient(account)

    def close(self) -> None:
        self._client.close()

    def check(self, *, now: datetime) -> Store:
        cipher = self._account.credentials["shop_cipher"]
        with readable():
            shop = next((shop for shop in self._client.shops() if shop["cipher"] == cipher), None)
            if shop is None:
                raise Refused("the shop is not among those that the seller let us into", code="other_store")
            known = self._account.external_id in (str(shop["id"]), str(shop.get("code")))
            return Store(
                external_id=self._account.external_id if known else str(shop["id"]),
                name=str(shop.get("name") or ""),
                time_zone=_ZONE,
                currency=_CURRENCY,
            )

    def sync_orders(self, window: Window, *, now: datetime) -> Iterator[Page]:
        """Orders that change while they are read come outside the window too; they are stored like the others."""
        name = "update_time" if window.by == "changed" else "create_time"
        for data, token in self._read(ORDERS, "orders", window, name, _ORDERS_A_PAGE):
            with readable():
                orders = tuple(order_of(raw) for raw in data.get("orders") or [])
            yield Page(orders=orders, token=token)

    def sync_refunds(self, window: Window, *, now: datetime) -> Iterator[Page]:
        """By their last change, which is when the money went back (section 7)."""
        for data, token in self._read(RETURNS, "return_orders", window, "update_time", _RETURNS_A_PAGE):
            with readable():
                refunds = tuple(refund for raw in data.get("return_orders") or [] for refund in refunds_of(raw))
            yield Page(refunds=refunds, token=token)

    def _read(
        self, operation: Operation, key: str, window: Window, name: str, size: str
    ) -> Iterator[tuple[dict[str, Any], str | None]]:
        """`data` of each page with the token of the next, to the end and through empty pages."""
        body = {f"{name}_ge": math.floor(window.since.timestamp()), f"{name}_lt": math.ceil(window.until.timestamp())}
        token = window.token
        while True:
            query = {"page_size": size, "sort_field": name, "sort_order": "ASC"}
            data = self._client.search(operation, query | ({"page_token": token} if token else {}), body)
            if key not in data and "total_count" not in data:
                # An empty result may lack its list, but then it says that there are none.
                raise Transient("neither rows nor their number", code="unreadable")
            following = str(data.get("next_page_token") or "") or None
            if following is not None and following == token:
                raise Transient("the same page again", code="unreadable")
            token = following
            yield data, token
            if token is None:
                return


class TikTokAuthoriser:
    """The seller allows it on TikTok's page, which knows where to send them back by `service_id`."""

    typed: tuple[str, ...] = ()

    def authorize_url(self, *, state: str, redirect_uri: str, shop: str = "") -> str:
        return f"{settings.TIKTOK_SERVICES_URL}/open/authorize?" + urlencode(
            {"service_id": settings.TIKTOK_SERVICE_ID, "state": state}
        )

    def exchange(self, params: dict[str, str], *, redirect_uri: str, now: datetime) -> Grant:
        """The seller's shop in the United States, the first where there are several. Raises Revoked, Refused."""
        if not params.get("code"):
            raise Refused("no code", code="no_grant")
        tokens, shops = exchange_code(params["code"])
        with readable():
            shop = next((each for each in shops if each["region"] == _REGION), None)
            if shop is None:
                raise Refused("no shop in the United States", code="no_marketplace")
            credentials = {**tokens, "shop_cipher": str(shop["cipher"])}
            return Grant(str(shop["id"]), credentials, str(shop.get("name") or tokens["seller_name"]))

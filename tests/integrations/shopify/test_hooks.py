"""What Shopify sends by itself: believed when signed, taken once, and only as a reason to look."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from integrations import tasks
from integrations.actions.connecting import ERASE, HOOKS, SYNC
from integrations.actions.disconnecting import erase_some
from integrations.channels.shopify.client import ShopifyClient
from integrations.channels.shopify.connector import traits_of
from integrations.channels.shopify.hooks import TOPICS, subscribe
from integrations.models import ChannelAccount, SalesLine
from integrations.streams import ORDERS, Open, Stream
from integrations.windows import end
from linkstar.workspaces.models import DueItem, ShopClaim
from tests.factories.integrations import make_shop
from tests.integrations.stubs.shopify import CLIENT_SECRET, SHOP, ShopifyStub

pytestmark = pytest.mark.django_db
Send = Callable[..., int]


@pytest.fixture
def send(keys: None) -> Send:
    """Status of a delivery. `told`: another signature than the right one."""
    number = iter(range(1000))

    def post(
        topic: str, content: Any = None, *, event: str = "", told: str | None = None, shop: str = SHOP, at: str = ""
    ) -> int:
        body = json.dumps(content if content is not None else {"id": 1}).encode()
        right = base64.b64encode(hmac.new(CLIENT_SECRET.encode(), body, sha256).digest()).decode()
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": shop,
            "X-Shopify-Event-Id": event or f"event-{next(number)}",
            "X-Shopify-Hmac-Sha256": right if told is None else told,
            "X-Shopify-Triggered-At": at,
        }
        here = connection.tenant
        client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
        answer = client.post("/hooks/shopify/", body, content_type="application/json", headers=headers)
        connection.set_tenant(here)
        return answer.status_code

    return post


@pytest.fixture
def claimed(acme: Any, keys: None) -> ChannelAccount:
    """Read ten minutes ago, and next in a quarter of an hour."""
    account = make_shop(channel="shopify", external_id=SHOP, credentials={"access_token": "a"})
    now = timezone.now()
    stream = Stream(cursor=now.isoformat(), fill_until=now.isoformat(), fill_to=now.isoformat())
    stream.next_at = (now + timedelta(minutes=15)).isoformat()
    stream.put(account, ORDERS)
    account.save()
    ShopClaim.objects.create(channel="shopify", external_id=SHOP, workspace=acme, account_id=account.pk)
    return account


def due(account: ChannelAccount, kind: str = SYNC) -> Any:
    return DueItem.objects.filter(kind=kind, object_id=account.pk).values_list("run_at", flat=True).first()


@pytest.mark.parametrize(
    "topic", ["orders/create", "orders/updated", "orders/cancelled", "refunds/create", "bulk_operations/finish"]
)
def test_news_have_the_shop_read_now(claimed: ChannelAccount, send: Send, topic: str) -> None:
    assert send(topic) == 200

    claimed.refresh_from_db()
    assert claimed.stream(ORDERS)["next_at"] == "" and due(claimed) <= timezone.now()
    assert not SalesLine.objects.exists()


@pytest.mark.parametrize("told", ["", "x", "AAAA", "é", base64.b64encode(b"0" * 32).decode()])
def test_what_is_not_signed_is_401(claimed: ChannelAccount, send: Send, told: str) -> None:
    assert send("orders/create", told=told) == 401
    assert send("app/uninstalled", {"myshopify_domain": SHOP}, told=told) == 401
    claimed.refresh_from_db()
    assert due(claimed) is None and claimed.state == ChannelAccount.State.CONNECTED


def test_without_a_secret_nothing_is_believed(claimed: ChannelAccount, send: Send, settings: Any) -> None:
    settings.SHOPIFY_CLIENT_SECRET = ""
    told = base64.b64encode(hmac.new(b"", b'{"id": 1}', sha256).digest()).decode()
    assert send("orders/create", told=told) == 401


def test_an_event_is_taken_once(claimed: ChannelAccount, send: Send) -> None:
    assert send("orders/create", event="one") == 200
    DueItem.objects.all().delete()
    assert send("orders/create", event="one") == 200
    assert due(claimed) is None
    assert send("orders/create", event="two") == 200
    assert due(claimed) is not None


def test_an_event_that_could_not_be_taken_is_taken_the_next_time(
    claimed: ChannelAccount, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    from integrations.actions import hooks

    with monkeypatch.context() as patch:
        patch.setattr(hooks, "read_soon", lambda *args, **options: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            send("orders/create", event="one")
    connection.set_tenant(connection.tenant)
    assert send("orders/create", event="one") == 200
    assert due(claimed) is not None


def test_a_shop_of_nobody_is_200(send: Send) -> None:
    assert send("orders/create", shop="other.myshopify.com") == 200
    assert send("orders/create", shop="evil.test") == 200
    assert not DueItem.objects.exists()


def test_what_comes_while_a_reading_runs_is_read_after_it() -> None:
    now = timezone.now()
    stream = Stream(cursor=now.isoformat(), woken_at=(now + timedelta(seconds=1)).isoformat())
    stream.windows["live"] = Open(now.isoformat(), now.isoformat(), "changed", started_at=now.isoformat())
    end(stream, ORDERS, "live", traits_of(()), now=now + timedelta(seconds=2))
    assert stream.next_at == (now + timedelta(seconds=2)).isoformat()


def test_uninstalling_asks_for_a_new_connection(claimed: ChannelAccount, send: Send) -> None:
    # Signed, but not about that shop: only the body is.
    assert send("app/uninstalled", {"id": 1}) == 200
    claimed.refresh_from_db()
    assert claimed.state == ChannelAccount.State.CONNECTED

    assert send("app/uninstalled", {"myshopify_domain": SHOP}) == 200
    claimed.refresh_from_db()
    assert (claimed.state, claimed.last_error) == (ChannelAccount.State.RECONNECT, "revoked")


def test_an_uninstalling_told_after_the_shop_came_back_is_past(claimed: ChannelAccount, send: Send) -> None:
    claimed.authorised_at = back = timezone.now()
    claimed.save()
    gone = {"myshopify_domain": SHOP}

    assert send("app/uninstalled", gone, at=(back - timedelta(minutes=5)).isoformat()) == 200
    claimed.refresh_from_db()
    assert claimed.state == ChannelAccount.State.CONNECTED

    assert send("app/uninstalled", gone, at=(back + timedelta(minutes=5)).isoformat()) == 200
    claimed.refresh_from_db()
    assert claimed.state == ChannelAccount.State.RECONNECT


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact"])
def test_what_we_keep_of_shoppers_is_nothing_and_that_it_was_asked_is_logged(
    claimed: ChannelAccount, send: Send, topic: str
) -> None:
    with capture_logs() as logs:
        assert send(topic, {"shop_domain": SHOP, "customer": {"email": "ann@example.test"}}) == 200
    told = [entry for entry in logs if entry["event"] == "shopify asks about privacy"]
    assert [(entry["topic"], entry["shop"]) for entry in told] == [(topic, SHOP)]
    assert "ann@example.test" not in str(logs)
    claimed.refresh_from_db()
    assert claimed.state == ChannelAccount.State.CONNECTED and claimed.credentials


def test_a_shop_is_erased_when_shopify_asks(claimed: ChannelAccount, send: Send) -> None:
    # The request about a shopper, sent again as one about the shop.
    assert send("shop/redact", {"shop_domain": SHOP, "customer": {"id": 1}}) == 200
    assert ChannelAccount.objects.get(pk=claimed.pk).credentials

    with capture_logs() as logs:
        assert send("shop/redact", {"shop_id": 1, "shop_domain": SHOP}) == 200

    assert not ChannelAccount.objects.get(pk=claimed.pk).credentials
    assert due(claimed, ERASE) <= timezone.now() and not ShopClaim.objects.exists()
    assert "shop erased on shopify's request" in [entry["event"] for entry in logs]
    while erase_some(claimed.pk):
        pass
    assert not ChannelAccount.objects.filter(pk=claimed.pk).exists()


def test_what_is_missing_is_subscribed(shopify: ShopifyStub, shop: ChannelAccount) -> None:
    address = "https://linkstar.test/hooks/shopify/"
    shopify.subscribed.append(("ORDERS_CREATE", address))
    client = ShopifyClient(shop)
    assert subscribe(client, address) == [topic for topic in TOPICS if topic != "ORDERS_CREATE"]
    assert subscribe(client, address) == []
    client.close()
    assert sorted(topic for topic, _at in shopify.subscribed) == sorted(TOPICS)


def test_a_connected_shop_is_subscribed_every_day_where_we_can_be_reached(
    shopify: ShopifyStub, shop: ChannelAccount, settings: Any
) -> None:
    tasks.keep_hooks.run(shop.pk)
    assert shopify.subscribed == []

    settings.SITE_SCHEME = "https"
    now = timezone.now()
    tasks._look_after_hooks(shop.pk, now=now)
    assert due(shop, HOOKS) == now + timedelta(days=1)
    tasks.keep_hooks.run(shop.pk)
    assert {at for _topic, at in shopify.subscribed} == {f"https://{settings.BASE_DOMAIN}/hooks/shopify/"}

    shopify.uninstalled = True
    tasks.keep_hooks.run(shop.pk)

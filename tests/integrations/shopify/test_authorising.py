"""There and back: nothing that Shopify did not sign just now lets a shop in, and no other host is ever asked."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.channels import authoriser_of
from integrations.channels.errors import Refused
from integrations.channels.shopify.authorising import check_callback, signature_of
from integrations.channels.shopify.client import ShopifyClient
from integrations.models import ChannelAccount
from tests.integrations.stubs.shopify import CLIENT_SECRET, CODE, SHOP, ShopifyStub

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
BAD_SHOPS = [
    "", "northwind", "northwind.myshopify.com.evil.test", "evil.test/northwind.myshopify.com", "a@north.myshopify.com",
    "northwind.myshopify.com/..", "northwind.myshopify.com\n", "-a.myshopify.com", "NORTH.myshopify.com", "127.0.0.1",
    "a.b.myshopify.com", "northwind.myshopify.com:8080", "ｎorthwind.myshopify.com",
]  # fmt: skip


def callback(**changes: str) -> dict[str, str]:
    params = {
        "code": CODE,
        "host": "YWRtaW4",
        "shop": SHOP,
        "state": "s1",
        "timestamp": str(int(NOW.timestamp())),
    } | changes
    return {**params, "hmac": signature_of(params, CLIENT_SECRET)}


def test_the_signature_is_the_one_of_shopifys_documents() -> None:
    params = {
        "code": "0907a61c0c8d55e99db179b68161bc00",
        "hmac": "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf",
        "shop": "some-shop.myshopify.com",
        "state": "0.6784241404160823",
        "timestamp": "1337178173",
    }
    now = datetime.fromtimestamp(1337178173, UTC)
    assert check_callback(params, secret="hush", now=now, state="0.6784241404160823") == "some-shop.myshopify.com"


@pytest.mark.parametrize("shop", BAD_SHOPS)
def test_no_other_host_is_asked(keys: None, shop: str) -> None:
    authoriser = authoriser_of("shopify")
    for attempt in (
        lambda: authoriser.authorize_url(state="s", redirect_uri="https://x.test/", shop=shop),
        lambda: authoriser.exchange(callback(shop=shop), redirect_uri="", now=NOW),
        lambda: ShopifyClient(ChannelAccount(channel="shopify", external_id=shop)),
    ):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "bad_shop"


@pytest.mark.parametrize("name", ["code", "host", "state", "timestamp"])
def test_a_changed_parameter_is_found(keys: None, name: str) -> None:
    params = callback()
    params[name] += "1"
    with pytest.raises(Refused) as caught:
        check_callback(params, secret=CLIENT_SECRET, now=NOW)
    assert caught.value.code == "bad_callback"


@pytest.mark.parametrize("told", ["", "00", "é" * 64, "0" * 63, "0" * 64, "0" * 65])
def test_a_signature_of_any_length_and_letters_is_refused(keys: None, told: str) -> None:
    with pytest.raises(Refused):
        check_callback({**callback(), "hmac": told}, secret=CLIENT_SECRET, now=NOW)


def test_another_secret_and_none_at_all_are_refused() -> None:
    for secret in ("other", ""):
        with pytest.raises(Refused):
            check_callback(callback(), secret=secret, now=NOW)


@pytest.mark.parametrize(("seconds", "is_good"), [(0, True), (90, True), (91, False), (-90, True), (-91, False)])
def test_a_callback_is_good_for_ninety_seconds(seconds: int, is_good: bool) -> None:
    later = NOW + timedelta(seconds=seconds)
    if is_good:
        assert check_callback(callback(), secret=CLIENT_SECRET, now=later) == SHOP
    else:
        with pytest.raises(Refused):
            check_callback(callback(), secret=CLIENT_SECRET, now=later)


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "１２３"])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    with pytest.raises(Refused):
        check_callback(callback(timestamp=timestamp), secret=CLIENT_SECRET, now=NOW)


def test_another_state_is_refused() -> None:
    with pytest.raises(Refused):
        check_callback(callback(), secret=CLIENT_SECRET, now=NOW, state="s2")


def test_the_way_there_asks_to_read_only(shopify: ShopifyStub, settings: Any) -> None:
    settings.SHOPIFY_URL_TEMPLATE = "https://{shop}"
    url = urlsplit(
        authoriser_of("shopify").authorize_url(state="s/1", redirect_uri="https://x.test/back/?a=1", shop=SHOP)
    )
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (url.scheme, url.netloc, url.path) == ("https", SHOP, "/admin/oauth/authorize")
    assert query == {
        "client_id": settings.SHOPIFY_CLIENT_ID,
        "scope": "read_orders,read_products",
        "redirect_uri": "https://x.test/back/?a=1",
        "state": "s/1",
    }


def test_a_code_gives_tokens_that_end(shopify: ShopifyStub) -> None:
    now = datetime.now(UTC)
    params = callback(timestamp=str(int(now.timestamp())))
    grant = authoriser_of("shopify").exchange(params, redirect_uri="", now=now)

    assert grant.external_id == SHOP and "shpat" not in repr(grant)
    kept = grant.credentials
    assert (kept["access_token"], kept["refresh_token"]) == ("shpat_1", "shprt_1")
    assert 3600 - 310 < kept["access_until"] - time.time() < 3600 - 290
    assert shopify.calls[-1].form()["expiring"] == "1"

    with pytest.raises(Refused):
        authoriser_of("shopify").exchange(
            callback(code="used", timestamp=params["timestamp"]), redirect_uri="", now=now
        )

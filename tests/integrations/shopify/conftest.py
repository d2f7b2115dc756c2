import time
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.models import ChannelAccount
from tests.factories.integrations import make_shop
from tests.integrations.shopify.world import fill
from tests.integrations.stubs.base import serve
from tests.integrations.stubs.shopify import CLIENT_ID, CLIENT_SECRET, SHOP, ShopifyStub


@pytest.fixture
def keys(settings: Any) -> None:
    settings.SHOPIFY_CLIENT_ID, settings.SHOPIFY_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.INTEGRATIONS_ALLOW_LOOPBACK = True


@pytest.fixture
def shopify(settings: Any, keys: None) -> Iterator[ShopifyStub]:
    """Empty; its address and keys are in the settings."""
    with serve(ShopifyStub()) as stub:
        settings.SHOPIFY_URL_TEMPLATE = f"{stub.url}/shops/{{shop}}"
        yield stub


@pytest.fixture
def world(shopify: ShopifyStub) -> ShopifyStub:
    fill(shopify)
    return shopify


@pytest.fixture
def shop(shopify: ShopifyStub) -> ChannelAccount:
    """Connected as a browser would have connected it."""
    granted = shopify.grant()
    until = time.time() + shopify.token_seconds - 300
    credentials = {"access_token": granted["access_token"], "refresh_token": granted["refresh_token"]}
    return make_shop(channel="shopify", external_id=SHOP, credentials={**credentials, "access_until": until})

"""What the tests of Amazon share: the stub with its two months and a shop that reads it."""

from collections.abc import Iterator
from typing import Any

import pytest

from integrations.models import ChannelAccount, Listing
from tests.integrations.amazon.shops import make_seller, point_at
from tests.integrations.amazon.world import ASINS, NOW, fill
from tests.integrations.stubs.amazon import AmazonStub
from tests.integrations.stubs.base import serve


@pytest.fixture
def amazon(settings: Any) -> Iterator[AmazonStub]:
    """Empty; its address and keys are in the settings."""
    with serve(AmazonStub(NOW)) as stub:
        point_at(settings, stub)
        yield stub


@pytest.fixture
def world(amazon: AmazonStub) -> AmazonStub:
    fill(amazon)
    return amazon


@pytest.fixture
def seller(amazon: AmazonStub) -> ChannelAccount:
    return make_seller()


@pytest.fixture
def known_asins(world: AmazonStub, seller: ChannelAccount) -> list[str]:
    """The seller's listings are known, as after a reading of stock."""
    Listing.objects.bulk_create([Listing(account=seller, sku=sku, asin=asin) for sku, asin in ASINS.items()])
    return list(ASINS.values())

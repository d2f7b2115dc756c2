"""Sellers of ours who read the stub, and what their days say."""

from typing import Any
from uuid import uuid4

from integrations.actions.passes import Result, Wanted, run_pass
from integrations.models import ChannelAccount, DailySales
from tests.factories.integrations import make_shop
from tests.integrations.amazon.world import NOW, Numbers
from tests.integrations.stubs.amazon import US, AmazonStub

REFRESH = "Atzr|refresh-token-of-the-seller"


def point_at(settings: Any, stub: AmazonStub) -> None:
    settings.INTEGRATIONS_ALLOW_LOOPBACK = True
    settings.AMAZON_LWA_URL = settings.AMAZON_SPAPI_URL = stub.url
    settings.AMAZON_LWA_CLIENT_ID, settings.AMAZON_LWA_CLIENT_SECRET = stub.client_id, stub.client_secret


def make_seller() -> ChannelAccount:
    """Its id is new each time: the pace of calls is kept by it."""
    return make_shop(external_id=uuid4().hex, marketplace=US, credentials={"refresh_token": REFRESH})


def told(account: ChannelAccount) -> dict[Any, Numbers]:
    """What the days say, as `world.sold` does."""
    rows = DailySales.objects.filter(account=account).exclude(**dict.fromkeys(Numbers._fields, 0))
    return {
        (row.day_on, row.sku, row.currency): Numbers(*(getattr(row, name) for name in Numbers._fields)) for row in rows
    }


def read(account: ChannelAccount, now: Any = NOW, **values: Any) -> Result:
    """A whole pass."""
    [result] = run_pass([account], Wanted(now, **values))
    return result

"""The bucket of each operation, what history leaves to news, and how calls are counted."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.channels.base import Traits
from integrations.channels.pace import Bucket, Operation, calls_of, count_call, is_sparing, sparing
from integrations.streams import ORDERS, Stream
from integrations.windows import begin
from tests.factories import client_of, make_member
from tests.factories.integrations import make_connected, make_shop
from tests.pages import text

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
# So slow that nothing comes back while a test runs.
SLOW = 1e-6


def bucket(burst: float, account: str = "") -> Bucket:
    return Bucket("tests", account or uuid.uuid4().hex, Operation("orders", SLOW, burst))


def taken(one: Bucket) -> int:
    count = 0
    while one.take() == 0:
        count += 1
    return count


def test_history_takes_half_and_news_the_rest() -> None:
    one = bucket(20)
    with sparing():
        assert taken(one) == 10
    assert taken(one) == 10
    with sparing():
        assert one.take() > 0


@pytest.mark.parametrize(("burst", "most"), [(1, 1), (2, 1), (3, 1), (15, 7)])
def test_history_is_never_shut_out(burst: float, most: int) -> None:
    with sparing():
        assert taken(bucket(burst)) == most


def test_the_wait_of_history_ends_when_its_half_is_there() -> None:
    one = Bucket("tests", uuid.uuid4().hex, Operation("orders", 0.1, 4))
    assert taken(one) == 4
    with sparing():
        assert 25 < one.take() <= 30
    assert 5 < one.take() <= 10


def test_sparing_ends_with_its_block() -> None:
    with pytest.raises(RuntimeError), sparing():
        assert is_sparing()
        raise RuntimeError
    assert not is_sparing()


def test_calls_are_counted_by_day_and_account() -> None:
    account = uuid.uuid4().hex
    for _call in range(3):
        count_call("tests", account)
    assert calls_of("tests", account)[0] + calls_of("tests", account)[1] == 3
    assert sum(calls_of("tests", uuid.uuid4().hex)) == 0


@pytest.mark.django_db
def test_the_page_of_a_shop_says_how_often_its_channel_was_asked(_inside_acme: None) -> None:
    shop = make_connected(external_id=f"SELLER-{uuid.uuid4().hex[:8]}")
    client = client_of(make_member("admin", language="en"))
    url = f"/shops/{shop.pk}/"
    assert "Calls to the channel" not in text(client.get(url))
    count_call(shop.channel, shop.external_id)
    assert "1 in 31 days" in text(client.get(url))


@pytest.mark.django_db
@pytest.mark.parametrize("is_filled", [False, True])
def test_history_goes_on_when_more_of_it_may_be_read(_inside_acme: None, is_filled: bool) -> None:
    """As when Shopify grants read_all_orders after the first fill."""
    shop, stream = make_shop(), Stream()
    values: Any = {"asked": None, "now": NOW}
    begin(shop, ORDERS, stream, Traits(reach_days=60), "live", **values)
    near = stream.fill_to
    if is_filled:
        stream.fill_until = near
        assert stream.is_filled
    later = {"asked": None, "now": NOW + timedelta(days=30)}
    stream.windows.clear()
    begin(shop, ORDERS, stream, Traits(reach_days=730), "live", **later)
    assert not stream.is_filled
    assert datetime.fromisoformat(near) - datetime.fromisoformat(stream.fill_to) >= timedelta(days=669)
    far = stream.fill_to
    begin(shop, ORDERS, stream, Traits(reach_days=60), "live", **later)
    assert stream.fill_to == far

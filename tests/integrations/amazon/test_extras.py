"""Visits, stock, check sums and the store itself."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.actions.syncing import read_window, take_lease
from integrations.channels.amazon import connector as module
from integrations.channels.amazon.connector import AmazonConnector
from integrations.channels.base import DayTotal, Store, Window
from integrations.channels.errors import Later, Refused, TokenExpired, Transient
from integrations.models import ChannelAccount, DailySales, Listing
from integrations.streams import TRAFFIC, Stream
from tests.integrations.amazon.shops import read
from tests.integrations.amazon.world import ASINS, NOW, local
from tests.integrations.stubs.amazon import AmazonStub, Item, Sale, Version, Visits

pytestmark = pytest.mark.django_db

MONTH = Window(NOW - timedelta(days=30), NOW, "placed")


@pytest.fixture
def connector(seller: ChannelAccount) -> Iterator[AmazonConnector]:
    connector = AmazonConnector(seller)
    yield connector
    connector.close()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLLS", (0.01,))


def visits(seller: ChannelAccount) -> dict[tuple[date, str], tuple[Any, ...]]:
    rows = DailySales.objects.filter(account=seller).exclude(sessions=None)
    return {(row.day_on, row.asin): (row.sessions, row.page_views, row.buy_box_percent) for row in rows}


def expected(world: AmazonStub, since: date, until: date) -> dict[tuple[date, str], tuple[Any, ...]]:
    return {
        (row.day_on, row.asin): (row.sessions, row.page_views, Decimal(str(row.buy_box)))
        for row in world.visits
        if since <= row.day_on <= until
    }


@pytest.mark.parametrize("packing", ["header", "plain", ""])
def test_visits_of_all_days_that_are_over(
    world: AmazonStub, seller: ChannelAccount, known_asins: list[str], soon: None, packing: str
) -> None:
    world.be.packing, world.be.looks, world.be.rows_a_document = packing, 3, 200
    is_whole = packing == "header"
    assert read(seller, streams=(TRAFFIC,), asked=None if is_whole else MONTH).error == ""
    since = date(2026, 9, 25) if is_whole else date(2026, 10, 25)
    assert visits(seller) == expected(world, since, date(2026, 11, 23))
    assert {row.sku for row in DailySales.objects.exclude(sessions=None)} == set(ASINS)
    assert not world.happened
    # 35 days, and two years in five pieces of at most 180 days; each found part asks for the next.
    assert len(world.queries) < 15


def test_a_query_is_asked_once_and_looked_at_again_where_the_last_run_stopped(
    world: AmazonStub, seller: ChannelAccount, known_asins: list[str]
) -> None:
    world.be.looks = 3
    for seconds in (30, 60):
        key = take_lease(seller.pk)
        with pytest.raises(Later) as later:
            read_window(seller, TRAFFIC, "live", key=key, now=NOW)
        assert (later.value.seconds, later.value.code) == (seconds, "preparing")
        ChannelAccount.objects.update(busy_until=None)
    key = take_lease(seller.pk)
    read_window(seller, TRAFFIC, "live", key=key, now=NOW)
    assert len(world.queries) == 1
    assert visits(seller) == expected(world, date(2026, 10, 20), date(2026, 11, 23))


def test_thirty_asins_a_query(amazon: AmazonStub, seller: ChannelAccount) -> None:
    asins = [f"B0MANY{number:04}" for number in range(70)]
    Listing.objects.bulk_create([Listing(account=seller, sku=f"S-{asin}", asin=asin) for asin in asins])
    amazon.visits = [Visits(date(2026, 11, 20), asin, 1, 2, 99.5) for asin in asins]
    pages = list(AmazonConnector(seller).sync_traffic(MONTH, now=NOW))
    assert [len(query.asins) for query in amazon.queries.values()] == [30, 30, 10]
    assert sorted(row.asin for page in pages for row in page.traffic) == asins
    assert pages[-1].token is None


def test_no_document_is_no_visits(amazon: AmazonStub, seller: ChannelAccount, known_asins: list[str]) -> None:
    amazon.visits.clear()
    assert read(seller, streams=(TRAFFIC,), asked=MONTH).error == ""
    assert visits(seller) == {}
    assert not [call for call in amazon.calls if "documents" in call.path]


def test_a_query_that_fails_is_asked_three_times(
    world: AmazonStub, seller: ChannelAccount, known_asins: list[str]
) -> None:
    world.be.query_ends = "FATAL"
    assert read(seller, streams=(TRAFFIC,), asked=MONTH).error == "query_failed"
    assert len(world.queries) == 3
    world.be.query_ends = "DONE"
    assert read(seller, streams=(TRAFFIC,), asked=MONTH).error == ""
    assert visits(seller) == expected(world, date(2026, 10, 25), date(2026, 11, 23))


@pytest.mark.parametrize("packing", ["header", "plain", ""])
@pytest.mark.parametrize("kind", ["cut", "broken", "reset", "error"])
def test_half_a_document_is_an_error_and_read_again(
    world: AmazonStub, seller: ChannelAccount, known_asins: list[str], hurried: None, packing: str, kind: str
) -> None:
    world.be.packing = packing
    world.faults.next("download", kind, kind)
    assert read(seller, streams=(TRAFFIC,), asked=MONTH).error == ""
    assert world.happened["download", kind] == 2
    assert visits(seller) == expected(world, date(2026, 10, 25), date(2026, 11, 23))


def test_an_address_that_ran_out_is_asked_for_anew(
    world: AmazonStub, seller: ChannelAccount, known_asins: list[str]
) -> None:
    world.after = {"getDocument": world.keys.clear}
    with pytest.raises(Refused):
        list(AmazonConnector(seller).sync_traffic(MONTH, now=NOW))
    assert len([call for call in world.calls if "documents" in call.path]) == 2
    world.after = {}
    assert list(AmazonConnector(seller).sync_traffic(MONTH, now=NOW))


def test_a_document_elsewhere_is_not_fetched(
    world: AmazonStub, seller: ChannelAccount, known_asins: list[str], settings: Any
) -> None:
    url = world.url
    world.after = {"getQuery": lambda: setattr(world, "url", "https://example.com")}
    with pytest.raises(Refused) as refused:
        list(AmazonConnector(seller).sync_traffic(MONTH, now=NOW))
    assert refused.value.code == "document_address"
    world.url = url


def test_without_the_role_for_visits_orders_are_read_all_the_same(
    world: AmazonStub, seller: ChannelAccount, known_asins: list[str]
) -> None:
    world.no_role_for = {"createQuery"}
    result = read(seller, streams=("orders", TRAFFIC), asked=MONTH)
    seller.refresh_from_db()
    assert (result.error, seller.state) == ("no_role", "connected")
    assert result.counts["orders"] > 0


def test_a_query_that_amazon_forgot_begins_again(
    world: AmazonStub, seller: ChannelAccount, known_asins: list[str]
) -> None:
    pages = list(AmazonConnector(seller).sync_traffic(MONTH, now=NOW))
    world.queries.clear()
    with pytest.raises(TokenExpired):
        list(AmazonConnector(seller).sync_traffic(Window(MONTH.since, MONTH.until, "placed", pages[0].token), now=NOW))


def test_what_is_shown_and_in_stock(world: AmazonStub, seller: ChannelAccount) -> None:
    world.be.page_size = 5
    assert read(seller, streams=("listings",)).error == ""
    rows = Listing.objects.order_by("asin").values_list(
        "sku", "asin", "parent", "title", "image_url", "stock", "inbound"
    )
    assert list(rows) == [
        (sku, asin, "B0PARENT00", f"Name of {sku} (catalog)", f"https://m.media-amazon.com/{asin}.jpg", n * 7, n)
        for n, (sku, asin) in enumerate(ASINS.items())
    ]
    assert Stream.of(seller, "listings").good_at


def test_check_sums_of_days_around_the_change_of_the_clock(amazon: AmazonStub, connector: AmazonConnector) -> None:
    for number, at in enumerate([local(2026, 3, 7, 23, 59, 59), local(2026, 3, 8, 23, 30), local(2026, 3, 9)]):
        items = [Item(str(number), "A", "B0A", number + 1, 1999)]
        amazon.sales.append(Sale(str(number), at, [Version(at, "SHIPPED", items)]))
    window = Window(local(2026, 3, 7), local(2026, 3, 10), "placed")
    assert connector.day_totals(window, now=NOW) == [
        DayTotal(date(2026, 3, 7 + number), number + 1, Decimal("19.99"), "USD") for number in range(3)
    ]
    (call,) = [call for call in amazon.calls if "orderMetrics" in call.path]
    assert call.one("interval") == "2026-03-07T00:00:00-08:00--2026-03-10T00:00:00-07:00"


def test_the_store_tells_its_name_and_currency(amazon: AmazonStub, connector: AmazonConnector) -> None:
    assert connector.check(now=NOW) == Store("", "Northwind Goods", "America/Los_Angeles", "USD", "ATVPDKIKX0DER")


def test_a_seller_elsewhere_is_none_of_ours(amazon: AmazonStub, seller: ChannelAccount) -> None:
    seller.marketplace = "A1PA6795UKMFR9"
    with pytest.raises(Refused) as refused:
        AmazonConnector(seller).check(now=NOW)
    assert refused.value.code == "no_marketplace"


def test_instants_without_an_offset_are_unreadable(amazon: AmazonStub, connector: AmazonConnector) -> None:
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    amazon.sales.append(Sale("1", at, [Version(at, "SHIPPED", [Item("1", "A", "B0A", 1, 100)])]))
    amazon.spoil = lambda row: row | {"createdTime": row["createdTime"].rstrip("Z")}
    with pytest.raises(Transient) as error:
        list(connector.sync_orders(MONTH, now=NOW))
    assert error.value.code == "unreadable"

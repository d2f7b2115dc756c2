"""A shop read to the cent, whatever Shopify does meanwhile."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.db import connection
from structlog.testing import capture_logs

from integrations.actions.passes import Wanted, run_pass
from integrations.actions.syncing import read_window, take_lease
from integrations.channels import connector_of
from integrations.channels.base import Window
from integrations.channels.errors import Later, Refused, Revoked, TokenExpired, Transient
from integrations.channels.shopify.connector import ShopifyConnector, Size
from integrations.channels.tokens import access_token
from integrations.models import ChannelAccount, DailySales, Listing, SalesLine
from integrations.streams import LISTINGS, ORDERS
from tests.factories.integrations import make_shop
from tests.integrations.shopify.world import (
    FAULTS,
    NOW,
    add,
    expected,
    line,
    order,
    read_in_bits,
    refund,
    stamp,
    stored,
)
from tests.integrations.stubs.base import Reply
from tests.integrations.stubs.shopify import SHOP, ShopifyStub

pytestmark = pytest.mark.django_db


def read(shop: ChannelAccount, **wanted: Any) -> None:
    (result,) = run_pass([shop], Wanted(wanted.pop("now", NOW), patience=10, **wanted))
    assert result.error == ""


def rows() -> list[tuple[Any, ...]]:
    keys = ("kind", "order_id", "line_id", "sku", "status", "units", "amount", "discount", "currency", "day_on")
    return sorted(SalesLine.objects.values_list(*keys))


def everything(shop: ChannelAccount) -> Window:
    return Window(NOW - timedelta(days=60), NOW, "placed")


def test_a_shop_equals_what_its_raw_orders_add_up_to(world: ShopifyStub, shop: ChannelAccount) -> None:
    read(shop)

    assert stored() == expected(world)
    assert shop.time_zone == "America/New_York" and shop.currency == "USD" and shop.name == "Northwind US"
    assert set(SalesLine.objects.values_list("currency", flat=True)) == {"USD"}
    assert world.made_tokens == 1


@pytest.mark.parametrize("sku", ["S" * 256, "a\0b"])
def test_what_no_column_takes_stops_its_own_shop_and_no_other(
    shopify: ShopifyStub, shop: ChannelAccount, sku: str
) -> None:
    at = NOW - timedelta(days=1)
    add(shopify, order(1, at, [line(1, 1, sku, 1, "10.00")]))
    other = make_shop(channel="shopify", external_id="other.myshopify.com", state=ChannelAccount.State.RECONNECT)

    odd, left = run_pass([shop, other], Wanted(NOW, patience=10))

    assert (odd.error, left.error) == ("unreadable", "revoked")
    shop.refresh_from_db()
    assert shop.last_error == "unreadable" or shop.stream(ORDERS)["failures"]
    assert not shop.busy_key and not SalesLine.objects.exists()


def test_a_second_reading_changes_nothing(world: ShopifyStub, shop: ChannelAccount) -> None:
    read(shop)
    before, days = rows(), stored()

    read(shop, with_reconciliation=True)
    read(shop, now=NOW + timedelta(hours=2))

    assert rows() == before and stored() == days


@pytest.mark.parametrize("seed", [1, 2])
def test_faults_and_dying_workers_change_nothing(
    world: ShopifyStub, shop: ChannelAccount, hurried: None, seed: int
) -> None:
    world.repeats = True
    read_in_bits(world, shop, Random(seed), share=0.25)  # noqa: S311

    assert stored() == expected(world)
    assert len({fault for _operation, fault in world.happened} & set(FAULTS)) > 5


def test_what_changes_later_is_counted_where_it_belongs(shopify: ShopifyStub, shop: ChannelAccount) -> None:
    at = NOW - timedelta(days=10)
    sold, gone, back = (line(number, 0, sku, 2, "10.00", "1.00") for number, sku in enumerate(["A", "B", "C"], 1))
    nodes = [add(shopify, order(number, at, [each])) for number, each in enumerate([sold, gone, back], 1)]
    read(shop)
    later = NOW + timedelta(hours=5)
    # Cancelled with its refund: no sale, and nothing given back.
    nodes[1].update(cancelledAt=stamp(later), updatedAt=stamp(later), refunds=[refund(2, 0, later, (gone, 2, "19.00"))])
    nodes[2].update(updatedAt=stamp(later), refunds=[refund(3, 0, later, (back, 1, "9.50"))])

    read(shop, now=later + timedelta(minutes=5))

    assert stored() == expected(shopify)
    day, day_back = at.date(), later.date()
    assert stored() == {
        (day, "A"): (1, 2, Decimal(20), Decimal(1), 0, Decimal(0)),
        (day, "C"): (1, 2, Decimal(20), Decimal(1), 0, Decimal(0)),
        (day_back, "C"): (0, 0, Decimal(0), Decimal(0), 1, Decimal("9.5")),
    }


def test_too_costly_questions_are_halved_and_the_size_is_kept(world: ShopifyStub, shop: ChannelAccount) -> None:
    read(shop)

    sizes = [call.json()["variables"]["first"] for call in world.calls if world.operation_of(call) == "Orders"]
    assert sizes[:2] == [25, 12] and len(set(sizes)) <= 5 and sizes == sorted(sizes, reverse=True)
    assert cache.get(f"shopify-size:{shop.pk}") == (sizes[-1], 10)
    with pytest.raises(Refused):
        Size(1, 1).halved()


def test_a_throttled_shop_is_asked_again_when_its_points_are_back(
    world: ShopifyStub, shop: ChannelAccount, hurried: None
) -> None:
    world.capacity, world.restore_rate, world.points = 1000, 12_000, 0

    read(shop)

    assert stored() == expected(world)
    # What each answer says of the cost keeps most questions from being refused.
    asked = sum(world.operation_of(call) == "Orders" for call in world.calls)
    assert world.happened["graphql", "over the limit"] <= asked / 2


def test_a_long_wait_frees_the_worker(shopify: ShopifyStub, shop: ChannelAccount) -> None:
    shopify.points, shopify.restore_rate = 0, 0.1
    connector = connector_of(shop)

    with pytest.raises(Later) as caught:
        connector.check(now=NOW)

    assert 3 < caught.value.seconds <= 600
    connector.close()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, Transient),
        ({"data": None}, Transient),
        ({"data": {"orders": None}}, Transient),
        ({"data": {"orders": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": None}}}}, Transient),
        ({"data": {"orders": {"nodes": [{"id": "1"}], "pageInfo": {"hasNextPage": False}}}}, Transient),
        ({"data": {"orders": {"nodes": []}}, "errors": [{"message": "partly"}]}, Refused),
        ({"errors": [{"message": "x", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}, Transient),
        ({"errors": [{"message": "x", "extensions": {"code": "ACCESS_DENIED"}}]}, Refused),
        ({"errors": [{"message": "Invalid cursor for current pagination sort."}]}, TokenExpired),
        ({"errors": "Not Found"}, Refused),
    ],
)
def test_an_answer_without_data_is_an_error_and_never_no_data(
    shopify: ShopifyStub,
    shop: ChannelAccount,
    hurried: None,
    monkeypatch: pytest.MonkeyPatch,
    body: Any,
    error: type[Exception],
) -> None:
    monkeypatch.setattr(shopify, "answer", lambda call: Reply(200, body))
    connector = connector_of(shop)

    with pytest.raises(error):
        list(connector.sync_orders(everything(shop), now=NOW))
    connector.close()


def test_another_version_is_told_once(world: ShopifyStub, shop: ChannelAccount) -> None:
    world.version = "2027-01"
    with capture_logs() as logs:
        connector = connector_of(shop)
        list(connector.sync_orders(everything(shop), now=NOW))
        connector.close()
    told = [entry for entry in logs if entry["event"] == "shopify answers in another version"]
    assert [(entry["log_level"], entry["told"]) for entry in told] == [("error", "2027-01")]


@pytest.mark.parametrize(("scopes", "days"), [(["read_orders"], 60), (["read_all_orders", "read_orders"], 730)])
def test_history_reaches_as_far_as_the_scopes(
    shopify: ShopifyStub, shop: ChannelAccount, scopes: list[str], days: int
) -> None:
    shopify.scopes = scopes
    connector = ShopifyConnector(shop)
    store = connector.check(now=NOW)
    connector.close()
    assert store.scopes == tuple(scopes) and connector.traits.reach_days == days


def test_a_shop_that_answers_for_another_is_refused_and_its_new_tokens_are_kept(
    shopify: ShopifyStub, shop: ChannelAccount
) -> None:
    shopify.access.clear()
    shop.external_id = "other.myshopify.com"
    shop.save()
    shopify.shop["myshopifyDomain"] = "other.myshopify.com"
    monkey = shopify._root()
    monkey["shop"] = {**shopify.shop, "myshopifyDomain": SHOP}
    shopify._root = lambda: monkey  # type: ignore[method-assign]

    (result,) = run_pass([shop], Wanted(NOW, patience=10))

    assert result.error == "other_store"
    assert ChannelAccount.objects.get(pk=shop.pk).credentials["refresh_token"] == shopify.refresh[-1]


def test_listings_are_read_to_the_end(shopify: ShopifyStub, shop: ChannelAccount) -> None:
    for number in range(205):
        product = {
            "id": f"gid://shopify/Product/{number}",
            "title": f"Mug {number}",
            "status": "ACTIVE",
            "tracksInventory": number != 1,
            "featuredMedia": "https://cdn.shopify.com/mug.jpg",
        }
        shopify.variants.append(
            {
                "id": f"gid://shopify/ProductVariant/{number:05}",
                "sku": f"M{number}" if number != 2 else "",
                "title": "Default Title" if number else "Red",
                "price": f"{number}.95",
                "inventoryQuantity": number - 3,
                "images": ["https://cdn.shopify.com/red.jpg"] if not number else [],
                "product": product,
            }
        )
    key = take_lease(shop.pk)
    read_window(shop, LISTINGS, "live", key=key, now=NOW)

    fields = ("title", "image_url", "price", "stock", "product_id", "variant_id", "status")
    found = {row[0]: row[1:] for row in Listing.objects.values_list("sku", *fields)}
    assert len(found) == 204
    red, cdn = ("Mug 0 – Red", "https://cdn.shopify.com/red.jpg"), "https://cdn.shopify.com/mug.jpg"
    assert found["M0"] == (*red, Decimal("0.95"), 0, "0", "00000", "active")
    assert found["M1"] == ("Mug 1", cdn, Decimal("1.95"), None, "1", "00001", "active")
    assert found["M204"] == ("Mug 204", cdn, Decimal("204.95"), 201, "204", "00204", "active")
    assert DailySales.objects.get(sku="M204").stock == 201


# Tokens ---------------------------------------------------------------------------------------------------------------


def test_a_token_that_ends_soon_is_renewed_with_its_pair(shopify: ShopifyStub, shop: ChannelAccount) -> None:
    shop.credentials = {**shop.credentials, "access_until": time.time() - 1}
    shop.save()
    connector = connector_of(shop)
    connector.check(now=NOW)
    connector.close()

    kept = ChannelAccount.objects.get(pk=shop.pk).credentials
    assert (kept["access_token"], kept["refresh_token"]) == ("shpat_2", "shprt_2")
    assert 3600 - 320 < kept["access_until"] - time.time() <= 3600 - 300
    assert shopify.refresh == ["shprt_2"]


def test_a_token_without_an_end_is_used_as_it_is(shopify: ShopifyStub) -> None:
    shop = make_shop(channel="shopify", external_id=SHOP, credentials={"access_token": shopify.grant()["access_token"]})
    connector = connector_of(shop)
    assert connector.check(now=NOW).external_id == SHOP
    assert shopify.made_tokens == 1

    shopify.uninstalled = True
    with pytest.raises(Revoked):
        connector.check(now=NOW)
    connector.close()


def test_a_refused_token_is_renewed_once_and_then_the_shop_is_gone(
    shopify: ShopifyStub, shop: ChannelAccount, hurried: None
) -> None:
    shopify.access.clear()
    connector = connector_of(shop)
    connector.check(now=NOW)
    assert shopify.made_tokens == 2
    connector.close()

    shopify.uninstalled = True
    (result,) = run_pass([shop], Wanted(NOW, patience=10))

    assert result.error == "revoked"
    assert ChannelAccount.objects.get(pk=shop.pk).state == ChannelAccount.State.RECONNECT


def test_wrong_keys_of_ours_cost_no_shop_its_connection(
    shopify: ShopifyStub, shop: ChannelAccount, settings: Any
) -> None:
    settings.SHOPIFY_CLIENT_SECRET = "rotated"
    shopify.access.clear()
    (result,) = run_pass([shop], Wanted(NOW, patience=10))
    assert result.error != "revoked"
    assert ChannelAccount.objects.get(pk=shop.pk).state == ChannelAccount.State.CONNECTED


def test_a_lost_answer_to_a_renewal_costs_nothing(shopify: ShopifyStub, shop: ChannelAccount, hurried: None) -> None:
    shopify.access.clear()
    shopify.faults.next("token", "lost")
    connector = connector_of(shop)
    connector.check(now=NOW)
    connector.close()
    assert ChannelAccount.objects.get(pk=shop.pk).credentials["refresh_token"] == "shprt_3"


@pytest.mark.django_db(transaction=True, available_apps=project.INSTALLED_APPS)
class TestCommitted:
    """Tokens between processes: what is kept is committed before it is used."""

    def test_who_dies_after_the_answer_has_kept_the_new_pair(
        self, live_workspace: Any, shopify: ShopifyStub, shop: ChannelAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shopify.access.clear()
        connector = ShopifyConnector(shop)
        post = connector.client._post

        def dying(token: str, body: bytes) -> Any:
            if token == "shpat_2":
                raise KeyboardInterrupt
            return post(token, body)

        monkeypatch.setattr(connector.client, "_post", dying)
        with pytest.raises(KeyboardInterrupt):
            connector.check(now=NOW)
        connector.close()

        again = ShopifyConnector(ChannelAccount.objects.get(pk=shop.pk))
        assert again.account.credentials["refresh_token"] == "shprt_2"
        again.check(now=NOW)
        again.close()
        assert shopify.made_tokens == 2

    def test_two_workers_renew_once(self, live_workspace: Any, shopify: ShopifyStub, shop: ChannelAccount) -> None:
        shop.credentials = {**shop.credentials, "access_until": 0}
        shop.save()
        shopify.slow_seconds = 0.2
        shopify.faults.always("token", "slow")
        start, tokens = threading.Barrier(2), []

        def work(renew: Callable[..., Any]) -> None:
            connection.set_tenant(live_workspace)
            try:
                mine = ChannelAccount.objects.get(pk=shop.pk)
                start.wait()
                tokens.append(access_token(mine, renew))
            finally:
                connection.close()

        connectors = [ShopifyConnector(shop) for _ in range(2)]
        threads = [threading.Thread(target=work, args=(each.client.tokens.renew,)) for each in connectors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for connector in connectors:
            connector.close()

        assert tokens == ["shpat_2", "shpat_2"] and shopify.made_tokens == 2

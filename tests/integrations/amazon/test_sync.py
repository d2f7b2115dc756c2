"""Amazon to the cent: the days equal what the seller's story adds up to, whatever fails on the way."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from integrations.actions import syncing
from integrations.channels.base import Window
from integrations.models import ChannelAccount, DailySales, SalesLine
from tests.integrations.amazon.shops import make_seller, read, told
from tests.integrations.amazon.world import NOW, fill, local, sold
from tests.integrations.stubs.amazon import AmazonStub, Item, Sale, Version

pytestmark = pytest.mark.django_db

FAULTS = ("throttled", "error", "html", "page", "empty", "cut", "broken", "reset", "lost")


def state() -> list[Any]:
    """All that was stored, but when."""
    lines = SalesLine.objects.order_by("pk").values_list(
        "pk", "kind", "order_id", "line_id", "units", "amount", "status"
    )
    return [
        list(lines),
        list(DailySales.objects.order_by("pk").values("pk", "day_on", "sku", "units_ordered", "gross_sales")),
    ]


def test_one_pass_reads_two_years_to_the_cent_and_a_second_changes_nothing(
    world: AmazonStub, seller: ChannelAccount
) -> None:
    assert read(seller).error == ""
    assert told(seller) == sold(world)
    before = state()
    assert read(seller, with_reconciliation=True).error == ""
    assert state() == before


def test_the_story_holds_what_makes_days_hard(world: AmazonStub) -> None:
    """So that the equality above means something."""
    statuses = [tuple(version.status for version in sale.versions) for sale in world.sales]
    assert ("PENDING", "SHIPPED") in statuses and ("UNSHIPPED", "CANCELLED") in statuses and ("PENDING",) in statuses
    items = [item for sale in world.sales for item in sale.versions[-1].items]
    assert any(item.is_cancelled and item.sent for item in items)
    assert any(item.is_cancelled and not item.sent for item in items)
    assert any(sale.is_replacement for sale in world.sales) and any(
        sale.channel == "NON_AMAZON" for sale in world.sales
    )
    assert any(sale.marketplace != "ATVPDKIKX0DER" for sale in world.sales) and any(item.off_cents for item in items)
    assert any(
        len({item.sku for item in sale.versions[-1].items}) < len(sale.versions[-1].items) for sale in world.sales
    )
    assert any(row.release_of for row in world.given_back)
    days = {key[0].isoformat() for key in sold(world)}
    assert {"2026-03-07", "2026-03-08", "2026-03-09", "2026-10-31", "2026-11-01", "2026-11-02"} <= days


def test_days_are_those_of_the_store_on_a_server_in_shanghai(
    world: AmazonStub, seller: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert read(seller).error == ""
        assert told(seller) == sold(world)
    finally:
        monkeypatch.undo()
        assert os.environ.get("TZ") == before
        time.tzset()


def test_what_changes_later_comes_with_the_next_pass(world: AmazonStub, seller: ChannelAccount) -> None:
    """Three weeks ago, one week ago, now: pending becomes shipped, prices are corrected, orders are cancelled."""
    for days in (21, 7, 0):
        world.now = NOW - timedelta(days=days)
        assert read(seller, world.now).error == ""
        assert told(seller) == sold(world)


def test_pages_that_repeat_rows_or_are_empty_lose_and_double_nothing(world: AmazonStub, seller: ChannelAccount) -> None:
    world.be.repeats = world.be.has_empty_pages = True
    world.be.page_size = 20
    assert read(seller).error == ""
    assert told(seller) == sold(world)


def test_of_two_answers_the_newer_one_counts_whatever_came_first(amazon: AmazonStub, seller: ChannelAccount) -> None:
    at, later = local(2026, 11, 2, 9), local(2026, 11, 2, 15)
    cheap, dear = ([Item("1", "A", "B0A", 1, cents)] for cents in (1000, 1500))
    sale = Sale("1", at, [Version(at, "SHIPPED", cheap), Version(later, "SHIPPED", dear)])
    amazon.sales.append(sale)
    assert read(seller).error == ""
    # An answer of before, come late.
    amazon.sales = [Sale("1", at, sale.versions[:1])]
    assert read(seller, asked=Window(at - timedelta(days=1), NOW, "placed")).error == ""
    assert [row.gross_sales for row in told(seller).values()] == [15]
    amazon.sales = [Sale("1", at, [*sale.versions, Version(later + timedelta(hours=1), "CANCELLED", dear)])]
    assert read(seller, asked=Window(at - timedelta(days=1), NOW, "placed")).error == ""
    assert told(seller) == {}


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_faults_and_deaths_ends_at_the_same_cents(
    amazon: AmazonStub, hurried: None, killing: Callable[[Random], None], seed: int
) -> None:
    random = Random(seed)  # noqa: S311
    fill(amazon, orders=60, seed=seed)
    amazon.be.page_size = random.choice([5, 9, 16])
    amazon.be.repeats, amazon.be.has_empty_pages = random.random() < 0.5, random.random() < 0.5
    amazon.faults.at_random(random, share=0.3, kinds=FAULTS)
    killing(random)
    seller, asked = make_seller(), Window(NOW - timedelta(days=270), NOW, "placed")
    deaths = 0
    while True:
        seller.refresh_from_db()
        try:
            if not read(seller, asked=asked).error:
                break
        except Killed:
            deaths += 1
    assert told(seller) == sold(amazon)
    assert deaths == DEATHS and amazon.happened


DEATHS = 3


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def killing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Random], None]]:
    """Each page is stored as it is in production; now and then the process ends before it, or right after."""
    store = syncing._store

    def deadly(random: Random) -> None:
        deaths = sorted(random.sample(range(1, 12), DEATHS))
        moments = iter(range(10_000))

        def die() -> None:
            if next(moments) in deaths:
                raise Killed

        def stored(*args: Any) -> None:
            die()
            store(*args)
            die()

        monkeypatch.setattr(syncing, "_store", stored)

    yield deadly


def test_an_access_token_that_ends_between_pages_is_renewed_once(world: AmazonStub, seller: ChannelAccount) -> None:
    world.faults.next("searchOrders", None, None, "unauthorised")
    asked = Window(NOW - timedelta(days=61), NOW, "placed")
    assert read(seller, asked=asked).error == ""
    assert world.happened["searchOrders", "unauthorised"] == 1
    assert world.refreshed == 2


def test_a_new_token_that_is_called_expired_is_amazons_trouble_but_not_for_ever(
    world: AmazonStub, seller: ChannelAccount
) -> None:
    asked = Window(NOW - timedelta(days=3), NOW, "placed")
    world.faults.next("searchOrders", *["unauthorised"] * 5)
    assert read(seller, asked=asked).error == ""
    world.faults.always("searchOrders", "unauthorised")
    assert read(seller, asked=asked).error == "revoked"
    seller.refresh_from_db()
    assert seller.state == "reconnect_required"


def test_access_that_is_denied_although_the_token_is_new_is_a_withdrawal(
    world: AmazonStub, seller: ChannelAccount
) -> None:
    world.no_role_for = {"searchOrders"}
    assert read(seller).error == "revoked"
    assert (world.refreshed, len([call for call in world.calls if "orders" in call.path])) == (2, 2)


def test_access_is_asked_for_at_four_fifths_of_its_life(world: AmazonStub, seller: ChannelAccount) -> None:
    started = time.time()
    assert read(seller, asked=Window(NOW - timedelta(days=1), NOW, "placed")).error == ""
    seller.refresh_from_db()
    assert started + 0.8 * 3600 <= seller.credentials["access_until"] <= time.time() + 0.8 * 3600
    assert world.refreshed == 1


def test_a_page_token_that_ran_out_begins_the_window_again(world: AmazonStub, seller: ChannelAccount) -> None:
    pages = iter(range(100))

    def forget() -> None:
        if next(pages) == 3:
            world.marks.clear()

    world.after = {"searchOrders": forget}
    assert read(seller, asked=Window(NOW - timedelta(days=61), NOW, "placed")).error == ""
    assert {key: row for key, row in sold(world).items() if key[0] >= seller.day_of(NOW - timedelta(days=61))} == told(
        seller
    )


def test_a_seller_who_took_access_back_is_asked_for_no_more(world: AmazonStub, seller: ChannelAccount) -> None:
    assert read(seller, asked=Window(NOW - timedelta(days=3), NOW, "placed")).error == ""
    world.access.clear()
    world.refresh_tokens.clear()
    assert read(seller).error == "revoked"
    seller.refresh_from_db()
    assert (seller.state, seller.last_error) == ("reconnect_required", "revoked")
    calls = len(world.calls)
    assert read(seller).error == "revoked"
    assert len(world.calls) == calls


def test_a_wrong_client_secret_is_the_operators_trouble_and_no_reason_to_connect_again(
    world: AmazonStub, seller: ChannelAccount, settings: Any
) -> None:
    settings.AMAZON_LWA_CLIENT_SECRET = "old"
    assert read(seller).error == "app_keys"
    seller.refresh_from_db()
    assert (seller.state, seller.last_error) == ("connected", "app_keys")


def test_long_windows_of_refunds_are_cut_since_amazon_answers_them_with_nothing(
    world: AmazonStub, seller: ChannelAccount
) -> None:
    result = read(seller, asked=Window(NOW - timedelta(days=700), NOW, "placed"))
    assert result.error == "" and result.counts["refunds"] > 50
    assert told(seller) == sold(world)


def test_a_429_without_a_rate_closes_the_operation_for_as_long_as_is_documented(
    world: AmazonStub, seller: ChannelAccount
) -> None:
    world.be.is_paced = False
    world.faults.always("searchOrders", "throttled")
    result = read(seller, asked=Window(NOW - timedelta(days=3), NOW, "placed"), patience=-1)
    assert result.error == "throttled"
    assert [call for call in world.calls if "orders" in call.path][1:] == []

"""The list of shops and one shop: how it stands, and what is done with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.actions.connecting import ERASE, SYNC, connect_account
from integrations.actions.disconnecting import disconnect, erase_some
from integrations.models import ChannelAccount, DailySales, Listing, SalesAction, SalesLine
from integrations.streams import ORDERS
from linkstar.workspaces.hosts import forget_hosts
from linkstar.workspaces.models import DueItem, ShopClaim, Workspace
from tests.factories import client_of, make_member
from tests.factories.integrations import NOON, make_connected, make_files_shop, set_row, stream

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya(owner: Any) -> Any:
    """An admin who reads English."""
    return make_member("admin", display_name="Maya", language="en")


def fill(shop: ChannelAccount, *, rows: int = 3) -> None:
    for number in range(rows):
        SalesLine.objects.create(
            account=shop, kind="sale", order_id=f"o{number}", line_id="1", sku="A", status="counted", happened_at=NOON,
            day_on=NOON.date(), changed_at=NOON, units=1, amount=5, currency="USD",
        )  # fmt: skip
        DailySales.objects.create(account=shop, day_on=NOON.date(), sku=f"A{number}", currency="USD")
        Listing.objects.create(account=shop, sku=f"A{number}")
    SalesAction.objects.create(account=shop, kind="price", origin="mark", live_at=NOON)


def due_at(kind: str, shop: ChannelAccount) -> datetime | None:
    row = DueItem.objects.filter(kind=kind, object_id=shop.pk).first()
    return row.run_at if row else None


class TestList:
    def test_what_needs_somebody_comes_first(self, maya: Any) -> None:
        make_connected(name="A fine one")
        make_connected(name="B gone", state="reconnect_required", last_error="revoked")
        make_files_shop(name="C files")
        page = client_of(maya).get("/shops/").text
        assert page.index("B gone") < page.index("A fine one") < page.index("C files")
        assert "The permission was withdrawn at the channel, or has run out." in page
        assert "From files" in page

    def test_an_empty_one_says_what_belongs_here(self, maya: Any) -> None:
        assert "No shop yet" in client_of(maya).get("/shops/").text

    def test_statements_do_not_grow(self, maya: Any) -> None:
        client, counts = client_of(maya), []
        client.get("/shops/")
        for number in (1, 3):
            while ChannelAccount.objects.count() < number:
                make_connected(streams={ORDERS: stream()})
            with CaptureQueriesContext(connection) as seen:
                client.get("/shops/")
            counts.append(len(seen))
        assert counts[0] == counts[1]

    def test_it_is_not_in_the_rail_when_the_module_is_off(self, maya: Any, acme: Workspace) -> None:
        client = client_of(maya)
        assert 'href="/shops/"' in client.get("/").text
        acme.modules = ["projects"]
        acme.save(update_fields=["modules"])
        forget_hosts()
        assert 'href="/shops/"' not in client.get("/").text
        assert client.get("/shops/").status_code == 404

    def test_a_guest_has_no_door(self, owner: Any) -> None:
        client = client_of(make_member("guest"))
        assert 'href="/shops/"' not in client.get("/").text


class TestShop:
    def test_it_says_how_far_its_data_go(self, maya: Any) -> None:
        shop = make_connected(name="Harbor", streams={ORDERS: stream()}, last_good_at=NOON)
        page = client_of(maya).get(f"/shops/{shop.pk}/").text
        assert "1 Jun" in page
        assert 'value="51"' in page
        assert "hx-get" in page.partition('id="shop-standing"')[2][:300]
        assert "read_orders" not in page and "Brand Analytics" in page

    def test_one_that_is_read_asks_no_more(self, maya: Any) -> None:
        done = stream(fill_until="2026-02-01T00:00:00+00:00")
        shop = make_connected(streams={ORDERS: done}, state="paused")
        page = client_of(maya).get(f"/shops/{shop.pk}/").text
        assert "every 5s" not in page

    def test_an_error_reads_as_words(self, maya: Any) -> None:
        shop = make_connected(streams={ORDERS: stream(error="unreachable", failures=3)}, state="needs_attention")
        page = client_of(maya).get(f"/shops/{shop.pk}/").text
        assert "The channel cannot be reached" in page
        assert "tries again by itself" in page

    def test_counts_are_for_those_who_see_finances(self, maya: Any) -> None:
        run = {
            "purpose": "live", "started_at": NOON.isoformat(), "ended_at": NOON.isoformat(),
            "counts": {"orders": 3127}, "error": "",
        }  # fmt: skip
        shop = make_connected(streams={ORDERS: stream(runs=[run])})
        assert "3127" in client_of(maya).get(f"/shops/{shop.pk}/").text
        clerk = make_member("member", language="en")
        page = client_of(clerk).get(f"/shops/{shop.pk}/").text
        assert "3127" not in page and "Read to the end" in page

    @pytest.mark.parametrize(("days", "words"), [(1, "in 1 day."), (20, "in 20 days."), (-1, "has run out")])
    def test_a_permission_that_ends_is_told_before(self, maya: Any, days: int, words: str) -> None:
        begun = timezone.now() - timedelta(days=365 - days) + timedelta(minutes=5 if days > 0 else -5)
        shop = make_connected(authorised_at=begun)
        page = client_of(maya).get(f"/shops/{shop.pk}/").text
        assert words in page.replace("&nbsp;", " ")

    def test_shopify_says_itself_how_long_its_permission_lasts(self, maya: Any) -> None:
        ends = timezone.now() + timedelta(days=20, minutes=5)
        keys = {"access_token": "t", "refresh_token": "r", "refresh_until": ends.timestamp()}
        shop = make_connected(channel="shopify", external_id="harbor.myshopify.com", credentials=keys)
        assert "in 20 days." in client_of(maya).get(f"/shops/{shop.pk}/").text.replace("&nbsp;", " ")

    def test_the_operators_own_key_has_an_end_too(self, maya: Any, settings: Any) -> None:
        shop, client = make_connected(), client_of(maya)
        assert "own keys until" not in client.get(f"/shops/{shop.pk}/").text
        settings.AMAZON_LWA_SECRET_MADE_ON = "2026-06-01"
        assert "Nov" in client.get(f"/shops/{shop.pk}/").text.partition("own keys until")[2][:60]

    def test_no_page_asks_for_credentials(self, maya: Any) -> None:
        shop = make_connected(credentials={"refresh_token": "Atzr|very-secret"})
        client = client_of(maya)
        for path in ("/shops/", f"/shops/{shop.pk}/", f"/shops/{shop.pk}/disconnect/"):
            with CaptureQueriesContext(connection) as seen:
                page = client.get(path).text
            assert "very-secret" not in page
            assert not any('"credentials"' in query["sql"] for query in seen)


class TestRunning:
    def test_sync_now_moves_its_promise(self, maya: Any) -> None:
        shop = make_connected(streams={ORDERS: stream(), "listings": stream()})
        DueItem.objects.filter(kind=SYNC).update(run_at=timezone.now() + timedelta(hours=1))
        before = timezone.now()
        answer = client_of(maya).post(f"/shops/{shop.pk}/sync/", follow=True)
        assert "is read next" in answer.text
        shop.refresh_from_db()
        at = due_at(SYNC, shop)
        assert at is not None and before <= at <= timezone.now()
        assert shop.streams[ORDERS]["next_at"] == ""
        assert shop.streams["listings"]["next_at"] != ""

    def test_once_a_minute_is_enough(self, maya: Any) -> None:
        shop, client = make_connected(), client_of(maya)
        client.post(f"/shops/{shop.pk}/sync/")
        assert "Once a minute is enough" in client.post(f"/shops/{shop.pk}/sync/", follow=True).text

    def test_a_paused_one_is_asked_for_nothing_until_resumed(self, maya: Any) -> None:
        shop, client = make_connected(), client_of(maya)
        client.post(f"/shops/{shop.pk}/pause/")
        shop.refresh_from_db()
        assert (shop.state, due_at(SYNC, shop)) == ("paused", None)
        assert "cannot be asked now" in client.post(f"/shops/{shop.pk}/sync/", follow=True).text
        client.post(f"/shops/{shop.pk}/resume/")
        shop.refresh_from_db()
        assert shop.state == "connected"
        assert due_at(SYNC, shop) is not None

    def test_a_name_of_the_teams_stays(self, maya: Any) -> None:
        shop, client = make_connected(), client_of(maya)
        assert client.post(f"/shops/{shop.pk}/rename/", {"name": " "}).status_code == 422
        client.post(f"/shops/{shop.pk}/rename/", {"name": "Harbor US"})
        shop.refresh_from_db()
        assert shop.name == "Harbor US"


class TestDisconnect:
    def test_the_page_says_what_would_go(self, maya: Any) -> None:
        shop = make_connected()
        fill(shop, rows=4)
        page = client_of(maya).get(f"/shops/{shop.pk}/disconnect/").text
        assert "4 lines of orders and refunds, 4 daily figures, 4 products and 1 actions" in page

    def test_numbers_stay_and_the_permission_goes(self, maya: Any) -> None:
        shop = make_connected(streams={ORDERS: stream()})
        fill(shop)
        client_of(maya).post(f"/shops/{shop.pk}/disconnect/", {"numbers": "keep"})
        shop.refresh_from_db()
        assert (shop.state, shop.credentials, shop.authorised_at) == ("disconnected", {}, None)
        assert shop.streams[ORDERS]["cursor"]
        assert (SalesLine.objects.count(), due_at(SYNC, shop), due_at(ERASE, shop)) == (3, None, None)
        assert not ShopClaim.objects.filter(external_id=shop.external_id).exists()

    def test_everything_goes_in_batches(self, maya: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("integrations.actions.disconnecting._BATCH", 2)
        shop, stays = make_connected(), make_connected()
        fill(shop)
        fill(stays)
        client_of(maya).post(f"/shops/{shop.pk}/disconnect/", {"numbers": "delete"})
        assert "Being deleted" in client_of(maya).get("/shops/").text
        batches = 0
        while erase_some(shop.pk):
            batches += 1
        assert batches == 7
        assert [each.pk for each in ChannelAccount.objects.all()] == [stays.pk]
        assert (SalesLine.objects.count(), Listing.objects.count(), SalesAction.objects.count()) == (3, 3, 1)
        assert due_at(ERASE, shop) is None

    def test_one_that_was_connected_again_loses_nothing(self, owner: Any) -> None:
        shop = make_connected(external_id="AGAIN")
        fill(shop)
        now = datetime.now(UTC)
        disconnect(shop, with_data=True, now=now)
        connect_account("amazon", "AGAIN", {"refresh_token": "r"}, now=now, actor=None)
        disconnect(shop, with_data=False, now=now)
        assert erase_some(shop.pk) is False
        assert SalesLine.objects.count() == 3

    def test_another_workspace_reaches_nothing(self, other: Workspace, maya: Any) -> None:
        from django_tenants.utils import tenant_context

        with tenant_context(other):
            theirs = set_row(make_connected(), name="Theirs")
        assert client_of(maya).get(f"/shops/{theirs.pk}/").status_code == 404
        assert client_of(maya).post(f"/shops/{theirs.pk}/disconnect/", {"numbers": "delete"}).status_code == 404

"""TikTok Shop: what comes out equals what the raw answers add up to, whatever fails on the way."""

import csv
import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import structlog
from django.core.management import call_command

from integrations.actions.passes import Wanted, run_pass
from integrations.actions.syncing import free_lease, read_window, take_lease
from integrations.channels import connector_of
from integrations.channels.base import Window
from integrations.channels.errors import Later, Refused, Revoked, Throttled, Transient, Unauthorised
from integrations.channels.tiktok.client import _raise_told, signature
from integrations.channels.tiktok.connector import TikTokAuthoriser
from integrations.models import ChannelAccount, DailySales, SalesLine
from tests.factories import client_of
from tests.factories.integrations import make_shop
from tests.integrations.stubs.base import serve
from tests.integrations.stubs.tiktok import APP_KEY, APP_SECRET, CIPHER, CODE, SHOP, TikTokStub, ok

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
RAW = json.loads(Path(__file__).with_name("fixtures").joinpath("tiktok.json").read_bytes(), parse_float=Decimal)
SINCE = datetime(2026, 9, 1, 7, tzinfo=UTC)
FAULTS = ("throttled", "error", "html", "page", "empty", "cut", "broken", "reset", "lost", "unauthorised")

Key = tuple[date, str]
Sums = dict[Key, tuple[Any, ...]]


@pytest.fixture
def stub(settings: Any) -> Iterator[TikTokStub]:
    with serve(TikTokStub(RAW["orders"], RAW["returns"])) as stub:
        settings.INTEGRATIONS_ALLOW_LOOPBACK = True
        settings.TIKTOK_SHOP_API_URL = settings.TIKTOK_SHOP_AUTH_URL = stub.url
        settings.TIKTOK_APP_KEY, settings.TIKTOK_APP_SECRET = APP_KEY, APP_SECRET
        yield stub


@pytest.fixture
def shop(stub: TikTokStub) -> ChannelAccount:
    """Its id is new each time: the pace of calls is kept by it."""
    # Its token has run out: the first call asks for another.
    credentials = {**stub.credentials(), "access_until": 1}
    return make_shop(channel="tiktok", external_id=uuid4().hex, credentials=credentials)


def pacific(seconds: int) -> date:
    """Of this autumn, and without a table of zones: clocks went back on 2026-11-01 at 09:00 UTC."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return (at - timedelta(hours=7 if at < datetime(2026, 11, 1, 9, tzinfo=UTC) else 8)).date()


def expected() -> Sums:
    """Units, gross, discounts, orders, units and amount given back; straight from the raw answers."""
    sums: dict[Key, list[Any]] = defaultdict(lambda: [0, Decimal(0), Decimal(0), set(), 0, Decimal(0)])
    for raw in RAW["orders"]:
        if raw["status"] in ("UNPAID", "CANCELLED") or raw["is_sample_order"] or raw["is_replacement_order"]:
            continue
        for line in raw["line_items"]:
            if line["display_status"] == "CANCELLED":
                continue
            row = sums[pacific(raw["create_time"]), line["seller_sku"] or line["sku_id"]]
            row[0] += 1
            row[1] += Decimal(line["original_price"])
            row[2] += Decimal(line["seller_discount"])
            row[3].add(raw["id"])
    for raw in RAW["returns"]:
        if raw["return_status"] == "RETURN_OR_REFUND_REQUEST_COMPLETE":
            for line in raw["return_line_items"]:
                row = sums[pacific(raw["update_time"]), line["seller_sku"] or line["sku_id"]]
                row[4] += 1
                row[5] += Decimal(line["refund_amount"]["refund_subtotal"])
    return {key: (*row[:3], len(row[3]), *row[4:]) for key, row in sums.items()}


def stored(shop: ChannelAccount) -> Sums:
    fields = ("units_ordered", "gross_sales", "discounts", "orders", "units_refunded", "refund_amount")
    rows = DailySales.objects.filter(account=shop).exclude(units_ordered=0, units_refunded=0)
    return {(row[0], row[1]): row[2:] for row in rows.values_list("day_on", "sku", *fields)}


def asked() -> Window:
    return Window(SINCE, NOW, "placed")


def read(shop: ChannelAccount, name: str, *, in_pieces: bool = False) -> None:
    """Read a named window to its end, by as many jobs as it takes."""
    for _attempt in range(400):
        key = take_lease(shop.pk)
        try:
            until = 0.0 if in_pieces else None
            read_window(shop, name, "asked", key=key, now=NOW, asked=lambda _shop: asked(), until_clock=until)  # type: ignore[arg-type]
            return
        except Later as later:
            # time.sleep may be patched away, the channel's pace is not.
            Event().wait(min(later.seconds, 0.1))
        except Revoked:
            # Two refusals in a row look like a withdrawn permission: somebody connects the shop again.
            ChannelAccount.objects.filter(pk=shop.pk).update(state="connected")
            shop.refresh_from_db()
        finally:
            free_lease(shop.pk, key)
    raise AssertionError("no end")


@pytest.mark.parametrize(
    ("path", "query", "body", "signed"),
    [
        # Each by `printf '%s' TEXT | openssl dgst -sha256 -hmac SECRET`, of the text beside it.
        (
            "/order/202309/orders/search",
            {"app_key": "k", "timestamp": "1700000000", "sign": "not counted", "access_token": "nor this"},
            b"",
            # s3cret/order/202309/orders/searchapp_keyktimestamp1700000000s3cret
            "33f3bb5f9f2441ac5f11101044610f8b6ac1ac51f3f0363d9203ce94530980ff",
        ),
        (
            "/order/202309/orders/search",
            {"timestamp": "1700000000", "page_size": "100", "app_key": "k", "shop_cipher": "C/=+"},
            b'{"create_time_ge":1}',
            # s3cret/order/202309/orders/searchapp_keykpage_size100shop_cipherC/=+timestamp1700000000
            # {"create_time_ge":1}s3cret, in one line
            "b2b823e3b3c4e680f88c508fdee32fb548920525e975f6d4a4c360f3921d5459",
        ),
        (
            "/p",
            {"app_key": "杯"},
            '{"a":"红"}'.encode(),
            "445260367fce6af208585c484450e2c5909ec822a30c421d141add372bbf0e82",
        ),  # s3cret/papp_key杯{"a":"红"}s3cret
    ],
)
def test_signature_is_as_computed_by_another_tool(path: str, query: dict[str, str], body: bytes, signed: str) -> None:
    assert signature("s3cret", path, query, body) == signed


def test_a_pass_gives_what_the_raw_answers_add_up_to_and_a_second_one_changes_nothing(
    shop: ChannelAccount, stub: TikTokStub, acme: Any
) -> None:
    call_command("sync_sales", acme.slug, "--channel", "tiktok", "--now", NOW.isoformat())
    assert stored(shop) == expected()
    lines = list(SalesLine.objects.order_by("pk").values())
    call_command("sync_sales", acme.slug, "--channel", "tiktok", "--now", NOW.isoformat(), "--reconcile")
    assert stored(shop) == expected() and list(SalesLine.objects.order_by("pk").values()) == lines


def test_the_commands_connect_read_and_export(stub: TikTokStub, acme: Any, tmp_path: Path) -> None:
    credentials, out = tmp_path / "credentials.json", tmp_path / "sales.csv"
    credentials.write_text(json.dumps(stub.credentials()))
    account = uuid4().hex
    call_command(
        "connect_channel", acme.slug, "--channel", "tiktok", "--account", account, "--credentials", credentials
    )
    call_command("sync_sales", acme.slug, "--account", account, "--since", "2026-09-01", "--now", NOW.isoformat())
    call_command("export_sales", acme.slug, "--out", out)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["channel"], row["account"], row["currency"]) for row in rows} == {("tiktok", account, "USD")}
    told = {
        (date.fromisoformat(row["date"]), row["sku"]): (
            int(row["units_ordered"]),
            Decimal(row["gross_sales"]),
            Decimal(row["discounts"]),
            int(row["orders"]),
            int(row["units_refunded"]),
            Decimal(row["refund_amount"]),
        )
        for row in rows
    }
    assert told == expected()


@pytest.mark.parametrize("seed", range(2))
def test_any_faults_and_a_restart_after_each_page_change_no_cent(
    seed: int, shop: ChannelAccount, stub: TikTokStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.channels.caller.time.sleep", lambda seconds: None)
    stub.page = 2
    stub.faults.at_random(Random(seed), share=0.3, kinds=FAULTS, spare=("token",))  # noqa: S311
    for name in ("orders", "refunds"):
        read(shop, name, in_pieces=True)
    assert stored(shop) == expected()
    assert sum(stub.happened.values()) >= 5


def test_a_token_that_ends_between_two_pages_is_renewed_and_nothing_is_read_twice(
    shop: ChannelAccount, stub: TikTokStub
) -> None:
    pages = connector_of(shop).sync_orders(asked(), now=NOW)
    orders = list(next(pages).orders)
    before = shop.credentials["refresh_token"]
    stub.revoke_tokens()
    orders += [order for page in pages for order in page.orders]
    assert len({order.order_id for order in orders}) == len(orders) == len(RAW["orders"])
    shop.refresh_from_db()
    assert (shop.credentials["access_token"], shop.credentials["refresh_token"]) == (stub.access, stub.refresh)
    assert before != stub.refresh and shop.credentials["shop_cipher"] == CIPHER


def test_the_end_of_a_token_is_an_instant_and_not_a_length(shop: ChannelAccount, stub: TikTokStub) -> None:
    stub.lives = 1000
    list(connector_of(shop).sync_refunds(asked(), now=NOW))
    now = datetime.now(UTC).timestamp()
    assert now + 700 < shop.credentials["access_until"] < now + 801
    assert stub.count == 1


def test_a_withdrawn_permission_stops_the_shop(shop: ChannelAccount, stub: TikTokStub) -> None:
    stub.refresh = "another"
    [result] = run_pass([shop], Wanted(NOW, asked()))
    shop.refresh_from_db()
    assert (result.error, shop.state) == ("revoked", ChannelAccount.State.RECONNECT)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"code": 36009002}, Throttled),
        ({"code": 36009003}, Transient),
        ({"code": 105002}, Unauthorised),
        ({"code": 105005}, Revoked),
        (
            {"code": 36009004, "message": "Invalid credentials. The `x-tts-access-token` header is invalid."},
            Unauthorised,
        ),
        ({"code": 36009004, "message": "Invalid credentials. Invalid `app_key` query parameter."}, Refused),
        ({"code": 106001, "message": "The sign is invalid."}, Refused),
    ],
)
def test_errors_stand_in_the_body(data: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error) as told:
        _raise_told(200, data)
    assert type(told.value) is error and "credentials" not in str(told.value)


def test_wrong_keys_of_the_application_are_no_withdrawn_permission(
    shop: ChannelAccount, stub: TikTokStub, settings: Any
) -> None:
    settings.TIKTOK_APP_SECRET = "other"
    [result] = run_pass([shop], Wanted(NOW, asked()))
    shop.refresh_from_db()
    assert (result.error, shop.state) == ("app_keys", ChannelAccount.State.CONNECTED)


def test_an_answer_without_rows_and_without_their_number_is_no_empty_shop(
    shop: ChannelAccount, stub: TikTokStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TikTokStub, "_search", lambda *args: ok({"next_page_token": ""}))
    with pytest.raises(Transient) as told:
        list(connector_of(shop).sync_orders(asked(), now=NOW))
    assert told.value.code == "unreadable"


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-01T06:59:59+00:00", date(2026, 10, 31)),
        ("2026-11-01T08:30:00+00:00", date(2026, 11, 1)),
        ("2026-11-01T09:30:00+00:00", date(2026, 11, 1)),
        ("2026-11-02T07:59:59+00:00", date(2026, 11, 1)),
        ("2026-11-02T08:00:00+00:00", date(2026, 11, 2)),
    ],
)
def test_days_are_pacific(shop: ChannelAccount, stub: TikTokStub, instant: str, day: date) -> None:
    at = datetime.fromisoformat(instant)
    stub.orders = [raw for raw in RAW["orders"] if raw["create_time"] == at.timestamp()]
    read(shop, "orders")
    assert set(SalesLine.objects.values_list("happened_at", "day_on")) == {(at, day)}


def test_a_seller_allows_it_on_tiktoks_page_and_the_us_shop_is_taken(stub: TikTokStub, settings: Any) -> None:
    settings.TIKTOK_SERVICE_ID = "7172"
    address = urlsplit(TikTokAuthoriser().authorize_url(state="s&1", redirect_uri=""))
    assert (address.netloc, address.path) == ("services.us.tiktokshop.com", "/open/authorize")
    assert parse_qs(address.query) == {"service_id": ["7172"], "state": ["s&1"]}
    grant = TikTokAuthoriser().exchange({"code": CODE}, redirect_uri="", now=NOW)
    assert (grant.external_id, grant.name) == (SHOP["id"], SHOP["name"])
    assert (grant.credentials["shop_cipher"], grant.credentials["access_token"]) == (CIPHER, stub.access)
    with pytest.raises(Revoked):
        TikTokAuthoriser().exchange({"code": "used"}, redirect_uri="", now=NOW)


def test_an_admin_is_sent_to_tiktok_and_comes_back_with_a_shop(stub: TikTokStub, settings: Any, owner: Any) -> None:
    settings.SALES_CHANNELS, settings.TIKTOK_SERVICE_ID = ["tiktok"], "7172"
    client = client_of(owner)
    there = client.post("/shops/connect/tiktok/").headers["Refresh"].partition("url=")[2]
    [state] = parse_qs(urlsplit(there).query)["state"]
    back = {"app_key": APP_KEY, "code": CODE, "locale": "en", "shop_region": "US", "state": state}
    assert client.get("/shops/connect/tiktok/finish/", back).status_code == 302
    account = ChannelAccount.objects.get()
    assert (account.channel, account.external_id, account.name) == ("tiktok", SHOP["id"], SHOP["name"])
    assert account.credentials["shop_cipher"] == CIPHER
    assert not [secret for secret in ("TTP_", CIPHER) if secret in client.get(account.get_absolute_url()).text]


def test_the_store_tells_its_name(shop: ChannelAccount, stub: TikTokStub) -> None:
    store = connector_of(shop).check(now=NOW)
    assert (store.external_id, store.name, store.time_zone) == (SHOP["id"], SHOP["name"], "America/Los_Angeles")


def test_no_secret_is_logged(shop: ChannelAccount, stub: TikTokStub, caplog: pytest.LogCaptureFixture) -> None:
    """Neither by us nor by httpx, which tells whole addresses unless it is kept from it (linkstar/logs.py)."""
    caplog.set_level(logging.DEBUG)
    stub.faults.next("orders", "error", "unauthorised", "cut")
    with structlog.testing.capture_logs() as events:
        run_pass([shop], Wanted(NOW, asked()))
    told = caplog.text + repr(events)
    assert "channel call" in told and "/api/v2" not in told
    assert not [secret for secret in (APP_SECRET, "TTP_", CIPHER) if secret in told]


def test_a_page_that_names_itself_as_the_next_is_not_followed_for_ever(shop: ChannelAccount, stub: TikTokStub) -> None:
    stub.is_stuck = True
    connector = connector_of(shop)
    with pytest.raises(Transient, match="same page"):
        list(connector.sync_orders(Window(SINCE, NOW, "placed"), now=NOW))
    connector.close()

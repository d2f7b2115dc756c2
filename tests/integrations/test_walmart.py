"""Walmart: what comes out equals what the raw answers add up to, whatever fails on the way."""

import csv
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from threading import Event
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog
from django.core.management import call_command

from integrations.actions.passes import Wanted, run_pass
from integrations.actions.syncing import free_lease, read_window, take_lease
from integrations.channels import connector_of
from integrations.channels.base import Window
from integrations.channels.errors import Later, Refused, Revoked, Transient
from integrations.channels.pace import Bucket
from integrations.channels.walmart.client import ORDERS, TOKEN, WalmartClient, told_wait
from integrations.channels.walmart.connector import WalmartAuthoriser
from integrations.channels.walmart.mapping import order_of
from integrations.models import ChannelAccount, DailySales, SalesLine
from tests.factories import client_of, make_member
from tests.factories.integrations import make_shop
from tests.integrations.stubs.base import serve
from tests.integrations.stubs.walmart import KEYS, WalmartStub

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
RAW = json.loads(Path(__file__).with_name("fixtures").joinpath("walmart.json").read_bytes(), parse_float=Decimal)
SINCE = datetime(2026, 9, 1, 7, tzinfo=UTC)
FAULTS = ("throttled", "error", "html", "page", "empty", "cut", "broken", "reset", "lost", "unauthorised")

Key = tuple[date, str]
Sums = dict[Key, tuple[Any, ...]]


@pytest.fixture
def stub(settings: Any) -> Iterator[WalmartStub]:
    with serve(WalmartStub(RAW["orders"], RAW["returns"], now=NOW)) as stub:
        settings.INTEGRATIONS_ALLOW_LOOPBACK = True
        settings.WALMART_API_URL = stub.url
        yield stub


@pytest.fixture
def shop(stub: WalmartStub) -> ChannelAccount:
    """Its id is new each time: the pace of calls is kept by it."""
    return make_shop(channel="walmart", external_id=uuid4().hex, credentials=KEYS)


def pacific(milliseconds: int) -> date:
    """Of this autumn, and without a table of zones: clocks went back on 2026-11-01 at 09:00 UTC."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return (at - timedelta(hours=7 if at < datetime(2026, 11, 1, 9, tzinfo=UTC) else 8)).date()


def expected() -> Sums:
    """Units, gross, orders, units and amount given back; straight from the raw answers."""
    sums: dict[Key, list[Any]] = defaultdict(lambda: [0, Decimal(0), set(), 0, Decimal(0)])
    for raw in RAW["orders"]:
        for line in raw["orderLines"]["orderLine"]:
            statuses = line["orderLineStatuses"]["orderLineStatus"]
            kept = sum(int(each["statusQuantity"]["amount"]) for each in statuses if each["status"] != "Cancelled")
            if raw["orderType"] == "REPLACEMENT" or not kept:
                continue
            row = sums[pacific(raw["orderDate"]), line["item"]["sku"]]
            price = line["charges"]["charge"][0]["chargeAmount"]["amount"]
            row[0] += kept
            row[1] += price / int(line["orderLineQuantity"]["amount"]) * kept
            row[2].add(raw["purchaseOrderId"])
    for raw in RAW["returns"]:
        [line] = raw["returnOrderLines"]
        if line["currentRefundStatus"] == "REFUND_COMPLETED":
            at = datetime.fromisoformat(line["statusTime"])
            row = sums[pacific(int(at.timestamp()) * 1000), line["item"]["sku"]]
            row[3] += line["refundedQty"]["measurementValue"]
            row[4] += line["charges"][0]["chargePerUnit"]["currencyAmount"] * line["refundedQty"]["measurementValue"]
    return {key: (row[0], row[1], len(row[2]), row[3], row[4]) for key, row in sums.items()}


def stored(shop: ChannelAccount) -> Sums:
    fields = ("units_ordered", "gross_sales", "orders", "units_refunded", "refund_amount")
    rows = DailySales.objects.filter(account=shop).exclude(units_ordered=0, units_refunded=0)
    return {(row[0], row[1]): row[2:] for row in rows.values_list("day_on", "sku", *fields)}


def asked() -> Window:
    return Window(SINCE, NOW, "placed")


def read(shop: ChannelAccount, name: str, *, in_pieces: bool = False) -> int:
    """Read a named window to its end, by as many jobs as it takes; how many that were."""
    for attempt in range(1, 400):
        key = take_lease(shop.pk)
        try:
            until = 0.0 if in_pieces else None
            read_window(shop, name, "asked", key=key, now=NOW, asked=lambda _shop: asked(), until_clock=until)  # type: ignore[arg-type]
            return attempt
        except Later as later:
            # time.sleep may be patched away, the channel's pace is not.
            Event().wait(min(later.seconds, 0.1))
        finally:
            free_lease(shop.pk, key)
    raise AssertionError("no end")


def test_a_pass_gives_what_the_raw_answers_add_up_to_and_a_second_one_changes_nothing(
    shop: ChannelAccount, stub: WalmartStub, acme: Any
) -> None:
    call_command("sync_sales", acme.slug, "--channel", "walmart", "--now", NOW.isoformat())
    assert stored(shop) == expected()
    lines = list(SalesLine.objects.order_by("pk").values())
    call_command("sync_sales", acme.slug, "--channel", "walmart", "--now", NOW.isoformat(), "--reconcile")
    assert stored(shop) == expected() and list(SalesLine.objects.order_by("pk").values()) == lines
    nodes = {call.one("shipNodeType") for call in stub.calls if call.path == "/v3/orders"}
    assert nodes == {"SellerFulfilled", "WFSFulfilled", "3PLFulfilled"}


def test_the_commands_connect_read_and_export(stub: WalmartStub, acme: Any, tmp_path: Path) -> None:
    credentials, out = tmp_path / "credentials.json", tmp_path / "sales.csv"
    credentials.write_text(json.dumps(KEYS))
    account = uuid4().hex
    call_command(
        "connect_channel", acme.slug, "--channel", "walmart", "--account", account, "--credentials", credentials
    )
    call_command("sync_sales", acme.slug, "--account", account, "--since", "2026-09-01", "--now", NOW.isoformat())
    call_command("export_sales", acme.slug, "--out", out)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["channel"], row["account"], row["currency"]) for row in rows} == {("walmart", account, "USD")}
    told = {
        (date.fromisoformat(row["date"]), row["sku"]): (
            int(row["units_ordered"]),
            Decimal(row["gross_sales"]),
            int(row["orders"]),
            int(row["units_refunded"]),
            Decimal(row["refund_amount"]),
        )
        for row in rows
    }
    assert told == expected()


@pytest.mark.parametrize("seed", range(2))
def test_any_faults_and_a_restart_after_each_page_change_no_cent(
    seed: int, shop: ChannelAccount, stub: WalmartStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.channels.caller.time.sleep", lambda seconds: None)
    stub.page = 2
    stub.faults.at_random(Random(seed), share=0.3, kinds=FAULTS, spare=("token",))  # noqa: S311
    for name in ("orders", "refunds"):
        read_through(shop, name)
    assert stored(shop) == expected()
    assert sum(stub.happened.values()) >= 5


def read_through(shop: ChannelAccount, name: str) -> None:
    """As a person would: two refusals in a row look like a withdrawn permission, and the shop is connected again."""
    while True:
        try:
            read(shop, name, in_pieces=True)
            return
        except Revoked:
            ChannelAccount.objects.filter(pk=shop.pk).update(state="connected")
            shop.refresh_from_db()


def test_a_token_that_ends_between_two_pages_is_renewed_and_nothing_is_read_twice(
    shop: ChannelAccount, stub: WalmartStub
) -> None:
    pages = connector_of(shop).sync_orders(asked(), now=NOW)
    orders = list(next(pages).orders)
    stub.revoke_tokens()
    orders += [order for page in pages for order in page.orders]
    assert len({order.order_id for order in orders}) == len(orders) == len(RAW["orders"])
    assert [call.path for call in stub.calls].count("/v3/token") == 2


def test_a_token_is_kept_for_the_next_job(shop: ChannelAccount, stub: WalmartStub) -> None:
    read(shop, "orders", in_pieces=True)
    assert [call.path for call in stub.calls].count("/v3/token") == 1


def test_withdrawn_keys_stop_the_shop(shop: ChannelAccount, stub: WalmartStub) -> None:
    shop.credentials = {**KEYS, "client_secret": "other"}
    shop.save()
    [result] = run_pass([shop], Wanted(NOW, asked()))
    shop.refresh_from_db()
    assert (result.error, shop.state) == ("revoked", ChannelAccount.State.RECONNECT)


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
def test_days_are_pacific(shop: ChannelAccount, stub: WalmartStub, instant: str, day: date) -> None:
    at = datetime.fromisoformat(instant)
    stub.orders = [raw for raw in RAW["orders"] if raw["orderDate"] == at.timestamp() * 1000]
    read(shop, "orders")
    assert SalesLine.objects.values_list("happened_at", "day_on").get() == (at, day)


def test_more_than_walmart_gives_out_is_asked_for_in_parts(
    shop: ChannelAccount, stub: WalmartStub, monkeypatch: Any
) -> None:
    monkeypatch.setattr("integrations.channels.walmart.connector._MOST", 5)
    stub.most = 5
    read(shop, "orders")
    read(shop, "refunds")
    assert stored(shop) == expected()


def test_changes_of_old_orders_are_found(shop: ChannelAccount, stub: WalmartStub) -> None:
    """Unasked, Walmart looks at orders of the last week alone."""
    read(shop, "orders")
    raw = json.loads(
        json.dumps(next(raw for raw in RAW["orders"] if raw["orderDate"] < 1_791_000_000_000), default=float)
    )
    for line in raw["orderLines"]["orderLine"]:
        line["statusDate"] = int((NOW - timedelta(hours=1)).timestamp() * 1000)
        line["orderLineStatuses"]["orderLineStatus"][0]["status"] = "Cancelled"
    stub.orders = [raw]
    window = Window(NOW - timedelta(days=1), NOW, "changed")
    [order] = [order for page in connector_of(shop).sync_orders(window, now=NOW) for order in page.orders]
    assert {line.status for line in order.lines} == {"void"}


def test_nothing_older_than_180_days_is_asked_for(shop: ChannelAccount, stub: WalmartStub) -> None:
    window = Window(NOW - timedelta(days=400), NOW, "placed")
    assert sum(len(page.orders) for page in connector_of(shop).sync_orders(window, now=NOW)) == len(RAW["orders"])
    window = Window(NOW - timedelta(days=400), NOW - timedelta(days=300), "placed")
    assert list(connector_of(shop).sync_orders(window, now=NOW)) == []


def test_a_cancelled_part_of_a_line_takes_its_share_of_the_price() -> None:
    raw = next(raw for raw in RAW["orders"] if len(lines_of(raw)[0]["orderLineStatuses"]["orderLineStatus"]) == 2)
    line = json.loads(json.dumps(lines_of(raw)[0], default=float), parse_float=Decimal)
    line["orderLineQuantity"]["amount"] = "3"
    line["orderLineStatuses"]["orderLineStatus"][1]["statusQuantity"]["amount"] = "1"
    line["charges"]["charge"][0]["chargeAmount"]["amount"] = Decimal("29.97")
    [mapped] = order_of({**raw, "orderLines": {"orderLine": [line]}}).lines
    assert (mapped.units, mapped.amount, mapped.status) == (2, Decimal("19.98"), "counted")


def lines_of(raw: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = raw["orderLines"]["orderLine"]
    return found


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-next-replenish-time": "{ms}"}, 30),
        ({"x-next-replenish-time": "{seconds}"}, 30),
        ({"x-next-replenishment-time": "{iso}"}, 30),
        ({"retry-after": "4", "x-next-replenish-time": "{ms}"}, 4),
        ({"x-next-replenish-time": "soon"}, None),
        ({}, None),
    ],
)
def test_walmart_says_itself_when_to_come_again(
    headers: dict[str, str], seconds: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = 1_790_000_000
    monkeypatch.setattr("integrations.channels.walmart.client.time.time", lambda: float(at))
    iso = datetime.fromtimestamp(at + 30, UTC).isoformat()
    told = {name: value.format(ms=(at + 30) * 1000, seconds=at + 30, iso=iso) for name, value in headers.items()}
    assert told_wait(httpx.Response(429, headers=told)) == seconds


def test_the_last_call_of_a_minute_closes_the_bucket(shop: ChannelAccount, stub: WalmartStub) -> None:
    client = WalmartClient(shop)
    client._heed(ORDERS, {"x-current-token-count": "0", "x-next-replenish-time": "99999999999999"})
    client.close()
    assert Bucket("walmart", shop.external_id, ORDERS).take() > 500


def test_typed_keys_tell_whose_they_are(stub: WalmartStub) -> None:
    grant = WalmartAuthoriser().exchange(KEYS, redirect_uri="", now=NOW)
    assert (grant.external_id, grant.name, grant.credentials) == ("10001115001", "Northwind US", KEYS)
    with pytest.raises(Refused):
        WalmartAuthoriser().exchange({**KEYS, "client_secret": "wrong"}, redirect_uri="", now=NOW)


def test_an_admin_types_the_keys_and_wrong_ones_are_told(stub: WalmartStub, settings: Any) -> None:
    settings.SALES_CHANNELS = ["walmart"]
    client = client_of(make_member("admin", language="en"))
    wrong = client.post("/shops/connect/walmart/", {**KEYS, "client_secret": "wrong-key-5512"})
    assert wrong.status_code == 422 and "The channel does not know these keys." in wrong.text
    assert "wrong-key-5512" not in wrong.text and not ChannelAccount.objects.exists()
    assert client.post("/shops/connect/walmart/", KEYS).status_code == 302
    account = ChannelAccount.objects.get()
    assert (account.channel, account.external_id, account.credentials) == ("walmart", "10001115001", KEYS)
    assert KEYS["client_secret"] not in client.get(account.get_absolute_url()).text


def test_who_tries_keys_too_often_is_told_to_wait(stub: WalmartStub, settings: Any) -> None:
    settings.SALES_CHANNELS = ["walmart"]
    keys = {**KEYS, "client_id": uuid4().hex}
    Bucket("walmart", keys["client_id"], TOKEN).close(60)
    answer = client_of(make_member("admin", language="en")).post("/shops/connect/walmart/", keys)
    assert answer.status_code == 422 and "The channel asks us to slow down." in answer.text


def test_the_store_tells_its_name(shop: ChannelAccount, stub: WalmartStub) -> None:
    store = connector_of(shop).check(now=NOW)
    assert (store.external_id, store.name, store.time_zone) == ("10001115001", "Northwind US", "America/Los_Angeles")


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """All that was logged, at any level, by us and by what we use."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as events:
        yield lambda: caplog.text + repr(events)


def test_no_secret_is_logged(shop: ChannelAccount, stub: WalmartStub, written: Callable[[], str]) -> None:
    stub.faults.next("orders", "error", "unauthorised", "cut")
    run_pass([shop], Wanted(NOW, asked()))
    told = written()
    assert "channel call" in told
    assert not [
        secret for secret in (KEYS["client_secret"], "eyWalmart", "d2FsbWFydC1p", "createdStartDate") if secret in told
    ]


def test_a_page_that_names_itself_as_the_next_is_not_followed_for_ever(shop: ChannelAccount, stub: WalmartStub) -> None:
    stub.is_stuck = True
    connector = connector_of(shop)
    with pytest.raises(Transient, match="same page"):
        list(connector.sync_orders(Window(SINCE, NOW, "placed"), now=NOW))
    connector.close()

"""History of a large shop, read of files: the same to the cent, and in pages where Shopify makes no whole file."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from structlog.testing import capture_logs

from integrations.actions.passes import Wanted, run_pass
from integrations.channels import connector_of
from integrations.channels.base import Window
from integrations.channels.errors import Transient
from integrations.channels.shopify import bulk, connector
from integrations.models import ChannelAccount, SalesLine
from tests.integrations.shopify.world import FAULTS, NOW, expected, fill, read_in_bits, stored
from tests.integrations.stubs.shopify import ShopifyStub

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hurried")]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch, shopify: ShopifyStub) -> ShopifyStub:
    """A shop whose months are worth a file each; five orders are stored at once."""
    monkeypatch.setattr(bulk, "MANY", 5)
    monkeypatch.setattr(connector, "_BULK_PAGE", 5)
    fill(shopify, count=20)
    return shopify


def read(shop: ChannelAccount) -> None:
    (result,) = run_pass([shop], Wanted(NOW, patience=10))
    assert result.error == ""


def asked(stub: ShopifyStub) -> Counter[str]:
    return Counter(stub.operation_of(call) for call in stub.calls)


def pages_of_history(stub: ShopifyStub) -> int:
    return sum(b"PROCESSED_AT" in call.body and stub.operation_of(call) == "Orders" for call in stub.calls)


@pytest.mark.parametrize("packed", [False, True])
def test_history_of_files_equals_what_the_orders_add_up_to(
    large: ShopifyStub, shop: ChannelAccount, packed: bool
) -> None:
    large.packed = packed

    read(shop)

    assert stored() == expected(large)
    assert len(large.files) == 2 and pages_of_history(large) == asked(large)["OrdersCount"] - 2
    # Looked at until it was over; loaded once, since one run read it to its end.
    assert large.looks == [3, 3] and asked(large)["file"] == 2


def test_few_orders_are_read_in_pages(world: ShopifyStub, shop: ChannelAccount) -> None:
    read(shop)

    assert stored() == expected(world)
    assert world.files == [] and asked(world)["OrdersCount"] > 0 < pages_of_history(world)


def test_where_orders_are_not_counted_they_are_few(large: ShopifyStub, shop: ChannelAccount) -> None:
    root = large._root
    large._root = lambda: {**root(), "ordersCount": lambda _info, **_asked: None}  # type: ignore[method-assign]

    read(shop)

    assert stored() == expected(large) and large.files == []


def test_news_are_read_in_pages(large: ShopifyStub, shop: ChannelAccount) -> None:
    reader = connector_of(shop)
    pages = list(reader.sync_orders(Window(NOW - timedelta(days=60), NOW, "changed"), now=NOW))
    reader.close()

    assert sum(len(page.orders) for page in pages) == len(large.orders)
    assert asked(large)["OrdersCount"] == 0 and large.files == []


@pytest.mark.parametrize("seed", [1, 2])
def test_faults_and_dying_workers_change_nothing(large: ShopifyStub, shop: ChannelAccount, seed: int) -> None:
    read_in_bits(large, shop, Random(seed), share=0.2)  # noqa: S311

    assert stored() == expected(large)
    assert asked(large)["file"] > 0 and len({fault for _operation, fault in large.happened} & set(FAULTS)) > 5


def test_a_file_is_asked_for_once_and_gone_on_with(large: ShopifyStub, shop: ChannelAccount) -> None:
    """Every run ends after one page. What was kept is passed over."""
    window = Window(NOW - timedelta(days=60), NOW, "placed")
    orders, runs = list[str](), 0
    while True:
        reader = connector_of(shop)
        try:
            page = next(reader.sync_orders(window, now=NOW))
        finally:
            reader.close()
        runs += 1
        orders += [order.order_id for order in page.orders]
        if page.token is None:
            break
        window = Window(window.since, window.until, "placed", page.token)

    assert sorted(orders) == sorted(large.orders) and len(large.files) == 1
    assert asked(large)["BulkBegin"] == 1 and asked(large)["file"] == runs - 3 == -(-len(orders) // 5)


def no_file(stub: ShopifyStub, rows: list[Any]) -> None:
    stub.faults.always("file", "error")


def refused(stub: ShopifyStub, rows: list[Any]) -> None:
    stub.bulk_refusal = "LIMIT_REACHED"


def short(stub: ShopifyStub, rows: list[Any]) -> None:
    stub.faults.always("file", "cut")


def short_and_packed(stub: ShopifyStub, rows: list[Any]) -> None:
    stub.packed = True
    stub.faults.always("file", "cut")


def apart(stub: ShopifyStub, rows: list[Any]) -> None:
    rows.append(rows.pop(next(at for at, row in enumerate(rows) if "__parentId" in row)))


def no_rows(stub: ShopifyStub, rows: list[Any]) -> None:
    rows.clear()


def no_json(stub: ShopifyStub, rows: list[Any]) -> None:
    rows[-1] = "no object"


def taken_out(stub: ShopifyStub, rows: list[Any]) -> None:
    """A refund that the file tells and the shop no longer does."""
    order = next(row for row in rows if row.get("refunds"))
    order["refunds"] = [*order["refunds"], {"id": "gid://shopify/Refund/0", "processedAt": order["processedAt"]}]


@pytest.mark.parametrize("how", [no_file, refused, short, short_and_packed, apart, no_rows, no_json, taken_out])
def test_without_a_whole_file_history_is_read_in_pages(
    large: ShopifyStub, shop: ChannelAccount, monkeypatch: pytest.MonkeyPatch, how: Any
) -> None:
    begin = large._bulk

    def begun(*args: Any, **values: Any) -> Any:
        told = begin(*args, **values)
        how(large, large.files[-1] if large.files else [])
        return told

    how(large, []) if how in (no_file, refused, short, short_and_packed) else monkeypatch.setattr(large, "_bulk", begun)
    with capture_logs() as logs:
        read(shop)

    assert stored() == expected(large) and pages_of_history(large) > 2
    assert [log["event"] for log in logs if log["log_level"] == "warning"].count("shopify's file is not used") == 2


@pytest.mark.parametrize("ends", ["FAILED", "CANCELED", "EXPIRED"])
def test_an_operation_that_ends_without_a_file_leaves_pages(
    large: ShopifyStub, shop: ChannelAccount, ends: str
) -> None:
    large.bulk_ends = ends

    read(shop)

    assert stored() == expected(large) and len(large.files) == 2 and asked(large)["file"] == 0


def test_an_operation_is_not_waited_for_for_ever(
    large: ShopifyStub, shop: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    large.bulk_looks = 10**6
    monkeypatch.setattr(bulk, "_MOST_POLLS", 4)

    read(shop)

    assert stored() == expected(large) and large.looks == [6, 6]


def test_a_file_lies_where_shopify_keeps_files(
    large: ShopifyStub, shop: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = large._bulk_state

    def elsewhere(info: Any, id: str) -> Any:
        told = state(info, id)
        return {**told, "url": told["url"] and "https://files.example/1"} if told else None

    monkeypatch.setattr(large, "_bulk_state", elsewhere)

    read(shop)

    assert stored() == expected(large) and asked(large)["file"] == 0


def test_trouble_on_the_way_is_no_reason_for_pages(large: ShopifyStub, shop: ChannelAccount) -> None:
    """The same would stop pages; the file is gone on with afterwards."""
    window = Window(NOW - timedelta(days=60), NOW, "placed", bulk.Job("gid://shopify/BulkOperation/0").token())
    large.faults.always("BulkState", "error")
    reader = connector_of(shop)

    with pytest.raises(Transient):
        next(reader.sync_orders(window, now=NOW))
    reader.close()
    assert pages_of_history(large) == 0


def test_nothing_of_a_file_is_kept_twice(large: ShopifyStub, shop: ChannelAccount) -> None:
    read(shop)
    before = sorted(SalesLine.objects.values_list("kind", "order_id", "line_id", "units", "amount", "day_on"))
    (result,) = run_pass([shop], Wanted(NOW, asked=Window(NOW - timedelta(days=60), NOW, "placed"), patience=10))

    assert result.error == "" and len(large.files) == 3
    again = sorted(SalesLine.objects.values_list("kind", "order_id", "line_id", "units", "amount", "day_on"))
    assert again == before


def test_a_cursor_is_no_job() -> None:
    job = bulk.Job("gid://shopify/BulkOperation/7", polls=3, kept=250)
    assert bulk.Job.of(job.token()) == job
    assert bulk.Job.of(None) is None and bulk.Job.of("eyJsYXN0X2lkIjo3fQ==") is None


@pytest.mark.parametrize(("count", "batches"), [(0, [0]), (4, [4]), (5, [5]), (6, [5, 1]), (10, [5, 5])])
def test_batches_say_which_is_the_last(count: int, batches: list[int]) -> None:
    found = list(bulk.batched(iter([{"id": str(number)} for number in range(count)]), 5))
    assert [len(batch) for batch, _is_last in found] == batches
    assert [is_last for _batch, is_last in found] == [False] * (len(batches) - 1) + [True]

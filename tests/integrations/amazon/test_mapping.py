"""Single rows of Amazon's, by the definitions of integrations.md section 7."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import structlog

from integrations.channels.amazon import mapping
from integrations.channels.base import Line, Refund
from integrations.channels.errors import Transient
from integrations.models import ChannelAccount

US = "ATVPDKIKX0DER"
SHOP = ChannelAccount(channel="amazon", marketplace=US, currency="USD", time_zone="America/Los_Angeles")
AT = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currencyCode": "USD"}


def item(**values: Any) -> dict[str, Any]:
    parts = [("ITEM", "60.00"), ("SHIPPING", "4.99"), ("TAX", "5.10"), ("DISCOUNT", "-6.00")]
    return {
        "orderItemId": "7",
        "quantityOrdered": 3,
        "product": {"asin": "B0A", "sellerSku": " 001/红 ", "price": {"unitPrice": money("20.00")}},
        "proceeds": {"breakdowns": [{"type": name, "subtotal": money(amount)} for name, amount in parts]},
        "fulfillment": {"quantityFulfilled": 3, "quantityUnfulfilled": 0},
    } | values


def order(*items: dict[str, Any], status: str = "SHIPPED", **values: Any) -> dict[str, Any]:
    return {
        "orderId": "111-1",
        "createdTime": "2026-11-02T07:30:00Z",
        "lastUpdatedTime": "2026-11-02T07:30:00.123Z",
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": US},
        "fulfillment": {"fulfillmentStatus": status},
        "orderItems": list(items or [item()]),
    } | values


def line(row: dict[str, Any]) -> Line:
    (line,) = mapping.order_of(row, SHOP).lines
    return line


def test_gross_is_the_product_alone_and_the_discount_is_positive() -> None:
    found = mapping.order_of(order(), SHOP)
    assert (found.placed_at, found.changed_at.microsecond, found.currency) == (AT, 123_000, "USD")
    assert found.lines == (Line("7", " 001/红 ", 3, Decimal("60.00"), Decimal("6.00"), "B0A", "counted"),)


@pytest.mark.parametrize(
    ("status", "values", "want"),
    [
        ("UNSHIPPED", {}, "counted"),
        ("PARTIALLY_SHIPPED", {}, "counted"),
        ("UNFULFILLABLE", {}, "counted"),
        ("PENDING", {}, "pending"),
        ("PENDING_AVAILABILITY", {}, "pending"),
        ("CANCELLED", {}, "void"),
        ("PENDING", {"salesChannel": {"channelName": "NON_AMAZON", "marketplaceId": US}}, "void"),
        ("SHIPPED", {"salesChannel": {"channelName": "AMAZON", "marketplaceId": "A2EUQ1WTGCTBG2"}}, "void"),
        ("SHIPPED", {"salesChannel": {"channelName": "AMAZON"}}, "counted"),
        ("SHIPPED", {"associatedOrders": [{"orderId": "1", "associationType": "REPLACEMENT_ORIGINAL_ID"}]}, "void"),
        ("SHIPPED", {"associatedOrders": [{"orderId": "1", "associationType": "EXCHANGE_ORIGINAL_ID"}]}, "counted"),
        ("SHIPPED", {"associatedOrders": []}, "counted"),
    ],
)
def test_what_is_a_sale(status: str, values: dict[str, Any], want: str) -> None:
    assert line(order(status=status, **values)).status == want


@pytest.mark.parametrize(
    ("sent", "waiting", "want"),
    [(0, 0, "void 3 60.00 6.00"), (3, 0, "void 3 60.00 6.00"), (0, 3, "void 3 60.00 6.00"),
     (2, 0, "counted 2 40.00 4.00"), (1, 1, "counted 2 40.00 4.00"), (1, 2, "counted 1 20.00 2.00")],
)  # fmt: skip
def test_a_cancelled_line_counts_for_what_was_sent_of_it_before(sent: int, waiting: int, want: str) -> None:
    row = item(
        cancellation={"cancellationExecution": {"cancelledBy": "BUYER"}},
        fulfillment={"quantityFulfilled": sent, "quantityUnfulfilled": waiting},
    )
    found = line(order(row))
    assert f"{found.status} {found.units} {found.amount} {found.discount}" == want


def test_a_request_to_cancel_is_no_cancellation() -> None:
    assert line(order(item(cancellation={"cancellationRequest": {"requester": "BUYER"}}))).status == "counted"


def test_a_pending_order_has_no_price_and_the_stores_currency() -> None:
    row = item(product={"asin": "B0A", "sellerSku": "A"})
    del row["proceeds"]
    found = mapping.order_of(order(row, status="PENDING"), SHOP)
    assert (found.currency, found.lines[0].units, found.lines[0].amount) == ("USD", 3, Decimal(0))


@pytest.mark.parametrize("key", ["orderId", "createdTime", "lastUpdatedTime", "salesChannel", "orderItems"])
def test_an_order_that_lacks_what_the_model_requires_is_unreadable(key: str) -> None:
    row = order()
    del row[key]
    with pytest.raises(Transient) as error:
        mapping.order_of(row, SHOP)
    assert error.value.code == "unreadable"


def cost(amount: str) -> dict[str, Any]:
    return {"currencyAmount": Decimal(amount), "currencyCode": "USD"}


def part(name: str, amount: str, *inner: dict[str, Any]) -> dict[str, Any]:
    return {"breakdownType": name, "breakdownAmount": cost(amount), "breakdowns": list(inner)}


def back(*parts: dict[str, Any], own: str = "OAI-1", units: int = 2) -> dict[str, Any]:
    product = {"contextType": "ProductContext", "asin": "B0A", "sku": "A", "quantityShipped": units}
    named = [{"itemRelatedIdentifierName": "ORDER_ADJUSTMENT_ITEM_ID", "itemRelatedIdentifierValue": own}]
    return {
        "relatedIdentifiers": named if own else [],
        "breakdowns": list(parts or [part("ProductCharges", "-39.98")]),
        "contexts": [{"contextType": "AmazonPayContext", "channel": "MFN"}, product],
    }


def transaction(*items: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {
        "transactionType": "Refund",
        "transactionId": "T1",
        "postedDate": "2026-11-02T07:30:00Z",
        "relatedIdentifiers": [{"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": "111-1"}],
        "marketplaceDetails": {"marketplaceId": US},
        "items": list(items or [back()]),
    } | values


def test_a_refund_is_the_products_part_and_positive() -> None:
    row = transaction(back(part("ProductCharges", "-39.98", part("OurPricePrincipal", "-39.98")), part("Tax", "-3")))
    want = Refund("T1", "OAI-1:1", AT, AT, "USD", "A", 2, Decimal("39.98"), "B0A", "counted")
    assert mapping.refunds_of(row, SHOP) == [want]


def test_charges_are_found_inside_a_group() -> None:
    row = transaction(back(part("Sales", "-13", part("ProductCharges", "-10"), part("Tax", "-3"))))
    assert mapping.refunds_of(row, SHOP)[0].amount == 10


def test_two_lines_of_one_sku_are_two_whether_amazon_names_them_or_not() -> None:
    for own in ("OAI-1", ""):
        found = mapping.refunds_of(transaction(back(own=own), back(own=own, units=1)), SHOP)
        assert len({each.line_id for each in found}) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"transactionType": "Shipment"},
        {"relatedIdentifiers": [{"relatedIdentifierName": "DEFERRED_TRANSACTION_ID", "relatedIdentifierValue": "T0"}]},
    ],
)
def test_other_transactions_and_the_release_of_a_refund_held_back_are_none(change: dict[str, Any]) -> None:
    assert mapping.refunds_of(transaction(**change), SHOP) == []


def test_a_refund_of_another_country_counts_nowhere() -> None:
    row = transaction(marketplaceDetails={"marketplaceId": "A2EUQ1WTGCTBG2"})
    assert mapping.refunds_of(row, SHOP)[0].status == "void"


def test_a_new_name_of_a_breakdown_is_told_once(unknown: Callable[[], list[str]]) -> None:
    row = transaction(back(part("ProductCharges", "-1"), part("CarbonLevy", "-1"), part("Tax", "-1")))
    mapping.refunds_of(row, SHOP)
    mapping.refunds_of(row, SHOP)
    assert unknown() == ["CarbonLevy"]


@pytest.fixture
def unknown() -> Any:
    mapping._told.clear()
    with structlog.testing.capture_logs() as logs:
        yield lambda: [event["name"] for event in logs if event["event"] == "unknown breakdown of a refund"]

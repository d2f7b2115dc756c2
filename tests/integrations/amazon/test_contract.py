"""What Amazon publishes: every example of its sandbox is read, and the stub answers as its models say."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLError, build_schema, parse, validate

from integrations.channels.amazon import client, mapping
from integrations.channels.amazon.connector import AmazonConnector
from integrations.channels.base import Window
from integrations.models import ChannelAccount
from tests.factories.integrations import make_shop
from tests.integrations.amazon.world import NOW
from tests.integrations.contracts import complaints, contract, examples, model
from tests.integrations.stubs.amazon import AmazonStub

pytestmark = pytest.mark.django_db

ORDERS = "amazon/models/orders_2026-01-01.json"
FINANCES = "amazon/models/finances_2024-06-19.json"
SALES = "amazon/models/sales.json"
KIOSK = "amazon/models/dataKiosk_2023-11-15.json"
ANSWERS = {
    "searchOrders": (ORDERS, "SearchOrdersResponse"),
    "listTransactions": (FINANCES, "ListTransactionsResponse"),
    "getOrderMetrics": (SALES, "GetOrderMetricsResponse"),
    "getMarketplaceParticipations": ("amazon/models/sellers.json", "GetMarketplaceParticipationsResponse"),
    "getInventorySummaries": ("amazon/models/fbaInventory.json", "GetInventorySummariesResponse"),
    "searchCatalogItems": ("amazon/models/catalogItems_2022-04-01.json", "ItemSearchResults"),
    "createQuery": (KIOSK, "CreateQueryResponse"),
    "getQuery": (KIOSK, "Query"),
    "getDocument": (KIOSK, "GetDocumentResponse"),
}


def test_every_order_of_the_sandbox_is_read() -> None:
    found = [
        order
        for operation, status, pair in examples(ORDERS)
        if status == "200" and operation in ("searchOrders", "getOrder")
        for order in pair["response"].get("orders", [pair["response"].get("order")])
    ]
    assert len(found) >= 6
    for row in found:
        place = row["salesChannel"].get("marketplaceId", "")
        order = mapping.order_of(row, make_shop(external_id=row["orderId"], marketplace=place))
        assert (order.order_id, len(order.lines)) == (row["orderId"], len(row["orderItems"]))
        assert order.placed_at.isoformat() == row["createdTime"].replace("Z", "+00:00")
        for line, item in zip(order.lines, row["orderItems"], strict=True):
            parts = item.get("proceeds", {}).get("breakdowns", [])
            gross = [part["subtotal"] for part in parts if part["type"] == "ITEM"]
            assert f"{line.amount}" == (gross[0]["amount"] if gross else "0")
            assert order.currency == gross[0]["currencyCode"] if gross else True
            assert (line.status == "void") == (
                bool(item.get("cancellation", {}).get("cancellationExecution"))
                or row["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
                or any("REPLACEMENT" in each["associationType"] for each in row.get("associatedOrders", []))
            )


def test_every_transaction_metric_and_store_of_the_sandbox_is_read() -> None:
    shop = make_shop(marketplace="ATVPDKIKX0DER")
    for _operation, status, pair in examples(FINANCES):
        if status == "200":
            for row in pair["response"].get("payload", {}).get("transactions", []):
                assert mapping.refunds_of(row, shop) == []
    totals = [
        mapping.day_total_of(row)
        for _operation, status, pair in examples(SALES)
        if status == "200"
        for row in pair["response"]["payload"]
    ]
    assert {(f"{each.amount}", each.units, each.currency) for each in totals} == {
        ("25", 2, "USD"),
        ("22.95", 1, "USD"),
        ("2.05", 1, "USD"),
        ("0", 0, "USD"),
    }


def test_the_stub_answers_as_the_models_say(world: AmazonStub, seller: ChannelAccount, known_asins: list[str]) -> None:
    connector, month = AmazonConnector(seller), Window(NOW - timedelta(days=30), NOW, "placed")
    connector.check(now=NOW)
    for reader in (connector.sync_orders, connector.sync_refunds, connector.sync_listings):
        assert list(reader(month, now=NOW))
    assert list(connector.sync_traffic(month, now=NOW))
    assert connector.day_totals(month, now=NOW)
    connector.close()
    assert {name for name, _body in world.answers} == set(ANSWERS)
    for name, body in world.answers:
        path, definition = ANSWERS[name]
        assert complaints(path, definition, json.loads(json.dumps(body))) == [], name


def test_we_send_what_the_models_name(world: AmazonStub, seller: ChannelAccount) -> None:
    operation = model(ORDERS)["paths"]["/orders/2026-01-01/orders"]["get"]
    known = {each["name"]: each for each in operation["parameters"]}
    assert set(client.INCLUDED.split(",")) <= set(known["includedData"]["items"]["enum"])
    for name, plan in client.OPERATIONS.items():
        assert (plan.rate, plan.burst) == _plan_of(name), name


def _plan_of(operation: str) -> tuple[float, float]:
    """Its rate and burst as the model describes them."""
    for operations in model(ANSWERS[operation][0])["paths"].values():
        for each in operations.values():
            if isinstance(each, dict) and each.get("operationId") == operation:
                (found,) = re.findall(r"^\| *([\d.]+) *\| *([\d.]+) *\|", each["description"], re.MULTILINE)
                return float(found[0]), float(found[1])
    raise LookupError(operation)


def test_the_query_for_visits_is_one_of_the_published_schema(
    world: AmazonStub, seller: ChannelAccount, known_asins: list[str]
) -> None:
    schema = build_schema(contract("amazon/schemas/analytics_salesAndTraffic_2024_04_24.graphql").read_text())
    complaints_of: list[list[GraphQLError]] = []

    def check(text: str) -> list[Any]:
        complaints_of.append(validate(schema, parse(text)))
        return complaints_of[-1]

    world.validate_query = check
    assert list(AmazonConnector(seller).sync_traffic(Window(NOW - timedelta(days=3), NOW, "placed"), now=NOW))
    assert complaints_of == [[]]

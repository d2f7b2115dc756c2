"""Two months of a shop, as raw nodes, and what they add up to by a count of its own."""

import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from integrations.actions.syncing import free_lease, read_window, take_lease
from integrations.channels.errors import Later
from integrations.models import ChannelAccount, DailySales
from integrations.streams import ORDERS, Purpose, Stream
from tests.integrations.stubs.shopify import ShopifyStub

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
SKUS = ["LS-MUG", "LS/MUG 2", "00123", "杯子-红", "ls-mug", None]
FAULTS = ("throttled", "error", "html", "page", "empty", "cut", "broken", "reset", "lost")
Node = dict[str, Any]
Sums = dict[tuple[date, str], tuple[Any, ...]]


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(amount: Decimal) -> Node:
    """The shopper paid in another currency, whose numbers must never be seen."""
    shown = {"amount": str(amount * 7 + 1), "currencyCode": "CNY"}
    return {"shopMoney": {"amount": str(amount), "currencyCode": "USD"}, "presentmentMoney": shown}


def line(order: int, number: int, sku: str | None, units: int, price: str, *discounts: str) -> Node:
    return {
        "id": f"gid://shopify/LineItem/{order}{number:03}",
        "sku": sku,
        "quantity": units,
        "originalTotalSet": money(Decimal(price) * units),
        "discountAllocations": [{"allocatedAmountSet": money(Decimal(each))} for each in discounts],
    }


def refund(order: int, number: int, at: datetime, *rows: tuple[Node, int, str]) -> Node:
    return {
        "id": f"gid://shopify/Refund/{order}{number:02}",
        "processedAt": stamp(at),
        "refundLineItems": [
            {
                "id": f"gid://shopify/RefundLineItem/{order}{number:02}{place:03}",
                "quantity": units,
                "subtotalSet": money(Decimal(amount)),
                "lineItem": of,
            }
            for place, (of, units, amount) in enumerate(rows)
        ],
    }


def order(
    number: int, at: datetime, lines: list[Node], *refunds: Node, updated: datetime | None = None, **values: Any
) -> Node:
    return {
        "id": f"gid://shopify/Order/{number}",
        "processedAt": stamp(at),
        "updatedAt": stamp(updated or at),
        "cancelledAt": None,
        "test": False,
        "lineItems": lines,
        "refunds": list(refunds),
        **values,
    }


def fill(stub: ShopifyStub, *, count: int = 60) -> None:
    """Orders of 55 days: some with more lines, refunds and refunded lines than one answer holds."""
    random = Random(610)  # noqa: S311
    for number in range(count):
        at = (NOW - timedelta(days=55) + timedelta(seconds=random.randrange(54 * 86400))).replace(microsecond=0)
        many = 23 if number % 17 == 0 else 105 if number == 40 else random.randint(1, 4)
        lines = [
            line(
                number, place, random.choice(SKUS), random.randint(1, 5), f"{random.randint(100, 9999) / 100:.2f}",
                *(f"{random.randint(1, 90) / 100:.2f}" for _ in range(random.choice([0, 0, 1, 2]))),
            )
            for place in range(many)
        ]  # fmt: skip
        refunds = [
            refund(
                number, place, min(at + timedelta(hours=7 * place + 1), NOW - timedelta(hours=2)),
                *((each, 1, f"{random.randint(50, 999) / 100:.2f}") for each in lines[: many if place == 0 else 1]),
            )
            for place in range({0: 1, 5: 2, 10: 7}.get(number % 15, 0))
        ]  # fmt: skip
        values: Node = {}
        if number % 11 == 3:
            values["test"] = True
        if number % 13 == 4:
            values["cancelledAt"] = stamp(at + timedelta(hours=3))
        updated = min(at + timedelta(days=random.choice([0, 0, 1, 9])), NOW - timedelta(hours=1))
        add(stub, order(number, at, lines, *refunds, updated=updated, **values))
    mug = line(900, 0, "LS-MUG", 3, "9.99", "0.50")
    edges = [
        datetime(2026, 10, 20, 23, 59, 59, tzinfo=ZONE),
        datetime(2026, 10, 21, 0, 0, 0, tzinfo=ZONE),
        # The hour that happens twice.
        datetime(2026, 11, 1, 1, 30, tzinfo=ZONE),
        datetime(2026, 11, 1, 1, 30, tzinfo=ZONE, fold=1),
    ]
    for number, at in enumerate(edges, 900):
        add(stub, order(number, at, [line(number, 0, "EDGE", 1, "1.01")]))
    # One line comes back to two places, in one refund.
    twice = refund(910, 0, NOW - timedelta(days=3), (mug, 1, "9.49"), (mug, 2, "18.98"))
    add(stub, order(910, NOW - timedelta(days=5), [mug], twice, updated=NOW - timedelta(days=3)))


def add(stub: ShopifyStub, node: Node) -> Node:
    stub.orders[node["id"]] = node
    return node


def expected(stub: ShopifyStub) -> Sums:
    """(day, SKU) → orders, units, gross, discounts, units refunded, refunded. Written without the code under test."""
    sums: dict[tuple[date, str], list[Any]] = defaultdict(lambda: [set(), 0, Decimal(0), Decimal(0), 0, Decimal(0)])
    for node in stub.orders.values():
        if node["test"] or node["cancelledAt"]:
            continue
        day = datetime.fromisoformat(node["processedAt"]).astimezone(ZONE).date()
        for each in node["lineItems"]:
            row = sums[day, each["sku"] or ""]
            row[0].add(node["id"])
            row[1] += each["quantity"]
            row[2] += Decimal(each["originalTotalSet"]["shopMoney"]["amount"])
            for allocation in each["discountAllocations"]:
                row[3] += Decimal(allocation["allocatedAmountSet"]["shopMoney"]["amount"])
        for back in node["refunds"]:
            day_back = datetime.fromisoformat(back["processedAt"]).astimezone(ZONE).date()
            for each in back["refundLineItems"]:
                row = sums[day_back, each["lineItem"]["sku"] or ""]
                row[4] += each["quantity"]
                row[5] += Decimal(each["subtotalSet"]["shopMoney"]["amount"])
    return {key: (len(row[0]), *row[1:]) for key, row in sums.items()}


def stored() -> Sums:
    fields = ("orders", "units_ordered", "gross_sales", "discounts", "units_refunded", "refund_amount")
    rows = DailySales.objects.exclude(sales_source="").values_list("day_on", "sku", *fields)
    return {(day, sku): tuple(numbers) for day, sku, *numbers in rows if any(numbers)}


def read_in_bits(stub: ShopifyStub, shop: ChannelAccount, random: Random, *, share: float) -> None:
    """News and all history, by workers that stop after any page, while this share of calls fails and tokens end.

    Each worker knows the account from the database alone.
    """
    stub.faults.at_random(random, share=share, kinds=FAULTS)
    jobs: list[Purpose] = ["live", "fill"]
    for _turn in range(2000):
        if not jobs:
            return
        key = take_lease(shop.pk)
        account = ChannelAccount.objects.get(pk=shop.pk)
        try:
            read_window(account, ORDERS, jobs[0], key=key, now=NOW, until_clock=time.monotonic())
            if jobs[0] == "live" or Stream.of(account, ORDERS).is_filled:
                jobs.pop(0)
        except Later:
            if random.random() < 0.1:
                stub.access.clear()
        finally:
            free_lease(shop.pk, key)
    raise AssertionError(f"still to be read: {jobs}")

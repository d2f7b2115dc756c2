"""Shopify's answers as what is counted (integrations.md, section 7). Always shop money, never presentment money."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.channels.base import Line, ListingFacts, Order, Refund, Status
from integrations.channels.errors import Transient

Node = dict[str, Any]


@contextmanager
def as_told() -> Iterator[None]:
    """An answer that lacks what was asked for is none: never "no data"."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise Transient(f"An answer without what was asked for ({type(error).__name__}).", code="unreadable") from error


def order_of(node: Node) -> Order:
    """`node` holds all its lines. An order without lines has no currency, and nobody asks for one."""
    status = _status(node)
    lines = list({line["id"]: line for line in node["lineItems"]["nodes"]}.values())
    currencies = {_money(line["originalTotalSet"])[1] for line in lines}
    if len(currencies) > 1:
        raise ValueError("more than one shop currency in an order")
    return Order(
        order_id=node["id"],
        placed_at=_instant(node["processedAt"]),
        changed_at=_instant(node["updatedAt"]),
        currency=min(currencies, default=""),
        lines=tuple(_line(line, status) for line in lines),
    )


def refunds_of(node: Node) -> Iterable[Refund]:
    """Of an order that holds all its refunds with all their lines: one for each refunded line of the order.

    What is given back of an order that counts as no sale counts as nothing given back. A refund changes when its order
    does, so that the newest word of both wins together.
    """
    status, changed_at = _status(node), _instant(node["updatedAt"])
    for refund in node["refunds"]:
        rows = refund["refundLineItems"]["nodes"]
        # The pieces of one line may come back to two places, in two rows.
        distinct = {row["id"] or (number, row["lineItem"]["id"]): row for number, row in enumerate(rows)}
        by_line: dict[str, list[Node]] = {}
        for row in distinct.values():
            by_line.setdefault(row["lineItem"]["id"], []).append(row)
        for line_id, parts in by_line.items():
            amounts = [_money(part["subtotalSet"]) for part in parts]
            yield Refund(
                refund_id=refund["id"],
                line_id=line_id,
                posted_at=_instant(refund["processedAt"]),
                changed_at=changed_at,
                currency=amounts[0][1],
                sku=parts[0]["lineItem"]["sku"] or "",
                units=sum(int(part["quantity"]) for part in parts),
                amount=sum((amount for amount, _currency in amounts), Decimal(0)),
                status=status,
            )


def listing_of(node: Node) -> ListingFacts | None:
    """None: a variant without a SKU, which nobody can name."""
    if not node["sku"]:
        return None
    product = node["product"]
    named = node["title"] and node["title"] != "Default Title"
    return ListingFacts(
        sku=node["sku"],
        parent=number_of(product["id"]),
        product_id=number_of(product["id"]),
        variant_id=number_of(node["id"]),
        title=f"{product['title']} – {node['title']}" if named else product["title"],
        image_url=_image(node["media"]["nodes"][:1]) or _image([product["featuredMedia"]]),
        price=Decimal(node["price"]),
        # More may be promised than is there; nothing is left then. What is not counted says 0 as well.
        stock=max(int(node["inventoryQuantity"] or 0), 0) if product["tracksInventory"] else None,
        status=str(product["status"]).lower(),
    )


def number_of(gid: str) -> str:
    """What the admin's addresses name a thing by: gid://shopify/Product/42 → 42."""
    return str(gid).rpartition("/")[2].partition("?")[0]


def _status(node: Node) -> Status:
    return "void" if node["test"] or node["cancelledAt"] else "counted"


def _line(node: Node, status: Status) -> Line:
    return Line(
        line_id=node["id"],
        sku=node["sku"] or "",
        units=int(node["quantity"]),
        amount=_money(node["originalTotalSet"])[0],
        discount=sum((_money(each["allocatedAmountSet"])[0] for each in node["discountAllocations"]), Decimal(0)),
        status=status,
    )


def _money(bag: Node) -> tuple[Decimal, str]:
    money = bag["shopMoney"]
    return Decimal(money["amount"]), str(money["currencyCode"])


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant without an offset")
    return at


def _image(media: list[Node | None]) -> str:
    for each in media:
        preview = (each or {}).get("preview") or {}
        url = (preview.get("image") or {}).get("url")
        if url:
            return str(url)
    return ""

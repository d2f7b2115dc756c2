"""Amazon's answers as our lines, by integrations.md section 7. Money stays Decimal; what a row must have and lacks is
Transient("unreadable"), since a half answer is never "nothing sold".
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import structlog

from integrations.channels.base import DayTotal, Line, ListingFacts, Order, Refund, Status, Traffic
from integrations.channels.parsing import number, readable
from integrations.models import ChannelAccount

log = structlog.get_logger(__name__)

Row = Mapping[str, Any]
_PENDING = ("PENDING", "PENDING_AVAILABILITY")
_ZERO = Decimal(0)
# Of refunds. The names are free strings in the model, so that others are told in the log (integrations.md 10).
_PRODUCT = "ProductCharges"
_KNOWN = frozenset(
    """ProductCharges Tax ShippingCharges Shipping GiftWrap GiftWrapCharges AmazonFees PromotionRebates Promotions
    PromoRebates MarketplaceWithheldTax MarketplaceFacilitatorTax WithheldTax RefundCommission RestockingFee Points
    ExportCharge OtherCharges Others Goodwill ReturnShipping""".split()
)
_told: set[str] = set()


def order_of(row: Row, account: ChannelAccount) -> Order:
    with readable():
        items = [dict(item) for item in row["orderItems"]]
        status = _status(row, account)
        return Order(
            order_id=str(row["orderId"]),
            placed_at=_instant(row["createdTime"]),
            changed_at=_instant(row["lastUpdatedTime"]),
            currency=_currency(row, items) or account.currency,
            lines=tuple(_line(item, status) for item in items),
        )


def _status(row: Row, account: ChannelAccount) -> Status:
    """Of the whole order: not a sale of this store, not yet one, or one."""
    channel = row["salesChannel"]
    fulfilment = (row.get("fulfillment") or {}).get("fulfillmentStatus")
    others = row.get("associatedOrders") or []
    is_void = (
        fulfilment == "CANCELLED"
        or channel.get("channelName") == "NON_AMAZON"
        or (channel.get("marketplaceId") or account.marketplace) != account.marketplace
        or any(other.get("associationType") == "REPLACEMENT_ORIGINAL_ID" for other in others)
    )
    if is_void:
        return "void"
    return "pending" if fulfilment in _PENDING else "counted"


def _line(item: Row, status: Status) -> Line:
    product = item["product"]
    ordered = int(item["quantityOrdered"])
    left = _units_left(item, ordered)
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for part in (item.get("proceeds") or {}).get("breakdowns") or []:
        amounts[part["type"]] += _money(part["subtotal"])
    amount, discount = amounts["ITEM"], abs(amounts["DISCOUNT"])
    price = (product.get("price") or {}).get("unitPrice")
    if 0 < left < ordered and price and amount == _money(price) * ordered:
        # The money still says what was ordered.
        amount, discount = _money(price) * left, (discount * left / ordered).quantize(Decimal("0.01"))
    asin = str(product.get("asin") or "")
    return Line(
        line_id=str(item["orderItemId"]),
        sku=str(product.get("sellerSku") or asin or item["orderItemId"]),
        units=left or ordered,
        amount=amount,
        discount=discount,
        asin=asin,
        status=status if left else "void",
    )


def _units_left(item: Row, ordered: int) -> int:
    """What was not cancelled. Amazon tells that a line was cancelled, not how many of it: those sent are not."""
    if not (item.get("cancellation") or {}).get("cancellationExecution"):
        return ordered
    fulfilment = item.get("fulfillment") or {}
    sent, waiting = int(fulfilment.get("quantityFulfilled") or 0), int(fulfilment.get("quantityUnfulfilled") or 0)
    if not 0 < sent < ordered:
        return 0
    return sent + waiting if sent + waiting < ordered else sent


def _currency(row: Row, items: Iterable[Row]) -> str:
    """Of the sale itself; pending orders have no price and so no currency."""
    for item in items:
        for part in (item.get("proceeds") or {}).get("breakdowns") or []:
            return str(part["subtotal"]["currencyCode"])
    total = (row.get("proceeds") or {}).get("grandTotal") or {}
    return str(total.get("currencyCode") or "")


def refunds_of(row: Row, account: ChannelAccount) -> list[Refund]:
    """The lines of one transaction, none when it is no refund.

    A refund that Amazon held back is listed twice, when it was posted and when it was released; the first is the one.
    """
    with readable():
        names = {each.get("relatedIdentifierName") for each in row.get("relatedIdentifiers") or []}
        if row.get("transactionType") != "Refund" or "DEFERRED_TRANSACTION_ID" in names:
            return []
        met: Counter[str] = Counter()
        return [_refund(row, item, met, account) for item in row.get("items") or [row]]


def _refund(row: Row, item: Row, met: Counter[str], account: ChannelAccount) -> Refund:
    """`met` counts the lines of the transaction by their name, which makes two of one SKU two."""
    product = _product(item) or _product(row)
    asin = str(product.get("asin") or "")
    sku = str(product.get("sku") or asin)
    name = _own_id(item) or sku
    met[name] += 1
    posted_at = _instant(row["postedDate"])
    place = (row.get("marketplaceDetails") or {}).get("marketplaceId") or account.marketplace
    return Refund(
        refund_id=str(row["transactionId"]),
        line_id=f"{name}:{met[name]}",
        posted_at=posted_at,
        changed_at=posted_at,
        currency=_refund_currency(item, row) or account.currency,
        sku=sku,
        units=abs(int(product.get("quantityShipped") or 0)),
        amount=-_product_charges(item.get("breakdowns") or []),
        asin=asin,
        status="counted" if place == account.marketplace else "void",
    )


def _product(item: Row) -> Row:
    contexts = item.get("contexts") or []
    return next((each for each in contexts if each.get("contextType") == "ProductContext"), {})


def _own_id(item: Row) -> str:
    """Amazon's own id of the refunded line; "" where there is none."""
    for each in item.get("relatedIdentifiers") or []:
        if each.get("itemRelatedIdentifierName") == "ORDER_ADJUSTMENT_ITEM_ID":
            return str(each["itemRelatedIdentifierValue"])
    return ""


def _product_charges(parts: Iterable[Row]) -> Decimal:
    """The charges for the product itself, wherever in the tree they stand; other names that are new are told once."""
    total = _ZERO
    for part in parts:
        name = str(part.get("breakdownType") or "")
        if name == _PRODUCT:
            total += number(part["breakdownAmount"]["currencyAmount"])
            continue
        inner = part.get("breakdowns") or []
        if name not in _KNOWN and name not in _told and not inner:
            _told.add(name)
            log.warning("unknown breakdown of a refund", name=name[:60])
        total += _product_charges(inner) if name not in _KNOWN else _ZERO
    return total


def _refund_currency(*rows: Row) -> str:
    for row in rows:
        for amount in (row.get("totalAmount"), *(part.get("breakdownAmount") for part in row.get("breakdowns") or [])):
            if amount and amount.get("currencyCode"):
                return str(amount["currencyCode"])
    return ""


def day_total_of(row: Row) -> DayTotal:
    with readable():
        first, _, _ = str(row["interval"]).partition("--")
        total = row["totalSales"]
        return DayTotal(
            date.fromisoformat(first[:10]), int(row["unitCount"]), _money(total), str(total["currencyCode"])
        )


def traffic_of(content: bytes) -> list[Traffic]:
    """The rows of a Data Kiosk document, one JSON object a line."""
    with readable():
        rows = [json.loads(line, parse_float=Decimal) for line in content.splitlines() if line.strip()]
        if not rows:
            raise ValueError("a document without rows")
        return [_traffic(row) for row in rows]


def _traffic(row: Row) -> Traffic:
    visits = row["traffic"]
    if row["startDate"] != row["endDate"]:
        raise ValueError("a row of more than a day")
    return Traffic(
        day_on=date.fromisoformat(row["startDate"]),
        sku="",
        asin=str(row["childAsin"]),
        sessions=int(visits["sessions"]),
        page_views=int(visits["pageViews"]),
        buy_box_percent=round(number(visits["buyBoxPercentage"]), 2),
    )


def stock_of(row: Row) -> ListingFacts:
    with readable():
        details = row.get("inventoryDetails") or {}
        coming = [details.get(f"inbound{stage}Quantity") for stage in ("Working", "Shipped", "Receiving")]
        stock = details.get("fulfillableQuantity")
        return ListingFacts(
            sku=str(row["sellerSku"]),
            asin=str(row.get("asin") or ""),
            title=str(row.get("productName") or "")[:500],
            stock=None if stock is None else int(stock),
            inbound=sum(int(each or 0) for each in coming) if any(each is not None for each in coming) else None,
        )


def catalog_of(row: Row, marketplace: str, skus: Iterable[str]) -> list[ListingFacts]:
    """What the catalog says of an ASIN, for each of the SKUs that sell it."""
    with readable():
        asin = str(row["asin"])
        summary = _of_place(row.get("summaries"), marketplace)
        images = _of_place(row.get("images"), marketplace).get("images") or []
        main = sorted((each for each in images if each["variant"] == "MAIN"), key=lambda each: -int(each["width"]))
        kin = _of_place(row.get("relationships"), marketplace).get("relationships") or []
        parents = [parent for each in kin for parent in each.get("parentAsins") or []]
        return [
            ListingFacts(
                sku=sku,
                asin=asin,
                parent=str(parents[0]) if parents else "",
                title=str(summary.get("itemName") or "")[:500],
                image_url=str(main[0]["link"]) if main else "",
            )
            for sku in skus
        ]


def _of_place(rows: Any, marketplace: str) -> Row:
    return next((row for row in rows or [] if row.get("marketplaceId") == marketplace), {})


def _money(value: Row) -> Decimal:
    return number(value["amount"])


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant without an offset")
    return at

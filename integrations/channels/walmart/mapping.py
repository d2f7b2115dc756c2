"""Walmart's purchase orders and returns as ours (integrations.md, section 7)."""

from decimal import Decimal
from typing import Any

from integrations.channels.base import Line, Order, Refund
from integrations.channels.parsing import number, of_milliseconds

_CENT = Decimal("0.0001")


def order_of(raw: dict[str, Any]) -> Order:
    placed_at = of_milliseconds(raw["orderDate"])
    lines = raw["orderLines"]["orderLine"]
    is_replacement = raw.get("orderType") == "REPLACEMENT"
    changes = [of_milliseconds(line["statusDate"]) for line in lines if line.get("statusDate")]
    return Order(
        order_id=str(raw["purchaseOrderId"]),
        placed_at=placed_at,
        changed_at=max(changes, default=placed_at),
        currency=next((charge["chargeAmount"]["currency"] for line in lines for charge in _product(line)), "USD"),
        lines=tuple(_line(line, is_replacement=is_replacement) for line in lines),
    )


def refunds_of(raw: dict[str, Any]) -> list[Refund]:
    """The lines of a return whose money has gone back."""
    return [
        _refund(str(raw["returnOrderId"]), line)
        for line in raw["returnOrderLines"]
        if line.get("currentRefundStatus") == "REFUND_COMPLETED"
    ]


def _line(raw: dict[str, Any], *, is_replacement: bool) -> Line:
    """A part of a line that was cancelled is no sale, and takes its share of the price with it."""
    ordered = int(number(raw["orderLineQuantity"]["amount"]))
    amount = sum((number(charge["chargeAmount"]["amount"]) for charge in _product(raw)), Decimal(0))
    left = ordered - _cancelled(raw, ordered)
    is_sale = left > 0 and not is_replacement
    return Line(
        line_id=str(raw["lineNumber"]),
        sku=str(raw["item"]["sku"]),
        units=left if is_sale else ordered,
        amount=(amount * left / ordered).quantize(_CENT) if is_sale and left < ordered else amount,
        status="counted" if is_sale else "void",
    )


def _cancelled(raw: dict[str, Any], ordered: int) -> int:
    statuses = raw["orderLineStatuses"]["orderLineStatus"]
    gone = [each for each in statuses if each["status"] == "Cancelled"]
    if len(gone) == len(statuses):
        return ordered if gone else 0
    return min(ordered, sum(int(number(each["statusQuantity"]["amount"])) for each in gone))


def _product(raw: dict[str, Any]) -> list[dict[str, Any]]:
    charges = (raw.get("charges") or {}).get("charge") or []
    return [charge for charge in charges if charge["chargeType"] == "PRODUCT"]


def _refund(return_id: str, raw: dict[str, Any]) -> Refund:
    posted_at = of_milliseconds(raw["statusTime"])
    charges = [charge["chargePerUnit"] for charge in raw["charges"] if charge["chargeCategory"] == "PRODUCT"]
    refunded = raw["refundedQty"]
    units = int(number(refunded["measurementValue"] if isinstance(refunded, dict) else refunded))
    return Refund(
        refund_id=return_id,
        line_id=str(raw["returnOrderLineNumber"]),
        posted_at=posted_at,
        changed_at=posted_at,
        currency=charges[0]["currencyUnit"] if charges else "USD",
        sku=str(raw["item"]["sku"]),
        units=units,
        amount=sum((number(charge["currencyAmount"]) for charge in charges), Decimal(0)) * units,
    )

"""TikTok Shop's orders and returns as ours (integrations.md, section 7)."""

from typing import Any

from integrations.channels.base import Line, Order, Refund
from integrations.channels.parsing import number, of_seconds

_NO_SALE = ("CANCELLED", "UNPAID")


def order_of(raw: dict[str, Any]) -> Order:
    lines = raw["line_items"]
    is_void = raw["status"] in _NO_SALE or bool(raw.get("is_sample_order")) or bool(raw.get("is_replacement_order"))
    told = (raw.get("payment") or {}).get("currency") or next((line.get("currency") for line in lines), None)
    return Order(
        order_id=str(raw["id"]),
        placed_at=of_seconds(raw["create_time"]),
        changed_at=of_seconds(raw["update_time"]),
        currency=told or "USD",
        lines=tuple(_line(line, is_void=is_void) for line in lines),
    )


def refunds_of(raw: dict[str, Any]) -> list[Refund]:
    """The lines of a return whose money has gone back."""
    if raw["return_status"] != "RETURN_OR_REFUND_REQUEST_COMPLETE":
        return []
    posted_at = of_seconds(raw["update_time"])
    return [
        Refund(
            refund_id=str(raw["return_id"]),
            line_id=str(line["return_line_item_id"]),
            posted_at=posted_at,
            changed_at=posted_at,
            currency=line["refund_amount"].get("currency") or "USD",
            sku=_sku(line),
            units=1,
            amount=number(line["refund_amount"]["refund_subtotal"]),
        )
        for line in raw["return_line_items"]
    ]


def _line(raw: dict[str, Any], *, is_void: bool) -> Line:
    """One line is one unit. What the platform pays of a discount is not the seller's and stays in the sale."""
    return Line(
        line_id=str(raw["id"]),
        sku=_sku(raw),
        units=1,
        amount=number(raw["original_price"]),
        discount=number(raw.get("seller_discount") or 0),
        status="void" if is_void or raw.get("display_status") == "CANCELLED" else "counted",
    )


def _sku(raw: dict[str, Any]) -> str:
    """The seller's own; TikTok's number where the seller gave none."""
    return str(raw.get("seller_sku") or raw["sku_id"])

"""What the data of a shop says about an action that is still to be done: a sign that it went live, never a decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.detecting import Change
from integrations.models import SalesAction

Kind = SalesAction.Kind
DISCOUNT = "discount"
# Of which kinds of action each field speaks. A+ content and videos are shown by no interface that we read.
SPEAKS_OF: dict[str, frozenset[Kind]] = {
    "price": frozenset({Kind.PRICE, Kind.DEAL}),
    "title": frozenset({Kind.TITLE, Kind.LISTING}),
    "image": frozenset({Kind.IMAGES, Kind.LISTING}),
    "stock": frozenset({Kind.STOCK}),
    "status": frozenset({Kind.LISTING}),
    DISCOUNT: frozenset({Kind.COUPON, Kind.DEAL}),
}
_SOLD = "active"


@dataclass(frozen=True)
class Sign:
    """`changes` by SKU: before and after as text, both "" of discounts. `at`: when it was seen, or sold so first."""

    field: str
    at: datetime
    changes: Mapping[str, tuple[str, str]]

    def told(self) -> dict[str, Any]:
        """As JSON, for `SalesAction.seen`."""
        return {"field": self.field, "at": self.at.isoformat(), "changes": {k: [*v] for k, v in self.changes.items()}}


def sign_of(action: SalesAction) -> Sign | None:
    """The one that waits for an answer."""
    told = action.seen.get("sign")
    if not told:
        return None
    changes = {sku: (before, after) for sku, (before, after) in told["changes"].items()}
    return Sign(told["field"], datetime.fromisoformat(told["at"]), changes)


def without_sign(seen: Mapping[str, Any]) -> dict[str, Any]:
    """`SalesAction.seen` once it was answered, or spoke of something that is no longer so."""
    return {name: value for name, value in seen.items() if name != "sign"}


def is_refused(action: SalesAction, field: str) -> bool:
    """Somebody said that this was not it: the same is not suggested again."""
    return field in action.seen.get("not_this", [])


def speaks(change: Change, kind: str) -> bool:
    """Whether the change is one that an action of this kind makes: a deal lowers the price, a delivery ends the gap."""
    if kind not in SPEAKS_OF.get(change.field, ()):
        return False
    match change.field:
        case "price":
            return kind != Kind.DEAL or Decimal(change.after) < Decimal(change.before)
        case "stock":
            return int(change.after) > 0
        case "status":
            return change.after.lower() == _SOLD
        case _:
            return True

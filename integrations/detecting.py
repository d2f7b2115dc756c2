"""What a shop shows otherwise than the day before: compared once a day, so that what flickers in one stays quiet."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from integrations.models import Listing, SalesAction

Kind = SalesAction.Kind
# Which kind of action each field speaks of, and which kinds explain a change of it.
KINDS: dict[str, Kind] = {
    "price": Kind.PRICE,
    "title": Kind.TITLE,
    "image": Kind.IMAGES,
    "stock": Kind.STOCK,
    "status": Kind.LISTING,
    "buy_box": Kind.LISTING,
}
EXPLAINED_BY: dict[str, frozenset[Kind]] = {
    "price": frozenset({Kind.PRICE, Kind.DEAL, Kind.COUPON}),
    "title": frozenset({Kind.TITLE, Kind.LISTING}),
    "image": frozenset({Kind.IMAGES, Kind.LISTING}),
    "stock": frozenset({Kind.STOCK, Kind.LISTING}),
    "status": frozenset({Kind.LISTING, Kind.STOCK}),
    "buy_box": frozenset({Kind.LISTING, Kind.PRICE, Kind.DEAL, Kind.STOCK}),
}


class Change(NamedTuple):
    """`before` and `after` as text; of stock "0" and the number, of the buy box "yes" and "no"."""

    sku: str
    field: str
    before: str
    after: str


def changes_since_yesterday(listings: Iterable[Listing], *, today: date) -> list[Change]:
    """Of listings as they are seen now; remembers in `seen` what they show, which the caller saves.

    The first look at a listing is no change, nor is what the channel does not say.
    """
    found = []
    for listing in listings:
        seen = listing.seen
        if seen.get("on") == today.isoformat():
            continue
        shown, before = _shown(listing), seen.get("shown", {})
        found += [
            Change(listing.sku, field, before[field], value)
            for field, value in shown.items()
            if field in before and _differs(field, before[field], value)
        ]
        # What is not said today is compared with what was said last.
        listing.seen = {"on": today.isoformat(), "shown": {**before, **shown}}
    return found


def _shown(listing: Listing) -> dict[str, str]:
    values: dict[str, Any] = {
        "price": listing.price,
        "title": listing.title,
        "image": listing.image_url,
        "stock": listing.stock,
        "status": listing.status,
        "buy_box": listing.has_buy_box,
    }
    return {field: _text(value) for field, value in values.items() if value not in (None, "")}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def _differs(field: str, before: str, after: str) -> bool:
    """Stock speaks only when it runs out or comes back."""
    if field == "stock":
        return (int(before) <= 0) != (int(after) <= 0)
    return before != after

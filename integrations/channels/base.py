"""What every channel can be asked for, whatever its API is like."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

Status = Literal["counted", "pending", "void"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order as definitions in integrations.md section 7 want it; `status` says whether it is a sale.

    `amount` is gross: price times units before discounts, without tax and shipping. `discount` is the seller's own.
    """

    line_id: str
    sku: str
    units: int
    amount: Decimal
    discount: Decimal = Decimal(0)
    asin: str = ""
    status: Status = "counted"


@dataclass(frozen=True, slots=True)
class Order:
    """With all its lines: one that was stored and is missing here has left the order. Instants are aware."""

    order_id: str
    placed_at: datetime
    changed_at: datetime
    currency: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Refund:
    """One line of a refund; `refund_id` with `line_id` is its natural key. `amount` is the product part, positive."""

    refund_id: str
    line_id: str
    posted_at: datetime
    changed_at: datetime
    currency: str
    sku: str
    units: int
    amount: Decimal
    asin: str = ""
    status: Status = "counted"


@dataclass(frozen=True, slots=True)
class Traffic:
    """A day of one ASIN or SKU as the channel counts it; `sku` "" when it only names the ASIN."""

    day_on: date
    sku: str
    asin: str
    sessions: int | None
    page_views: int | None
    buy_box_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """What the channel shows of one SKU now; None: it does not say."""

    sku: str
    asin: str = ""
    parent: str = ""
    product_id: str = ""
    variant_id: str = ""
    title: str = ""
    image_url: str = ""
    price: Decimal | None = None
    stock: int | None = None
    inbound: int | None = None
    status: str = ""
    has_buy_box: bool | None = None


@dataclass(frozen=True, slots=True)
class DayTotal:
    """A check sum: what the channel itself says was sold in one day of the shop."""

    day_on: date
    units: int
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Page:
    """Whole orders, refunds and what else came with one answer. `token`: where the next begins; None: there is none."""

    orders: tuple[Order, ...] = ()
    refunds: tuple[Refund, ...] = ()
    traffic: tuple[Traffic, ...] = ()
    listings: tuple[ListingFacts, ...] = ()
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` (included) until `until` (excluded), by when things CHANGED or when they were PLACED or posted.

    `token` goes on where an earlier run of the same window stopped.
    """

    since: datetime
    until: datetime
    by: Literal["changed", "placed"] = "changed"
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """What a channel says of the account itself."""

    external_id: str
    name: str
    time_zone: str
    currency: str
    marketplace: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """What an authorisation gave: credentials to keep, and whose account it is."""

    external_id: str
    credentials: dict[str, Any] = field(repr=False)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Traits:
    """How a channel wants to be read; all by integrations.md sections 1 to 3 and 9."""

    # How far back the first fill reaches, in days.
    reach_days: int
    # How long after it happened something may still be missing: `until` stays this many seconds behind now.
    settle_seconds: int = 0
    # A token to the next page is good for so many seconds.
    token_seconds: int = 3600
    # The first slice of the first fill, in days; slices grow while they hold little.
    slice_days: int = 7
    # Refunds have a stream of their own, read so many days back each time; 0: they come with the orders.
    refund_days: int = 0
    # Days are cut by the zone that the store itself tells: nothing is read before it was asked.
    is_zone_told: bool = False
    has_traffic: bool = False
    has_totals: bool = False
    has_listings: bool = False
    # Minutes between two readings of each stream.
    minutes: Mapping[str, int] = field(
        default_factory=lambda: {"orders": 30, "refunds": 360, "listings": 1440, "traffic": 1440}
    )


class Connector(Protocol):
    """Made for one account by integrations.channels.connector_of; holds no state besides its connection.

    Readers yield pages in the channel's order and may raise anything of channels/errors.py; `now` is given, never read
    from a clock. They follow pages to the end, through empty ones too.
    """

    traits: Traits

    def check(self, *, now: datetime) -> Store: ...

    def sync_orders(self, window: Window, *, now: datetime) -> Iterator[Page]: ...

    def sync_refunds(self, window: Window, *, now: datetime) -> Iterator[Page]: ...

    def sync_traffic(self, window: Window, *, now: datetime) -> Iterator[Page]: ...

    def sync_listings(self, window: Window, *, now: datetime) -> Iterator[Page]: ...

    def day_totals(self, window: Window, *, now: datetime) -> list[DayTotal]: ...

    def close(self) -> None: ...


class SalesOnly:
    """For channels that tell no more than what was sold and given back; who tells more says so itself."""

    def sync_traffic(self, window: Window, *, now: datetime) -> Iterator[Page]:
        return iter(())

    def sync_listings(self, window: Window, *, now: datetime) -> Iterator[Page]:
        return iter(())

    def day_totals(self, window: Window, *, now: datetime) -> list[DayTotal]:
        return []


class Authoriser(Protocol):
    """How a channel lets us in: one per channel, before there is an account.

    `typed`: what the seller types into a form of ours instead of going to the channel's page; empty where it has one.
    """

    typed: tuple[str, ...]

    def authorize_url(self, *, state: str, redirect_uri: str, shop: str = "") -> str: ...

    def exchange(self, params: dict[str, str], *, redirect_uri: str, now: datetime) -> Grant: ...

"""What a channel is asked for, and why. All of it is read-only, and none of it says who bought."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrations.models import ChannelAccount

Words = str | Promise
_C = ChannelAccount.Channel


@dataclass(frozen=True)
class Asked:
    """`scope` as the channel's own page of consent calls it."""

    what: Words
    why: Words
    scope: str


_ORDERS = _("Orders: which SKUs, how many, for how much")
_WHY_ORDERS = _("Sales per day and SKU, and what an action of the team did to them.")
_REFUNDS = _("Refunds: which SKUs, how many, how much")
_WHY_REFUNDS = _("Net sales; a refund counts on the day it was made.")
_LISTINGS = _("Products: title, picture, price, stock")
_WHY_LISTINGS = _("Days of cover, and noticing that a price or a title was changed.")

ASKED: dict[str, tuple[Asked, ...]] = {
    _C.AMAZON: (
        Asked(_ORDERS, _WHY_ORDERS, "Inventory and Order Tracking"),
        Asked(_REFUNDS, _WHY_REFUNDS, "Finance and Accounting"),
        Asked(
            _("Visits: sessions, page views, buy box"),
            _("Whether fewer sales come from fewer visitors or from fewer buyers."),
            "Brand Analytics",
        ),
        Asked(_LISTINGS, _WHY_LISTINGS, "Product Listing"),
    ),
    _C.SHOPIFY: (
        Asked(_ORDERS, _WHY_ORDERS, "read_orders"),
        Asked(
            _("Orders older than 60 days"), _("Comparing with last year; actions need eight weeks."), "read_all_orders"
        ),
        Asked(_LISTINGS, _WHY_LISTINGS, "read_products"),
    ),
    _C.WALMART: (
        Asked(_ORDERS, _WHY_ORDERS, "Orders"),
        Asked(_REFUNDS, _WHY_REFUNDS, "Returns"),
        Asked(_LISTINGS, _WHY_LISTINGS, "Items"),
    ),
    _C.TIKTOK: (
        Asked(_ORDERS, _WHY_ORDERS, "Order Information"),
        Asked(_REFUNDS, _WHY_REFUNDS, "Return and Refund"),
        Asked(_LISTINGS, _WHY_LISTINGS, "Product"),
    ),
}

"""Where something can be done at the channel itself: fixed hosts, addresses built from ids; we change nothing there."""

import re
from typing import NamedTuple
from urllib.parse import quote

from django.utils.translation import gettext as _

from integrations.models import ChannelAccount, Listing, SalesAction

Kind, Channel = SalesAction.Kind, ChannelAccount.Channel
_SHOPIFY = re.compile(r"([a-z0-9][a-z0-9-]*)\.myshopify\.com")
_ID = re.compile(r"[0-9]{1,25}")


class Link(NamedTuple):
    name: str
    url: str


def listing_link(account: ChannelAccount, sku: str, listing: Listing | None) -> Link | None:
    """The page of a SKU; None where its number is not known."""
    product = listing.product_id.rpartition("/")[2] if listing else ""
    number = product if _ID.fullmatch(product) else ""
    match account.channel:
        case Channel.AMAZON:
            return Link(sku, f"https://sellercentral.amazon.com/skucentral?mSku={quote(sku, safe='')}")
        case Channel.SHOPIFY if number and (store := _SHOPIFY.fullmatch(account.external_id)):
            return Link(sku, f"https://admin.shopify.com/store/{store[1]}/products/{number}")
        case Channel.TIKTOK if number:
            return Link(sku, f"https://seller-us.tiktok.com/product/edit/{number}")
    return None


def promotion_link(account: ChannelAccount, kind: str) -> Link | None:
    """Where coupons, deals and campaigns of the shop are made."""
    amazon = {
        Kind.COUPON.value: Link(_("Coupons"), "https://sellercentral.amazon.com/coupons"),
        Kind.DEAL.value: Link(_("Deals"), "https://sellercentral.amazon.com/merchandising-new"),
        Kind.AD.value: Link(_("Campaigns"), "https://advertising.amazon.com/campaign-manager"),
    }
    if account.channel == Channel.AMAZON:
        return amazon.get(kind)
    if kind not in (Kind.COUPON, Kind.DEAL):
        return None
    if account.channel == Channel.SHOPIFY and (store := _SHOPIFY.fullmatch(account.external_id)):
        return Link(_("Discounts"), f"https://admin.shopify.com/store/{store[1]}/discounts")
    if account.channel == Channel.WALMART:
        return Link(_("Deals"), "https://seller.walmart.com/")
    return Link(_("Deals"), "https://seller-us.tiktok.com/") if account.channel == Channel.TIKTOK else None


def links_of(action: SalesAction, *, most: int = 5) -> list[Link]:
    """The promotion's page, then those of its SKUs. One statement."""
    skus = action.skus[:most]
    known = {row.sku: row for row in Listing.objects.filter(account=action.account_id, sku__in=skus)}
    found = [promotion_link(action.account, action.kind)]
    found += [listing_link(action.account, sku, known.get(sku)) for sku in skus]
    return [link for link in found if link is not None]

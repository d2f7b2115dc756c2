"""Ways to the channels' own pages: fixed hosts, whatever a SKU or a shop is called."""

from typing import Any

import pytest

from integrations.links import listing_link, promotion_link
from integrations.models import ChannelAccount, Listing


@pytest.mark.parametrize(
    ("channel", "external_id", "product", "url"),
    [
        ("amazon", "A1", "", "https://sellercentral.amazon.com/skucentral?mSku=a%2Fb%20%26c%3D1"),
        ("shopify", "pawjoy.myshopify.com", "gid://shopify/Product/42", "https://admin.shopify.com/store/pawjoy/products/42"),
        ("shopify", "evil.example/x.myshopify.com", "42", None),
        ("shopify", "pawjoy.myshopify.com", "../../x", None),
        ("tiktok", "7", "1729", "https://seller-us.tiktok.com/product/edit/1729"),
        ("walmart", "7", "1729", None),
    ],
)  # fmt: skip
def test_the_page_of_a_sku(channel: Any, external_id: str, product: str, url: str | None) -> None:
    account = ChannelAccount(channel=channel, external_id=external_id)
    link = listing_link(account, "a/b &c=1", Listing(product_id=product))
    assert (link.url if link else None) == url


def test_the_page_of_a_promotion() -> None:
    amazon = ChannelAccount(channel="amazon", external_id="A1")
    coupon = promotion_link(amazon, "coupon")
    assert coupon is not None
    assert coupon.url == "https://sellercentral.amazon.com/coupons"
    assert promotion_link(amazon, "images") is None
    assert promotion_link(ChannelAccount(channel="shopify", external_id="no shop"), "deal") is None

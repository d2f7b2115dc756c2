import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.products import Product, ProductUnknown, is_safe_address, recognise

AMAZON = Product("amazon_us", asin="B0C1234XYZ", url="https://www.amazon.com/dp/B0C1234XYZ")
WALMART = Product("walmart_us", sku="123456789", url="https://www.walmart.com/ip/123456789")
TIKTOK = Product("tiktok_us", sku="1729384756012345678", url="https://shop.tiktok.com/view/product/1729384756012345678")


@pytest.mark.parametrize(
    ("pasted", "product"),
    [
        ("B0C1234XYZ", AMAZON),
        (" b0c1234xyz ", AMAZON),
        ("Ｂ０Ｃ１２３４ＸＹＺ", AMAZON),
        ("https://www.amazon.com/dp/B0C1234XYZ", AMAZON),
        ("http://amazon.com/gp/product/B0C1234XYZ/ref=ox_sc_act?psc=1&th=1", AMAZON),
        ("www.amazon.com/gp/aw/d/b0c1234xyz", AMAZON),
        ("https://www.walmart.com/ip/123456789?athbdg=L1600", WALMART),
        ("https://shop.tiktok.com/view/product/1729384756012345678?region=US", TIKTOK),
        ("https://www.tiktok.com/view/product/1729384756012345678", TIKTOK),
        ("PF-01-BLK", Product(sku="PF-01-BLK")),
        ("水杯-蓝-500ml", Product(sku="水杯-蓝-500ml")),
        ("X001ABCDEF", Product(sku="X001ABCDEF")),
        (
            "https://admin.shopify.com/store/fresh-paws/products/8123456789",
            Product(
                "shopify",
                sku="8123456789",
                store="fresh-paws",
                url="https://admin.shopify.com/store/fresh-paws/products/8123456789",
            ),
        ),
    ],
)
def test_what_is_recognised(pasted: str, product: Product) -> None:
    assert recognise(pasted) == product


@pytest.mark.parametrize(
    ("pasted", "title"),
    [
        ("https://www.amazon.com/Quiet-Pet-Fountain/dp/B0C1234XYZ/", "Quiet Pet Fountain"),
        ("https://www.walmart.com/ip/Pet-Fountain/123456789", "Pet Fountain"),
        ("https://shop.tiktok.com/us/pdp/pet-fountain/1729384756012345678", "pet fountain"),
    ],
)
def test_the_name_in_the_address_is_the_title(pasted: str, title: str) -> None:
    assert recognise(pasted).title == title


def test_a_shopify_store_is_known_by_its_path_and_loses_its_tracking() -> None:
    pasted = "https://www.fresh-paws.com/en-us/collections/all/products/quiet-fountain?variant=4412&utm_source=x#top"
    assert recognise(pasted) == Product(
        "shopify",
        sku="4412",
        store="fresh-paws.com",
        url="https://fresh-paws.com/products/quiet-fountain?variant=4412",
        title="quiet fountain",
    )


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "   ",
        "a",
        "two words",
        "javascript:alert(1)//products/x",
        "javascript://x.com/products/x",
        "data:text/html,x",
        "ftp://shop.com/products/x",
        "https://user:pass@amazon.com/dp/B0C1234XYZ",
        "https://amazon.com.evil.test/dp/B0C1234XYZ",
        "https://amazon.com/s?k=fountain",
        "https://walmart.com/cp/pets/5440",
        "https://example.com/blog/post",
        "https://localhost/products/x",
        "https://[::1/products/x",
        "https://шоп.test/products/x",
        "x" * 61,
        "https://shop.com/products/" + "x" * 600,
        "B0C1234\u202eXYZ",
        "😀😀",
    ],
)
def test_what_is_not(pasted: str) -> None:
    with pytest.raises(ProductUnknown):
        recognise(pasted)


@given(st.text(max_size=80) | st.text(max_size=40).map("https://shop.test/products/{}".format))
def test_no_entry_makes_an_unsafe_link(text: str) -> None:
    try:
        product = recognise(text)
    except ProductUnknown:
        return
    assert product.url == "" or is_safe_address(product.url)
    assert not set(product.url) & set("\"'<> \n\\")

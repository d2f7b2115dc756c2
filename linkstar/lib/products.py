"""Products as people paste them: an ASIN, an SKU, or an address at Amazon, Walmart, Shopify or TikTok Shop."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

LIMIT = 2000
SKU_LIMIT = 60
_ASIN = re.compile(r"B0[A-Z0-9]{8}")
_IN_ADDRESS = r"(?P<asin>B0[A-Z0-9]{8}|[0-9]{9}[0-9X])"
_AMAZON = re.compile(
    rf"^/(?:(?P<slug>(?!gp/)[^/]+)/)?(?:dp|gp/product|gp/aw/d|gp/offer-listing|exec/obidos/ASIN)/{_IN_ADDRESS}(?:[/?]|$)",
    re.IGNORECASE,
)
_WALMART = re.compile(r"^/ip/(?:(?P<slug>[^/]+)/)?(?P<item>[0-9]{5,15})/?$")
_SHOPIFY = re.compile(
    r"^(?:/[a-z]{2}(?:-[a-z]{2})?)?(?:/collections/[^/]+)?/products/(?P<slug>[\w.~%+-]+)/?$", re.IGNORECASE
)
_SHOPIFY_ADMIN = re.compile(r"^/store/(?P<store>[a-z0-9-]+)/products/(?P<item>[0-9]{1,20})/?$")
_TIKTOK = re.compile(r"^/(?:[a-z]{2}/)?(?:view/product|(?:shop/)?pdp(?:/(?P<slug>[^/]+))?)/(?P<item>[0-9]{10,22})/?$")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
# No spaces: what has some is a sentence. Any script: sellers write 水杯-蓝-500ml.
_SKU = re.compile(r"[^\W_][\w.+#/\-]{1,59}")


@dataclass(frozen=True, slots=True)
class Product:
    """What an entry was recognised as. `channel` is "amazon_us", "walmart_us", "shopify", "tiktok_us" or "".

    `sku` holds the channel's own number where it is no ASIN; `store` is the host of a Shopify store; `url` is "" or
    https and free of tracking; `title` is what the address says of the name.
    """

    channel: str = ""
    asin: str = ""
    sku: str = ""
    store: str = ""
    url: str = ""
    title: str = ""


class ProductUnknown(ValueError):
    """Neither a product's address that we know, nor an ASIN or an SKU."""


def recognise(text: str) -> Product:
    """Raises ProductUnknown. An address of another scheme than http and https, or with a password in it, is unknown."""
    entry = unicodedata.normalize("NFKC", text).strip()
    if not entry or len(entry) > LIMIT or any(unicodedata.category(char) in ("Cc", "Cs", "Cf") for char in entry):
        raise ProductUnknown(entry[:100])
    if _ASIN.fullmatch(entry.upper()):
        return _of_asin(entry.upper())
    if "://" in entry or re.match(r"(?:www\.)?[\w-]+(?:\.[\w-]+)+/", entry):
        return _of_address(entry if "://" in entry else f"https://{entry}")
    if _SKU.fullmatch(entry) and any(char.isalnum() for char in entry) and len(entry) <= SKU_LIMIT:
        return Product(sku=entry)
    raise ProductUnknown(entry[:100])


def is_safe_address(url: str) -> bool:
    """Whether a page may link to it."""
    return url.startswith(("https://", "http://"))


def _of_asin(asin: str, slug: str = "") -> Product:
    return Product("amazon_us", asin=asin, url=f"https://www.amazon.com/dp/{asin}", title=_title(slug))


def _of_address(address: str) -> Product:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    except ValueError as error:
        raise ProductUnknown(address[:100]) from error
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
        raise ProductUnknown(address[:100])
    for is_there, read in _READERS:
        if is_there(host):
            found = read(parts, host)
            if found is not None:
                return found
            break
    raise ProductUnknown(address[:100])


def _amazon(parts: SplitResult, _host: str) -> Product | None:
    found = _AMAZON.search(parts.path)
    return _of_asin(found["asin"].upper(), found["slug"] or "") if found else None


def _walmart(parts: SplitResult, _host: str) -> Product | None:
    found = _WALMART.search(parts.path)
    if not found:
        return None
    item = found["item"]
    return Product("walmart_us", sku=item, url=f"https://www.walmart.com/ip/{item}", title=_title(found["slug"] or ""))


def _tiktok(parts: SplitResult, _host: str) -> Product | None:
    found = _TIKTOK.search(parts.path)
    if not found:
        return None
    item, slug = found["item"], found["slug"] or ""
    return Product("tiktok_us", sku=item, url=f"https://shop.tiktok.com/view/product/{item}", title=_title(slug))


def _shopify_admin(parts: SplitResult, host: str) -> Product | None:
    found = _SHOPIFY_ADMIN.search(parts.path)
    if not found:
        return None
    return Product("shopify", sku=found["item"], store=found["store"], url=f"https://{host}{parts.path.rstrip('/')}")


def _shopify(parts: SplitResult, host: str) -> Product | None:
    """Stores have hosts of their own; the path is what they share."""
    found = _SHOPIFY.search(parts.path)
    if not found:
        return None
    variant = parse_qs(parts.query).get("variant", [""])[0]
    variant = variant if variant.isascii() and variant.isdigit() and len(variant) <= 20 else ""
    slug = found["slug"]
    url = f"https://{host}/products/{slug}" + (f"?variant={variant}" if variant else "")
    return Product("shopify", sku=variant, store=host, url=url, title=_title(slug)) if len(url) <= 500 else None


def _title(slug: str) -> str:
    """The words of an address: "Fresh-Water%20Fountain" gives "Fresh Water Fountain"."""
    words = re.sub(r"[-_+\s]+", " ", unquote(slug)).strip()
    return "".join(char for char in words if char.isprintable())[:200]


_READERS = (
    (lambda host: host == "amazon.com" or host.endswith(".amazon.com"), _amazon),
    (lambda host: host == "walmart.com" or host.endswith(".walmart.com"), _walmart),
    (lambda host: host == "tiktok.com" or host.endswith(".tiktok.com"), _tiktok),
    (lambda host: host == "admin.shopify.com", _shopify_admin),
    (lambda host: True, _shopify),
)

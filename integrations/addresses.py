"""Which addresses may be called: the operator's own, and documents that a channel points to (integrations.md 5.3)."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings

# Before any request goes to a host that somebody typed (integrations.md 2.2).
SHOP_HOST = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com")
# Where channels keep reports and results of bulk operations.
DOCUMENT_HOSTS = (".amazonaws.com", ".cloudfront.net", "storage.googleapis.com", ".shopifycdn.com", "cdn.shopify.com")


class AddressRefused(ValueError):
    """Not https, or not a host that this may be read from."""


def checked(base: str) -> str:
    """A base address of the settings without its last slash. Raises AddressRefused for neither https nor a stub."""
    if not (urlsplit(base).scheme == "https" or is_stub(base)):
        raise AddressRefused("Channels are called by https.")
    return base.rstrip("/")


def is_stub(address: str) -> bool:
    """An address on this machine, where the operator allowed it (INTEGRATIONS_ALLOW_LOOPBACK)."""
    if not settings.INTEGRATIONS_ALLOW_LOOPBACK:
        return False
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def check_document(address: str) -> None:
    """Raises AddressRefused for one that no channel keeps documents at."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    known = any(host == name.removeprefix(".") or (name[0] == "." and host.endswith(name)) for name in DOCUMENT_HOSTS)
    if not is_stub(address) and not (
        parts.scheme == "https" and known and parts.port in (None, 443) and not parts.username
    ):
        raise AddressRefused("The channel points to an address that is none of its own.")

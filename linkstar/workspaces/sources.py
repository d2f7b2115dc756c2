"""Where the operator lets the server fetch what everybody may know: holidays, exchange rates."""

from urllib.parse import urlsplit

from django.conf import settings


class SourceFailed(RuntimeError):
    """The source did not answer, or not with what it is asked for; the text says what happened."""


def may_ask(address: str) -> bool:
    """https, or a stub on this machine where that is allowed."""
    parts = urlsplit(address)
    is_stub = settings.INTEGRATIONS_ALLOW_LOOPBACK and parts.scheme == "http" and parts.hostname == "127.0.0.1"
    return parts.scheme == "https" or is_stub

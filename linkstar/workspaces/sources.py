"""Where the operator lets the server fetch what everybody may know: holidays, exchange rates."""

from urllib.parse import urlsplit

import httpx
from django.conf import settings

_TIMEOUT = httpx.Timeout(30, connect=5)


class SourceFailed(RuntimeError):
    """The source did not answer, or not with what it is asked for; the text says what happened."""


def fetch(address: str, *, most: int) -> bytes | None:
    """What lies there, `most` bytes of it at most; None when there is no such page (404). Raises SourceFailed."""
    if not _may_ask(address):
        raise SourceFailed(f"{address} is no https address")
    headers = {"User-Agent": "LinkStar"}
    try:
        with (
            httpx.Client(timeout=_TIMEOUT, follow_redirects=False, headers=headers) as client,
            client.stream("GET", address) as answer,
        ):
            if answer.status_code == httpx.codes.NOT_FOUND:
                return None
            if answer.status_code != httpx.codes.OK:
                raise SourceFailed(f"{address} answered {answer.status_code}")
            return _bounded(answer, most)
    except httpx.HTTPError as error:
        raise SourceFailed(f"{address} did not answer: {type(error).__name__}") from error


def _bounded(answer: httpx.Response, most: int) -> bytes:
    content = bytearray()
    for part in answer.iter_bytes():
        content += part
        if len(content) > most:
            raise SourceFailed(f"{answer.url} sent more than {most} bytes")
    return bytes(content)


def _may_ask(address: str) -> bool:
    """https, or a stub on this machine where that is allowed."""
    parts = urlsplit(address)
    is_stub = settings.INTEGRATIONS_ALLOW_LOOPBACK and parts.scheme == "http" and parts.hostname == "127.0.0.1"
    return parts.scheme == "https" or is_stub

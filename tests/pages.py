"""What tests send along with a request, and read from its answer."""

from typing import Any

HTMX = {"HTTP_HX_REQUEST": "true"}


def text(response: Any) -> str:
    return str(response.content.decode())

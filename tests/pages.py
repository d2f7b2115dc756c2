"""What tests send along with a request, and read from its answer."""

import re
import zlib
from typing import Any

HTMX = {"HTTP_HX_REQUEST": "true"}


def text(response: Any) -> str:
    return str(response.content.decode())


def glyphs_of(pdf: bytes) -> str:
    """The streams of a PDF that are text, unpacked: the tables from glyphs to characters among them."""
    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(packed).decode("ascii"))
        except (zlib.error, UnicodeDecodeError):
            continue
    return "".join(found).lower()

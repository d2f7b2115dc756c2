"""HTML of ours as a PDF."""

from functools import cache
from typing import Any, NoReturn


class CannotPrint(RuntimeError):
    """WeasyPrint does not find Pango, which draws its text, on this machine."""


def pdf_of(html: str) -> bytes:
    """Raises CannotPrint. Nothing is fetched: what is drawn stands in the HTML."""
    page = _weasyprint().HTML(string=html, url_fetcher=_fetch_nothing)
    return bytes(page.write_pdf())


@cache
def _weasyprint() -> Any:
    """Looked up when somebody prints first: loading it takes a third of a second, and Pango may be missing."""
    try:
        import weasyprint
    except OSError as error:
        raise CannotPrint(str(error)) from error
    return weasyprint


def can_print() -> bool:
    try:
        _weasyprint()
    except CannotPrint:
        return False
    return True


def _fetch_nothing(url: str, *args: Any, **kwargs: Any) -> NoReturn:
    raise ValueError(f"a printed timeline names {url[:100]}")

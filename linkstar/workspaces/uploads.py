"""How files come in: never into memory, and only where a view takes them from somebody who belongs here."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def takes_files(view: View) -> View:
    """Everywhere else what is sent as a file is read off the line and dropped."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Writes one byte more than UPLOAD_MAX_BYTES at most; the size of the file still says how much was sent.

    So a request with one file that is too large keeps its other files and its words, and the action refuses that one.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if not _is_expected(self.request):
            raise SkipFile
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = settings.UPLOAD_MAX_BYTES + 1 - start
        if room > 0:
            self.file.write(raw_data[:room])


def _is_expected(request: HttpRequest | None) -> bool:
    match = getattr(request, "resolver_match", None)
    if match is None or not getattr(match.func, "takes_files", False):
        return False
    # The API sets the member when it has read the token, which is before it reads the body.
    return getattr(request, "member", None) is not None

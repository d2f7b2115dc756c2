"""The reader's language and clock, before any view runs."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers


class ReaderMiddleware:
    """Signed in: as the person chose. Otherwise the language cookie, then the browser's wish; the clock is UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = getattr(request, "user", None)
        known = user is not None and user.is_authenticated
        language = user.language if known else translation.get_language_from_request(request)
        zone = user.time_zone if known else settings.TIME_ZONE
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(ZoneInfo(zone)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if not known:
            patch_vary_headers(response, ("Accept-Language",))
        return response

"""The pages for what went wrong, in the reader's language, without touching the database."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation


def no_such_workspace(request: HttpRequest) -> HttpResponse:
    return _page(request, "errors/no_workspace.html", 404)


def workspace_suspended(request: HttpRequest) -> HttpResponse:
    return _page(request, "errors/suspended.html", 403)


def being_upgraded(request: HttpRequest) -> HttpResponse:
    response = _page(request, "errors/upgrading.html", 503)
    response["Retry-After"] = "30"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "errors/400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "errors/403.html", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, "errors/403_csrf.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "errors/404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, "errors/500.html", 500)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """Middleware may not have chosen the language yet, so the page chooses it.

    The person's own only when somebody has asked for them already: the session or the database may be what failed.
    """
    user = getattr(request, "_cached_user", None)
    if user is not None and user.is_authenticated:
        language = user.language
    else:
        language = translation.get_language_from_request(request)
    with translation.override(language):
        return render(request, template, {"request_id": getattr(request, "id", "")}, status=status)

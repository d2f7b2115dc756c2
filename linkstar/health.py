"""`/healthz` (the process answers) and `/readyz` (it can work), on any host, without sign-in."""

from collections.abc import Callable

import redis
import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

log = structlog.get_logger(__name__)


class HealthMiddleware:
    """Answers before the host is looked up: a probe comes by address, not by a workspace's name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            checks = {"database": _database(), "broker": _broker(), "migrations": _migrations()}
            ready = all(state == "ok" for state in checks.values())
            return JsonResponse({"status": "ok" if ready else "not ready", **checks}, status=200 if ready else 503)
        return self.get_response(request)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the probe must say so
        return _unreachable("database", error)
    return "ok"


def _broker() -> str:
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        return _unreachable("broker", error)
    return "ok"


def _migrations() -> str:
    from linkstar.workspaces.fleet import shared_schema_is_current

    try:
        return "ok" if shared_schema_is_current() else "pending"
    except Exception as error:  # noqa: BLE001 - as above
        return _unreachable("migrations", error)


def _unreachable(what: str, error: Exception) -> str:
    """Anybody may ask, so what exactly is wrong goes to the log alone."""
    log.warning("not ready", what=what, error=type(error).__name__)
    return "unreachable"

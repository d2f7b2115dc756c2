"""Requests over HTTP or in this process, a cookie, a clock."""

import gzip
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from io import BytesIO
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    content: bytes


# method, path, headers, body
Transport = Callable[[str, str, dict[str, str], bytes], Answer]


@dataclass
class Browser:
    """One signed-in person on one host; every answer must be a success."""

    send: Transport
    host: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, htmx: bool = False) -> bytes:
        return self._send("GET", path, b"", htmx=htmx)

    def post(self, path: str, data: dict[str, Any], *, htmx: bool = True) -> bytes:
        return self._send("POST", path, urlencode(data).encode(), htmx=htmx)

    def _send(self, method: str, path: str, body: bytes, *, htmx: bool) -> bytes:
        answer = self.send(method, path, self._headers(method, htmx=htmx), body)
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {answer.content[:300]!r}")
        for name, value in answer.headers:
            if name == "Set-Cookie":
                key, _, rest = value.strip().partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.content

    def _headers(self, method: str, *, htmx: bool) -> dict[str, str]:
        headers = {
            "Host": self.host,
            "X-Forwarded-Proto": "https",
            "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items()),
        }
        if method == "POST":
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"https://{self.host}",
                "X-CSRFToken": self.cookies.get("csrftoken", ""),
            }
        return headers | ({"HX-Request": "true"} if htmx else {})


def over_http(port: int) -> Transport:
    """To a server on this machine, which may be starting still.

    A sync worker closes after each answer, as it does behind a proxy.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=240)

    def send(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())

    return send


def in_process(handler: WSGIHandler) -> Transport:
    """Into this process, where statements can be counted."""

    def send(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        told: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], _exc: Any = None) -> None:
            told.update(status=int(status.split()[0]), headers=headers)

        response = handler(_environ(method, path, headers, body), start_response)  # type: ignore[arg-type]
        content = b"".join(response)
        response.close()
        return Answer(told["status"], told["headers"], content)

    return send


def _environ(method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    path, _, query = path.partition("?")
    given = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return {
        **given,
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": headers["Host"],
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.url_scheme": "https",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
    }


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one side of a comparison."""

    median: float
    p95: float
    times: int

    @classmethod
    def of(cls, seconds: list[float]) -> "Timing":
        ordered = sorted(seconds)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        return cls(median(ordered) * 1000, p95 * 1000, len(ordered))


def interleave(*sides: tuple[Callable[[], Any], int], warm_up: int = 5) -> list[Timing]:
    """Time each side its number of times, in turn, so that whatever else the machine does falls on all of them.

    A side with fewer times is spread over the run.
    """
    for side, _times in sides:
        for _ in range(warm_up):
            side()
    most = max(times for _side, times in sides)
    taken: list[list[float]] = [[] for _ in sides]
    for number in range(most):
        for (side, times), seconds in zip(sides, taken, strict=True):
            if number * times // most == (number + 1) * times // most:
                continue
            begun = time.perf_counter()
            side()
            seconds.append(time.perf_counter() - begun)
    return [Timing.of(seconds) for seconds in taken]


_BETWEEN = re.compile(r"SAVEPOINT|RELEASE|ROLLBACK TO", re.IGNORECASE)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of the default connection, without savepoints and the search path."""
    statements: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not _BETWEEN.match(str(sql)) and not str(sql).startswith("SET search_path"):
            statements.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def gzip_size(content: bytes) -> int:
    return len(gzip.compress(content, 6))

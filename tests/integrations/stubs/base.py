"""Stubs of the channels on loopback, strict about what they are asked, and the ways in which channels fail.

    class AmazonStub(ChannelStub):
        limits = {"searchOrders": (200, 50)}               # calls a second, burst; no entry: no limit

        def operation_of(self, call): ...                  # a name; faults and limits go by it
        def answer(self, call): return Reply(200, {...})   # the channel as it is when all goes well
        def throttled(self, call): ...                     # its own 429; `unauthorised` its own 401 or 403

    with serve(AmazonStub()) as stub:                      # stub.url
        stub.faults.next("searchOrders", "throttled", "html", None, "reset")   # of the next four calls, in turn
        stub.faults.always("searchOrders", "error")        # until stub.faults.clear()
        stub.faults.at_random(Random(7), share=0.3, kinds=("error", "reset"))  # of all calls
        stub.calls                                         # all that came, as Call
        stub.happened                                      # Counter of (operation, fault)

Kinds: `throttled`, `error` (500), `html` (503 with a page), `page` (200 with a page), `empty` (200 with {}), `cut`
(half a body, said to be whole), `broken` (half a body, then the connection ends), `reset` (before anything is done),
`lost` (all is done, then a reset), `slow` (late by `slow_seconds`), `unauthorised`. Answers are made one at a time.
"""

import json
import socket
import struct
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

KINDS = ("throttled", "error", "html", "page", "empty", "cut", "broken", "reset", "lost", "slow", "unauthorised")
_HTML = b"<!DOCTYPE html><html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Call:
    """Header names in lower case; `path` as it stands in the request line, `plain_path` decoded."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def plain_path(self) -> str:
        return unquote(self.path)

    def json(self) -> Any:
        return json.loads(self.body or b"null", parse_float=Decimal)

    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    def one(self, name: str, default: str = "") -> str:
        """The query's value of a name, when it stands there once."""
        values = self.query.get(name, [])
        return values[0] if len(values) == 1 else default


@dataclass(slots=True)
class Reply:
    """`body`: bytes as they are, anything else as JSON (a Decimal becomes a number)."""

    status: int
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False, default=_number).encode()


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{value!r} is no JSON.")


class Faults:
    """What goes wrong with which call; see the head of this file."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._next: dict[str, deque[str | None]] = defaultdict(deque)
        self._always: dict[str, str] = {}
        self._random: tuple[Random, float, tuple[str, ...], frozenset[str]] | None = None

    def next(self, operation: str, *kinds: str | None) -> None:
        """None: a call that goes well. Comes before `always` and `at_random`."""
        self._next[operation].extend(_known(kinds))

    def always(self, operation: str, kind: str) -> None:
        self._always[operation] = str(*_known((kind,)))

    def at_random(self, random: Random, *, share: float, kinds: tuple[str, ...], spare: tuple[str, ...] = ()) -> None:
        """`spare`: operations that go well."""
        self._random = (random, share, tuple(str(kind) for kind in _known(kinds)), frozenset(spare))

    def take(self, operation: str) -> str | None:
        if self._next[operation]:
            return self._next[operation].popleft()
        if operation in self._always:
            return self._always[operation]
        if self._random:
            random, share, kinds, spare = self._random
            if operation not in spare and random.random() < share:
                return random.choice(kinds)
        return None


def _known(kinds: tuple[str | None, ...]) -> tuple[str | None, ...]:
    unknown = [kind for kind in kinds if kind is not None and kind not in KINDS]
    if unknown:
        raise ValueError(f"no such fault: {unknown}")
    return kinds


class Limit:
    """A token bucket, as the channel itself keeps it."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, burst
        self.tokens, self.at = burst, time.monotonic()

    def take(self) -> bool:
        clock = time.monotonic()
        self.tokens, self.at = min(self.burst, self.tokens + (clock - self.at) * self.rate), clock
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class ChannelStub:
    """One channel. `url` is known once it is served."""

    limits: Mapping[str, tuple[float, float]] = {}
    slow_seconds = 0.3

    def __init__(self) -> None:
        self.url = ""
        self.faults = Faults()
        self.calls: list[Call] = []
        self.happened: Counter[tuple[str, str]] = Counter()
        self.lock = threading.RLock()
        self._buckets = {name: Limit(*limit) for name, limit in self.limits.items()}

    def operation_of(self, call: Call) -> str:
        raise NotImplementedError

    def answer(self, call: Call) -> Reply:
        raise NotImplementedError

    def throttled(self, call: Call) -> Reply:
        return Reply(429, {"errors": [{"code": "QuotaExceeded", "message": "You exceeded your quota."}]})

    def unauthorised(self, call: Call) -> Reply:
        return Reply(401, {"errors": [{"code": "Unauthorized", "message": "Access is denied."}]})

    def made(self, call: Call) -> tuple[Reply | None, str | None]:
        """The reply, None for none at all, and how it is sent."""
        with self.lock:
            self.calls.append(call)
            operation = self.operation_of(call)
            fault = self.faults.take(operation)
            if fault:
                self.happened[operation, fault] += 1
            match fault:
                case "reset":
                    return None, fault
                case "throttled":
                    return self.throttled(call), None
                case "unauthorised":
                    return self.unauthorised(call), None
                case "error":
                    return Reply(500, {"errors": [{"code": "InternalFailure", "message": "We failed."}]}), None
                case "html":
                    return Reply(503, _HTML, {"Content-Type": "text/html"}), None
                case "page":
                    return Reply(200, _HTML, {"Content-Type": "text/html"}), None
                case "empty":
                    return Reply(200, {}), None
            bucket = self._buckets.get(operation)
            if bucket and not bucket.take():
                self.happened[operation, "over the limit"] += 1
                return self.throttled(call), None
            return self.answer(call), fault


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stub: ChannelStub

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, parts.path, parse_qs(parts.query, keep_blank_values=True), headers, body)
        reply, how = self.stub.made(call)
        if how == "slow":
            time.sleep(self.stub.slow_seconds)
        if reply is None or how == "lost":
            self._reset()
            return
        content = reply.content()
        sent = content[: len(content) // 2] if how in ("cut", "broken") else content
        self.send_response(reply.status)
        self.send_header("Content-Length", str(len(content if how == "broken" else sent)))
        for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)
        if how == "broken":
            self.close_connection = True

    do_POST = do_GET  # noqa: N815
    do_PUT = do_GET  # noqa: N815
    do_DELETE = do_GET  # noqa: N815

    def _reset(self) -> None:
        """An RST instead of an end: what a dying load balancer does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, ValueError, OSError):
            # The client went, or we reset the connection ourselves.
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Silent."""


Stub = TypeVar("Stub", bound=ChannelStub)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Connections that clients keep open end with the process, not with the test.
    block_on_close = False


@contextmanager
def serve(stub: Stub) -> Iterator[Stub]:
    handler = type("Handler", (_Handler,), {"stub": stub})
    server = _Server(("127.0.0.1", 0), handler)
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

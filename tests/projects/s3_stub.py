"""The few calls of S3 that the product makes, on loopback, kept in memory. Signatures are not checked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

_MISSING = b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>No such key.</Message></Error>'


@dataclass
class Stub:
    """What lies in it, by "/bucket/key", and every call as (method, path, query)."""

    url: str
    objects: dict[str, bytes] = field(default_factory=dict)
    calls: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)


@contextmanager
def serve() -> Iterator[Stub]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    stub = Stub(f"http://127.0.0.1:{server.server_port}")
    server.stub = stub  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        path, _ = self._noted()
        self.stub.objects[path] = self._body()
        self._answer(200, headers={"ETag": self._etag(path)})

    def do_GET(self) -> None:
        path, query = self._noted()
        if path not in self.stub.objects:
            self._answer(404, _MISSING)
            return
        headers = {"ETag": self._etag(path), "Last-Modified": format_datetime(datetime.now(UTC), usegmt=True)}
        if "response-content-disposition" in query:
            headers["Content-Disposition"] = query["response-content-disposition"][0]
        if "response-content-type" in query:
            headers["Content-Type"] = query["response-content-type"][0]
        self._answer(200, self.stub.objects[path], headers)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        path, _ = self._noted()
        self.stub.objects.pop(path, None)
        self._answer(204)

    @property
    def stub(self) -> Stub:
        return self.server.stub  # type: ignore[attr-defined, no-any-return]

    def _noted(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        path, query = unquote(parts.path), parse_qs(parts.query)
        self.stub.calls.append((self.command, path, query))
        return path, query

    def _body(self) -> bytes:
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return self.rfile.read(int(self.headers["Content-Length"]))
        length = int(self.headers["Content-Length"]) if "Content-Length" in self.headers else None
        return _joined(self.rfile if length is None else _Limited(self.rfile.read(length)))

    def _etag(self, path: str) -> str:
        return f'"{md5(self.stub.objects[path], usedforsecurity=False).hexdigest()}"'

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Silence: the tests read `calls`."""


class _Limited:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def readline(self) -> bytes:
        line, end, self.data = self.data.partition(b"\n")
        return line + end

    def read(self, size: int) -> bytes:
        taken, self.data = self.data[:size], self.data[size:]
        return taken


def _joined(stream: Any) -> bytes:
    """The chunks of an aws-chunked body; the checksum in the trailer is left unread where there is a length."""
    parts = []
    while size := int(stream.readline().split(b";")[0].strip() or b"0", 16):
        parts.append(stream.read(size))
        stream.readline()
    # The trailer, up to the empty line.
    while stream.readline().strip():
        pass
    return b"".join(parts)

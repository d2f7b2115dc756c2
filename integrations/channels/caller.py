"""One call to a channel: paced, bounded in time and size, and told apart by what is to be done when it goes wrong."""

import json
import random
import time
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import IO, Any
from urllib.parse import urlsplit

import httpx
import structlog

from integrations.channels.errors import Later, Refused, Throttled, Transient, Unauthorised
from integrations.channels.pace import Bucket, Operation, count_call

TIMEOUT = httpx.Timeout(30, connect=5)
MOST_BYTES = 64 * 1024 * 1024
USER_AGENT = "LinkStar/1.0 (Language=Python)"
# How long a call waits in place; longer waits free the worker (Later).
PATIENCE_SECONDS = 3.0
_TRIES = 4
_LONGEST_WAIT = 600.0
GZIP = b"\x1f\x8b"

log = structlog.get_logger(__name__)
# Where a header is new for each try, a function that makes them.
Headers = Mapping[str, str] | Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """`data`: parsed JSON, numbers with a point as Decimal. Header names in lower case."""

    status: int
    headers: Mapping[str, str]
    data: Any


# Seconds to wait that an answer tells, None when it tells none.
ReadWait = Callable[[httpx.Response], float | None]
# Of status and parsed body of an answer below 500: raises what the channel says in the body, where it speaks there.
ReadError = Callable[[int, Any], None]


class Caller:
    """For one account at one channel. `read_wait` and `read_rate` read the channel's own headers.

    Where a person waits for the answer, `timeout` is short and `tries` are few.
    """

    def __init__(
        self,
        *,
        app: str,
        account: str,
        read_rate: ReadWait | None = None,
        read_wait: ReadWait | None = None,
        read_error: ReadError | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        tries: int = _TRIES,
    ) -> None:
        self.app, self.account, self.timeout, self.tries = app, account, timeout, tries
        self.read_rate, self.read_wait, self.read_error = read_rate, read_wait or _told_wait, read_error

    @cached_property
    def _client(self) -> httpx.Client:
        """Made with the first call: whoever only asks for traits opens no connections and reads no certificates."""
        headers = {"User-Agent": USER_AGENT}
        return httpx.Client(timeout=self.timeout, follow_redirects=False, headers=headers, trust_env=False)

    def close(self) -> None:
        if "_client" in self.__dict__:
            self._client.close()

    def call(
        self,
        method: str,
        url: str,
        *,
        operation: Operation,
        keys: Sequence[str] = (),
        headers: Headers | None = None,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer, when it is 2xx, JSON, and holds `keys` at the top.

        Tries again by itself while that takes no longer than PATIENCE_SECONDS. Raises Later (the pace is not ours to
        choose), Throttled and other Transient, Unauthorised (401, 403), Refused (other 4xx, and 3xx).
        """
        bucket = Bucket(self.app, self.account, operation)
        waited = 0.0
        for attempt in range(self.tries):
            pause = bucket.take()
            if pause > 0:
                waited = self._wait(pause, waited)
                continue
            try:
                return self._once(bucket, method, url, keys, headers, params, body, form)
            except Transient as error:
                pause = error.wait if error.wait is not None else random.uniform(0.5, 1) * 0.4 * 2**attempt  # noqa: S311
                if attempt == self.tries - 1 or waited + pause > PATIENCE_SECONDS:
                    raise
                waited = self._wait(pause, waited)
        raise Later(1.0, code="throttled")

    def download(self, url: str, *, most: int = MOST_BYTES) -> bytes:
        """The bytes of a document, unpacked, whose address was checked before; without any header of ours but the name.

        Raises Transient when it breaks off or is shorter than told, Refused for 4xx (the address ran out).
        """
        content = b"".join(self._document(url, most))
        # Packed by the sender, or kept packed: either way by its own first bytes.
        return unpacked(content, most) if content.startswith(GZIP) else content

    def save(self, url: str, file: IO[bytes], *, most: int) -> None:
        """As `download`, into a file that takes the place of what it held, and as it comes: maybe packed."""
        file.seek(0)
        file.truncate()
        for part in self._document(url, most):
            file.write(part)

    def _document(self, url: str, most: int) -> Iterator[bytes]:
        with self._told("document", url), self._client.stream("GET", url) as response:
            if response.status_code >= 500 or response.status_code == 429:
                raise Transient(f"document {response.status_code}")
            if response.status_code != 200:
                raise Refused(f"document {response.status_code}", status=response.status_code)
            yield from _parts(response, most, response.iter_raw())

    def _wait(self, pause: float, waited: float) -> float:
        if waited + pause > PATIENCE_SECONDS:
            raise Later(pause, code="throttled")
        time.sleep(pause)
        return waited + pause

    def _once(
        self,
        bucket: Bucket,
        method: str,
        url: str,
        keys: Sequence[str],
        headers: Any,
        params: Any,
        body: Any,
        form: Any,
    ) -> Answer:
        count_call(self.app, self.account)
        with self._told(bucket.operation.name, url):
            request = {
                "headers": headers() if callable(headers) else headers,
                "params": params,
                "content": body,
                "data": form,
            }
            with self._client.stream(method, url, **request) as response:
                content = b"".join(_parts(response, MOST_BYTES, response.iter_bytes()))
            return self._judge(bucket, response, content, keys)

    def _judge(self, bucket: Bucket, response: httpx.Response, content: bytes, keys: Sequence[str]) -> Answer:
        rate = self.read_rate(response) if self.read_rate else None
        if rate:
            bucket.learn(rate)
        status = response.status_code
        if status == 429:
            wait = min(self.read_wait(response) or 1 / (rate or bucket.operation.rate), _LONGEST_WAIT)
            bucket.close(wait)
            raise Throttled("429", wait=wait)
        if status >= 500:
            raise Transient(f"HTTP {status}", wait=self.read_wait(response))
        data = _parse(content)
        if self.read_error:
            self.read_error(status, data)
        if status in (401, 403):
            raise Unauthorised(f"HTTP {status} {_code_of(data)}")
        if not 200 <= status < 300:
            raise Refused(f"HTTP {status} {_code_of(data)}", status=status, word=_code_of(data))
        missing = [key for key in keys if not isinstance(data, dict) or key not in data]
        if data is None or missing:
            raise Transient(f"HTTP {status} with an unexpected body", code="unreadable")
        return Answer(status, {name.lower(): value for name, value in response.headers.items()}, data)

    @contextmanager
    def _told(self, operation: str, url: str) -> Iterator[None]:
        """Logs host and path, never the query or a header; makes errors of the network Transient."""
        told = log.bind(channel=self.app, operation=operation, host=urlsplit(url).netloc, call=uuid.uuid4().hex[:12])
        started = time.monotonic()
        try:
            yield
        except httpx.TimeoutException as error:
            told.warning("channel call", outcome="timeout")
            raise Transient(type(error).__name__, code="timeout") from error
        except httpx.HTTPError as error:
            told.warning("channel call", outcome=type(error).__name__)
            raise Transient(type(error).__name__) from error
        except (Transient, Unauthorised, Refused) as error:
            told.warning("channel call", outcome=str(error))
            raise
        told.debug("channel call", outcome="ok", seconds=round(time.monotonic() - started, 3))


def dump(value: Any) -> bytes:
    """JSON for a request's body: compact, UTF-8, Decimal as numbers are not sent by us."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def unpacked(content: bytes, most: int = MOST_BYTES) -> bytes:
    """What gzip holds. Raises Transient when it has no proper end, Refused when it is larger than `most`."""
    whole = bytearray()
    while content:
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            whole += member.decompress(content, most - len(whole) + 1)
        except zlib.error as error:
            raise Transient("broken gzip", code="unreadable") from error
        if len(whole) > most:
            raise Refused("The document is larger than we read.", code="too_large")
        if not member.eof:
            raise Transient("gzip without its end", code="unreadable")
        content = member.unused_data
    return bytes(whole)


def _parts(response: httpx.Response, most: int, stream: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for part in stream:
        size += len(part)
        if size > most:
            raise Refused("The answer is larger than we read.", code="too_large", status=response.status_code)
        yield part


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content, parse_float=Decimal)
    except ValueError:
        return None


def _told_wait(response: httpx.Response) -> float | None:
    try:
        return max(0.0, float(response.headers.get("retry-after", "")))
    except ValueError:
        return None


def _code_of(data: Any) -> str:
    """The channel's own word for what is wrong: codes only, since messages may quote what we sent."""
    if isinstance(data, dict):
        errors = data.get("errors") or data.get("error")
        if isinstance(errors, dict) and isinstance(errors.get("error"), list):
            errors = errors["error"]
        first = errors[0] if isinstance(errors, list) and errors else errors
        code = (
            first.get("code", "")
            if isinstance(first, dict)
            else first
            if isinstance(first, str)
            else data.get("code", "")
        )
        return str(code)[:60]
    return ""

"""The ASGI application: a stream of bells for each open page, and whether this process is well.

A stream carries what a bell is for and nothing of what happened: which tasks changed, and who may know, the web
process says to whoever asks. So nothing here can tell a guest of a task that they may not see.
"""

import asyncio
import contextlib
import json
import random
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import structlog
from django.conf import settings

from linkstar.live.door import Door, Knock, Pass
from linkstar.live.ears import listen
from linkstar.live.hub import MOST_BELLS, Hub, Listener

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = structlog.get_logger(__name__)

BEAT_SECONDS = 20.0
# Access is looked at again after this many heartbeats, or when its bell rings.
BEATS_A_LOOK = 3
# A page that takes nothing for so long is gone, whatever its connection says.
SEND_SECONDS = 15.0
MOST_PROJECTS = MOST_BELLS - 2
_PK = re.compile(r"[0-9]{1,9}")


class LiveApp:
    def __init__(self, hub: Hub | None = None, door: Door | None = None) -> None:
        self.hub, self.door = hub or Hub(), door or Door()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        ears = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                ears = asyncio.create_task(listen(self.hub))
                await send({"type": "lifespan.startup.complete"})
            else:
                if ears is not None:
                    ears.cancel()
                self.door.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path in ("/live/healthz", "/healthz"):
            return await _say(send, 200, {"status": "ok", "streams": len(self.hub.listeners)})
        if path in ("/live/readyz", "/readyz"):
            is_ready = self.hub.is_hearing and not self.hub.is_closing
            return await _say(send, 200 if is_ready else 503, {"bells": "ok" if self.hub.is_hearing else "unreachable"})
        if path != "/live/" or scope["method"] != "GET":
            return await _say(send, 404 if path != "/live/" else 405, {})
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "").partition(":")[0].lower().rstrip(".")
        origin = headers.get("origin", "")
        if origin and not is_own(origin, headers.get("host", "")):
            return await _say(send, 403, {})
        cors = _cors(origin)
        query = scope["query_string"].decode("latin-1")
        projects = _projects(query)
        if projects is None:
            return await _say(send, 400, {}, cors)
        if self.hub.is_closing:
            return await _say(send, 503, {}, cors)
        knock = Knock(host, headers.get("cookie", ""), projects, is_wide=parse_qs(query).get("w") == ["1"])
        let_in = await self.door.knock(knock)
        if isinstance(let_in, int):
            return await _say(send, let_in, {}, cors)
        await self._stream(knock, let_in, receive, send, cors)

    async def _stream(
        self, knock: Knock, let_in: Pass, receive: Receive, send: Send, cors: list[tuple[bytes, bytes]]
    ) -> None:
        listener = Listener(frozenset([*let_in.bells.values(), let_in.access]))
        self.hub.add(listener)
        leaving = asyncio.create_task(_left(receive, listener))
        try:
            headers = [
                (b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"),
                (b"x-accel-buffering", b"no"), *cors,
            ]  # fmt: skip
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            # Spread over time, so that not all come back at once when this process is replaced.
            await _write(send, f"retry: {random.randint(2000, 6000)}\nevent: hello\ndata: \n\n")  # noqa: S311
            await self._speak(knock, let_in, listener, send)
            with contextlib.suppress(TimeoutError, OSError):
                await _write(send, "", more=False)
        except (TimeoutError, OSError):
            log.info("stream dropped", host=knock.host)
        finally:
            leaving.cancel()
            self.hub.remove(listener)

    async def _speak(self, knock: Knock, let_in: Pass, listener: Listener, send: Send) -> None:
        """Until the page leaves, access ends or the process does."""
        words = {bell: word for word, bell in let_in.bells.items()}
        beats = 0
        while True:
            is_rung = await _wait(listener, BEAT_SECONDS)
            if listener.is_ended:
                if self.hub.is_closing:
                    await _write(send, _event("bye", "restart"))
                return
            rung, has_missed, listener.has_missed = listener.take(), listener.has_missed, False
            beats = beats if is_rung else beats + 1
            if let_in.access in rung or beats >= BEATS_A_LOOK:
                beats = 0
                if isinstance(await self.door.knock(knock), int):
                    return await _write(send, _event("bye", "access"))
            told = sorted(words[bell] for bell in rung if bell in words)
            text = _event("missed", "") if has_missed else "".join(_event("change", word) for word in told)
            await _write(send, text or ":\n\n")


def is_own(origin: str, host: str) -> bool:
    """Whether a page of this very workspace asks: its own host, on our port or that of the web process."""
    own, _, port = host.lower().partition(":")
    try:
        parts = urlsplit(origin)
        ports = {f":{parts.port}" if parts.port else ""}
    except ValueError:
        return False
    allowed = {f":{port}" if port else "", settings.SITE_PORT}
    return parts.scheme in ("http", "https") and parts.hostname == own and ports <= allowed


def _cors(origin: str) -> list[tuple[bytes, bytes]]:
    if not origin:
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


def _projects(query: str) -> tuple[int, ...] | None:
    """`?p=1&p=2`; None when it is not what a page of ours asks."""
    asked = parse_qs(query).get("p", [])
    if len(asked) > MOST_PROJECTS or not all(_PK.fullmatch(word) for word in asked):
        return None
    return tuple(sorted({int(word) for word in asked}))


async def _wait(listener: Listener, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await listener.wake.wait()
    except TimeoutError:
        return False
    return True


async def _left(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"


async def _write(send: Send, text: str, *, more: bool = True) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await send({"type": "http.response.body", "body": text.encode(), "more_body": more})


async def _say(
    send: Send, status: int, answer: dict[str, Any], headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    body = json.dumps(answer).encode()
    kind = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": kind})
    await send({"type": "http.response.body", "body": body})

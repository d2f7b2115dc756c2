"""A live process in a thread of the test run: the same server and application, on the test's database and Valkey."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from django.conf import settings

from linkstar.live.app import LiveApp
from linkstar.live.hub import Hub


class Live:
    def __init__(self) -> None:
        self.app = LiveApp()
        self.hub: Hub = self.app.hub
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self.socket.getsockname()[1]
        config = uvicorn.Config(self.app, lifespan="on", log_config=None, timeout_graceful_shutdown=5, ws="none")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve([self.socket])), daemon=True)

    def start(self) -> None:
        self.thread.start()
        self.wait_for(lambda: self.hub.is_hearing)

    def stop(self) -> None:
        if not self.thread.is_alive():
            return
        self.server.should_exit = True
        self.hub.close()
        self.thread.join(timeout=10)
        self.socket.close()
        assert not self.thread.is_alive()

    @staticmethod
    def wait_for(condition: Callable[[], bool], *, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not come"
            time.sleep(0.02)


@pytest.fixture
def live(live_workspace: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    live = Live()
    monkeypatch.setattr(settings, "LIVE_PORT", live.port)
    live.start()
    yield live
    live.stop()

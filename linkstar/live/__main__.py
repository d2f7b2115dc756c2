"""Run the live process: `LIVE_PORT` or, behind a proxy, `PORT`, on `HOST`."""

import asyncio
import os
import socket
from types import FrameType

import django
import uvicorn

from linkstar.live.hub import Hub


class Server(uvicorn.Server):
    """Ends the open streams at once when it is told to stop, so that stopping waits for nobody."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self.hub = hub

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # A signal comes between any two lines; the loop does it at its own time.
        self.loop.call_soon_threadsafe(self.hub.close)
        super().handle_exit(sig, frame)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linkstar.settings")
    django.setup()
    from linkstar.live.app import LiveApp

    app = LiveApp()
    config = uvicorn.Config(
        app,
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("LIVE_PORT") or os.environ.get("PORT", "8001")),
        lifespan="on",
        log_level="warning",
        access_log=False,
        ws="none",
        loop="asyncio",
        http="h11",
        proxy_headers=False,
        server_header=False,
        backlog=1024,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
        log_config=None,
    )
    Server(config, app.hub).run()


if __name__ == "__main__":
    main()

"""Five hundred open pages on one live process: its memory, and how long a bell takes to all of them."""

import asyncio
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from linkstar.dev.processes import free_port
from linkstar.workspaces.live import project_bell, publish

STREAMS = 500
RINGS = 20
MOST_MIB = 300
MOST_MS = 2000.0


@dataclass(frozen=True)
class Streams:
    """`before_mib` is the process without a stream; milliseconds from the ring until a page has it."""

    streams: int
    before_mib: float
    mib: float
    median_ms: float
    p95_ms: float

    @property
    def is_met(self) -> bool:
        return self.mib <= MOST_MIB and self.p95_ms <= MOST_MS


def measure_streams(*, host: str, cookie: str, workspace: int, project: int, count: int = STREAMS) -> Streams:
    """`cookie` as a browser of a member of the workspace sends it."""
    port = free_port()
    env = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "LIVE_PORT": ""}
    process = subprocess.Popen([sys.executable, "-m", "linkstar.live"], env=env)
    try:
        _wait(port)
        before = _resident_mib(process.pid)
        return asyncio.run(_listen(process.pid, before, port, host, cookie, workspace, project, count))
    finally:
        process.terminate()
        process.wait(timeout=15)


async def _listen(
    pid: int, before: float, port: int, host: str, cookie: str, workspace: int, project: int, count: int
) -> Streams:
    request = f"GET /live/?p={project} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode()
    open_streams = []
    for _number in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        await asyncio.wait_for(reader.readuntil(b"event: hello"), 20)
        open_streams.append((reader, writer))
    times: list[float] = []
    for _ring in range(RINGS):
        rung = time.monotonic()
        await asyncio.to_thread(publish, [project_bell(workspace, project)])
        times += await asyncio.gather(*(_heard(reader, rung) for reader, _writer in open_streams))
        await asyncio.sleep(0.05)
    mib = _resident_mib(pid)
    for _reader, writer in open_streams:
        writer.close()
    ordered = sorted(times)
    return Streams(count, before, mib, statistics.median(ordered), ordered[int(len(ordered) * 0.95)])


async def _heard(reader: asyncio.StreamReader, since: float) -> float:
    await asyncio.wait_for(reader.readuntil(b"event: change"), 20)
    return (time.monotonic() - since) * 1000


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/live/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("The live process did not get ready.")


def _resident_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(kilobytes) / 1024

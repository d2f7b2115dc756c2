"""Runs several programs in the foreground as one: prefixed output, one ends all, nothing is left behind.

Programs get a process group each, so a Ctrl-C at the terminal reaches only us and they are stopped in order. What runs
is written down in a folder, so that a later supervisor ends what one that was killed could not.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Self

import psutil

from linkstar.dev.processes import end_processes

POLL_SECONDS = 0.1
STOP_SECONDS = 15
LOCK_SECONDS = 30
COLOURS = {"web": "36", "worker": "33", "beat": "35", "live": "34"}


class Stopped(Exception):
    """It is time to stop everything; `code` is the exit code, 0 when a person asked for it."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass
class Program:
    name: str
    process: subprocess.Popen[bytes]
    reader: threading.Thread


class Supervisor:
    """A context manager; leaving it ends every program, whatever was raised.

    `run_dir` holds the lock and the records; `work_dir` is where programs run and how leftovers are recognised.
    `watched` are servers started elsewhere: name and a question that is True while they run.
    """

    def __init__(self, run_dir: Path, work_dir: Path) -> None:
        self.run_dir = run_dir
        self.work_dir = work_dir
        self.programs: list[Program] = []
        self.watched: dict[str, Callable[[], bool]] = {}
        self._signal: signal.Signals | None = None
        self._parent = os.getppid()
        self._output = threading.Lock()

    def __enter__(self) -> Self:
        self.run_dir.mkdir(parents=True, exist_ok=True)
        self._lock = (self.run_dir / "lock").open("a+")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup stays nohup
                signal.signal(number, self._on_signal)
        self._take_lock()
        end_leftovers(self.run_dir, self.work_dir)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for program in self.programs:
            if program.process.poll() is None:
                program.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for program in list(self.programs):
            self._end(program, deadline)
        self._lock.close()

    def say(self, text: str, name: str = "linkstar") -> None:
        """One line of output under a name; a reader of our output who left does not matter here."""
        prefix = f"{name:<8} | "
        if sys.stdout.isatty():
            prefix = f"\x1b[{COLOURS.get(name, '1')}m{prefix}\x1b[0m"
        with self._output, suppress(BrokenPipeError, OSError):
            sys.stdout.write(f"{prefix}{text}\n")
            sys.stdout.flush()

    def start(self, name: str, argv: Sequence[str], env: dict[str, str]) -> Program:
        """Start a program that is to run until we stop."""
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.work_dir,
            env=env,
            start_new_session=True,
        )
        assert process.stdout is not None  # noqa: S101
        reader = threading.Thread(target=self._relay, args=(name, process.stdout), daemon=True)
        program = Program(name, process, reader)
        self.programs.append(program)
        _record(self.run_dir, name, process.pid)
        reader.start()
        return program

    def finish(self, program: Program) -> None:
        """Wait for a program that ends by itself. Raises Stopped when it fails, or for any reason to stop."""
        while program.process.poll() is None:
            self._look_around(besides=program)
            time.sleep(POLL_SECONDS)
        program.reader.join(timeout=2)
        self._forget(program)
        if program.process.returncode:
            raise Stopped(1, f"{program.name} failed: {_ending(program.process.returncode)}")

    def wait_for(self, condition: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Wait until `condition`. Raises Stopped when the time is over, or for any reason to stop."""
        deadline = time.monotonic() + seconds
        while not condition():
            self._look_around()
            if time.monotonic() > deadline:
                raise Stopped(1, f"{what} within {seconds:.0f} seconds")
            time.sleep(POLL_SECONDS)

    def wait(self) -> None:
        """Wait until there is a reason to stop, which is raised as Stopped."""
        while True:
            self._look_around()
            time.sleep(POLL_SECONDS)

    def _look_around(self, besides: Program | None = None) -> None:
        if self._signal is not None:
            raise Stopped(0, f"Stopping ({self._signal.name})")
        # Killed with -9, make cannot pass a signal on; our own parent is then another process.
        if "MAKELEVEL" in os.environ and os.getppid() != self._parent:
            raise Stopped(1, "Stopping, since make is gone")
        for program in self.programs:
            code = program.process.poll()
            if program is not besides and code is not None:
                raise Stopped(1, f"{program.name} ended: {_ending(code)}")
        for name, runs in self.watched.items():
            if not runs():
                raise Stopped(1, f"{name} is no longer running")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signal = signal.Signals(number)

    def _take_lock(self) -> None:
        """Wait for a supervisor that is about to stop; tell of one that is not."""
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                self._look_around()
                if time.monotonic() > deadline:
                    self._lock.seek(0)
                    raise Stopped(1, f"Already running from this folder (process {self._lock.read()})") from None
                time.sleep(POLL_SECONDS)
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def _relay(self, name: str, stream: IO[bytes]) -> None:
        for line in stream:
            self.say(line.decode(errors="replace").rstrip(), name)

    def _end(self, program: Program, deadline: float) -> None:
        """Wait until `deadline` for a program told to stop, then kill all that is left of its session."""
        with suppress(subprocess.TimeoutExpired):
            program.process.wait(max(0, deadline - time.monotonic()))
        kill_session(program.process.pid)
        program.process.wait(5)
        program.reader.join(timeout=2)
        self._forget(program)

    def _forget(self, program: Program) -> None:
        self.programs.remove(program)
        (self.run_dir / f"{program.name}.json").unlink(missing_ok=True)


def kill_session(leader: int) -> None:
    """Kill every process of the session that `leader` began; a session outlives its leader."""
    members = [process for process in psutil.process_iter() if _session(process.pid) == leader]
    end_processes(members, politely=signal.SIGKILL, seconds=5)


def end_leftovers(run_dir: Path, work_dir: Path) -> None:
    """End the programs that a killed supervisor recorded in `run_dir` and left running."""
    for path in run_dir.glob("*.json"):
        record = json.loads(path.read_text() or "{}")
        if record and _is_ours(record["pid"], record["started"], work_dir):
            kill_session(record["pid"])
        path.unlink()


def _record(run_dir: Path, name: str, pid: int) -> None:
    (run_dir / f"{name}.json").write_text(json.dumps({"pid": pid, "started": psutil.Process(pid).create_time()}))


def _is_ours(leader: int, started: float, work_dir: Path) -> bool:
    """Whether the session is the recorded one, not another that was given the same number since."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(leader).create_time() == started
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if _session(process.pid) == leader and Path(process.cwd()) == work_dir.resolve():
                return True
    return False


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def _ending(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

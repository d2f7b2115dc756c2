"""`make up`: servers, migrations, demo, then web, live, worker and scheduler in the foreground until Ctrl-C."""

import os
import sys
import urllib.request
from functools import partial
from pathlib import Path

from linkstar.dev.bootstrap import fingerprint, is_stamped, write_stamp
from linkstar.dev.environment import ROOT, VAR, local_settings, start_servers
from linkstar.dev.processes import free_port, is_port_free, wait_until
from linkstar.dev.services import ServiceError, is_postgres_running, is_valkey_running, stop
from linkstar.dev.supervisor import Stopped, Supervisor

WEB_SECONDS = 90
# A process that works one task at a time keeps one connection; a pool is for the web server's threads.
NO_POOL = {"DATABASE_POOL": "0"}
# There is one worker here: it need not look for others, which takes it a second.
LONELY = ["--without-gossip", "--without-mingle"]


def main() -> int:
    os.chdir(ROOT)
    settings = local_settings()
    servers: list[Path] = []
    try:
        with Supervisor(VAR / "run", ROOT) as supervisor:
            try:
                _run(supervisor, settings, servers)
            except Stopped as stopped:
                supervisor.say(str(stopped))
                return stopped.code
    except (Stopped, ServiceError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        # Last, when nobody uses them any more.
        for folder in servers:
            stop(folder)
    return 0


def _run(supervisor: Supervisor, settings: dict[str, str], servers: list[Path]) -> None:
    """Start everything in an order that shows the first page early, then wait. Always raises Stopped."""
    is_embedded = not settings.get("DATABASE_URL")
    start_servers(settings, servers)
    host, port = settings["HOST"], int(settings["PORT"])
    # A killed web server of ours, ended a moment ago, may hold its port a little longer.
    if not wait_until(lambda: is_port_free(port, host), seconds=3):
        raise Stopped(1, f"Port {port} is taken. Choose another: PORT={port + 123} make up")
    settings["LIVE_PORT"] = settings.get("LIVE_PORT") or str(_live_port(port, host))
    _watch(supervisor, servers)
    # This clone's own database, prepared by exactly these migrations: looking again need not hold up the first page.
    stamp, wanted = VAR / "postgres" / "prepared", _migrations_fingerprint()
    is_prepared = is_embedded and is_stamped(stamp, wanted)
    if not is_prepared:
        _prepare(supervisor, settings)
    if is_embedded:
        write_stamp(stamp, wanted)
    supervisor.start("web", [sys.executable, "-m", "gunicorn", "-c", "python:linkstar.gunicorn"], settings)
    _announce(supervisor, settings)
    if is_prepared:
        _prepare(supervisor, settings)
    _start_background(supervisor, settings)
    supervisor.wait()


def _prepare(supervisor: Supervisor, settings: dict[str, str]) -> None:
    supervisor.finish(supervisor.start("prepare", [sys.executable, "-m", "linkstar.dev.prepare"], settings | NO_POOL))


def _live_port(port: int, host: str) -> int:
    """The one after the web server's, or when that is taken any other."""
    beside = port + 1
    return beside if beside < 65536 and is_port_free(beside, host) else free_port()


def _start_background(supervisor: Supervisor, settings: dict[str, str]) -> None:
    supervisor.start("live", [sys.executable, "-m", "linkstar.live"], settings)
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "linkstar"]
    supervisor.start(
        "worker",
        [*celery, "worker", "--concurrency=2", "--queues=celery,shops", "--loglevel=INFO", *LONELY],
        settings | NO_POOL,
    )
    beat = [*celery, "beat", "--loglevel=INFO", f"--schedule={VAR / 'run' / 'beat-schedule'}", "--pidfile="]
    supervisor.start("beat", beat, settings | NO_POOL)


def _watch(supervisor: Supervisor, servers: list[Path]) -> None:
    questions = {"postgres": is_postgres_running, "valkey": is_valkey_running}
    for folder in servers:
        name = f"{folder.name} (see {folder / 'server.log'})"
        supervisor.watched[name] = partial(questions[folder.name], folder)


def _announce(supervisor: Supervisor, settings: dict[str, str]) -> None:
    port, domain = settings["PORT"], settings["BASE_DOMAIN"]
    supervisor.wait_for(lambda: _is_healthy(settings), seconds=WEB_SECONDS, what="The web server did not answer")
    supervisor.say(f"LinkStar is running: http://{domain}:{port}/   Demo: http://demo.{domain}:{port}/")
    supervisor.say("Sign in to the demo as owner@demo.test with linkstar-demo. Ctrl-C stops everything.")


def _is_healthy(settings: dict[str, str]) -> bool:
    host = "127.0.0.1" if settings["HOST"] == "0.0.0.0" else settings["HOST"]  # noqa: S104
    url = f"http://{host}:{settings['PORT']}/healthz"
    request = urllib.request.Request(url, headers={"Host": settings["BASE_DOMAIN"]})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def _migrations_fingerprint() -> str:
    """What the database was prepared by: all migrations of ours and the pinned packages that bring their own."""
    ours = [
        path
        for path in ROOT.glob("**/migrations/*.py")
        if ".venv" not in path.parts and "node_modules" not in path.parts
    ]
    return fingerprint([*ours, ROOT / "requirements-up.lock"])


if __name__ == "__main__":
    sys.exit(main())

"""Both sides as servers: a process of gunicorn and its sync workers each, reached over loopback HTTP.

So a ratio means here what it means in performance.md, whose floor pays for HTTP too.
"""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.core.handlers.wsgi import WSGIHandler


@contextmanager
def serving(application: str, *, workers: int = 1) -> Iterator[int]:
    """The port on which gunicorn serves `application`, as its command line names it. Requests may be sent at once."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        port = listener.getsockname()[1]
        command = [
            sys.executable, "-m", "gunicorn", application, "--bind", f"fd://{listener.fileno()}",
            "--workers", str(workers), "--worker-class", "sync", "--timeout", "120", "--log-level", "warning",
            "--no-control-socket",
        ]  # fmt: skip
        server = subprocess.Popen(command, pass_fds=[listener.fileno()])
    try:
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def floor() -> WSGIHandler:
    """The application of the floor's server."""
    django.setup()
    from linkstar.bench.floor import handler

    return handler()

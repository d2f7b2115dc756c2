"""gunicorn's configuration, in production and under `make up`: `gunicorn -c python:linkstar.gunicorn`."""

import os
from pathlib import Path

from gunicorn.arbiter import Arbiter

wsgi_app = "linkstar.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Imported once and forked: less memory, and the first page comes sooner. Nothing connects while importing.
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 5
# A worker's heartbeat file on a slow disk looks like a hung worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Its default place is one per account, shared by every clone on the machine.
control_socket_disable = True
# The application logs each request itself, with its workspace and request id.
accesslog = None
errorlog = "-"
loglevel = "warning"
# Only the reverse proxy may say who the client is (docker-compose.yml, the operators' guide).
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")


def when_ready(server: Arbiter) -> None:
    """Import every view before the workers are forked: the first page need not, and what cannot be imported ends us."""
    from django.conf import settings
    from django.urls import get_resolver

    for urlconf in (settings.PUBLIC_SCHEMA_URLCONF, settings.ROOT_URLCONF):
        _ = get_resolver(urlconf).url_patterns

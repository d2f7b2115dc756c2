"""Production, on a scratch database; only what would need other servers or built bundles is different."""

import os

from linkstar.settings import *  # noqa: F403

# The keys of a run are its own, whatever else lives in that Valkey; run.py takes its sessions away again.
_RUN = os.environ.setdefault("BENCH_RUN", str(os.getpid()))
CACHES = {name: {**cache, "KEY_PREFIX": f"bench-{_RUN}"} for name, cache in CACHES.items()}  # noqa: F405
CELERY_BROKER_URL = "memory://"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
LOGGING_CONFIG = None

# The floor: the same driver and pool without anything of ours in between.
_OPTIONS = {"pool": {"min_size": 1, "max_size": 2}, "options": "-c search_path=ws_bench,public"}
DATABASES = {
    **DATABASES,  # noqa: F405
    "floor": {
        **DATABASES["default"],  # noqa: F405
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": _OPTIONS,
        "CONN_HEALTH_CHECKS": False,
    },
}

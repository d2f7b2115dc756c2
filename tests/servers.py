"""The servers that the tests run on: embedded ones under var/tests, unless the environment names others."""

import os
import tempfile
from pathlib import Path


def provide() -> None:
    """Set DATABASE_URL, REDIS_URL and STORAGE_URL; called before Django reads its settings."""
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        from linkstar.dev.services import start_postgres, start_valkey

        root = Path(__file__).resolve().parent.parent / "var" / "tests"
        root.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("DATABASE_URL", start_postgres(root / "postgres", fast=True))
        os.environ.setdefault("REDIS_URL", start_valkey(root / "valkey", fast=True))
    os.environ.setdefault("STORAGE_URL", f"file://{tempfile.mkdtemp(prefix='linkstar-files-')}")
    os.environ["REDIS_URL"] = _own_database(os.environ["REDIS_URL"])


def _own_database(redis_url: str) -> str:
    """Each worker of xdist has a Valkey database of its own, as it has a PostgreSQL database of its own."""
    scheme, _, rest = redis_url.partition("://")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    number = 2 + int(worker.removeprefix("gw")) if worker.startswith("gw") else 1
    return f"{scheme}://{rest.partition('/')[0]}/{number}"

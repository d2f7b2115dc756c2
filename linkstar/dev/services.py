"""The door to the embedded servers: `make up`, the tests and the bench start and stop them through these names."""

from pathlib import Path

from linkstar.dev.postgres import is_postgres_running, start_postgres, stop_postgres
from linkstar.dev.processes import ServiceError
from linkstar.dev.valkey import is_valkey_running, start_valkey, stop_valkey

__all__ = [
    "ServiceError",
    "is_postgres_running",
    "is_valkey_running",
    "start_postgres",
    "start_valkey",
    "stop",
    "stop_postgres",
    "stop_valkey",
]


def stop(data_dir: Path) -> None:
    """Stop whichever embedded server runs in `data_dir`; none is fine."""
    stop_postgres(data_dir)
    stop_valkey(data_dir)

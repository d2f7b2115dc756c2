"""The settings of a clone that runs on its own: what the person did not set in the environment gets a local value."""

import base64
import os
import secrets
from pathlib import Path

from linkstar.dev.services import start_postgres, start_valkey

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
DEFAULT_PORT = "8000"


def local_settings(var: Path = VAR) -> dict[str, str]:
    """Settings for programs of this clone: the environment first, then var/secrets.env, then local defaults.

    Starts no server; DATABASE_URL and REDIS_URL are there only when the environment has them.
    """
    for folder in ("mail", "files"):
        (var / folder).mkdir(parents=True, exist_ok=True)
    defaults = {
        "DEBUG": "1",
        "PORT": DEFAULT_PORT,
        "HOST": "127.0.0.1",
        "BASE_DOMAIN": "localhost",
        "EMAIL_URL": f"filemail://{var / 'mail'}",
        "STORAGE_URL": f"file://{var / 'files'}",
        "PYTHONUNBUFFERED": "1",
        **_kept_secrets(var / "secrets.env"),
    }
    # An empty variable counts as not set, as it does for a person who clears it.
    return {**os.environ, **{name: value for name, value in defaults.items() if not os.environ.get(name)}}


def start_servers(settings: dict[str, str], started: list[Path], var: Path = VAR) -> None:
    """Start the embedded servers whose address `settings` lacks, and put the address there.

    Each folder is added to `started` before its server is, so that the caller can stop what failed half-way.
    """
    if not settings.get("DATABASE_URL"):
        started.append(var / "postgres")
        settings["DATABASE_URL"] = start_postgres(var / "postgres")
    if not settings.get("REDIS_URL"):
        started.append(var / "valkey")
        settings["REDIS_URL"] = start_valkey(var / "valkey")


def _kept_secrets(path: Path) -> dict[str, str]:
    """The secrets of this clone, made once: sessions and encrypted fields outlive a restart."""
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        field_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        draft.write_text(f"SECRET_KEY={secrets.token_urlsafe(50)}\nFIELD_ENCRYPTION_KEYS={field_key}\n")
        draft.replace(path)
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if line)

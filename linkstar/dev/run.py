"""Runs one management command on this clone's own servers: `python -m linkstar.dev.run bench`."""

import subprocess
import sys
from pathlib import Path

from linkstar.dev.environment import ROOT, VAR, local_settings, start_servers
from linkstar.dev.services import ServiceError, is_postgres_running, is_valkey_running, stop


def main(argv: list[str]) -> int:
    """Servers that run already (a `make up` beside us) are used and left; the others end with the command."""
    settings = local_settings()
    running = {VAR / "postgres": is_postgres_running, VAR / "valkey": is_valkey_running}
    found = {folder for folder, runs in running.items() if runs(folder)}
    servers: list[Path] = []
    try:
        start_servers(settings, servers)
        return subprocess.run([sys.executable, "manage.py", *argv], cwd=ROOT, env=settings, check=False).returncode
    except ServiceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        for folder in set(servers) - found:
            stop(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

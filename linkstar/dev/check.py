"""`make check`: every check runs, whatever the others said; the exit code is the sum of it."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
BIN = Path(PYTHON).parent
CHECKS: dict[str, list[str]] = {
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "lint": [str(BIN / "ruff"), "check", "--quiet", "."],
    "templates": [str(BIN / "djlint"), "templates", "--lint", "--quiet"],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "messages": [PYTHON, "-m", "linkstar.dev.messages", "check"],
    "types": [PYTHON, "-m", "mypy", "."],
}
# None of the checks connects anywhere; the settings only want to be whole.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "linkstar.settings_test",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history:RuntimeWarning",
}


def main(names: list[str]) -> int:
    """Run the named checks, or all; their output is shown only when they fail."""
    failed = []
    for name in names or CHECKS:
        started = time.monotonic()
        done = subprocess.run(
            CHECKS[name], cwd=ROOT, env={**os.environ, **SETTINGS}, capture_output=True, text=True, check=False
        )
        verdict = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:<11} {verdict:<7} {time.monotonic() - started:5.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print((done.stdout + done.stderr).rstrip(), flush=True)
    print(f"{len(names or CHECKS) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Finds the Chromium that browser tests run in, or installs one; a script that prints its path.

Nothing here may need a package, for the same reason as in bootstrap.py.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PYTHON = Path(__file__).resolve().parents[2] / ".venv" / "bin" / "python"


def find_chromium() -> str | None:
    """LINKSTAR_CHROMIUM if set, else the system's Chromium or Chrome, else the one Playwright downloaded."""
    if chosen := os.environ.get("LINKSTAR_CHROMIUM"):
        return chosen
    for name in NAMES:
        if path := shutil.which(name):
            return path
    if MAC.exists():
        return str(MAC)
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    path = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    return path if Path(path).exists() else None


def install_chromium() -> None:
    """By Debian's package when we may, otherwise Playwright's own build. Raises CalledProcessError."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        sys.path.insert(0, str(Path(__file__).parent))
        from bootstrap import install_debian_packages

        install_debian_packages("chromium", "fonts-noto-cjk")
    else:
        subprocess.run([PYTHON, "-m", "playwright", "install", "chromium"], check=True, stdout=sys.stderr)


if __name__ == "__main__":
    if find_chromium() is None:
        try:
            install_chromium()
        except subprocess.CalledProcessError as error:
            print(f"error: {error}", file=sys.stderr)
    found = find_chromium()
    if found is None:
        sys.exit("error: browser tests need Chromium. Install it, or set LINKSTAR_CHROMIUM to its path.")
    print(found)

"""Prepares a fresh clone: virtual environment, Python and npm packages, compiled messages, built assets.

Run by whatever Python the machine has (`python3 -P linkstar/dev/bootstrap.py up`), so nothing here may need a package.
Every step leaves a stamp of what it read and is skipped while the stamp still fits.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {
    "up": "requirements-up.lock",
    "test": "requirements-test.lock",
    "check": "requirements-test.lock",
    "tools": "requirements-test.lock",
}
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20


class BootstrapError(Exception):
    """A step cannot be done on this machine; the message says what the person can do about it."""


def main(purpose: str) -> None:
    os.chdir(ROOT)
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / ".bootstrap.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ensure_venv()
        install_python_packages(LOCKS[purpose])
        if purpose != "tools":
            build_assets()
            compile_messages()


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def run(argv: list[str], env: dict[str, str] | None = None) -> None:
    subprocess.run(argv, check=True, cwd=ROOT, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL)


# --- Stamps -----------------------------------------------------------------------------------------------------------


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """One hash over names and contents, in a fixed order, and over `more`."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_stamped(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text() == value


def write_stamp(stamp: Path, value: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value)


# --- Python -----------------------------------------------------------------------------------------------------------


def ensure_venv() -> None:
    if PYTHON.exists() and (VENV / ".stamps" / "venv").exists():
        return
    if PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        write_stamp(VENV / ".stamps" / "venv", sys.version)
        return
    if sys.version_info < OLDEST_PYTHON:
        raise BootstrapError(f"LinkStar needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer.")
    say(f"Making the virtual environment in .venv with Python {sys.version.split()[0]}")
    _ensure_ensurepip()
    venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(VENV)
    write_stamp(VENV / ".stamps" / "venv", sys.version)


def _ensure_ensurepip() -> None:
    """Debian cuts ensurepip out of its Python and offers it as a package of its own."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise BootstrapError(f"This Python cannot make virtual environments. Install {package}.") from None
        install_debian_packages(package)


def install_debian_packages(*packages: str) -> None:
    """apt-get install, for root on Debian; its output goes to stderr."""
    say_to_stderr(f"Installing {', '.join(packages)} with apt-get")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *arguments], check=True, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def say_to_stderr(text: str) -> None:
    print(f"==> {text}", file=sys.stderr, flush=True)


def install_python_packages(lock_name: str) -> None:
    lock, stamp = ROOT / lock_name, VENV / ".stamps" / lock_name
    wanted = fingerprint([lock], (VENV / ".stamps" / "venv").read_text())
    if is_stamped(stamp, wanted):
        return
    say(f"Installing Python packages from {lock_name}")
    try:
        _install_with_uv(lock)
    except (subprocess.CalledProcessError, OSError) as error:
        say(f"uv could not do it ({error}); trying pip, which takes longer")
        run([str(PYTHON), "-m", "pip", "install", "--quiet", "-r", str(lock)])
    write_stamp(stamp, wanted)


def _install_with_uv(lock: Path) -> None:
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        pinned = re.search(r"^uv==[^\s;\\]+", lock.read_text(), re.MULTILINE)
        run([str(PYTHON), "-m", "pip", "install", "--quiet", pinned.group() if pinned else "uv"])
    run([str(uv), "pip", "install", "--quiet", "--python", str(PYTHON), "-r", str(lock)], env=_uv_environment())


def _uv_environment() -> dict[str, str]:
    """What pip is told on this machine (mirror, certificates), in uv's words; what uv was told itself comes first."""
    listing = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True).stdout
    settings: dict[str, str] = {}
    # Later lines win in pip as well: files first, environment variables last.
    for section, name, value in re.findall(r"^([\w:]+)\.([\w-]+)='(.*)'$", listing, re.MULTILINE):
        if section in ("global", "install", ":env:"):
            settings[name] = value.replace("\\n", " ").strip()
    env = {
        "UV_DEFAULT_INDEX": settings.get("index-url"),
        "UV_INDEX": settings.get("extra-index-url"),
        "UV_FIND_LINKS": ",".join(settings.get("find-links", "").split()),
        "UV_INSECURE_HOST": settings.get("trusted-host"),
        "SSL_CERT_FILE": settings.get("cert"),
        # As pip does: the best version of all indexes, not of the first that has one. Versions and hashes are pinned.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    return {name: value for name, value in env.items() if value and name not in os.environ}


# --- Front end --------------------------------------------------------------------------------------------------------


def build_assets() -> None:
    """Install npm packages and bundle CSS and JavaScript into static/dist, each only when its sources changed."""
    node_env = _node_environment
    lock, packages_stamp = ROOT / "package-lock.json", ROOT / "node_modules" / ".stamp"
    wanted = fingerprint([lock, ROOT / "package.json"])
    if not is_stamped(packages_stamp, wanted):
        say("Installing front-end packages from package-lock.json")
        run(["npm", "ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"], env=node_env())
        write_stamp(packages_stamp, wanted)
    built_stamp = ROOT / "static" / "dist" / ".stamp"
    wanted = fingerprint(_asset_sources(), wanted)
    if not is_stamped(built_stamp, wanted):
        say("Building CSS and JavaScript")
        run(["npm", "run", "--silent", "build"], env=node_env())
        write_stamp(built_stamp, wanted)


def _asset_sources() -> list[Path]:
    static = ROOT / "static"
    files = [path for path in static.rglob("*") if path.is_file() and (static / "dist") not in path.parents]
    return [*files, *ROOT.glob("*.mjs"), *ROOT.glob("*.js")]


def _node_environment() -> dict[str, str]:
    """The machine's Node.js when it is new enough, otherwise that of a wheel, installed into the environment."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
        found = re.match(r"v(\d+)\.", version)
        if found and int(found.group(1)) >= OLDEST_NODE:
            return {}
    install_python_packages("requirements-node.lock")
    return {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def compile_messages() -> None:
    run([str(PYTHON), "-P", "linkstar/dev/catalogues.py"])


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except BootstrapError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"error: {' '.join(map(str, error.cmd))} ended with exit code {error.returncode}")
    except KeyboardInterrupt:
        sys.exit(130)

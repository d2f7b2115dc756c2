"""Writes requirements*.lock from pyproject.toml: pinned, hashed, for every platform and Python we support.

A script (`make lock`); needs uv in the environment and nothing of ours.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Each file: whether it holds what the product itself needs, and the dependency groups it adds.
LOCKS: dict[str, tuple[bool, list[str]]] = {
    "requirements.lock": (True, ["build"]),
    "requirements-up.lock": (True, ["build", "embedded", "lock"]),
    "requirements-test.lock": (True, ["build", "embedded", "lock", "test", "check"]),
    "requirements-node.lock": (False, ["node"]),
}


def compile_lock(name: str, *, with_project: bool, groups: list[str]) -> None:
    """Resolve one lock file; versions already in it are kept where they still fit."""
    argv = [str(Path(sys.executable).parent / "uv"), "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    argv += ["--python-version", "3.11", "--no-emit-index-url", "--no-emit-find-links", "--output-file", name]
    argv += ["--custom-compile-command", "make lock", "--no-strip-markers"]
    argv += ["pyproject.toml"] if with_project else []
    argv += [f"--group=pyproject.toml:{group}" for group in groups]
    subprocess.run(argv, check=True, cwd=ROOT)


if __name__ == "__main__":
    for name, (with_project, groups) in LOCKS.items():
        compile_lock(name, with_project=with_project, groups=groups)
        print(f"{name} written")

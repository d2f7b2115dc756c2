"""Whose lease on a shop it is: a process of this machine that was killed shall not keep its shop for minutes."""

import hashlib
import os
import uuid
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


def new_key() -> str:
    """Of 32 characters at most: the machine, the process, and which of its leases."""
    return f"{_machine()}.{os.getpid()}.{uuid.uuid4().hex[:10]}"


def is_orphan(key: str) -> bool:
    """Whether the process that took it ran here and is no more. False where that cannot be told."""
    machine, _, rest = key.partition(".")
    pid = rest.partition(".")[0]
    if not machine or machine != _machine() or not pid.isdecimal():
        return False
    try:
        state = (_PROC / pid / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"


@cache
def _machine() -> str:
    """Since its start, and only as far as process numbers mean the same (containers of one host do not share them)."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text()
        return hashlib.sha256(f"{boot}{os.readlink(_PROC / 'self/ns/pid')}".encode()).hexdigest()[:12]
    except OSError:
        return ""

"""Running PostgreSQL when the person is root, which PostgreSQL refuses to be."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from linkstar.dev.processes import ServiceError


@dataclass(frozen=True)
class Account:
    """Who a server runs as; `uid` None means the person who started us."""

    uid: int | None = None
    gid: int | None = None
    keep_access: bool = False

    def command(self, argv: list[str]) -> list[str]:
        """`argv` as this account runs it."""
        if self.uid is None:
            return argv
        prefix = ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        if self.keep_access:
            # The clone lies in a folder closed to everybody but root (/root): one capability lets the server through,
            # instead of opening that folder to every account of the machine.
            prefix += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        return [*prefix, *argv]

    def own(self, *paths: Path) -> None:
        """Give the paths themselves, not what is in them, to this account."""
        if self.uid is None or self.gid is None:
            return
        for path in paths:
            os.chown(path, self.uid, self.gid)


def account_for(data_dir: Path, *, program: Path) -> Account:
    """The account for the cluster in `data_dir`: the person, or as root the folder's owner, or else `nobody`.

    Raises ServiceError when somebody else's cluster lies there, or as root on a system without setpriv.
    """
    owner = data_dir.stat()
    if os.geteuid() != 0:
        if owner.st_uid != os.geteuid():
            hint = "Run as that user or as root, or `make reset` as root."
            raise ServiceError(f"{data_dir} belongs to user {owner.st_uid}. {hint}")
        return Account()
    if shutil.which("setpriv") is None:
        raise ServiceError("PostgreSQL does not run as root, and setpriv is missing. Run `make up` as another user.")
    nobody = pwd.getpwnam("nobody")
    uid, gid = (owner.st_uid, owner.st_gid) if owner.st_uid else (nobody.pw_uid, nobody.pw_gid)
    account = Account(uid, gid)
    account.own(data_dir)
    reachable = subprocess.run(account.command(["test", "-x", str(program), "-a", "-w", str(data_dir)]), check=False)
    return account if reachable.returncode == 0 else Account(uid, gid, keep_access=True)

"""What a row of the permission matrix is made of.

OK stands for the row's own status of success; LOGIN is the way to the sign-in page and back.
"""

from dataclasses import dataclass
from typing import Any

OK, LOGIN = "ok", "login"
Expected = dict[str, Any]
PERSONAS = (
    "owner", "admin", "manager", "member", "guest", "guest elsewhere", "stranger", "neighbour", "anonymous",
)  # fmt: skip


def who(*, inside: Any = OK, guests: Any, outside: Any = 403, anonymous: Any = LOGIN, **others: Any) -> Expected:
    expected = {
        **dict.fromkeys(PERSONAS[:4], inside),
        **dict.fromkeys(PERSONAS[4:6], guests),
        **dict.fromkeys(PERSONAS[6:8], outside),
        "anonymous": anonymous,
    }
    return {**expected, **{name.replace("_", " "): value for name, value in others.items()}}


# Who may enter at all.
ANYONE = who(guests=OK, outside=OK, anonymous=OK)
SIGNED_IN = who(guests=OK, outside=OK)
EVERYBODY = who(guests=OK)
INSIDERS = who(guests=403)
MANAGERS = who(guests=403, member=403)
ADMINS = who(guests=403, member=403, manager=403)
# What lies in a project: a guest without its key finds nothing there.
SHARED = who(guests=OK, guest_elsewhere=404)
SHARED_TO_READ = who(guests=403, guest_elsewhere=404)
INTERNAL = who(guests=404)
FINANCE = who(guests=404, manager=404, member=404)
READ_ONLY = who(inside=403, guests=404)
READ_ONLY_TEAM = who(inside=403, guests=403)
# Who runs a project (its owner and managers), and who may give it away (its owner and admins).
RUNNERS = MANAGERS
GIVERS = ADMINS
THE_MANAGER = who(inside=403, guests=403, manager=OK)
THE_GUEST = who(inside=404, guests=404, guest=OK)
THE_GUEST_AMONG = who(inside=403, guests=404, guest=OK)
THE_GUEST_AND_ADMINS = who(guests=OK, guest_elsewhere=404, manager=403, member=403)
# The public site, where everybody with an account is alike.
ONE_OF_US = who(guests=OK, outside=404)


@dataclass(frozen=True)
class Row:
    """`at` names the parts of the address: keys of `World.ids`, and after a plus words as they are; `post` None: a GET.

    `ok` is the status of success, when it is not 200 for a GET and 302 for a POST; `unknown` that of a foreign id.
    """

    name: str
    at: str
    expected: Expected
    post: dict[str, Any] | None = None
    ok: int = 0
    is_public: bool = False
    unknown: int = 404

    @property
    def method(self) -> str:
        return "GET" if self.post is None else "POST"

    @property
    def status(self) -> int:
        return self.ok or (200 if self.post is None else 302)

"""Who went to a channel to let us in, until they come back: bound to a session, a person and a workspace, used once."""

import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import caches

from integrations.channels.base import Grant
from linkstar.lib.encryption import decrypt, encrypt
from linkstar.workspaces.http import WorkspaceRequest

_SECONDS = 600


@dataclass(frozen=True)
class Attempt:
    """`account_id`: the store that is connected again, 0 for a new one.

    `next`: the path to come back to; `verifier`: what the channel is shown together with its code (PKCE).
    """

    workspace_id: int
    user_id: int
    session: str
    channel: str
    account_id: int = 0
    next: str = ""
    verifier: str = ""

    @classmethod
    def of(cls, request: WorkspaceRequest, channel: str, account_id: int = 0) -> "Attempt":
        session = sha256(str(request.session.session_key).encode()).hexdigest()
        return cls(request.workspace.pk, request.user.pk, session, channel, account_id)


def begin(attempt: Attempt) -> str:
    """A word to send along; it is good for ten minutes."""
    state = secrets.token_urlsafe(32)
    caches["global"].set(_key("state", state), asdict(attempt), timeout=_SECONDS)
    return state


def workspace_of(state: str) -> int | None:
    """Which workspace somebody comes back to, without using the word up."""
    found = caches["global"].get(_key("state", state))
    return found["workspace_id"] if found else None


def redeem(state: str, here: Attempt) -> Attempt | None:
    """The attempt that this word began; None when it is used, too old, or somebody else's."""
    found = _take("state", state)
    return Attempt(**found) if found and _is_same(Attempt(**found), here) else None


def keep_grant(grant: Grant, attempt: Attempt) -> str:
    """What the channel gave, encrypted and for ten minutes, until an owner has confirmed."""
    token = secrets.token_urlsafe(32)
    held = {"attempt": asdict(attempt), "grant": asdict(grant)}
    caches["global"].set(
        _key("grant", token), encrypt(json.dumps(held), settings.FIELD_ENCRYPTION_KEYS), timeout=_SECONDS
    )
    return token


def take_grant(token: str, here: Attempt) -> tuple[Grant, Attempt] | None:
    """Once, for whom it was kept."""
    held = _take("grant", token)
    if held is None:
        return None
    opened = json.loads(decrypt(held, settings.FIELD_ENCRYPTION_KEYS))
    attempt = Attempt(**opened["attempt"])
    return (Grant(**opened["grant"]), attempt) if _is_same(attempt, here) else None


def _take(kind: str, token: str) -> Any:
    key = _key(kind, token)
    found = caches["global"].get(key)
    # Of two who come with one word at once, only who deletes it goes on.
    return found if found is not None and caches["global"].delete(key) else None


def _is_same(begun: Attempt, here: Attempt) -> bool:
    """The same person in the same session and workspace, at the same channel."""
    mine, theirs = (f"{one.workspace_id}:{one.user_id}:{one.channel}:{one.session}" for one in (begun, here))
    return hmac.compare_digest(mine.encode(), theirs.encode())


def _key(kind: str, token: str) -> str:
    return f"shop-{kind}:{sha256(token.encode()).hexdigest()}"

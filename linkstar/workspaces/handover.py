"""From one host to another without signing in again: session cookies belong to one host (tenancy.md, section 3)."""

import secrets
from hashlib import sha256
from urllib.parse import urlencode

from django.core.cache import caches
from django.utils.http import url_has_allowed_host_and_scheme

from linkstar.accounts.models import User
from linkstar.workspaces.models import Membership, Workspace

_SECONDS = 60


def handover_url(user: User, workspace: Workspace, *, next_path: str = "/") -> str:
    """An address on the workspace's host that signs `user` in there, once, within a minute."""
    token = secrets.token_urlsafe(32)
    caches["global"].set(_key(token), [user.pk, workspace.pk], timeout=_SECONDS)
    return f"{workspace.url}/enter/?{urlencode({'token': token, 'next': safe_path(next_path)})}"


def bearer(token: str, workspace: Workspace) -> User | None:
    """Whom `redeem` would sign in, without using the token up."""
    return _member_of(workspace, caches["global"].get(_key(token)))


def redeem(token: str, workspace: Workspace) -> User | None:
    """Whom the token signs in on this workspace's host; None when it is used, expired, or for another one.

    Membership is asked again: it may have ended within the minute.
    """
    found = caches["global"].get(_key(token))
    # Of two who come with one token at once, only who deletes it gets in.
    if found is None or not caches["global"].delete(_key(token)):
        return None
    return _member_of(workspace, found)


def _member_of(workspace: Workspace, found: list[int] | None) -> User | None:
    """`found` is what lies behind a token: the ids of a user and of a workspace."""
    if found is None or found[1] != workspace.pk:
        return None
    membership = (
        Membership.objects.select_related("user")
        .filter(user_id=found[0], workspace=workspace, is_active=True, user__is_active=True)
        .first()
    )
    return membership.user if membership is not None else None


def safe_path(path: str | None) -> str:
    """`path` when it stays on this host, "/" otherwise."""
    if path and path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return path
    return "/"


def _key(token: str) -> str:
    return f"handover:{sha256(token.encode()).hexdigest()}"

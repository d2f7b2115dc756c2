"""Access tokens: one refresh at a time for an account, kept before it is used (integrations.md, rule 7)."""

import time
from collections.abc import Callable
from typing import Any

from django.db import transaction

from integrations.channels.caller import Answer
from integrations.channels.errors import Revoked, Unauthorised
from integrations.models import ChannelAccount
from linkstar.workspaces.fields import Secret
from linkstar.workspaces.models import DriveGrant

# Of the credentials given, what is to be kept instead: "access_token", "access_until" (Unix seconds, already with the
# time ahead taken off), and a new "refresh_token" where the channel gives one. Raises Revoked when it will not.
Renew = Callable[[Secret], dict[str, Any]]
# A row with `credentials`.
Holder = ChannelAccount | DriveGrant


def access_token(account: Holder, renew: Renew, *, stale: str = "") -> str:
    """A token that is good now and is not `stale`; `account.credentials` are brought up to date.

    Two workers that find it run out ask the channel once: the second waits for the first and takes what it got.
    """
    if not _is_good(account.credentials, stale):
        with transaction.atomic():
            # The row is held while the channel is asked: whoever refreshes with a token that was used up loses both.
            row = type(account).objects.select_for_update().get(pk=account.pk)
            if not _is_good(row.credentials, stale):
                row.credentials = Secret({**row.credentials, **renew(row.credentials)})
                row.save(update_fields=["credentials"])
        account.credentials = row.credentials
    return str(account.credentials["access_token"])


def call_with_token(account: Holder, renew: Renew, call: Callable[[str], Answer]) -> Answer:
    """`call` with a token; once more with a new one when the channel refuses it. Raises Revoked after that."""
    token = access_token(account, renew)
    try:
        return call(token)
    except Unauthorised:
        fresh = access_token(account, renew, stale=token)
    try:
        return call(fresh)
    except Unauthorised as error:
        raise Revoked(str(error)) from error


def _is_good(credentials: Secret, stale: str) -> bool:
    token = credentials.get("access_token")
    # Of a token whose end nobody told, the channel says it when it has come.
    return bool(token) and token != stale and float(credentials.get("access_until", "inf")) > time.time()

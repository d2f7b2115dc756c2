"""Walmart Marketplace US over HTTP: tokens of 15 minutes, its headers, and its own word for when to come again.

Sources: integrations.md section 3; rates after Walmart's table of limits as clients quote it, and lower where that is
in doubt (orders 5,000, returns 50, tokens 30 calls a minute).
"""

import time
import uuid
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings

from integrations.addresses import checked
from integrations.channels.caller import Answer, Caller
from integrations.channels.errors import Refused, Revoked, Unauthorised
from integrations.channels.pace import Bucket, Operation
from integrations.channels.parsing import readable
from integrations.channels.tokens import call_with_token
from integrations.models import ChannelAccount
from linkstar.workspaces.fields import Secret

APP = "walmart"
TOKEN = Operation("token", rate=0.4, burst=15)
ORDERS = Operation("orders", rate=5, burst=20)
RETURNS = Operation("returns", rate=0.7, burst=20)
PROFILE = Operation("partnerprofile", rate=0.5, burst=5)
_PATHS = {ORDERS: "/v3/orders", RETURNS: "/v3/returns", PROFILE: "/v3/settings/partnerprofile"}
# Renewed when four fifths of its life are over.
_SHARE_USED = 0.8
_SERVICE = "Walmart Marketplace"
_LONGEST_TOLD = 600.0
# A number of this size is no count of seconds.
_MILLISECONDS = 1e11


class WalmartClient:
    """For one account; `close` it."""

    def __init__(self, account: ChannelAccount) -> None:
        self._account = account
        self._base = checked(settings.WALMART_API_URL)
        self._caller = _caller(account.external_id)

    def close(self) -> None:
        self._caller.close()

    def get(
        self,
        operation: Operation,
        *,
        params: Mapping[str, str] | None = None,
        cursor: str = "",
        keys: tuple[str, ...] = (),
    ) -> Any:
        """The parsed answer. `cursor`: the query string that Walmart gave for the next page, instead of `params`."""
        url = f"{self._base}{_PATHS[operation]}"
        if cursor:
            url, params = f"{url}?{cursor.removeprefix('?')}", None

        def call(token: str) -> Answer:
            return self._caller.call(
                "GET", url, operation=operation, params=params, headers=lambda: _headers(token), keys=keys
            )

        answer = call_with_token(self._account, self._renew, call)
        self._heed(operation, answer.headers)
        return answer.data

    def _renew(self, credentials: Secret) -> dict[str, Any]:
        return _ask_token(self._caller, self._base, credentials)

    def _heed(self, operation: Operation, headers: Mapping[str, str]) -> None:
        """Nothing is left of this minute's calls: the next ones would be refused and counted against us."""
        if headers.get("x-current-token-count") == "0":
            wait = _wait_until(headers)
            if wait:
                Bucket(self._caller.app, self._caller.account, operation).close(wait)


def ask_profile(credentials: dict[str, Any]) -> dict[str, Any]:
    """Whose credentials they are, before there is an account: Walmart's `partner`. Raises Revoked for wrong ones."""
    caller, base = _caller(str(credentials["client_id"])), checked(settings.WALMART_API_URL)
    try:
        token = _ask_token(caller, base, Secret(credentials))["access_token"]
        answer = caller.call(
            "GET",
            f"{base}{_PATHS[PROFILE]}",
            operation=PROFILE,
            headers=lambda: _headers(token),
            keys=("partner",),
        )
    except Unauthorised as error:
        raise Revoked(str(error)) from error
    finally:
        caller.close()
    return dict(answer.data["partner"])


def _caller(account: str) -> Caller:
    return Caller(app=APP, account=account, read_wait=told_wait)


def _ask_token(caller: Caller, base: str, credentials: Secret) -> dict[str, Any]:
    pair = f"{credentials['client_id']}:{credentials['client_secret']}".encode()
    try:
        answer = caller.call(
            "POST",
            f"{base}/v3/token",
            operation=TOKEN,
            headers=lambda: {**_headers(), "Authorization": f"Basic {b64encode(pair).decode()}"},
            form={"grant_type": "client_credentials"},
            keys=("access_token", "expires_in"),
        )
    except (Unauthorised, Refused) as error:
        # Wrong or withdrawn keys: 400 and 401 have both been seen.
        raise Revoked(str(error)) from error
    with readable():
        lives = float(answer.data["expires_in"])
        return {"access_token": str(answer.data["access_token"]), "access_until": time.time() + lives * _SHARE_USED}


def _headers(token: str = "") -> dict[str, str]:
    """Of one try: Walmart tells them apart by the correlation id."""
    return {
        "WM_SVC.NAME": _SERVICE,
        "WM_QOS.CORRELATION_ID": str(uuid.uuid4()),
        "Accept": "application/json",
        **({"WM_SEC.ACCESS_TOKEN": token} if token else {}),
    }


def told_wait(response: httpx.Response) -> float | None:
    """Seconds until Walmart takes calls again, by Retry-After or its own header; None: it does not say."""
    try:
        return max(0.0, float(response.headers["retry-after"]))
    except (KeyError, ValueError):
        return _wait_until(response.headers)


def _wait_until(headers: Mapping[str, str]) -> float | None:
    """`x-next-replenish-time`: milliseconds (or seconds) since 1970, or ISO 8601; its longer spelling occurs too."""
    told = headers.get("x-next-replenish-time") or headers.get("x-next-replenishment-time") or ""
    try:
        at = float(told) if told.isdigit() else datetime.fromisoformat(told).timestamp()
    except (ValueError, OverflowError):
        return None
    at = at / 1000 if at > _MILLISECONDS else at
    return min(max(0.0, at - time.time()), _LONGEST_TOLD) or None

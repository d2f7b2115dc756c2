"""TikTok Shop US over HTTP: signed calls, tokens with an absolute end, and errors told in the body.

Sources: integrations.md section 3; codes as TikTok's page of common errors has them. The rates are not published: ours
are far below what clients report (50 a second).
"""

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from integrations.addresses import checked
from integrations.channels.caller import Answer, Caller, dump
from integrations.channels.errors import Refused, Revoked, Throttled, Transient, Unauthorised
from integrations.channels.pace import Operation
from integrations.channels.parsing import readable
from integrations.channels.tokens import call_with_token
from integrations.models import ChannelAccount
from linkstar.workspaces.fields import Secret

APP = "tiktok"
ORDERS = Operation("orders", rate=5, burst=20)
RETURNS = Operation("returns", rate=5, burst=20)
SHOPS = Operation("shops", rate=1, burst=5)
TOKEN = Operation("token", rate=1, burst=5)
_PATHS = {
    ORDERS: "/order/202309/orders/search",
    RETURNS: "/return_refund/202602/returns/search",
    SHOPS: "/authorization/202309/shops",
}
# Renewed when four fifths of what is left of its life are over.
_SHARE_USED = 0.8
_TOKEN_CODES = frozenset({101000, 105000, 105001, 105002, 105003, 105004, 36004004})
# A good token without the permission that is needed: no new one has it either.
_SCOPE_CODES = frozenset({105005, 36009033})
_RATE_CODES = frozenset({36009002})
_THEIR_FAULTS = frozenset({36009003, 36009007, 12001000})
# Several things in one code: only the message tells which.
_MANY = 36009004


def signature(secret: str, path: str, query: Mapping[str, str], body: bytes = b"") -> str:
    """Hex HMAC-SHA256 over secret, path, query (sorted, without `sign` and `access_token`), body and secret again."""
    pairs = "".join(f"{key}{query[key]}" for key in sorted(query) if key not in ("sign", "access_token"))
    text = f"{secret}{path}{pairs}".encode() + body + secret.encode()
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


class TikTokClient:
    """For one account; `close` it."""

    def __init__(self, account: ChannelAccount) -> None:
        self._account = account
        self._caller = _caller(account.external_id)

    def close(self) -> None:
        self._caller.close()

    def search(self, operation: Operation, query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        """`data` of a page of the account's shop."""

        def call(token: str) -> Answer:
            with_shop = {**query, "shop_cipher": str(self._account.credentials["shop_cipher"])}
            return _signed(self._caller, "POST", operation, token, with_shop, dump(dict(body)))

        return _data(call_with_token(self._account, self._renew, call))

    def shops(self) -> list[dict[str, Any]]:
        """All shops that the seller let us into."""

        def call(token: str) -> Answer:
            return _signed(self._caller, "GET", SHOPS, token)

        return _shops(call_with_token(self._account, self._renew, call))

    def _renew(self, credentials: Secret) -> dict[str, Any]:
        asked = {"refresh_token": str(credentials["refresh_token"]), "grant_type": "refresh_token"}
        return ask_tokens(self._caller, "refresh", asked)


def exchange_code(code: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The credentials that a code from the browser is good for, once, and the shops they open."""
    caller = _caller("")
    try:
        tokens = ask_tokens(caller, "get", {"auth_code": code, "grant_type": "authorized_code"})
        return tokens, _shops(_signed(caller, "GET", SHOPS, tokens["access_token"]))
    except Unauthorised as error:
        raise Revoked(str(error)) from error
    finally:
        caller.close()


def ask_tokens(caller: Caller, kind: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """`kind`: "get" or "refresh". The secret stands in the address, which nothing of ours writes down."""
    params = {"app_key": settings.TIKTOK_APP_KEY, "app_secret": settings.TIKTOK_APP_SECRET, **asked}
    url = f"{checked(settings.TIKTOK_SHOP_AUTH_URL)}/api/v2/token/{kind}"
    try:
        data = _data(caller.call("GET", url, operation=TOKEN, params=params, keys=("code",)))
    except Unauthorised as error:
        raise Revoked(str(error)) from error
    except Refused as error:
        # A code of its own says that this token is no longer taken; a wrong address or key of ours is another matter.
        if error.status == 404 or error.code == "app_keys":
            raise
        raise Revoked(str(error)) from error
    with readable():
        ends, now = float(data["access_token_expire_in"]), time.time()
        return {
            "access_token": str(data["access_token"]),
            "refresh_token": str(data["refresh_token"]),
            "access_until": now + (ends - now) * _SHARE_USED,
            "refresh_until": int(data.get("refresh_token_expire_in") or 0),
            "seller_name": str(data.get("seller_name") or ""),
        }


def _caller(account: str) -> Caller:
    return Caller(app=APP, account=account, read_error=_raise_told)


def _signed(
    caller: Caller,
    method: str,
    operation: Operation,
    token: str,
    query: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    path = _PATHS[operation]
    params = {**(query or {}), "app_key": settings.TIKTOK_APP_KEY, "timestamp": str(int(time.time()))}
    params["sign"] = signature(settings.TIKTOK_APP_SECRET, path, params, body or b"")
    return caller.call(
        method,
        f"{checked(settings.TIKTOK_SHOP_API_URL)}{path}",
        operation=operation,
        params=params,
        headers={"x-tts-access-token": token, "Content-Type": "application/json"},
        body=body,
        keys=("code",),
    )


def _raise_told(status: int, data: Any) -> None:
    """`code` other than 0 is an error, whatever the status of HTTP."""
    code = data.get("code") if isinstance(data, dict) else None
    if not isinstance(code, int) or code == 0:
        return
    text = f"HTTP {status} code {code}"
    if code in _RATE_CODES:
        raise Throttled(text)
    if code in _THEIR_FAULTS:
        raise Transient(text)
    if code in _SCOPE_CODES:
        raise Revoked(text, code="scope")
    told = str(data.get("message", "")).lower() if code == _MANY else ""
    if code in _TOKEN_CODES or "access" in told:
        raise Unauthorised(text)
    raise Refused(text, status=status, word=str(code), code="app_keys" if "app_key" in told else "")


def _data(answer: Answer) -> dict[str, Any]:
    with readable():
        if answer.data["code"] != 0:
            raise ValueError("no code")
        return dict(answer.data["data"])


def _shops(answer: Answer) -> list[dict[str, Any]]:
    data = _data(answer)
    with readable():
        return list(data["shops"])

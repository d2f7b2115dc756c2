"""How a Shopify shop lets us in, and how its tokens are renewed (integrations.md 2.2)."""

import hmac
import time
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from integrations.addresses import SHOP_HOST, checked
from integrations.channels.base import Grant
from integrations.channels.caller import Caller
from integrations.channels.errors import Refused, Revoked, Unauthorised
from integrations.channels.pace import Operation
from linkstar.workspaces.fields import Secret

# A callback that is older, or comes from the future by as much, is none.
_FRESH_SECONDS = 90
# Tokens are renewed so much before they run out, and those of a short life at four fifths of it.
_AHEAD_SECONDS = 300
_AHEAD_SHARE = 0.2
_LIFE_SECONDS = 3600
_TOKEN = Operation("token", rate=2, burst=10)


def check_shop(shop: str) -> str:
    """The shop's host name as it is; raises Refused for any other, before something is asked of it."""
    if not SHOP_HOST.fullmatch(shop):
        raise Refused("No address of a Shopify shop.", code="bad_shop")
    return shop


def signature_of(params: Mapping[str, str], secret: str) -> str:
    """Hex HMAC-SHA256 of all parameters but the signature itself, in the order of their names."""
    message = "&".join(f"{name}={params[name]}" for name in sorted(params) if name not in ("hmac", "signature"))
    return hmac.new(secret.encode(), message.encode(), sha256).hexdigest()


def check_callback(params: Mapping[str, str], *, secret: str, now: datetime, state: str | None = None) -> str:
    """The shop that Shopify sent somebody back from. Raises Refused for what did not come from Shopify just now.

    `state`: the one that was sent along, where the caller has not compared it already.
    """
    shop = check_shop(params.get("shop", ""))
    told = params.get("hmac", "")
    if not secret or not hmac.compare_digest(told.encode(), signature_of(params, secret).encode()):
        raise Refused("The signature is wrong.", code="bad_callback")
    if state is not None and not hmac.compare_digest(state.encode(), params.get("state", "").encode()):
        raise Refused("The state is another.", code="bad_callback")
    timestamp = params.get("timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(now.timestamp() - int(timestamp)) > _FRESH_SECONDS:
        raise Refused("The callback is too old.", code="bad_callback")
    return shop


class ShopifyAuthoriser:
    typed: tuple[str, ...] = ()

    def authorize_url(self, *, state: str, redirect_uri: str, shop: str = "") -> str:
        asked = {
            "client_id": settings.SHOPIFY_CLIENT_ID,
            "scope": ",".join(settings.SHOPIFY_SCOPES),
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{_base(check_shop(shop))}/admin/oauth/authorize?{urlencode(asked)}"

    def exchange(self, params: dict[str, str], *, redirect_uri: str, now: datetime) -> Grant:
        """The credentials for `params` of the callback, whose state the caller has compared. Raises ChannelError."""
        shop = check_callback(params, secret=settings.SHOPIFY_CLIENT_SECRET, now=now)
        caller = Caller(app="shopify", account=shop)
        try:
            credentials = Tokens(shop, caller).first(params.get("code", ""), now=now)
        except Unauthorised as error:
            raise Refused(str(error), code="refused") from error
        finally:
            caller.close()
        return Grant(shop, credentials)


class Tokens:
    """Access tokens of one shop: they live an hour, and each renewal gives a new refresh token too."""

    def __init__(self, shop: str, caller: Caller) -> None:
        self.shop, self.caller = shop, caller

    def first(self, code: str, *, now: datetime) -> dict[str, Any]:
        return self._ask({"code": code, "expiring": "1"}, now.timestamp())

    def renew(self, credentials: Secret) -> dict[str, Any]:
        """Both tokens anew, to be kept before one is used. Raises Revoked when the shop gives none any more."""
        refresh_token = credentials.get("refresh_token")
        if not refresh_token:
            raise Revoked("The access token ended and there is none to renew it with.")
        try:
            asked = {"grant_type": "refresh_token", "refresh_token": str(refresh_token)}
            clock = time.time()
            return {"access_until": clock + _LIFE_SECONDS - _AHEAD_SECONDS, **self._ask(asked, clock)}
        except (Refused, Unauthorised) as error:
            if "invalid_client" in str(error) or getattr(error, "status", 401) not in (400, 401, 403, 404):
                # Ours to mend: the application's keys, or what we asked.
                raise
            raise Revoked(str(error)) from error

    def _ask(self, asked: dict[str, str], clock: float) -> dict[str, Any]:
        form = {"client_id": settings.SHOPIFY_CLIENT_ID, "client_secret": settings.SHOPIFY_CLIENT_SECRET, **asked}
        answer = self.caller.call(
            "POST",
            f"{_base(check_shop(self.shop))}/admin/oauth/access_token",
            operation=_TOKEN,
            keys=["access_token"],
            headers={"Accept": "application/json"},
            form=form,
        )
        return _kept(answer.data, clock)


def _kept(told: dict[str, Any], clock: float) -> dict[str, Any]:
    """What of a token answer is kept. A shop that gives no end of a token gives one without an end."""
    kept: dict[str, Any] = {"access_token": str(told["access_token"])}
    if told.get("expires_in"):
        life = float(told["expires_in"])
        kept["access_until"] = clock + life - min(_AHEAD_SECONDS, life * _AHEAD_SHARE)
    if told.get("refresh_token"):
        kept["refresh_token"] = str(told["refresh_token"])
    if told.get("refresh_token_expires_in"):
        kept["refresh_until"] = clock + float(told["refresh_token_expires_in"])
    if told.get("scope"):
        kept["scope"] = str(told["scope"])
    return kept


def _base(shop: str) -> str:
    return checked(settings.SHOPIFY_URL_TEMPLATE.format(shop=shop))

"""Login with Amazon: how a seller lets us in, and how access is renewed (integrations.md 1.2)."""

import time
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from integrations.addresses import checked
from integrations.channels.base import Grant
from integrations.channels.caller import Caller
from integrations.channels.errors import Refused, Revoked, Unauthorised
from integrations.channels.pace import Operation
from linkstar.workspaces.fields import Secret

APP = "amazon"
_TOKEN = Operation("token", 1, 10)
# Of an access token's life, what we use of it.
_USED = 0.8
# The seller took the permission back, or it is over a year old.
_GONE = ("invalid_grant",)


def token_url() -> str:
    """AMAZON_LWA_URL is the whole address, or only the host's."""
    base = checked(settings.AMAZON_LWA_URL)
    return base if urlsplit(base).path.strip("/") else f"{base}/auth/o2/token"


def renew(caller: Caller, credentials: Secret) -> dict[str, Any]:
    """New access by the refresh token; see tokens.Renew. Raises Revoked when the seller took it back."""
    form = {"grant_type": "refresh_token", "refresh_token": str(credentials.get("refresh_token", ""))}
    try:
        return _ask(caller, form)
    except Refused as error:
        if error.word in _GONE:
            raise Revoked(str(error)) from error
        raise


class AmazonAuthoriser:
    """The website workflow: the seller agrees in Seller Central and comes back with a code that lives minutes."""

    typed: tuple[str, ...] = ()

    def authorize_url(self, *, state: str, redirect_uri: str, shop: str = "") -> str:
        query = {"application_id": settings.AMAZON_APPLICATION_ID, "state": state, "redirect_uri": redirect_uri}
        if settings.AMAZON_APPLICATION_IS_DRAFT:
            query["version"] = "beta"
        return f"{settings.AMAZON_SELLER_CENTRAL_URL}/apps/authorize/consent?{urlencode(query)}"

    def exchange(self, params: dict[str, str], *, redirect_uri: str, now: datetime) -> Grant:
        """`params` are those that the seller's browser came back with. Raises Refused: the code is no longer good."""
        seller, code = params.get("selling_partner_id", ""), params.get("spapi_oauth_code", "")
        if not seller or not code:
            raise Refused("The answer names no seller or no code.", code="no_grant")
        caller = Caller(app=APP, account=seller)
        try:
            got = _ask(caller, {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri})
        finally:
            caller.close()
        if not got.get("refresh_token"):
            raise Refused("Login with Amazon gave no refresh token.", code="no_grant")
        return Grant(seller, got)


def _ask(caller: Caller, form: dict[str, str]) -> dict[str, Any]:
    """Raises Refused with Amazon's own word; "app_keys": our client id or secret is not good."""
    keys = {"client_id": settings.AMAZON_LWA_CLIENT_ID, "client_secret": settings.AMAZON_LWA_CLIENT_SECRET}
    try:
        answer = caller.call(
            "POST", token_url(), operation=_TOKEN, keys=("access_token", "expires_in"), form={**form, **keys}
        )
    except Unauthorised as error:
        raise Refused(str(error), code="app_keys", status=401) from error
    except Refused as error:
        if error.word in ("invalid_client", "unauthorized_client"):
            raise Refused(str(error), code="app_keys", status=error.status, word=error.word) from error
        raise
    got = {"access_token": answer.data["access_token"]}
    got["access_until"] = time.time() + _USED * float(answer.data["expires_in"])
    if answer.data.get("refresh_token"):
        got["refresh_token"] = answer.data["refresh_token"]
    return got

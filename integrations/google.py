"""Google Drive over HTTP, by one person's own permission: four calls, and never for what stands in a file.

Sources: integrations.md section 4; reasons of refusals as Google's page "Resolve errors" has them. The rates are ours.
"""

import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from django.conf import settings

from integrations.addresses import checked
from integrations.channels.caller import Answer, Caller
from integrations.channels.errors import Later, Refused, Revoked, Throttled, Unauthorised
from integrations.channels.pace import Operation
from integrations.channels.parsing import readable
from integrations.channels.tokens import access_token, call_with_token
from linkstar.lib.drive import DriveFile
from linkstar.workspaces.fields import Secret
from linkstar.workspaces.models import DriveGrant

APP = "google"
# Only files that the person chose here themselves (integrations.md, section 4).
SCOPE = "https://www.googleapis.com/auth/drive.file"
_TOKEN = Operation("token", rate=2, burst=10)
_ABOUT = Operation("about", rate=1, burst=5)
_FILE = Operation("file", rate=1, burst=20)
# Somebody sits and waits.
_TIMEOUT, _TRIES = httpx.Timeout(5, connect=3), 2
# Of an access token's life, what we use of it.
_USED = 0.8
_TOO_OFTEN = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "sharingRateLimitExceeded"})
_NO_SCOPE = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
_NOT_OURS = frozenset({"accessNotConfigured", "SERVICE_DISABLED", "API_KEY_INVALID"})


@dataclass(frozen=True, slots=True)
class Sight:
    """What Google says of a file to one person."""

    name: str
    may_edit: bool


def authorize_url(*, state: str, verifier: str, redirect_uri: str) -> str:
    """Asks each time, and which account: only then does Google give something to renew with."""
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "client_id": settings.GOOGLE_CLIENT_ID,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": SCOPE,
        "access_type": "offline",
        "prompt": "consent select_account",
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{checked(settings.GOOGLE_ACCOUNTS_URL)}/o/oauth2/v2/auth?{urlencode(query)}"


def exchange(code: str, *, verifier: str, redirect_uri: str) -> Secret:
    """Credentials for a code, once. Raises Refused; "scope": the box for files was not ticked."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": redirect_uri,
    }
    with _caller("") as caller:
        answer = _ask_token(caller, form)
        with readable():
            if SCOPE not in str(answer.data["scope"]).split():
                raise Refused("Without the scope for files.", code="scope")
            return Secret({**_access(answer), "refresh_token": str(answer.data["refresh_token"])})


def account_of(credentials: Secret) -> str:
    """The address of the account at Google that they belong to."""
    with _caller("") as caller:
        answer = caller.call(
            "GET",
            f"{checked(settings.GOOGLE_API_URL)}/drive/v3/about",
            operation=_ABOUT,
            keys=("user",),
            params={"fields": "user(emailAddress)"},
            headers=_bearer(credentials["access_token"]),
        )
    with readable():
        return str(answer.data["user"]["emailAddress"])[:254]


def revoke(credentials: Secret) -> None:
    """Google forgets the permission; all its tokens are void. One that it no longer knows is fine."""
    url = f"{checked(settings.GOOGLE_OAUTH_URL)}/revoke"
    with _caller("") as caller:
        try:
            caller.call("POST", url, operation=_TOKEN, form={"token": str(credentials.get("refresh_token", ""))})
        except Refused as error:
            if error.word != "invalid_token":
                raise


def token_of(grant: DriveGrant) -> str:
    """Good for some minutes at least. Raises Revoked when Google takes the permission no longer."""
    with _caller(str(grant.pk)) as caller:
        return access_token(grant, lambda credentials: _renew(caller, credentials))


def look_at(grant: DriveGrant, file: DriveFile) -> Sight:
    """Raises Refused with Google's status, 403 or 404, when it does not show the file to this person through us."""
    url = f"{checked(settings.GOOGLE_API_URL)}/drive/v3/files/{quote(file.file_id, safe='')}"
    params = {"fields": "id,name,capabilities(canEdit)", "supportsAllDrives": "true"}
    key = {"X-Goog-Drive-Resource-Keys": f"{file.file_id}/{file.resource_key}"} if file.resource_key else {}
    with _caller(str(grant.pk)) as caller:

        def call(token: str) -> Answer:
            headers = _bearer(token) | key
            return caller.call("GET", url, operation=_FILE, keys=("id", "name"), params=params, headers=headers)

        answer = call_with_token(grant, lambda credentials: _renew(caller, credentials), call)
    with readable():
        if answer.data["id"] != file.file_id:
            raise ValueError("another file")
        return Sight(str(answer.data["name"]), bool(answer.data.get("capabilities", {}).get("canEdit")))


@contextmanager
def _caller(account: str) -> Iterator[Caller]:
    caller = Caller(app=APP, account=account, read_error=_told, timeout=_TIMEOUT, tries=_TRIES)
    try:
        yield caller
    except Later as error:
        # Nobody is kept waiting for their turn: they ask again.
        raise Throttled(str(error)) from error
    finally:
        caller.close()


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _renew(caller: Caller, credentials: Secret) -> dict[str, Any]:
    """New access; see tokens.Renew."""
    try:
        answer = _ask_token(
            caller, {"grant_type": "refresh_token", "refresh_token": str(credentials.get("refresh_token", ""))}
        )
    except Refused as error:
        if error.word == "invalid_grant":
            raise Revoked(str(error)) from error
        raise
    with readable():
        return _access(answer)


def _ask_token(caller: Caller, form: dict[str, str]) -> Answer:
    keys = {"client_id": settings.GOOGLE_CLIENT_ID, "client_secret": settings.GOOGLE_CLIENT_SECRET}
    url = f"{checked(settings.GOOGLE_OAUTH_URL)}/token"
    try:
        return caller.call("POST", url, operation=_TOKEN, keys=("access_token", "expires_in"), form=form | keys)
    except Unauthorised as error:
        raise Refused(str(error), code="app_keys", status=401) from error


def _access(answer: Answer) -> dict[str, Any]:
    until = time.time() + _USED * float(answer.data["expires_in"])
    return {"access_token": str(answer.data["access_token"]), "access_until": until}


def _told(status: int, data: Any) -> None:
    """A 403 of Drive has many meanings, and none of them is that the token ran out."""
    if status != 403:
        return
    reason = _reason(data)
    if reason in _TOO_OFTEN:
        raise Throttled(reason)
    code = "scope" if reason in _NO_SCOPE else "app_keys" if reason in _NOT_OURS else ""
    raise Refused(f"HTTP 403 {reason}", code=code, status=403, word=reason)


def _reason(data: Any) -> str:
    try:
        return str(data["error"]["errors"][0]["reason"])[:60]
    except (KeyError, IndexError, TypeError):
        return ""

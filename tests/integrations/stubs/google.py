"""Google as far as we ask it: consent, tokens, one file at a time, and its window for choosing, strict about each.

with serve(GoogleStub()) as google:
    google.point(settings)
    google.shows["1A2b…"] = {"name": "Costs", "edit": True}   # to whoever asks with a good token
    back = google.agree(there)                                 # the query that the browser comes back with
"""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.integrations.stubs.base import Call, ChannelStub, Reply

CLIENT_ID, CLIENT_SECRET = "417.apps.test", "GOCSPX-never-in-a-log"
API_KEY, PROJECT_NUMBER = "AIza-of-the-window", "417000111222"
SCOPE = "https://www.googleapis.com/auth/drive.file"
WINDOW = Path(__file__).with_name("google_window.js")


class GoogleStub(ChannelStub):
    """`scope`: what people agree to. `gone`: refresh tokens that were taken back. Tokens are numbered."""

    def __init__(self) -> None:
        super().__init__()
        self.scope = SCOPE
        self.account = "maya@gmail.test"
        self.shows: dict[str, dict[str, Any]] = {}
        self.refuses: dict[str, tuple[int, str]] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.refresh_tokens: set[str] = set()
        self.access_tokens: set[str] = set()
        self.revoked: list[str] = []
        self.lives = 3600
        self._made = 0

    def point(self, settings: Any) -> None:
        settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
        settings.GOOGLE_API_KEY, settings.GOOGLE_PROJECT_NUMBER = API_KEY, PROJECT_NUMBER
        settings.GOOGLE_API_URL = settings.GOOGLE_ACCOUNTS_URL = settings.GOOGLE_OAUTH_URL = self.url
        settings.GOOGLE_PICKER_URL = f"{self.url}/js/api.js"
        settings.INTEGRATIONS_ALLOW_LOOPBACK = True

    def agree(self, there: str) -> dict[str, str]:
        """Somebody says yes on the page of consent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
        assert asked["client_id"] == CLIENT_ID and asked["response_type"] == "code"
        assert asked["scope"] == SCOPE and asked["access_type"] == "offline"
        assert asked["code_challenge_method"] == "S256"
        code = f"4/code-{len(self.codes)}"
        self.codes[code] = asked
        return {"state": asked["state"], "code": code, "scope": self.scope}

    def operation_of(self, call: Call) -> str:
        return call.plain_path.strip("/").split("/")[2 if "/drive/v3/" in call.plain_path else 0]

    def answer(self, call: Call) -> Reply:
        match self.operation_of(call):
            case "o":
                there = self.agree(f"?{urlencode({name: values[0] for name, values in call.query.items()})}")
                return Reply(302, {}, {"Location": f"{call.one('redirect_uri')}?{urlencode(there)}"})
            case "token":
                return self._token(call.form())
            case "revoke":
                return self._revoke(call.form()["token"])
            case "about":
                return self._with_token(call) or Reply(200, {"user": {"emailAddress": self.account}})
            case "files":
                return self._with_token(call) or self._file(call)
            case "js":
                return Reply(200, WINDOW.read_bytes(), {"Content-Type": "text/javascript"})
        return Reply(404)

    def throttled(self, call: Call) -> Reply:
        return self._no(403, "userRateLimitExceeded")

    def unauthorised(self, call: Call) -> Reply:
        return self._no(401, "authError")

    def _token(self, form: dict[str, str]) -> Reply:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return Reply(401, {"error": "invalid_client"})
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.refresh_tokens:
                return Reply(400, {"error": "invalid_grant"})
            return Reply(200, self._access())
        asked = self.codes.pop(form["code"], None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return Reply(400, {"error": "invalid_grant"})
        refresh = f"1//refresh-{self._made}-never-in-a-log"
        self.refresh_tokens.add(refresh)
        return Reply(200, self._access() | {"refresh_token": refresh})

    def _access(self) -> dict[str, Any]:
        self._made += 1
        token = f"ya29.access-{self._made}-never-in-a-log"
        self.access_tokens.add(token)
        return {"access_token": token, "expires_in": self.lives, "scope": self.scope, "token_type": "Bearer"}

    def _revoke(self, token: str) -> Reply:
        if token not in self.refresh_tokens:
            return Reply(400, {"error": "invalid_token"})
        self.refresh_tokens.discard(token)
        self.revoked.append(token)
        return Reply(200, {})

    def _with_token(self, call: Call) -> Reply | None:
        good = call.headers.get("authorization", "").removeprefix("Bearer ") in self.access_tokens
        return None if good else self.unauthorised(call)

    def _file(self, call: Call) -> Reply:
        file_id = call.plain_path.rpartition("/")[2]
        assert call.one("supportsAllDrives") == "true" and "content" not in call.one("fields")
        if file_id in self.refuses:
            return self._no(*self.refuses[file_id])
        if file_id not in self.shows:
            return self._no(404, "notFound")
        file = self.shows[file_id]
        return Reply(200, {"id": file_id, "name": file["name"], "capabilities": {"canEdit": file.get("edit", False)}})

    def _no(self, status: int, reason: str) -> Reply:
        told = {"errors": [{"domain": "global", "reason": reason, "message": "No."}], "code": status, "message": "No."}
        return Reply(status, json.loads(json.dumps({"error": told})))

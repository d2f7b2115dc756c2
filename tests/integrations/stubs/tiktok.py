"""TikTok Shop US as far as it is read, from raw orders and returns of tests/integrations/fixtures.

It checks each signature by a computation of its own, as the documentation words it.
"""

import hashlib
import hmac
import time
from typing import Any

from tests.integrations.stubs.base import Call, ChannelStub, Reply

APP_KEY, APP_SECRET = "6abc12", "app-secret-19d4e2"
CIPHER, CODE = "GCP_XF90igAAAABh00qsWgtvOiGFNqyubMt3", "TTP_one-time"
SHOP = {"id": "7000714532876273420", "name": "Northwind Lab", "region": "US", "seller_type": "CROSS_BORDER"}
_OPERATIONS = {
    "/api/v2/token/refresh": "token",
    "/api/v2/token/get": "token",
    "/order/202309/orders/search": "orders",
    "/return_refund/202602/returns/search": "returns",
    "/authorization/202309/shops": "shops",
}
_MOST = {"orders": 100, "returns": 50}


class TikTokStub(ChannelStub):
    """API and token service in one. `page`: rows of a page, however many are asked for; `gap`: that page is empty."""

    def __init__(self, orders: list[dict[str, Any]], returns: list[dict[str, Any]]) -> None:
        super().__init__()
        self.orders, self.returns = orders, returns
        self.page, self.lives, self.gap = 7, 7 * 24 * 3600, 1
        # Names the page it was asked for as the next one.
        self.is_stuck = False
        self.access: str | None = "TTP_access0"
        self.refresh = "TTP_refresh0"
        self.count = 0

    def credentials(self) -> dict[str, Any]:
        return {"access_token": self.access, "refresh_token": self.refresh, "shop_cipher": CIPHER}

    def revoke_tokens(self) -> None:
        with self.lock:
            self.access = None

    def operation_of(self, call: Call) -> str:
        return _OPERATIONS.get(call.path, "unknown")

    def throttled(self, call: Call) -> Reply:
        return _told(36009002, "Too many requests.")

    def unauthorised(self, call: Call) -> Reply:
        return _told(105002, "Expired credentials.")

    def answer(self, call: Call) -> Reply:
        operation = self.operation_of(call)
        if operation == "token":
            return self._token(call)
        if call.one("app_key") != APP_KEY or abs(int(call.one("timestamp", "0")) - time.time()) > 300:
            return _told(36009004, "Invalid credentials. Invalid `app_key` query parameter.", status=400)
        if call.one("sign") != _sign(call):
            return _told(106001, "Invalid credentials. The `sign` query parameter is invalid.", status=400)
        if self.access is None or call.headers.get("x-tts-access-token") != self.access:
            return self.unauthorised(call)
        if operation == "shops":
            other = {**SHOP, "id": "7", "region": "GB", "cipher": "GCP_other"}
            return ok({"shops": [other, {**SHOP, "cipher": CIPHER, "code": "USLCXX"}]})
        if call.one("shop_cipher") != CIPHER:
            return _told(106013, "Invalid shop_cipher.")
        rows = self.orders if operation == "orders" else self.returns
        return self._search(call, operation, rows)

    def _token(self, call: Call) -> Reply:
        if call.one("app_key") != APP_KEY or call.one("app_secret") != APP_SECRET:
            return _told(36009004, "Invalid credentials. Invalid `app_key` query parameter.")
        is_code = call.path.endswith("/get") and (call.one("auth_code"), call.one("grant_type")) == (
            CODE,
            "authorized_code",
        )
        is_refresh = call.path.endswith("/refresh") and (call.one("refresh_token"), call.one("grant_type")) == (
            self.refresh,
            "refresh_token",
        )
        if not (is_code or is_refresh):
            return _told(36004004, "Invalid refresh token.")
        self.count += 1
        self.access, self.refresh = f"TTP_access{self.count}", f"TTP_refresh{self.count}"
        now = int(time.time())
        tokens = {"access_token": self.access, "access_token_expire_in": now + self.lives}
        tokens |= {"refresh_token": self.refresh, "refresh_token_expire_in": now + 31_536_000}
        return ok(tokens | {"open_id": "7010736057180325637", "seller_name": "Northwind", "user_type": 0})

    def _search(self, call: Call, operation: str, rows: list[dict[str, Any]]) -> Reply:
        body = call.json()
        size = int(call.one("page_size", "0"))
        if not 1 <= size <= _MOST[operation] or not body:
            return _told(36009004, "Invalid `page_size`.", status=400)
        found = [raw for raw in rows if _is_in(raw, body)]
        found.sort(key=lambda raw: (raw[call.one("sort_field")], raw.get("id") or raw["return_id"]))
        marks = call.one("page_token").split(":") if call.one("page_token") else ["0", "0"]
        number, start = int(marks[0]), int(marks[1])
        # Now and then a page holds nothing, and still another follows.
        end = start if number == self.gap else start + min(self.page, size)
        data: dict[str, Any] = {"total_count": len(found), "next_page_token": ""}
        if found[start:end] or number == 0:
            data["orders" if operation == "orders" else "return_orders"] = found[start:end]
        if end < len(found):
            data["next_page_token"] = f"{number + 1}:{end}"
        if self.is_stuck and call.one("page_token"):
            data["next_page_token"] = call.one("page_token")
        return ok(data)


def _is_in(raw: dict[str, Any], body: dict[str, int]) -> bool:
    for name in ("create_time", "update_time"):
        if not body.get(f"{name}_ge", 0) <= raw[name] < body.get(f"{name}_lt", 2**40):
            return False
    return True


def _sign(call: Call) -> str:
    names = sorted(set(call.query) - {"sign", "access_token"})
    text = APP_SECRET + call.path + "".join(name + call.query[name][0] for name in names)
    message = text.encode() + call.body + APP_SECRET.encode()
    return hmac.new(APP_SECRET.encode(), message, hashlib.sha256).hexdigest()


def ok(data: dict[str, Any]) -> Reply:
    return Reply(200, {"code": 0, "message": "Success", "request_id": "2026", "data": data})


def _told(code: int, message: str, *, status: int = 200) -> Reply:
    return Reply(status, {"code": code, "message": message, "request_id": "2026"})

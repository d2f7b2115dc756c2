"""Walmart Marketplace US as far as it is read, from raw orders and returns of tests/integrations/fixtures."""

import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from tests.integrations.stubs.base import Call, ChannelStub, Reply

KEYS = {"client_id": "walmart-id", "client_secret": "walmart-key-7f3c"}
_OPERATIONS = {
    "/v3/token": "token",
    "/v3/orders": "orders",
    "/v3/returns": "returns",
    "/v3/settings/partnerprofile": "profile",
}
_KNOWN = {
    "orders": {
        "limit", "replacementInfo", "shipNodeType", "createdStartDate", "createdEndDate", "lastModifiedStartDate",
        "lastModifiedEndDate", "soIndex", "partnerId", "hasMoreElements",
    },
    "returns": {
        "limit", "isWFSEnabled", "returnLastModifiedStartDate", "returnLastModifiedEndDate", "soIndex", "partnerId",
        "hasMoreElements",
    },
}  # fmt: skip


class WalmartStub(ChannelStub):
    """`page`: rows of a page, however many are asked for. `most`: what it counts but does not give out beyond."""

    def __init__(self, orders: list[dict[str, Any]], returns: list[dict[str, Any]], *, now: datetime) -> None:
        super().__init__()
        self.orders, self.returns, self.now = orders, returns, now
        self.page, self.most, self.lives = 7, 10_000, 900
        # Names the page it was asked for as the next one.
        self.is_stuck = False
        self.tokens: list[str] = []
        self._seen: set[str] = set()

    def revoke_tokens(self) -> None:
        """As if a quarter of an hour had passed."""
        with self.lock:
            self.tokens.append("")

    def operation_of(self, call: Call) -> str:
        return _OPERATIONS.get(call.path, "unknown")

    def throttled(self, call: Call) -> Reply:
        soon = str(int((time.time() + 0.2) * 1000))
        headers = {"x-current-token-count": "0", "x-next-replenish-time": soon}
        return Reply(429, {"errors": {"error": [{"code": "REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API"}]}}, headers)

    def unauthorised(self, call: Call) -> Reply:
        return Reply(401, {"errors": {"error": [{"code": "UNAUTHORIZED.GMP_GATEWAY_API"}]}})

    def answer(self, call: Call) -> Reply:
        operation = self.operation_of(call)
        correlation = call.headers.get("wm_qos.correlation_id", "")
        if not _is_uuid(correlation) or correlation in self._seen:
            return _bad("INVALID_CORRELATION_ID")
        self._seen.add(correlation)
        if not call.headers.get("wm_svc.name") or call.headers.get("accept") != "application/json":
            return _bad("INVALID_REQUEST_HEADER")
        if operation == "token":
            return self._token(call)
        if not self.tokens or not self.tokens[-1] or call.headers.get("wm_sec.access_token") != self.tokens[-1]:
            return self.unauthorised(call)
        if operation == "profile":
            return Reply(200, {"partner": {"partnerId": "10001115001", "partnerDisplayName": "Northwind US"}})
        return self._orders(call) if operation == "orders" else self._returns(call)

    def _token(self, call: Call) -> Reply:
        pair = b64encode(f"{KEYS['client_id']}:{KEYS['client_secret']}".encode()).decode()
        if call.headers.get("authorization") != f"Basic {pair}":
            return self.unauthorised(call)
        if call.form() != {"grant_type": "client_credentials"}:
            return _bad("INVALID_REQUEST")
        self.tokens.append(f"eyWalmart{len(self.tokens)}")
        return Reply(200, {"access_token": self.tokens[-1], "token_type": "Bearer", "expires_in": self.lives})

    def _orders(self, call: Call) -> Reply:
        if error := self._wrong(call, "orders"):
            return error
        oldest = self.now - timedelta(days=180, minutes=1)
        placed = _span(call, "createdStartDate", "createdEndDate", (self.now - timedelta(days=7), self.now))
        changed = _span(
            call, "lastModifiedStartDate", "lastModifiedEndDate", (oldest, datetime.max.replace(tzinfo=UTC))
        )
        if placed[0] < oldest:
            return _bad("INVALID_DATE")
        found = [
            raw
            for raw in self.orders
            if raw["shipNode"]["type"] == call.one("shipNodeType", "SellerFulfilled")
            and placed[0] <= _at(raw["orderDate"]) <= placed[1]
            and changed[0] <= _at(max(line["statusDate"] for line in raw["orderLines"]["orderLine"])) <= changed[1]
        ]
        rows, meta = self._page(call, sorted(found, key=lambda raw: -raw["orderDate"]))
        if call.one("replacementInfo") != "true":
            rows = [{key: value for key, value in raw.items() if key != "orderType"} for raw in rows]
        return Reply(200, {"list": {"meta": meta, "elements": {"order": rows}}}, {"x-current-token-count": "4000"})

    def _returns(self, call: Call) -> Reply:
        if error := self._wrong(call, "returns"):
            return error
        span = _span(call, "returnLastModifiedStartDate", "returnLastModifiedEndDate", None)
        is_wfs = call.one("isWFSEnabled", "N") == "Y"
        found = [
            raw for raw in self.returns if raw["isWFS"] == is_wfs and span[0] <= _at(raw["lastModified"]) <= span[1]
        ]
        rows, meta = self._page(call, found)
        return Reply(200, {"meta": meta, "returnOrders": rows})

    def _wrong(self, call: Call, operation: str) -> Reply | None:
        if set(call.query) - _KNOWN[operation]:
            return _bad("INVALID_QUERY_PARAMETER")
        return None if 1 <= int(call.one("limit", "100")) <= 200 else _bad("INVALID_LIMIT")

    def _page(self, call: Call, found: list[Any]) -> tuple[list[Any], dict[str, Any]]:
        start = int(call.one("soIndex", "0"))
        end = start + min(self.page, int(call.one("limit", "100")))
        given = found[: self.most]
        meta: dict[str, Any] = {"totalCount": len(found), "limit": int(call.one("limit", "100"))}
        if end < len(given):
            kept = {name: values[0] for name, values in call.query.items()}
            following = start if self.is_stuck and start else end
            more = kept | {"soIndex": str(following), "hasMoreElements": "true", "partnerId": "10001115001"}
            meta["nextCursor"] = f"?{urlencode(more)}"
        return given[start:end], meta


def _bad(code: str) -> Reply:
    return Reply(400, {"errors": {"error": [{"code": f"{code}.GMP_ORDER_API"}]}})


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _span(call: Call, start: str, end: str, default: tuple[datetime, datetime] | None) -> tuple[datetime, datetime]:
    told = [call.one(name) for name in (start, end)]
    known = default or (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    since, until = (
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if text else other
        for text, other in zip(told, known, strict=True)
    )
    return since, until

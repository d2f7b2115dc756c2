"""The Selling Partner API, North America: one method for each operation we use (integrations.md 1.1).

Instants go out in UTC, whole seconds. Every method raises what caller.call and tokens.call_with_token raise.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx
from django.conf import settings

from integrations.addresses import AddressRefused, check_document, checked
from integrations.channels.amazon.authorising import APP, renew
from integrations.channels.caller import Answer, Caller, dump
from integrations.channels.errors import Refused, Revoked, TokenExpired, Transient, Unauthorised
from integrations.channels.pace import Operation
from integrations.channels.tokens import call_with_token
from integrations.models import ChannelAccount

# Nothing that names a buyer (rule 16).
INCLUDED = "PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT"
_PLANS = {
    "searchOrders": (0.0056, 20),
    "listTransactions": (0.5, 10),
    "getOrderMetrics": (0.5, 15),
    "createQuery": (0.0167, 15),
    "getQuery": (2, 15),
    "getDocument": (0.0167, 15),
    "getMarketplaceParticipations": (0.016, 15),
    "getInventorySummaries": (2, 2),
    "searchCatalogItems": (2, 2),
}
OPERATIONS = {name: Operation(name, rate, burst) for name, (rate, burst) in _PLANS.items()}
# What a seller may have given us no role for, while orders are read all the same.
_EXTRAS = ("createQuery", "getQuery", "getDocument", "getInventorySummaries", "searchCatalogItems")
_EXPIRED = "token_expired"
_KIOSK = "/dataKiosk/2023-11-15"


def instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class AmazonClient:
    def __init__(self, account: ChannelAccount) -> None:
        self.account = account
        self.caller = Caller(app=APP, account=account.external_id, read_rate=_told_rate, read_error=_read_error)

    def close(self) -> None:
        self.caller.close()

    def orders(self, span: Mapping[str, str], *, token: str | None) -> dict[str, Any]:
        """A page of searchOrders; `span` names the instants as the operation does. TokenExpired: `token` is no good."""
        params = {**span, "marketplaceIds": self.account.marketplace, "includedData": INCLUDED}
        return self._paged("searchOrders", "/orders/2026-01-01/orders", ("orders",), params, "paginationToken", token)

    def transactions(self, *, after: datetime, before: datetime, token: str | None) -> dict[str, Any]:
        """A page of listTransactions; without a marketplace, since orders that the seller ships lack one."""
        params = {"postedAfter": instant(after), "postedBefore": instant(before)}
        path = "/finances/2024-06-19/transactions"
        payload = self._paged("listTransactions", path, ("payload",), params, "nextToken", token)["payload"]
        if not isinstance(payload, dict) or not (payload.get("nextToken") or "transactions" in payload):
            raise Transient("transactions without their list", code="unreadable")
        return payload

    def order_metrics(self, interval: str, zone: str) -> list[dict[str, Any]]:
        params = {
            "marketplaceIds": self.account.marketplace,
            "interval": interval,
            "granularity": "Day",
            "granularityTimeZone": zone,
        }
        return self._list(self._call("getOrderMetrics", "GET", "/sales/v1/orderMetrics", ("payload",), params))

    def participations(self) -> list[dict[str, Any]]:
        path = "/sellers/v1/marketplaceParticipations"
        return self._list(self._call("getMarketplaceParticipations", "GET", path, ("payload",), {}))

    def inventory(self, *, token: str | None) -> dict[str, Any]:
        """A page of FBA stock; its token lives 30 seconds."""
        place = self.account.marketplace
        params = {"details": "true", "granularityType": "Marketplace", "granularityId": place, "marketplaceIds": place}
        path = "/fba/inventory/v1/summaries"
        return self._paged("getInventorySummaries", path, ("payload",), params, "nextToken", token)

    def catalog(self, asins: Sequence[str]) -> list[dict[str, Any]]:
        """What the catalog says of at most 20 ASINs; those it does not know are missing."""
        params = {
            "identifiers": ",".join(asins),
            "identifiersType": "ASIN",
            "marketplaceIds": self.account.marketplace,
            "includedData": "summaries,images,relationships",
            "pageSize": "20",
        }
        return self._list(
            self._call("searchCatalogItems", "GET", "/catalog/2022-04-01/items", ("items",), params), "items"
        )

    def create_query(self, query: str, *, token: str | None = None) -> str:
        body = {"query": query} | ({"paginationToken": token} if token else {})
        data = self._call("createQuery", "POST", f"{_KIOSK}/queries", ("queryId",), {}, body)
        return str(data["queryId"])

    def query(self, query_id: str) -> dict[str, Any]:
        """Raises TokenExpired for one that Amazon no longer keeps."""
        path = f"{_KIOSK}/queries/{quote(query_id, safe='')}"
        try:
            return self._call("getQuery", "GET", path, ("processingStatus",), {})
        except Refused as error:
            if error.status in (400, 404):
                raise TokenExpired(str(error)) from error
            raise

    def document(self, document_id: str) -> bytes:
        """The whole document; a second address is asked for when the first has run out."""
        try:
            return self._download(document_id)
        except Refused as error:
            if error.code == "too_large" or error.status not in (403, 404, 410):
                raise
            return self._download(document_id)

    def _download(self, document_id: str) -> bytes:
        path = f"{_KIOSK}/documents/{quote(document_id, safe='')}"
        url = str(self._call("getDocument", "GET", path, ("documentUrl",), {})["documentUrl"])
        try:
            check_document(url)
        except AddressRefused as error:
            raise Refused(str(error), code="document_address") from error
        return self.caller.download(url)

    def _paged(
        self, name: str, path: str, keys: Sequence[str], params: Mapping[str, str], mark: str, token: str | None
    ) -> dict[str, Any]:
        try:
            return self._call(name, "GET", path, keys, {**params, mark: token} if token else params)
        except Refused as error:
            # There is no word of its own for a token that ran out; without it the same question was good.
            if token and error.status == 400:
                raise TokenExpired(str(error)) from error
            raise

    def _call(
        self,
        name: str,
        method: str,
        path: str,
        keys: Sequence[str],
        params: Mapping[str, str],
        body: Any = None,
    ) -> dict[str, Any]:
        url = f"{checked(settings.AMAZON_SPAPI_URL)}{path}"
        sent: dict[str, str] = {"Content-Type": "application/json"} if body is not None else {}

        def call(token: str) -> Answer:
            return self.caller.call(
                method,
                url,
                operation=OPERATIONS[name],
                keys=keys,
                headers={**sent, "x-amz-access-token": token},
                params=params,
                body=dump(body) if body is not None else None,
            )

        data = self._with_token(name, call).data
        return data if isinstance(data, dict) else {}

    def _with_token(self, name: str, call: Callable[[str], Answer]) -> Answer:
        renewing: Callable[..., dict[str, Any]] = partial(renew, self.caller)
        for is_last in (False, False, True):
            try:
                return call_with_token(self.account, renewing, call)
            except Revoked as error:
                reason = error.__cause__
                # A token of this second cannot have expired: that is trouble at Amazon, and no withdrawal.
                if isinstance(reason, Unauthorised) and reason.code == _EXPIRED and not is_last:
                    continue
                if isinstance(reason, Unauthorised) and name in _EXTRAS:
                    raise Refused(str(error), code="no_role", status=403) from error
                raise
        raise AssertionError("the last try returns or raises")

    def _list(self, data: dict[str, Any], key: str = "payload") -> list[dict[str, Any]]:
        if not isinstance(data[key], list):
            raise Transient(f"{key} is no list", code="unreadable")
        return data[key]


def _read_error(status: int, data: Any) -> None:
    """An access token that ran out is told in the details of a 403 (integrations.md 1.2)."""
    errors = data.get("errors") if isinstance(data, dict) else None
    if status == 403 and "expired" in str(errors).lower():
        raise Unauthorised("HTTP 403 expired", code=_EXPIRED)


def _told_rate(response: httpx.Response) -> float | None:
    try:
        rate = float(response.headers["x-amzn-ratelimit-limit"])
    except (KeyError, ValueError):
        return None
    return rate if 0 < rate < math.inf else None

"""Amazon on loopback: Login with Amazon and the operations of the Selling Partner API we call, strict as its models.

`now` is Amazon's clock. `sales` hold orders with all versions they ever had; an answer shows what was true at `now`.
Rates are high, so that tests are quick; every answer tells its own. See stubs/base.py for the faults.
"""

import gzip
import json
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.integrations.stubs.base import Call, ChannelStub, Reply

US = "ATVPDKIKX0DER"
PACIFIC = ZoneInfo("America/Los_Angeles")
_ORDER_PARAMETERS = {
    "createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore", "fulfillmentStatuses", "marketplaceIds",
    "fulfilledBy", "maxResultsPerPage", "paginationToken", "includedData",
}  # fmt: skip
_INCLUDED = {
    "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES", "TAX",
    "PAYMENT", "FULFILLMENT_ORDERS",
}  # fmt: skip
_PATHS = {
    "/auth/o2/token": "token",
    "/orders/2026-01-01/orders": "searchOrders",
    "/finances/2024-06-19/transactions": "listTransactions",
    "/sales/v1/orderMetrics": "getOrderMetrics",
    "/sellers/v1/marketplaceParticipations": "getMarketplaceParticipations",
    "/fba/inventory/v1/summaries": "getInventorySummaries",
    "/catalog/2022-04-01/items": "searchCatalogItems",
    "/dataKiosk/2023-11-15/queries": "createQuery",
}
_PREFIXES = {
    "/dataKiosk/2023-11-15/queries/": "getQuery",
    "/dataKiosk/2023-11-15/documents/": "getDocument",
    "/presigned/": "download",
}


class Invalid(ValueError):
    """A 400 of code InvalidInput."""


@dataclass
class Item:
    """Amounts in cents, of all units of the line. `sent`: units that left the warehouse."""

    item_id: str
    sku: str
    asin: str
    units: int
    cents: int
    off_cents: int = 0
    is_cancelled: bool = False
    sent: int | None = None


@dataclass
class Version:
    at: datetime
    status: str
    items: list[Item]


@dataclass
class Sale:
    order_id: str
    placed_at: datetime
    versions: list[Version]
    channel: str = "AMAZON"
    marketplace: str = US
    currency: str = "USD"
    is_replacement: bool = False

    def version(self, now: datetime) -> Version | None:
        return next((each for each in reversed(self.versions) if each.at <= now), None)


@dataclass
class GivenBack:
    """One refunded line. `release_of`: the transaction is the release of a refund that was held back."""

    transaction_id: str
    posted_at: datetime
    order_id: str
    sku: str
    asin: str
    units: int
    cents: int
    kind: str = "Refund"
    release_of: str = ""


@dataclass
class Visits:
    day_on: date
    asin: str
    sessions: int
    page_views: int
    buy_box: float


@dataclass
class Query:
    text: str
    asins: list[str]
    since: date
    until: date
    made_at: datetime
    looks: int = 0
    part: int = 0


@dataclass
class Mark:
    """A page token: what it was given for, from where it goes on, and until when."""

    params: dict[str, list[str]]
    offset: int
    until: datetime


@dataclass
class Stock:
    sku: str
    asin: str
    name: str
    fulfillable: int
    inbound: int = 0


@dataclass
class Behaviour:
    """What Amazon may do and is no fault."""

    page_size: int = 25
    # Each page shows the last row of the page before it again.
    repeats: bool = False
    # After each page comes one that is empty.
    has_empty_pages: bool = False
    access_seconds: float = 3600
    mark_seconds: float = 24 * 3600
    # A query is done at its so-manieth look.
    looks: int = 1
    query_ends: str = "DONE"
    # Rows of a Data Kiosk document; more of them come in a second part.
    rows_a_document: int = 10_000
    # "header": told by Content-Encoding; "plain": packed, and not told; "": not packed.
    packing: str = "header"
    is_paced: bool = True


class AmazonStub(ChannelStub):
    limits = dict.fromkeys([*_PATHS.values(), "getQuery", "getDocument"], (400.0, 100.0))
    client_id, client_secret = "amzn1.application-oa2-client.test", "client-secret-of-the-application"

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now
        self.be = Behaviour()
        self.sales: list[Sale] = []
        self.given_back: list[GivenBack] = []
        self.visits: list[Visits] = []
        self.stock: list[Stock] = []
        self.refresh_tokens = {"Atzr|refresh-token-of-the-seller"}
        self.codes: dict[str, str] = {}
        self.access: dict[str, float] = {}
        self.marks: dict[str, Mark] = {}
        self.queries: dict[str, Query] = {}
        self.keys: dict[str, tuple[str, int]] = {}
        self.refreshed = 0
        self.no_role_for: set[str] = set()
        self.validate_query: Callable[[str], list[Any]] = lambda text: []
        # What happens after an operation was answered well.
        self.after: dict[str, Callable[[], None]] = {}
        # Makes of a good order one that is not.
        self.spoil: Callable[[dict[str, Any]], dict[str, Any]] = lambda row: row
        # (operation, answer) of all that was answered well, for the contract tests.
        self.answers: list[tuple[str, Any]] = []

    def operation_of(self, call: Call) -> str:
        if call.path in _PATHS:
            return _PATHS[call.path]
        return next((name for prefix, name in _PREFIXES.items() if call.path.startswith(prefix)), "unknown")

    def throttled(self, call: Call) -> Reply:
        return self._rated(call, _errors(429, "QuotaExceeded", "You exceeded your quota for the requested resource."))

    def unauthorised(self, call: Call) -> Reply:
        """The token has expired: no later call with it goes well either."""
        self.access.pop(call.headers.get("x-amz-access-token", ""), None)
        return _errors(
            403, "Unauthorized", "Access to requested resource is denied.", "The access token you provided has expired."
        )

    def answer(self, call: Call) -> Reply:
        name = self.operation_of(call)
        if name == "token":
            return self._token(call)
        if name == "download":
            return self._download(call)
        if name == "unknown":
            return _errors(404, "NotFound", "Resource not found.")
        if "linkstar" not in call.headers.get("user-agent", "").lower():
            return _errors(403, "Forbidden", "A User-Agent is needed.")
        if self.access.get(call.headers.get("x-amz-access-token", ""), 0) <= self.clock():
            return self.unauthorised(call)
        if name in self.no_role_for:
            return _errors(403, "Unauthorized", "Access to requested resource is denied.")
        try:
            body = getattr(self, "_" + re.sub("([A-Z])", r"_\1", name).lower())(call)
        except Invalid as error:
            return self._rated(call, _errors(400, "InvalidInput", str(error), str(error)))
        self.answers.append((name, body))
        self.after.get(name, lambda: None)()
        return self._rated(call, Reply(202 if name == "createQuery" else 200, body))

    def clock(self) -> float:
        """Of access tokens: real seconds."""
        return time.time()

    def _rated(self, call: Call, reply: Reply) -> Reply:
        limit = self.limits.get(self.operation_of(call))
        if limit and self.be.is_paced:
            reply.headers["x-amzn-RateLimit-Limit"] = str(limit[0])
        return reply

    # Login with Amazon.

    def _token(self, call: Call) -> Reply:
        form = call.form()
        if call.method != "POST" or call.headers.get("content-type") != "application/x-www-form-urlencoded":
            return Reply(400, {"error": "invalid_request", "error_description": "The request is malformed."})
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            return Reply(401, {"error": "invalid_client", "error_description": "Client authentication failed."})
        if form.get("grant_type") == "authorization_code":
            refresh = self.codes.pop(form.get("code", ""), "")
        else:
            refresh = form.get("refresh_token", "")
        if refresh not in self.refresh_tokens:
            return Reply(
                400, {"error": "invalid_grant", "error_description": "The request has an invalid grant parameter."}
            )
        self.refreshed += 1
        token = f"Atza|{secrets.token_urlsafe(24)}"
        self.access[token] = self.clock() + self.be.access_seconds
        return Reply(
            200,
            {
                "access_token": token,
                "refresh_token": refresh,
                "token_type": "bearer",
                "expires_in": int(self.be.access_seconds),
            },
        )

    # Orders.

    def _search_orders(self, call: Call) -> dict[str, Any]:
        _only(call, _ORDER_PARAMETERS)
        query = call.query
        created, updated = "createdAfter" in query, "lastUpdatedAfter" in query
        if created == updated:
            raise Invalid("Exactly one of createdAfter and lastUpdatedAfter.")
        if (created and "lastUpdatedBefore" in query) or (updated and "createdBefore" in query):
            raise Invalid("The two ends of the span are of two kinds.")
        after = _instant(call.one("createdAfter" if created else "lastUpdatedAfter"))
        before = _instant(
            call.one("createdBefore" if created else "lastUpdatedBefore") or _text(self.now - timedelta(minutes=2))
        )
        if before < after or before > self.now - timedelta(minutes=2):
            raise Invalid("The end is before the start, or less than two minutes in the past.")
        included = set(_list(call, "includedData"))
        if included - _INCLUDED:
            raise Invalid("includedData")
        places = _list(call, "marketplaceIds")
        rows = []
        for sale in self.sales:
            version = sale.version(self.now)
            at = None if version is None else sale.placed_at if created else version.at
            if at is not None and after <= at <= before and (not places or sale.marketplace in places):
                rows.append((at, sale.order_id, self.spoil(order_json(sale, version, included))))  # type: ignore[arg-type]
        rows.sort(key=lambda row: row[:2])
        page, mark = self._page(call, "paginationToken", [row[2] for row in rows])
        answer: dict[str, Any] = {"orders": page, ("createdBefore" if created else "lastUpdatedBefore"): _text(before)}
        return answer | ({"pagination": {"nextToken": mark}} if mark else {})

    # Finances.

    def _list_transactions(self, call: Call) -> dict[str, Any]:
        _only(call, {"postedAfter", "postedBefore", "marketplaceId", "transactionStatus", "nextToken"})
        if "postedAfter" not in call.query:
            raise Invalid("Start date cannot be null")
        after = _instant(call.one("postedAfter"))
        before = _instant(call.one("postedBefore") or _text(self.now - timedelta(minutes=2)))
        if not after < before < self.now - timedelta(minutes=2):
            raise Invalid("postedBefore must be later than postedAfter and more than two minutes ago.")
        found = [row for row in self.given_back if after <= row.posted_at < before]
        if before - after > timedelta(days=180):
            found = []
        by_transaction: dict[str, list[GivenBack]] = {}
        for row in sorted(found, key=lambda row: (row.posted_at, row.transaction_id)):
            by_transaction.setdefault(row.transaction_id, []).append(row)
        page, mark = self._page(call, "nextToken", [transaction_json(rows) for rows in by_transaction.values()])
        return {"payload": {"transactions": page} | ({"nextToken": mark} if mark else {})}

    # Sales.

    def _get_order_metrics(self, call: Call) -> dict[str, Any]:
        _only(call, {"marketplaceIds", "interval", "granularityTimeZone", "granularity", "buyerType", "asin", "sku"})
        if _list(call, "marketplaceIds") != [US] or call.one("granularity") != "Day":
            raise Invalid("One marketplace and a granularity.")
        start, end = (datetime.fromisoformat(text) for text in call.one("interval").split("--"))
        zone = ZoneInfo(call.one("granularityTimeZone"))
        if any(at.astimezone(zone).utcoffset() != at.utcoffset() for at in (start, end)):
            raise Invalid("granularityTimeZone must align with the offset of the interval.")
        if self.now - start > timedelta(days=731):
            raise Invalid("More than two years ago.")
        rows, day = [], start.astimezone(zone).date()
        while day < end.astimezone(zone).date():
            ends = [datetime.combine(each, datetime.min.time(), zone) for each in (day, day + timedelta(days=1))]
            units = orders = cents = items = 0
            for sale in self.sales:
                version = sale.version(self.now)
                if version is None or not ends[0] <= sale.placed_at < ends[1] or not counts(sale, version):
                    continue
                sold = [item for item in version.items if not item.is_cancelled]
                units, cents = units + sum(item.units for item in sold), cents + sum(item.cents for item in sold)
                items, orders = items + len(sold), orders + bool(sold)
            rows.append(
                {
                    "interval": "--".join(each.isoformat(timespec="minutes") for each in ends),
                    "unitCount": units, "orderItemCount": items, "orderCount": orders,
                    "averageUnitPrice": _money(cents // units if units else 0), "totalSales": _money(cents),
                }
            )  # fmt: skip
            day += timedelta(days=1)
        return {"payload": rows}

    # Sellers, stock, catalog.

    def _get_marketplace_participations(self, call: Call) -> dict[str, Any]:
        _only(call, set())
        place = {
            "id": US, "countryCode": "US", "name": "Amazon.com", "defaultCurrencyCode": "USD",
            "defaultLanguageCode": "en_US", "domainName": "www.amazon.com",
        }  # fmt: skip
        state = {"isParticipating": True, "hasSuspendedListings": False}
        return {"payload": [{"marketplace": place, "participation": state, "storeName": "Northwind Goods"}]}

    def _get_inventory_summaries(self, call: Call) -> dict[str, Any]:
        _only(call, {"details", "granularityType", "granularityId", "nextToken", "marketplaceIds"})
        if (call.one("granularityType"), call.one("granularityId")) != ("Marketplace", US):
            raise Invalid("granularity")
        rows = [
            {
                "asin": each.asin, "sellerSku": each.sku, "productName": each.name, "condition": "NewItem",
                "totalQuantity": each.fulfillable + each.inbound,
                "inventoryDetails": {
                    "fulfillableQuantity": each.fulfillable, "inboundWorkingQuantity": 0,
                    "inboundShippedQuantity": each.inbound, "inboundReceivingQuantity": 0,
                },
            }
            for each in self.stock
        ]  # fmt: skip
        page, mark = self._page(call, "nextToken", rows)
        place = {"granularityType": "Marketplace", "granularityId": US}
        answer: dict[str, Any] = {"payload": {"granularity": place, "inventorySummaries": page}}
        return answer | ({"pagination": {"nextToken": mark}} if mark else {})

    def _search_catalog_items(self, call: Call) -> dict[str, Any]:
        _only(call, {"identifiers", "identifiersType", "marketplaceIds", "includedData", "pageSize", "pageToken"})
        asins = _list(call, "identifiers")
        if len(asins) > 20 or call.one("identifiersType") != "ASIN" or int(call.one("pageSize", "10")) > 20:
            raise Invalid("identifiers")
        known = {each.asin: each for each in self.stock}
        items = [
            {
                "asin": asin,
                "summaries": [{"marketplaceId": US, "itemName": f"{known[asin].name} (catalog)"}],
                "images": [
                    {
                        "marketplaceId": US,
                        "images": [
                            {
                                "variant": "PT01",
                                "link": f"https://m.media-amazon.com/{asin}-2.jpg",
                                "height": 9,
                                "width": 9,
                            },
                            {
                                "variant": "MAIN",
                                "link": f"https://m.media-amazon.com/{asin}-s.jpg",
                                "height": 5,
                                "width": 5,
                            },
                            {
                                "variant": "MAIN",
                                "link": f"https://m.media-amazon.com/{asin}.jpg",
                                "height": 8,
                                "width": 8,
                            },
                        ],
                    }
                ],
                "relationships": [
                    {"marketplaceId": US, "relationships": [{"type": "VARIATION", "parentAsins": ["B0PARENT00"]}]}
                ],
            }
            for asin in asins
            if asin in known
        ]
        return {"numberOfResults": len(items), "items": items}

    # Data Kiosk.

    def _create_query(self, call: Call) -> dict[str, Any]:
        body = call.json()
        text = body["query"]
        if len(text) > 8000 or self.validate_query(text):
            raise Invalid("The provided query is invalid.")
        asins = json.loads(re.search(r"asins: (\[.*?\])", text)[1])  # type: ignore[index]
        since, until = (date.fromisoformat(each) for each in re.findall(r'Date: "([0-9-]+)"', text))
        if len(asins) > 30 or until > self.now.astimezone(PACIFIC).date() or since > until:
            raise Invalid("filters")
        query = Query(text, asins, since, until, self.now)
        if token := body.get("paginationToken"):
            before = self.queries.get(token)
            if before is None or before.text != text:
                raise Invalid("paginationToken")
            query.part = before.part + 1
        query_id = f"{len(self.queries) + 1}.query"
        self.queries[query_id] = query
        return {"queryId": query_id}

    def _rows(self, query: Query) -> list[Visits]:
        return [row for row in self.visits if row.asin in query.asins and query.since <= row.day_on <= query.until]

    def _get_query(self, call: Call) -> dict[str, Any]:
        query_id = call.plain_path.rsplit("/", 1)[1]
        query = self.queries.get(query_id)
        if query is None:
            raise Invalid("Invalid input")
        query.looks += 1
        status = self.be.query_ends if query.looks >= self.be.looks else ("IN_QUEUE", "IN_PROGRESS")[query.looks > 1]
        answer = {
            "queryId": query_id, "query": query.text, "createdTime": _text(query.made_at), "processingStatus": status,
        }  # fmt: skip
        if status == "FATAL":
            answer["errorDocumentId"] = "error"
        if status == "DONE":
            end = (query.part + 1) * self.be.rows_a_document
            if self._rows(query)[query.part * self.be.rows_a_document : end]:
                answer["dataDocumentId"] = f"document-{query_id}"
            if len(self._rows(query)) > end:
                answer["pagination"] = {"nextToken": query_id}  # type: ignore[assignment]
        return answer

    def _get_document(self, call: Call) -> dict[str, Any]:
        document_id = call.plain_path.rsplit("/", 1)[1]
        if document_id.removeprefix("document-") not in self.queries:
            raise Invalid("Invalid input")
        key = secrets.token_urlsafe(8)
        self.keys[key] = (document_id.removeprefix("document-"), 1)
        return {"documentId": document_id, "documentUrl": f"{self.url}/presigned/{key}?X-Amz-Signature=of-the-document"}

    def _download(self, call: Call) -> Reply:
        if "x-amz-access-token" in call.headers or "authorization" in call.headers:
            return Reply(400, b"Only one auth mechanism allowed")
        query_id, _ = self.keys.pop(call.path.rsplit("/", 1)[1], ("", 0))
        if not query_id:
            return Reply(403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
        query = self.queries[query_id]
        start = query.part * self.be.rows_a_document
        lines = [json.dumps(traffic_json(row)) for row in self._rows(query)[start : start + self.be.rows_a_document]]
        content = "".join(f"{line}\n" for line in lines).encode()
        headers = {"Content-Type": "application/x-ndjson"}
        if self.be.packing:
            content = gzip.compress(content)
        if self.be.packing == "header":
            headers["Content-Encoding"] = "gzip"
        return Reply(200, content, headers)

    # Pages.

    def _page(self, call: Call, name: str, rows: list[Any]) -> tuple[list[Any], str | None]:
        params = {key: values for key, values in call.query.items() if key != name}
        offset, is_empty = 0, False
        if name in call.query:
            mark = self.marks.get(call.one(name))
            if mark is None or mark.params != params or mark.until <= self.now:
                raise Invalid("The token is invalid or has expired.")
            offset, is_empty = abs(mark.offset), mark.offset < 0
        if is_empty:
            return [], self._mark(params, offset)
        end = offset + self.be.page_size
        page = rows[max(0, offset - self.be.repeats) : end]
        if end >= len(rows):
            return page, None
        return page, self._mark(params, -end if self.be.has_empty_pages else end)

    def _mark(self, params: dict[str, list[str]], offset: int) -> str:
        key = secrets.token_urlsafe(16) + "/+="
        self.marks[key] = Mark(params, offset, self.now + timedelta(seconds=self.be.mark_seconds))
        return key


def counts(sale: Sale, version: Version) -> bool:
    """Whether the order is a sale: the stub's own words for it, used by its check sums and not by the product."""
    return (
        sale.channel == "AMAZON"
        and sale.marketplace == US
        and not sale.is_replacement
        and version.status not in ("CANCELLED", "PENDING", "PENDING_AVAILABILITY")
    )


def order_json(sale: Sale, version: Version, included: Iterable[str]) -> dict[str, Any]:
    is_priced = version.status not in ("PENDING", "PENDING_AVAILABILITY") and "PROCEEDS" in included
    row: dict[str, Any] = {
        "orderId": sale.order_id,
        "createdTime": _text(sale.placed_at),
        "lastUpdatedTime": _text(version.at),
        "programs": ["PRIME"],
        "salesChannel": {
            "channelName": sale.channel,
            "marketplaceId": sale.marketplace,
            "marketplaceName": "Amazon.com",
        },
        "orderItems": [_item_json(item, sale, version, set(included), is_priced) for item in version.items],
    }
    if sale.is_replacement:
        row["associatedOrders"] = [{"orderId": "111-0000000-0000000", "associationType": "REPLACEMENT_ORIGINAL_ID"}]
    if "FULFILLMENT" in included:
        row["fulfillment"] = {"fulfillmentStatus": version.status, "fulfilledBy": "AMAZON"}
    if is_priced:
        total = sum(item.cents - item.off_cents for item in version.items)
        row["proceeds"] = {"grandTotal": _money(total + 499, sale.currency)}
    if "BUYER" in included:
        row["buyer"] = {"buyerName": "Jane Doe", "buyerEmail": "jane@example.com"}
    return row


def _item_json(item: Item, sale: Sale, version: Version, included: set[str], is_priced: bool) -> dict[str, Any]:
    product: dict[str, Any] = {"asin": item.asin, "title": f"Title of {item.sku}", "sellerSku": item.sku}
    row: dict[str, Any] = {"orderItemId": item.item_id, "quantityOrdered": item.units, "product": product}
    if is_priced:
        product["price"] = {"unitPrice": _money(item.cents // item.units, sale.currency)}
        parts = [
            {"type": "ITEM", "subtotal": _money(item.cents, sale.currency)},
            {"type": "SHIPPING", "subtotal": _money(499, sale.currency)},
            {"type": "TAX", "subtotal": _money(87, sale.currency)},
        ]
        if item.off_cents:
            parts.append({"type": "DISCOUNT", "subtotal": _money(-item.off_cents, sale.currency)})
        row["proceeds"] = {
            "proceedsTotal": _money(item.cents + 586 - item.off_cents, sale.currency),
            "breakdowns": parts,
        }
    if item.is_cancelled and "CANCELLATION" in included:
        row["cancellation"] = {"cancellationExecution": {"cancelledBy": "BUYER", "cancelReason": "Changed mind"}}
    if "FULFILLMENT" in included:
        sent = item.sent if item.sent is not None else item.units if version.status == "SHIPPED" else 0
        row["fulfillment"] = {
            "quantityFulfilled": sent,
            "quantityUnfulfilled": 0 if item.is_cancelled else item.units - sent,
        }
    return row


def transaction_json(rows: list[GivenBack]) -> dict[str, Any]:
    """Amounts are numbers here, and negative for what goes out."""
    first = rows[0]
    related = [{"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": first.order_id}]
    if first.release_of:
        related.append({"relatedIdentifierName": "DEFERRED_TRANSACTION_ID", "relatedIdentifierValue": first.release_of})
    sign = -1 if first.kind == "Refund" else 1
    items = [
        {
            "description": "Refund",
            "relatedIdentifiers": [
                {
                    "itemRelatedIdentifierName": "ORDER_ADJUSTMENT_ITEM_ID",
                    "itemRelatedIdentifierValue": f"{row.sku}-{number}",
                }
            ],
            "totalAmount": _currency(sign * (row.cents + 87)),
            "breakdowns": [
                {
                    "breakdownType": "ProductCharges",
                    "breakdownAmount": _currency(sign * row.cents),
                    "breakdowns": [
                        {"breakdownType": "OurPricePrincipal", "breakdownAmount": _currency(sign * row.cents)}
                    ],
                },
                {"breakdownType": "Tax", "breakdownAmount": _currency(sign * 87), "breakdowns": []},
            ],
            "contexts": [
                {
                    "contextType": "ProductContext", "asin": row.asin, "sku": row.sku, "quantityShipped": row.units,
                    "fulfillmentNetwork": "AFN",
                }
            ],
        }
        for number, row in enumerate(rows)
    ]  # fmt: skip
    return {
        "sellingPartnerMetadata": {"sellingPartnerId": "A1", "accountType": "PAYABLE", "marketplaceId": US},
        "relatedIdentifiers": related,
        "transactionType": first.kind,
        "transactionId": first.transaction_id,
        "transactionStatus": "RELEASED",
        "description": "Refund Order",
        "postedDate": _text(first.posted_at),
        "totalAmount": _currency(sign * sum(row.cents + 87 for row in rows)),
        "marketplaceDetails": {"marketplaceId": US, "marketplaceName": "Amazon.com"},
        "items": items,
        "breakdowns": [],
    }


def traffic_json(row: Visits) -> dict[str, Any]:
    visits = {"sessions": row.sessions, "pageViews": row.page_views, "buyBoxPercentage": row.buy_box}
    day = row.day_on.isoformat()
    return {"startDate": day, "endDate": day, "marketplaceId": US, "childAsin": row.asin, "traffic": visits}


def _errors(status: int, code: str, message: str, details: str = "") -> Reply:
    return Reply(status, {"errors": [{"code": code, "message": message, "details": details}]})


def _only(call: Call, known: set[str]) -> None:
    if unknown := set(call.query) - known:
        raise Invalid(f"unknown: {sorted(unknown)}")
    if twice := [name for name, values in call.query.items() if len(values) != 1]:
        raise Invalid(f"more than once: {twice}")


def _list(call: Call, name: str) -> list[str]:
    """collectionFormat csv, the default of Swagger 2."""
    return [each for each in call.one(name).split(",") if each]


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"no instant: {text}") from error
    if at.tzinfo is None:
        raise Invalid(f"no offset: {text}")
    return at


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _money(cents: int, currency: str = "USD") -> dict[str, str]:
    sign = "-" if cents < 0 else ""
    return {"amount": f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}", "currencyCode": currency}


def _currency(cents: int) -> dict[str, Any]:
    return {"currencyAmount": cents / 100, "currencyCode": "USD"}

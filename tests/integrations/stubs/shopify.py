"""Shopify on loopback: GraphQL by its schema, points instead of calls, tokens that end and rotate.

`orders`, `variants` hold raw nodes as the schema has them, with plain lists in the place of connections. Operations are
the names of the queries ("Orders", "Shop", …), "token", and "file" for what a bulk operation made.
"""

import gzip
import json
import time
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    get_named_type,
    is_leaf_type,
    is_list_type,
    parse,
    validate,
)
from graphql.type import get_nullable_type
from graphql.utilities import value_from_ast_untyped

from tests.integrations.stubs.base import Call, ChannelStub, Reply

CLIENT_ID, CLIENT_SECRET = "shopify-app", "shpss_secret"
SHOP = "northwind.myshopify.com"
CODE = "code-1"
VERSION = "2026-10"
MOST_COST = 1000
Node = dict[str, Any]


@cache
def schema() -> GraphQLSchema:
    path = Path(__file__).resolve().parents[1] / "fixtures" / "shopify_2026-10.graphql"
    return build_schema(path.read_text(encoding="utf-8"))


@cache
def parsed(query: str) -> DocumentNode:
    """Raises ValueError for what the schema does not have."""
    document = parse(query)
    if complaints := validate(schema(), document):
        raise ValueError(str(complaints))
    return document


class ShopifyStub(ChannelStub):
    """`repeats`: each page begins with the last row of the one before, as lists that move do.

    A bulk operation is over when it was looked at `bulk_looks` times, as `bulk_ends`; with a `bulk_refusal` none is
    begun, and that is its code. Its file is `packed` or plain.
    """

    def __init__(self, *, capacity: float = 4000, restore_rate: float = 100_000, token_seconds: int = 3600) -> None:
        super().__init__()
        self.shop: Node = {
            "name": "Northwind US",
            "ianaTimezone": "America/New_York",
            "currencyCode": "USD",
            "myshopifyDomain": SHOP,
        }
        self.scopes = ["read_orders", "read_all_orders", "read_products"]
        self.orders: dict[str, Node] = {}
        self.variants: list[Node] = []
        self.subscribed: list[tuple[str, str]] = []
        self.version, self.repeats, self.uninstalled = VERSION, False, False
        self.token_seconds = token_seconds
        self.capacity, self.restore_rate = capacity, restore_rate
        self.points, self.points_at = capacity, time.monotonic()
        self.made_tokens = 0
        self.bulk_looks, self.bulk_ends, self.bulk_refusal, self.packed = 2, "COMPLETED", "", False
        # Of each bulk operation: what its file holds, and how often it was looked at.
        self.files: list[list[Node]] = []
        self.looks: list[int] = []
        # Access token → when it ends; refresh tokens that work: the newest, and the one before until that is used.
        self.access: dict[str, float] = {}
        self.refresh: list[str] = []

    def grant(self) -> Node:
        """A new pair, as the token endpoint answers it."""
        self.made_tokens += 1
        access, refresh = f"shpat_{self.made_tokens}", f"shprt_{self.made_tokens}"
        self.access[access] = time.time() + self.token_seconds
        self.refresh = [*self.refresh[-1:], refresh]
        return {
            "access_token": access,
            "scope": ",".join(self.scopes),
            "expires_in": self.token_seconds,
            "refresh_token": refresh,
            "refresh_token_expires_in": 90 * 24 * 3600,
        }

    def operation_of(self, call: Call) -> str:
        if call.path.endswith("/admin/oauth/access_token"):
            return "token"
        if call.method == "GET" and call.path.startswith("/files/"):
            return "file"
        try:
            return _operation(parsed(call.json()["query"])).name.value  # type: ignore[union-attr]
        except (KeyError, TypeError, AttributeError):
            return "nonsense"

    def throttled(self, call: Call) -> Reply:
        if self.operation_of(call) == "token":
            return Reply(429, {"error": "too_many_requests"}, {"Retry-After": "0.01"})
        return self._graphql({"errors": [_error("Throttled", "THROTTLED")], "extensions": self._cost(1)})

    def unauthorised(self, call: Call) -> Reply:
        return Reply(401, {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"})

    def answer(self, call: Call) -> Reply:
        if self.operation_of(call) == "token":
            return self._tokens(call.form())
        if call.method == "GET":
            return self._file(call)
        assert call.path == f"/shops/{self.shop['myshopifyDomain']}/admin/api/{VERSION}/graphql.json"
        token = call.headers.get("x-shopify-access-token", "")
        if self.uninstalled or self.access.get(token, 0) < time.time():
            return self.unauthorised(call)
        if token == f"shpat_{self.made_tokens}":
            # The new pair is in use: the one before is no longer good.
            self.refresh = self.refresh[-1:]
        asked = call.json()
        document = parsed(asked["query"])
        cost = cost_of(document, asked["variables"])
        if cost > MOST_COST:
            return self._graphql({"errors": [_error("Query cost is too high", "MAX_COST_EXCEEDED")]})
        if not self._pay(cost):
            return self._graphql({"errors": [_error("Throttled", "THROTTLED")], "extensions": self._cost(cost)})
        result = execute_sync(schema(), document, self._root(), variable_values=asked["variables"])
        body: Node = {"data": result.data, "extensions": self._cost(cost)}
        if result.errors:
            body["errors"] = [_error(error.message, "") for error in result.errors]
        return self._graphql(body)

    def _file(self, call: Call) -> Reply:
        """Where it lies nobody asks for a token, and none may be shown."""
        assert "x-shopify-access-token" not in call.headers
        rows = self.files[int(call.path.removeprefix("/files/"))]
        content = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
        return Reply(200, gzip.compress(content) if self.packed else content, {"Content-Type": "application/jsonl"})

    def _tokens(self, form: dict[str, str]) -> Reply:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return Reply(401, {"error": "invalid_client"})
        if form.get("grant_type") == "refresh_token":
            if self.uninstalled or form["refresh_token"] not in self.refresh:
                return Reply(400, {"error": "invalid_grant", "error_description": "The token was revoked."})
            # Used again, the one before gives another pair in the place of the lost one.
            self.refresh = [form["refresh_token"]]
            return Reply(200, self.grant())
        if form.get("code") != CODE or form.get("expiring") != "1":
            return Reply(400, {"error": "invalid_request"})
        return Reply(200, self.grant())

    def _graphql(self, body: Node) -> Reply:
        return Reply(200, body, {"X-Shopify-API-Version": self.version})

    def _pay(self, cost: float) -> bool:
        clock = time.monotonic()
        self.points = min(self.capacity, self.points + (clock - self.points_at) * self.restore_rate)
        self.points_at = clock
        if cost > self.points:
            self.happened["graphql", "over the limit"] += 1
            return False
        self.points -= cost
        return True

    def _cost(self, cost: float) -> Node:
        status = {
            "maximumAvailable": self.capacity,
            "currentlyAvailable": int(self.points),
            "restoreRate": self.restore_rate,
        }
        return {"cost": {"requestedQueryCost": cost, "actualQueryCost": None, "throttleStatus": status}}

    def _root(self) -> Node:
        return {
            "shop": self.shop,
            "currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in self.scopes]},
            "orders": self._orders,
            "order": lambda _info, id: self._order(self.orders[id]) if id in self.orders else None,
            "refund": lambda _info, id: next(
                (self._refund(each) for order in self.orders.values() for each in order["refunds"] if each["id"] == id),
                None,
            ),
            "productVariants": lambda _info, first, after=None, **_sort: self._connection(
                self.variants, [variant["id"] for variant in self.variants], first, after, self._variant
            ),
            "webhookSubscriptions": lambda _info, first, uri: {
                "nodes": [{"id": "1", "topic": topic, "uri": at} for topic, at in self.subscribed if at == uri]
            },
            "webhookSubscriptionCreate": self._subscribe,
            "ordersCount": lambda _info, query, limit: {"count": min(len(self._found(query, "processedAt")), limit)},
            "bulkOperationRunQuery": self._bulk,
            "bulkOperation": self._bulk_state,
        }

    def _bulk(self, _info: Any, query: str, groupObjects: bool) -> Node:  # noqa: N803
        """The file is what the shop holds now. Shopify refuses connections in lists, and variables."""
        document = parsed(query)
        root = schema().query_type
        assert groupObjects and root is not None
        if self.bulk_refusal or _has_connection_in_list(root, _operation(document).selection_set.selections):
            return {"bulkOperation": None, "userErrors": [{"code": self.bulk_refusal or "INVALID"}]}
        result = execute_sync(schema(), document, self._root())
        assert result.data is not None and not result.errors
        rows = []
        for edge in result.data["orders"]["edges"]:
            order = dict(edge["node"])
            lines = [each["node"] for each in order.pop("lineItems")["edges"]]
            rows += [order, *({**line, "__parentId": order["id"]} for line in lines)]
        self.files.append(rows)
        self.looks.append(0)
        return {"bulkOperation": {"id": f"gid://shopify/BulkOperation/{len(self.files) - 1}"}, "userErrors": []}

    def _bulk_state(self, _info: Any, id: str) -> Node | None:
        number = int(id.removeprefix("gid://shopify/BulkOperation/"))
        if number >= len(self.files):
            return None
        self.looks[number] += 1
        is_over = self.looks[number] > self.bulk_looks
        is_made = is_over and self.bulk_ends == "COMPLETED"
        count = len(self.files[number])
        return {
            "status": self.bulk_ends if is_over else "RUNNING",
            "errorCode": "TIMEOUT" if is_over and self.bulk_ends == "FAILED" else None,
            "objectCount": str(count if is_over else count // 2),
            "url": f"{self.url}/files/{number}" if is_made and count else None,
        }

    def _orders(
        self,
        _info: Any,
        query: str,
        sortKey: str,  # noqa: N803
        first: int | None = None,
        after: str | None = None,
    ) -> Node:
        """Without a number all of them: as in a bulk operation, and as edges."""
        field = {"UPDATED_AT": "updatedAt", "PROCESSED_AT": "processedAt"}[sortKey]
        found = self._found(query, field)
        if first is None:
            return {"edges": [{"node": self._order(order)} for order in found]}
        keys = [f"{order[field]}|{order['id']}" for order in found]
        return self._connection(found, keys, first, after, self._order)

    def _found(self, query: str, field: str) -> list[Node]:
        name = {"updatedAt": "updated_at", "processedAt": "processed_at"}[field]
        since, until = query.split()
        low, high = since.removeprefix(f"{name}:>="), until.removeprefix(f"{name}:<")
        assert low[0] == low[-1] == high[0] == high[-1] == "'" and low != since and high != until
        found = [order for order in self.orders.values() if low[1:-1] <= order[field] < high[1:-1]]
        return sorted(found, key=lambda order: (order[field], order["id"]))

    def _order(self, order: Node) -> Node:
        def refunds(_info: Any, first: int | None = None) -> list[Node]:
            return [self._refund(refund) for refund in order["refunds"][:first]]

        return {**order, "lineItems": self._list(order["lineItems"]), "refunds": refunds}

    def _refund(self, refund: Node) -> Node:
        return {**refund, "refundLineItems": self._list(refund["refundLineItems"])}

    def _variant(self, variant: Node) -> Node:
        nodes = [_media(url) for url in variant["images"]]
        product = {**variant["product"], "featuredMedia": _media(variant["product"]["featuredMedia"])}
        return {**variant, "media": lambda _info, first: {"nodes": nodes[:first]}, "product": product}

    def _list(self, rows: list[Node]) -> Any:
        keys = [f"{number:06}" for number in range(len(rows))]

        def shown(_info: Any, first: int | None = None, after: str | None = None) -> Node:
            if first is None:
                return {"edges": [{"node": row} for row in rows]}
            return self._connection(rows, keys, first, after, lambda row: row)

        return shown

    def _connection(self, rows: list[Node], keys: list[str], first: int, after: str | None, shown: Any) -> Node:
        assert 1 <= first <= 250
        start = 0 if after is None else sum(key <= after for key in keys)
        page = rows[start : start + first]
        end = start + len(page)
        if self.repeats and start:
            page = [rows[start - 1], *page]
        info = {"hasNextPage": end < len(rows), "endCursor": keys[end - 1] if end else None}
        return {"nodes": [shown(row) for row in page], "pageInfo": info}

    def _subscribe(self, _info: Any, topic: str, webhookSubscription: Node) -> Node:  # noqa: N803
        key = (topic, webhookSubscription["uri"])
        if key in self.subscribed:
            return {"webhookSubscription": None, "userErrors": [{"field": ["uri"], "message": "is taken already"}]}
        self.subscribed.append(key)
        return {"webhookSubscription": {"id": "1", "topic": topic, "uri": key[1]}, "userErrors": []}


def cost_of(document: DocumentNode, variables: Node) -> int:
    """By Shopify's published rule: an object a point, a list as many times as rows are asked for, leaves nothing."""
    operation = _operation(document)
    root = schema().query_type if operation.operation.value == "query" else schema().mutation_type
    assert root is not None
    return _cost(root, operation.selection_set.selections, variables) + (operation.operation.value == "mutation") * 10


def _cost(parent: GraphQLObjectType, selections: Any, variables: Node) -> int:
    total = 0
    for field in selections:
        assert isinstance(field, FieldNode)
        found = parent.fields[field.name.value].type
        named = get_named_type(found)
        if is_leaf_type(named) or named.name == "PageInfo":
            continue
        values = {each.name.value: value_from_ast_untyped(each.value, variables) for each in field.arguments or ()}
        inner = _cost(named, field.selection_set.selections, variables)  # type: ignore[arg-type, union-attr]
        if named.name.endswith("Connection"):
            total += 2 + values.get("first", 1) * inner
        elif is_list_type(get_nullable_type(found)):
            total += values.get("first", 1) * (1 + inner)
        else:
            total += 1 + inner
    return total


def _has_connection_in_list(parent: GraphQLObjectType, selections: Any, is_in_list: bool = False) -> bool:
    """`edges` are no list in this sense."""
    for field in selections:
        assert isinstance(field, FieldNode)
        found = parent.fields[field.name.value].type
        named = get_named_type(found)
        if is_leaf_type(named):
            continue
        is_list = is_list_type(get_nullable_type(found)) and field.name.value != "edges"
        assert isinstance(named, GraphQLObjectType) and field.selection_set is not None
        if named.name.endswith("Connection") and is_in_list:
            return True
        if _has_connection_in_list(named, field.selection_set.selections, is_in_list or is_list):
            return True
    return False


def _operation(document: DocumentNode) -> OperationDefinitionNode:
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def _error(message: str, code: str) -> Node:
    return {"message": message, "extensions": {"code": code}}


def _media(url: str | None) -> Node | None:
    return {"__typename": "MediaImage", "preview": {"image": {"url": url}}} if url else None

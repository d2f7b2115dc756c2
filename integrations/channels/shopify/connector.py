"""A Shopify shop behind the interface of all channels (channels/base.py)."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.core.cache import cache

from integrations.channels.base import Page, SalesOnly, Store, Traits, Window
from integrations.channels.errors import Later, Refused, TokenExpired, Transient
from integrations.channels.shopify import bulk, queries
from integrations.channels.shopify.client import ShopifyClient, TooCostly, log
from integrations.channels.shopify.mapping import Node, as_told, listing_of, order_of, refunds_of
from integrations.models import ChannelAccount

_ALL_ORDERS = "read_all_orders"
_REACH_DAYS, _REACH_OF_ALL_DAYS = 60, 730
# Refunds that come along with their order; one that has as many is asked for all of them.
_REFUNDS = 3
# Follow-up pages of one order, refund or catalogue.
_NESTED = 50
# How often, and how many seconds at most, such a page is waited for in place.
_WAITS, _LONGEST_WAIT = 20, 10.0
_VARIANTS = 100
# Orders of a file that are stored at once.
_BULK_PAGE = 100
_SIZE_KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Size:
    """How much is asked for at once: orders, and lines of each (integrations.md, rule 20)."""

    orders: int = 25
    lines: int = 10

    def halved(self) -> "Size":
        """Raises Refused when there is nothing left to halve."""
        if self.orders > 1:
            return Size(self.orders // 2, self.lines)
        if self.lines > 1:
            return Size(1, self.lines // 2)
        raise Refused("A single order costs too much.")


def traits_of(scopes: tuple[str, ...]) -> Traits:
    """Without the scope for all of them, Shopify shows the orders of 60 days and does not say that there are more."""
    return Traits(
        reach_days=_REACH_OF_ALL_DAYS if _ALL_ORDERS in scopes else _REACH_DAYS,
        # A cursor names the last row's value, not a place in a list that somebody keeps.
        token_seconds=_SIZE_KEPT_SECONDS,
        slice_days=30,
        is_zone_told=True,
        has_listings=True,
        minutes={"orders": 15, "refunds": 360, "listings": 1440, "traffic": 1440},
    )


class ShopifyConnector(SalesOnly):
    """Refunds come with their orders: giving back changes an order's `updatedAt`."""

    def __init__(self, account: ChannelAccount) -> None:
        self.account = account
        self.client = ShopifyClient(account)
        self.traits = traits_of(tuple(account.scopes))

    def close(self) -> None:
        self.client.close()

    def check(self, *, now: datetime) -> Store:
        """The reach in `traits` is right afterwards."""
        with as_told():
            shop = self.client.ask(queries.SHOP)["shop"]
            store = Store(
                external_id=str(shop["myshopifyDomain"]).lower(),
                name=str(shop["name"]),
                time_zone=str(shop["ianaTimezone"]),
                currency=str(shop["currencyCode"]),
                scopes=self._scopes(),
            )
        self.traits = traits_of(store.scopes)
        return store

    def sync_orders(self, window: Window, *, now: datetime) -> Iterator[Page]:
        """In pages, or of one file where history is long. A window that was begun in one way goes on in it."""
        search, sort = _search(window)
        job, after = bulk.Job.of(window.token), window.token
        try:
            if job is None and after is None and window.by == "placed" and bulk.is_large(self.client, search):
                job = bulk.begin(self.client, search)
                # Kept before it is waited for, so that it is asked for once.
                yield Page(token=job.token())
            if job is not None:
                yield from self._in_bulk(job)
                return
        except (bulk.Unmade, Refused) as error:
            # What is wrong with the shop itself stops its pages too.
            log.warning("shopify's file is not used", account=self.account.pk, error=str(error))
            after = None
        yield from self._in_pages(search, sort, after)

    def sync_refunds(self, window: Window, *, now: datetime) -> Iterator[Page]:
        """Nothing: see above."""
        return iter(())

    def sync_traffic(self, window: Window, *, now: datetime) -> Iterator[Page]:
        """Nothing: Shopify gives no visits by product to apps like ours."""
        return iter(())

    def sync_listings(self, window: Window, *, now: datetime) -> Iterator[Page]:
        after, first = window.token, _VARIANTS
        while True:
            try:
                found = self.client.ask(queries.VARIANTS, first=first, after=after).get("productVariants") or {}
            except TooCostly:
                first = _halved(first)
                continue
            with as_told():
                listings = tuple(listing for node in found["nodes"] if (listing := listing_of(node)))
                token = _next(found, after)
            yield Page(listings=listings, token=token)
            if token is None:
                return
            after = token

    def _in_pages(self, search: str, sort: str, after: str | None) -> Iterator[Page]:
        while True:
            found = self._orders(search, sort, after)
            with as_told():
                after = _next(found, after)
                page = _page([self._whole(node) for node in found["nodes"]], after)
            yield page
            if after is None:
                return

    def _in_bulk(self, job: bulk.Job) -> Iterator[Page]:
        """Each run loads the file anew and passes over what was kept: workers share no disk."""
        state = bulk.state_of(self.client, job)
        if state.status == "failed":
            raise bulk.Unmade(state.word)
        if state.status == "making":
            yield Page(token=replace(job, polls=job.polls + 1).token())
            raise Later(bulk.POLLS[min(job.polls, len(bulk.POLLS) - 1)], code="preparing")
        with bulk.loaded(self.client, state) as nodes:
            for batch, is_last in bulk.batched(islice(nodes, job.kept, None), _BULK_PAGE):
                job = replace(job, kept=job.kept + len(batch))
                yield self._page_of_file(batch, None if is_last else job.token())

    def _page_of_file(self, nodes: list[Node], token: str | None) -> Page:
        """Raises Unmade where the file tells what the shop does not: a refund that was taken out since."""
        try:
            with as_told():
                return _page([self._with_refunds(node) for node in nodes], token)
        except Transient as error:
            if error.code != "unreadable":
                raise
            raise bulk.Unmade(str(error)) from error

    def _scopes(self) -> tuple[str, ...]:
        told = self.account.credentials.get("scope")
        if told:
            return tuple(sorted(scope.strip() for scope in str(told).split(",") if scope.strip()))
        try:
            installed = self.client.ask(queries.SCOPES)["currentAppInstallation"]
        except Refused as error:
            # An unknown scope is none: nothing is claimed to be whole that may have holes.
            log.warning("shopify tells no scopes", account=self.account.pk, error=str(error))
            return ()
        return tuple(sorted(str(scope["handle"]) for scope in installed["accessScopes"]))

    def _orders(self, search: str, sort: str, after: str | None) -> Node:
        """A page of orders, as large as this shop answers."""
        key = f"shopify-size:{self.account.pk}"
        size = Size(*(cache.get(key) or ()))
        while True:
            try:
                data = self.client.ask(
                    queries.ORDERS,
                    first=size.orders, lines=size.lines, refunds=_REFUNDS, after=after, query=search, sort=sort,
                )  # fmt: skip
                return dict(data.get("orders") or {})
            except TooCostly:
                size = size.halved()
                cache.set(key, (size.orders, size.lines), _SIZE_KEPT_SECONDS)

    def _whole(self, node: Node) -> Node:
        """The order with all its lines, its refunds, and all lines of these."""
        lines = self._followed(queries.ORDER_LINES, node["id"], node["lineItems"], "order", "lineItems")
        refunds = node["refunds"]
        if len(refunds) >= _REFUNDS:
            told = self._ask_on(queries.ORDER_REFUNDS, id=node["id"])["order"]["refunds"]
            known = {refund["id"]: refund for refund in refunds}
            refunds = [known.get(refund["id"], refund) for refund in told]
        return self._with_refunds({**node, "lineItems": lines, "refunds": refunds})

    def _with_refunds(self, node: Node) -> Node:
        return {**node, "refunds": [self._whole_refund(refund) for refund in node["refunds"]]}

    def _whole_refund(self, refund: Node) -> Node:
        begun = refund.get("refundLineItems")
        lines = self._followed(queries.REFUND_LINES, refund["id"], begun, "refund", "refundLineItems")
        return {**refund, "refundLineItems": lines}

    def _ask_on(self, query: str, **variables: Any) -> Node:
        """In the middle of an order a wait is sat out: begun again, the order would cost all its points again."""
        for _wait in range(_WAITS):
            try:
                return self.client.ask(query, **variables)
            except Later as later:
                if later.seconds > _LONGEST_WAIT:
                    raise
                time.sleep(later.seconds)
        return self.client.ask(query, **variables)

    def _followed(self, query: str, gid: str, begun: Node | None, thing: str, name: str) -> Node:
        """All rows of a connection, going on from the page that came along, if one did."""
        rows: list[Node] = list(begun["nodes"]) if begun else []
        after = _next(begun, None) if begun else None
        # Few, where nothing came along: a question costs what it might be answered with.
        first = _NESTED if begun else Size().lines
        while begun is None or after is not None:
            try:
                begun = self._ask_on(query, id=gid, first=first, after=after)[thing][name]
            except TooCostly:
                first = _halved(first)
                continue
            except TokenExpired as error:
                # The order changed under us: the whole page is read again.
                raise Transient("cursor", code="unreadable") from error
            rows += begun["nodes"]
            after = _next(begun, after)
        return {"nodes": rows}


def _page(nodes: list[Node], token: str | None) -> Page:
    """Of whole orders."""
    orders = tuple(order_of(node) for node in nodes)
    return Page(orders, tuple(refund for node in nodes for refund in refunds_of(node)), token=token)


def _halved(first: int) -> int:
    if first == 1:
        raise Refused("A single row costs too much.")
    return first // 2


def _next(connection: Node, after: str | None) -> str | None:
    """The cursor of the next page. Raises ValueError for one that would never end."""
    info = connection["pageInfo"]
    if not info["hasNextPage"]:
        return None
    cursor = info["endCursor"]
    if not isinstance(cursor, str) or cursor == after:
        raise ValueError("more pages, but no way to them")
    return cursor


def _search(window: Window) -> tuple[str, str]:
    """The filter and the order that goes with it. Shopify's instants are whole seconds."""
    name, sort = ("updated_at", "UPDATED_AT") if window.by == "changed" else ("processed_at", "PROCESSED_AT")
    until = window.until + timedelta(seconds=1) if window.until.microsecond else window.until
    return f"{name}:>='{_text(window.since)}' {name}:<'{_text(until)}'", sort


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

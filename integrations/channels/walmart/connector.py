"""Walmart Marketplace US (integrations.md, sections 3 and 7)."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.channels.base import Grant, Page, SalesOnly, Store, Traits, Window
from integrations.channels.errors import Refused, Revoked, Transient
from integrations.channels.pace import Operation
from integrations.channels.parsing import readable
from integrations.channels.walmart.client import ORDERS, PROFILE, RETURNS, WalmartClient, ask_profile
from integrations.channels.walmart.mapping import order_of, refunds_of
from integrations.models import ChannelAccount

_ZONE, _CURRENCY = "America/Los_Angeles", "USD"
_LIMIT = "200"
# Walmart answers for so long back, and with so many orders to one query.
_LONGEST = timedelta(days=180)
_MOST = 10_000
# Nothing shorter is cut in two; the API's instants are whole seconds.
_SHORTEST = timedelta(minutes=1)
# A return goes on changing after its money went back, and is then found by its later change.
_RETURN_LAG = timedelta(days=35)
# Each kind is asked for by itself: without `shipNodeType` only the first comes. Replacements show when asked for.
_ORDER_PASSES = tuple(
    {"limit": _LIMIT, "replacementInfo": "true", "shipNodeType": node}
    for node in ("SellerFulfilled", "WFSFulfilled", "3PLFulfilled")
)
_RETURN_PASSES: tuple[dict[str, str], ...] = ({"limit": _LIMIT}, {"limit": _LIMIT, "isWFSEnabled": "Y"})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reading stands: which pass, which part of the window, and Walmart's own mark of the next page."""

    number: int
    since: str
    until: str
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class _Query:
    """`span`: the names of the two parameters; `rows` and `meta` find both in an answer."""

    operation: Operation
    passes: tuple[dict[str, str], ...]
    span: tuple[str, str]
    key: str
    more: dict[str, str]


class WalmartConnector(SalesOnly):
    # 180 days can be read; the first whole one of them begins up to a day later.
    traits = Traits(
        reach_days=179,
        token_seconds=900,
        slice_days=30,
        refund_days=7,
        minutes={"orders": 60, "refunds": 360, "listings": 1440, "traffic": 1440},
    )

    def __init__(self, account: ChannelAccount) -> None:
        self._account = account
        self._client = WalmartClient(account)

    def close(self) -> None:
        self._client.close()

    def check(self, *, now: datetime) -> Store:
        data = self._client.get(PROFILE, keys=("partner",))
        with readable():
            return Store(
                external_id=str(data["partner"]["partnerId"]),
                name=str(data["partner"].get("partnerDisplayName") or ""),
                time_zone=_ZONE,
                currency=_CURRENCY,
            )

    def sync_orders(self, window: Window, *, now: datetime) -> Iterator[Page]:
        oldest = now - _LONGEST
        if window.by == "changed":
            span = ("lastModifiedStartDate", "lastModifiedEndDate")
            # Without it, only orders of the last seven days come, however lately they changed.
            more = {"createdStartDate": _told(oldest)}
        else:
            span, more = ("createdStartDate", "createdEndDate"), {}
        query = _Query(ORDERS, _ORDER_PASSES, span, "list", more)
        for answer, token in self._read(query, replace(window, since=max(window.since, oldest))):
            with readable():
                orders = tuple(order_of(raw) for raw in answer["list"]["elements"]["order"])
            yield Page(orders=orders, token=token)

    def sync_refunds(self, window: Window, *, now: datetime) -> Iterator[Page]:
        """By the last change of a return: that it was opened says nothing of when the money goes back."""
        span = ("returnLastModifiedStartDate", "returnLastModifiedEndDate")
        wanted = replace(
            window,
            since=max(window.since, now - _LONGEST),
            until=max(window.until, min(window.until + _RETURN_LAG, now)),
        )
        for answer, token in self._read(_Query(RETURNS, _RETURN_PASSES, span, "returnOrders", {}), wanted):
            with readable():
                refunds = tuple(refund for raw in answer["returnOrders"] for refund in refunds_of(raw))
            yield Page(refunds=refunds, token=token)

    def _read(self, query: _Query, window: Window) -> Iterator[tuple[Any, str | None]]:
        """Each answer with the token of the next: through all passes, all parts of the window and all their pages."""
        place = _Place(**json.loads(window.token)) if window.token else _first(0, window.since, window.until)
        while datetime.fromisoformat(place.since) < datetime.fromisoformat(place.until):
            answer = self._ask(query, place)
            with readable():
                meta = answer["list"]["meta"] if query.key == "list" else answer["meta"]
                total, cursor = int(meta.get("totalCount") or 0), str(meta.get("nextCursor") or "")
            half = _half(place) if total > _MOST and not place.cursor else None
            if half is not None:
                place = half
                continue
            if cursor and cursor == place.cursor:
                raise Transient("the same page again", code="unreadable")
            following = _after(query, place, cursor, window)
            yield answer, json.dumps(asdict(following)) if following else None
            if following is None:
                return
            place = following

    def _ask(self, query: _Query, place: _Place) -> Any:
        keys = (query.key,) if query.key == "list" else (query.key, "meta")
        if place.cursor:
            return self._client.get(query.operation, cursor=place.cursor, keys=keys)
        since, until = map(datetime.fromisoformat, (place.since, place.until))
        # Both ends a second wider: whether Walmart counts them in is not told, and what comes twice is stored once.
        dates = {
            query.span[0]: _told(since - timedelta(seconds=1)),
            query.span[1]: _told(until + timedelta(seconds=1)),
        }
        return self._client.get(
            query.operation, params={**query.passes[place.number], **query.more, **dates}, keys=keys
        )


class WalmartAuthoriser:
    """No page of Walmart's stands between: the seller types what Seller Center gives out."""

    # What the form asks for, in this order; there is no `authorize_url`.
    typed: tuple[str, ...] = ("client_id", "client_secret")

    def authorize_url(self, *, state: str, redirect_uri: str, shop: str = "") -> str:
        raise NotImplementedError("Walmart's keys are typed.")

    def exchange(self, params: dict[str, str], *, redirect_uri: str, now: datetime) -> Grant:
        """Try the keys and learn whose they are. Raises Refused when Walmart does not take them."""
        credentials = {name: params.get(name, "").strip() for name in self.typed}
        if not all(credentials.values()):
            raise Refused("no keys", code="no_grant")
        try:
            partner = ask_profile(credentials)
        except Revoked as error:
            # Nothing was withdrawn: they were never good.
            raise Refused(str(error), code="typed_keys") from error
        with readable():
            return Grant(str(partner["partnerId"]), credentials, str(partner.get("partnerDisplayName") or ""))


def _told(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _first(number: int, since: datetime, until: datetime) -> _Place:
    """The first part of what is left of a pass."""
    since = since.astimezone(UTC)
    return _Place(number, since.isoformat(), min(until.astimezone(UTC), since + _LONGEST).isoformat())


def _half(place: _Place) -> _Place | None:
    """The first half of a part that holds more than Walmart gives out; None when it is too short to cut."""
    since, until = map(datetime.fromisoformat, (place.since, place.until))
    if until - since < 2 * _SHORTEST:
        return None
    return replace(place, until=(since + (until - since) / 2).replace(microsecond=0).isoformat())


def _after(query: _Query, place: _Place, cursor: str, window: Window) -> _Place | None:
    if cursor:
        return replace(place, cursor=cursor)
    until = datetime.fromisoformat(place.until)
    if until < window.until:
        return _first(place.number, until, window.until)
    if place.number + 1 < len(query.passes):
        return _first(place.number + 1, window.since, window.until)
    return None

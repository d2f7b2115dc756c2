"""A long stretch of a large shop's orders as one file, which Shopify makes meanwhile (a bulk operation).

The file holds orders, their lines and that there are refunds; what was given back in each is asked for refund by refund
(integrations.md 2.3). Whatever is wrong with such a file: `Unmade`, and the orders are read in pages.
"""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, Literal

from integrations.channels.caller import GZIP
from integrations.channels.errors import Refused, Transient
from integrations.channels.shopify import queries
from integrations.channels.shopify.client import ShopifyClient
from integrations.channels.shopify.mapping import Node, as_told

# From so many orders on a window is worth a file: in pages they take some minutes of a shop's points.
MANY = 1000
# Seconds until the next look, by how often it was looked already; the last goes on for half a day.
POLLS = (2, 5, 10, 20, 30, 60)
_MOST_POLLS = 720
# Loaded well within a lease, and anew in each run: a hundred thousand orders or so.
_MOST_BYTES = 256 * 1024**2
_MARK = "bulk:"
_OVER = {"COMPLETED": "made", "FAILED": "failed", "CANCELED": "failed", "EXPIRED": "failed"}


class Unmade(Exception):
    """There is no such file, or not a whole one. The text is for the log."""


@dataclass(frozen=True, slots=True)
class Job:
    """A file that was asked for: how often it was looked for, and how many of its orders were kept."""

    gid: str
    polls: int = 0
    kept: int = 0

    def token(self) -> str:
        return _MARK + json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def of(cls, token: str | None) -> "Job | None":
        """None: the token is a page's cursor, or none."""
        return cls(**json.loads(token.removeprefix(_MARK))) if token and token.startswith(_MARK) else None


@dataclass(frozen=True, slots=True)
class State:
    """Of a job at Shopify. `rows`: of the file; `url` is there once it is made."""

    status: Literal["making", "made", "failed"]
    word: str
    rows: int
    url: str


def is_large(client: ShopifyClient, search: str) -> bool:
    """Whether so many orders answer to a search; a shop that does not count them has few."""
    with as_told():
        told = client.ask(queries.ORDERS_COUNT, query=search, limit=MANY)["ordersCount"]
        return told is not None and int(told["count"]) >= MANY


def begin(client: ShopifyClient, search: str) -> Job:
    """Raises Unmade where the shop makes none, as when five are under way."""
    with as_told():
        told = client.ask(queries.BULK_BEGIN, query=queries.bulk_orders(search))["bulkOperationRunQuery"]
        if told["userErrors"] or not told["bulkOperation"]:
            raise Unmade(f"refused: {[error['code'] for error in told['userErrors']]}")
        return Job(str(told["bulkOperation"]["id"]))


def state_of(client: ShopifyClient, job: Job) -> State:
    """Raises Unmade for a job that Shopify does not know, or has been at for too long."""
    with as_told():
        told = client.ask(queries.BULK_STATE, id=job.gid)["bulkOperation"]
        if told is None or job.polls > _MOST_POLLS:
            raise Unmade("unknown" if told is None else "not made in time")
        status: Any = _OVER.get(told["status"], "making")
        word = f"{told['status']} {told['errorCode'] or ''}".strip()
        return State(status, word, int(told["objectCount"]), str(told["url"] or ""))


@contextmanager
def loaded(client: ShopifyClient, state: State) -> Iterator[Iterator[Node]]:
    """The orders of a file that was made, each with all its lines. Raises Unmade for a file that is not whole."""
    if not state.url:
        raise Unmade("made, and empty")
    with TemporaryFile() as file:
        try:
            client.save(state.url, file, most=_MOST_BYTES)
        except (Refused, Transient) as error:
            raise Unmade(f"not loaded: {error}") from error
        with _unpacked(file) as rows:
            if (count := _count(rows)) != state.rows:
                raise Unmade(f"{count} rows, {state.rows} told")
            rows.seek(0)
            yield _grouped(rows)


def batched(nodes: Iterator[Node], size: int) -> Iterator[tuple[list[Node], bool]]:
    """So many at a time, and whether they are the last. At least one batch, which may be empty."""
    batch = list(islice(nodes, size))
    while True:
        following = list(islice(nodes, size))
        yield batch, not following
        if not following:
            return
        batch = following


@contextmanager
def _unpacked(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """A file may come packed, as it lies in the store: told by its first bytes."""
    file.seek(0)
    is_packed = file.read(len(GZIP)) == GZIP
    file.seek(0)
    if not is_packed:
        yield file
        return
    with gzip.open(file) as rows:
        yield rows  # type: ignore[misc]


def _count(rows: IO[bytes]) -> int:
    """Of lines that hold something. Raises Unmade for a packed file without its proper end."""
    try:
        return sum(1 for row in rows if not row.isspace())
    except (EOFError, OSError) as error:
        raise Unmade(f"broken gzip ({type(error).__name__})") from error


def _grouped(rows: IO[bytes]) -> Iterator[Node]:
    """Each order is followed by its lines; a line of another order means that the file is not as it was asked for."""
    order: Node | None = None
    for row in rows:
        if row.isspace():
            continue
        node = _parsed(row)
        parent = node.pop("__parentId", None)
        if parent is None:
            if order:
                yield order
            order = {**node, "lineItems": {"nodes": []}}
        elif order is None or parent != order.get("id"):
            raise Unmade("a line apart from its order")
        else:
            order["lineItems"]["nodes"].append(node)
    if order:
        yield order


def _parsed(row: bytes) -> Node:
    try:
        node = json.loads(row, parse_float=Decimal)
    except ValueError as error:
        raise Unmade("a row that is no JSON") from error
    if not isinstance(node, dict):
        raise Unmade("a row that is no object")
    return node

"""Orders and refunds into the ledger, each line once and the newest word of it (integrations.md, rule 10)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from integrations.channels.base import Line, Order, Refund
from integrations.daily import Touched
from integrations.models import ChannelAccount, SalesLine

_VALUES = ["sku", "asin", "status", "happened_at", "day_on", "changed_at", "units", "amount", "discount", "currency"]


def store_orders(
    account: ChannelAccount, orders: Iterable[Order], *, source: str = ChannelAccount.Source.API
) -> set[Touched]:
    """The (day, SKU) whose numbers may be others now. In the transaction that holds the account's row.

    An order that changed before what is stored of it is left out; equal instants overwrite. A stored line that the
    order no longer has becomes VOID.
    """
    newest: dict[str, Order] = {}
    for order in orders:
        known = newest.get(order.order_id)
        if known is None or known.changed_at <= order.changed_at:
            newest[order.order_id] = order
    stored = _stored(account, SalesLine.Kind.SALE, newest)
    touched: set[Touched] = set()
    rows: list[SalesLine] = []
    for order in newest.values():
        before = stored.get(order.order_id, {})
        if any(line.changed_at > order.changed_at for line in before.values()):
            continue
        after = {line.line_id: _sale(account, order, line, source) for line in order.lines}
        for line_id, line in before.items():
            touched.add((line.day_on, line.sku))
            if line_id not in after:
                line.status, line.changed_at = SalesLine.Status.VOID, order.changed_at
                after[line_id] = line
        touched |= {(line.day_on, line.sku) for line in after.values()}
        rows += after.values()
    _write(rows)
    return touched


def store_refunds(account: ChannelAccount, refunds: Iterable[Refund]) -> set[Touched]:
    """As `store_orders`, line by line: a refund that is missing in an answer has not gone."""
    newest: dict[tuple[str, str], Refund] = {}
    for refund in refunds:
        key = (refund.refund_id, refund.line_id)
        if key not in newest or newest[key].changed_at <= refund.changed_at:
            newest[key] = refund
    stored = _stored(account, SalesLine.Kind.REFUND, {refund_id for refund_id, _line in newest})
    touched: set[Touched] = set()
    rows = []
    for (refund_id, line_id), refund in newest.items():
        before = stored.get(refund_id, {}).get(line_id)
        if before is not None:
            if before.changed_at > refund.changed_at:
                continue
            touched.add((before.day_on, before.sku))
        row = _refund(account, refund)
        touched.add((row.day_on, row.sku))
        rows.append(row)
    _write(rows)
    return touched


def _stored(account: ChannelAccount, kind: str, ids: Iterable[str]) -> dict[str, dict[str, SalesLine]]:
    found: dict[str, dict[str, SalesLine]] = {}
    for line in SalesLine.objects.filter(account=account, kind=kind, order_id__in=list(ids)):
        found.setdefault(line.order_id, {})[line.line_id] = line
    return found


def _write(rows: Sequence[SalesLine]) -> None:
    for row in rows:
        row.pk = None
    SalesLine.objects.bulk_create(
        sorted(rows, key=lambda row: (row.kind, row.order_id, row.line_id)),
        update_conflicts=True,
        unique_fields=["account", "kind", "order_id", "line_id"],
        update_fields=_VALUES,
        batch_size=1000,
    )


def _sale(account: ChannelAccount, order: Order, line: Line, source: str) -> SalesLine:
    return SalesLine(
        account=account,
        kind=SalesLine.Kind.SALE,
        order_id=order.order_id,
        line_id=line.line_id,
        sku=line.sku,
        asin=line.asin,
        status=line.status,
        happened_at=order.placed_at,
        day_on=account.day_of(order.placed_at),
        changed_at=order.changed_at,
        units=line.units,
        amount=line.amount,
        discount=line.discount,
        currency=order.currency,
        source=source,
    )


def _refund(account: ChannelAccount, refund: Refund) -> SalesLine:
    at: datetime = refund.posted_at
    return SalesLine(
        account=account,
        kind=SalesLine.Kind.REFUND,
        order_id=refund.refund_id,
        line_id=refund.line_id,
        sku=refund.sku,
        asin=refund.asin,
        status=refund.status,
        happened_at=at,
        day_on=account.day_of(at),
        changed_at=refund.changed_at,
        units=refund.units,
        amount=refund.amount,
        discount=0,
        currency=refund.currency,
    )

"""The day's numbers of a SKU, made from its lines and from nothing else (integrations.md, rule 12)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from integrations.models import ChannelAccount, DailySales, SalesLine

# One statement for all touched (day, SKU): what the lines add up to, per currency. `first` is the SKU at which an order
# is counted once.
_SUMS = """
WITH touched AS (SELECT * FROM unnest(%(days)s::date[], %(skus)s::text[]) AS t(day_on, sku)),
sums AS (
    SELECT l.day_on, l.sku, l.currency, max(l.asin) AS asin,
        count(DISTINCT l.order_id) FILTER (WHERE sold) AS orders,
        count(DISTINCT l.order_id) FILTER (WHERE sold AND l.sku = (
            SELECT min(o.sku) FROM integrations_salesline o
            WHERE o.account_id = l.account_id AND o.kind = 'sale' AND o.order_id = l.order_id AND o.status = 'counted'
        )) AS orders_first,
        coalesce(sum(l.units) FILTER (WHERE sold), 0) AS units,
        coalesce(sum(l.amount) FILTER (WHERE sold), 0) AS gross,
        coalesce(sum(l.discount) FILTER (WHERE sold), 0) AS discounts,
        coalesce(sum(l.units) FILTER (WHERE l.kind = 'refund'), 0) AS refunded,
        coalesce(sum(l.amount) FILTER (WHERE l.kind = 'refund'), 0) AS refund_amount,
        coalesce(sum(l.units) FILTER (WHERE l.kind = 'sale' AND l.status = 'pending'), 0) AS pending
    FROM integrations_salesline l JOIN touched USING (day_on, sku),
        LATERAL (SELECT l.kind = 'sale' AND l.status = 'counted' AS sold) AS kinds
    WHERE l.account_id = %(account)s AND l.source = %(source)s AND l.status <> 'void'
        AND NOT (l.kind = 'refund' AND l.status = 'pending')
    GROUP BY l.day_on, l.sku, l.currency
), gone AS (
    UPDATE integrations_dailysales d SET orders = 0, orders_first = 0, units_ordered = 0, gross_sales = 0,
        discounts = 0, units_refunded = 0, refund_amount = 0, pending_units = 0, sales_as_of = %(now)s
    FROM touched t
    WHERE d.account_id = %(account)s AND d.day_on = t.day_on AND d.sku = t.sku AND d.sales_source <> ''
        AND NOT EXISTS (
            SELECT FROM sums s WHERE s.day_on = d.day_on AND s.sku = d.sku AND s.currency = d.currency
        )
)
INSERT INTO integrations_dailysales AS d (account_id, day_on, sku, currency, asin, orders, orders_first, units_ordered,
    gross_sales, discounts, units_refunded, refund_amount, pending_units, sales_source, sales_as_of)
SELECT %(account)s, day_on, sku, currency, asin, orders, orders_first, units, gross, discounts, refunded, refund_amount,
    pending, %(source)s, %(now)s
FROM sums ORDER BY day_on, sku, currency
ON CONFLICT (account_id, day_on, sku, currency) DO UPDATE SET
    asin = coalesce(nullif(excluded.asin, ''), d.asin), orders = excluded.orders, orders_first = excluded.orders_first,
    units_ordered = excluded.units_ordered, gross_sales = excluded.gross_sales, discounts = excluded.discounts,
    units_refunded = excluded.units_refunded, refund_amount = excluded.refund_amount,
    pending_units = excluded.pending_units, sales_source = excluded.sales_source, sales_as_of = excluded.sales_as_of
"""

Touched = tuple[date, str]


def recompute(account: ChannelAccount, touched: Iterable[Touched], *, now: datetime) -> None:
    """Make the rows of these (day, SKU) anew; in the caller's transaction, which holds the account's row.

    A day is told either by the channel or by files: where the channel does not tell it, by files if there are some.
    """
    wanted = sorted(set(touched))
    told_by_files = _days_of_files(account, {day for day, _sku in wanted})
    _run(account, [each for each in wanted if each[0] not in told_by_files], ChannelAccount.Source.API, now)
    of_lines = [each for each in wanted if told_by_files.get(each[0])]
    _run(account, of_lines, ChannelAccount.Source.FILES, now)


def cover(account: ChannelAccount, since: date, *, now: datetime) -> None:
    """From `since` on the channel tells all sales itself: what files said of those days counts no longer.

    Sets `account.covered_from`, which the caller saves.
    """
    before = account.covered_from
    if before is not None and before <= since:
        return
    account.covered_from = since
    take_over(account, since, before, now=now)


def take_over(account: ChannelAccount, since: date, before: date | None, *, now: datetime) -> None:
    """What files said of the days from `since` until `before` (excluded; None: all later ones) counts no longer."""
    newly = Q(account=account, day_on__gte=since) & (Q(day_on__lt=before) if before else Q())
    days = DailySales.objects.filter(newly, sales_source=ChannelAccount.Source.FILES).values_list("day_on", "sku")
    # Lines of files have made such rows, or rows of the channel by now.
    if told := set(days):
        lines = SalesLine.objects.filter(newly, source=ChannelAccount.Source.FILES).values_list("day_on", "sku")
        recompute(account, {*lines, *told}, now=now)


def _days_of_files(account: ChannelAccount, days: set[date]) -> dict[date, bool]:
    """Those of `days` that files tell → whether by lines of orders (or by the day's sums, which stand as they are)."""
    open_days = [day for day in days if not account.tells(day)]
    if not open_days:
        return {}
    mine = {"account": account, "day_on__in": open_days}
    lines = SalesLine.objects.filter(**mine, source=ChannelAccount.Source.FILES).values_list("day_on", flat=True)
    sums = DailySales.objects.filter(**mine, sales_source=ChannelAccount.Source.FILES).values_list("day_on", flat=True)
    return dict.fromkeys(sums.distinct(), False) | dict.fromkeys(lines.distinct(), True)


def _run(account: ChannelAccount, touched: list[Touched], source: str, now: datetime) -> None:
    if not touched:
        return
    values: dict[str, Any] = {
        "account": account.pk,
        "source": str(source),
        "now": now,
        "days": [day for day, _sku in touched],
        "skus": [sku for _day, sku in touched],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, values)

"""A seller at Amazon with two months of everything, and what it sold by a computation of its own.

`sold` reads the story below and knows nothing of Amazon's answers, of our mapping or of the ledger.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.integrations.stubs.amazon import AmazonStub, GivenBack, Item, Sale, Stock, Version, Visits

PACIFIC = ZoneInfo("America/Los_Angeles")
# Noon in Los Angeles, after the clocks went back.
NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
FIRST_DAY = date(2026, 9, 25)
SKUS = [
    "MUG-RED", "mug-red", "Mug Blue 12 oz", "LS/MUG/01", "000123", "0123", "杯子-红色", "A&B=C+D%20", "SKU,1", " lead",
    "trail ", "N'Ünï–code",
]  # fmt: skip
ASINS = {sku: f"B0TEST{number:04}" for number, sku in enumerate(SKUS)}


class Numbers(NamedTuple):
    orders: int
    units_ordered: int
    gross_sales: Decimal
    discounts: Decimal
    units_refunded: int
    refund_amount: Decimal
    pending_units: int


def local(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=PACIFIC, fold=fold).astimezone(UTC)  # type: ignore[arg-type, misc]


def fill(stub: AmazonStub, *, orders: int = 300, seed: int = 26) -> None:
    """The same for each seed: orders of 60 days, the hard instants, refunds, visits and stock."""
    random = Random(seed)  # noqa: S311
    for number in range(orders):
        day = FIRST_DAY + timedelta(days=random.randrange(60))
        at = local(day.year, day.month, day.day, random.randrange(24), random.randrange(60), random.randrange(60))
        stub.sales.append(_sale(random, number, at))
    for number, at in enumerate(_hard_instants(), start=orders):
        stub.sales.append(_sale(random, number, at, kind="plain"))
    for number, sale in enumerate(stub.sales):
        if number % 6 == 0 and sale.channel == "AMAZON":
            stub.given_back += _refund(random, number, sale)
    stub.given_back.append(
        GivenBack("T-shipment", local(2026, 11, 1), "x", "MUG-RED", "B0TEST0000", 3, 3000, "Shipment")
    )
    for day in (FIRST_DAY + timedelta(days=number) for number in range(61)):
        for number, asin in enumerate(ASINS.values()):
            if (day.toordinal() + number) % 5:
                seen = random.randrange(200)
                stub.visits.append(Visits(day, asin, seen, seen * 2, round(random.uniform(60, 100), 2)))
    stub.stock += [
        Stock(sku, asin, f"Name of {sku}", number * 7, number) for number, (sku, asin) in enumerate(ASINS.items())
    ]


def _hard_instants() -> list[datetime]:
    return [
        local(2026, 3, 7, 23, 59, 59),
        local(2026, 3, 8, 1, 59, 59),
        local(2026, 3, 8, 3, 0),
        local(2026, 3, 8, 23, 59, 59),
        local(2026, 3, 9),
        local(2026, 10, 31, 23, 59, 59),
        local(2026, 11, 1),
        local(2026, 11, 1, 1, 30),
        local(2026, 11, 1, 1, 30, fold=1),
        local(2026, 11, 1, 23, 30),
        local(2026, 11, 1, 23, 59, 59),
        local(2026, 11, 2),
        local(2026, 11, 20, 23, 30),
        local(2026, 11, 20, 23, 59, 59),
        # The first second that a fill of two years may hold is not reached by any of these; the last day is.
        NOW - timedelta(minutes=3),
    ]


def _items(random: Random, number: int) -> list[Item]:
    items = []
    count = random.choice([1, 1, 1, 2, 3])
    first = random.choice(SKUS)
    for line in range(count):
        # Two lines of one SKU are two lines.
        sku = first if line == 1 and number % 3 == 0 else random.choice(SKUS)
        units = random.choice([1, 1, 1, 2, 3, 12])
        price = random.randrange(99, 9999)
        off = random.choice([0, 0, 0, random.randrange(1, price)])
        items.append(Item(f"{number:04}{line}", sku, ASINS[sku], units, price * units, off))
    return items


def _sale(random: Random, number: int, at: datetime, kind: str = "") -> Sale:
    kind = (
        kind
        or random.choices(
            ["plain", "pending", "corrected", "cancelled", "line", "partly", "other", "replacement", "abroad", "stuck"],
            [60, 10, 8, 6, 5, 3, 3, 2, 1, 2],
        )[0]
    )
    items = _items(random, number)
    sale = Sale(f"111-{number:07}-1234567", at, [Version(at, "UNSHIPPED", items)])
    later = min(at + timedelta(hours=random.randrange(2, 200)), NOW - timedelta(minutes=3))
    match kind:
        case "pending":
            sale.versions = [Version(at, "PENDING", items), Version(later, "SHIPPED", items)]
        case "stuck":
            sale.versions = [Version(at, random.choice(["PENDING", "PENDING_AVAILABILITY"]), items)]
        case "corrected":
            dearer = [Item(**{**vars(item), "cents": item.cents + 100 * item.units}) for item in items]
            sale.versions.append(Version(later, "SHIPPED", dearer))
        case "cancelled":
            sale.versions.append(Version(later, "CANCELLED", items))
        case "line":
            rest = [Item(**{**vars(item), "is_cancelled": place == 0}) for place, item in enumerate(items)]
            sale.versions.append(Version(later, "SHIPPED", rest))
        case "partly":
            whole = [Item(**{**vars(item), "units": 4, "cents": item.cents // item.units * 4}) for item in items]
            some = [Item(**{**vars(item), "is_cancelled": True, "sent": 3}) for item in whole]
            sale.versions = [Version(at, "UNSHIPPED", whole), Version(later, "SHIPPED", some)]
        case "other":
            sale.channel = "NON_AMAZON"
        case "replacement":
            sale.is_replacement = True
        case "abroad":
            sale.marketplace = "A2EUQ1WTGCTBG2"
            sale.currency = "CAD"
        case _:
            sale.versions.append(Version(later, "SHIPPED", items))
    return sale


def _refund(random: Random, number: int, sale: Sale) -> list[GivenBack]:
    posted = min(sale.placed_at + timedelta(days=random.randrange(1, 30), minutes=7), NOW - timedelta(hours=1))
    lines = [
        GivenBack(
            f"T-{number}",
            posted,
            sale.order_id,
            item.sku,
            item.asin,
            item.units,
            item.cents // random.choice([1, 1, 3]),
        )
        for item in sale.versions[0].items
    ]
    if number % 18:
        return lines
    # Held back, and released later under another id: given back once all the same.
    released = min(posted + timedelta(days=3), NOW - timedelta(minutes=30))
    again = [
        GivenBack(
            **{**vars(line), "transaction_id": f"T-{number}-R", "posted_at": released, "release_of": f"T-{number}"}
        )
        for line in lines
    ]
    return lines + again


def sold(stub: AmazonStub, now: datetime | None = None) -> dict[tuple[date, str, str], Numbers]:
    """By (day in Los Angeles, SKU, currency), those that are not all nothing; whole cents until the end."""
    now = now or stub.now
    counts: dict[tuple[date, str, str], list[int]] = defaultdict(lambda: [0] * 7)
    for sale in stub.sales:
        version = sale.version(now)
        foreign = sale.channel != "AMAZON" or sale.marketplace != "ATVPDKIKX0DER" or sale.is_replacement
        if version is None or foreign or version.status == "CANCELLED" or sale.placed_at > now - timedelta(minutes=2):
            continue
        day = sale.placed_at.astimezone(PACIFIC).date()
        met = set()
        for item in version.items:
            row = counts[day, item.sku, "USD"]
            if version.status.startswith("PENDING"):
                row[6] += item.units
                continue
            units, cents, off = item.units, item.cents, Decimal(item.off_cents)
            if item.is_cancelled:
                if not item.sent:
                    continue
                units, cents = item.sent, item.cents // item.units * item.sent
                off = (off * item.sent / item.units / 100).quantize(Decimal("0.01")) * 100
            row[0] += item.sku not in met
            met.add(item.sku)
            row[1] += units
            row[2] += cents
            row[3] += int(off)
    for back in stub.given_back:
        if back.kind == "Refund" and not back.release_of and back.posted_at < now - timedelta(seconds=121):
            row = counts[back.posted_at.astimezone(PACIFIC).date(), back.sku, "USD"]
            row[4] += back.units
            row[5] += back.cents
    return {key: _numbers(row) for key, row in counts.items() if any(row)}


def _numbers(row: list[int]) -> Numbers:
    orders, units, gross, off, units_back, back, pending = row
    return Numbers(orders, units, Decimal(gross) / 100, Decimal(off) / 100, units_back, Decimal(back) / 100, pending)

"""The ledger and the days made of it: the same numbers whatever the order in which a channel tells them."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.actions.storing import store_orders, store_refunds
from integrations.channels.base import Line, Order, Refund
from integrations.daily import cover, recompute, take_over
from integrations.models import DailySales, SalesLine
from tests.factories.integrations import make_shop

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 19, tzinfo=UTC)
NOW = datetime(2026, 6, 10, tzinfo=UTC)
NUMBERS = ("orders", "orders_first", "units_ordered", "gross_sales", "discounts", "units_refunded", "refund_amount")


def order(
    order_id: str, *lines: Line, placed: datetime = NOON, changed: datetime = NOON, currency: str = "USD"
) -> Order:
    return Order(order_id, placed, changed, currency, lines)


def line(line_id: str, sku: str = "A", units: int = 1, amount: str = "10", **values: Any) -> Line:
    return Line(line_id, sku, units, Decimal(amount), **values)


def take(shop: Any, *orders: Order, refunds: tuple[Refund, ...] = ()) -> None:
    recompute(shop, store_orders(shop, orders) | store_refunds(shop, refunds), now=NOW)


def days() -> dict[tuple[date, str, str], tuple[Any, ...]]:
    """Every row that says something."""
    rows = DailySales.objects.exclude(**dict.fromkeys((*NUMBERS, "pending_units"), 0))
    return {(row.day_on, row.sku, row.currency): tuple(getattr(row, name) for name in NUMBERS) for row in rows}


def test_an_order_is_counted_in_each_of_its_skus_and_once_in_their_sum() -> None:
    shop = make_shop()
    take(shop, order("1", line("1", "B", 2, "30.50", discount=Decimal("1.25")), line("2", "A"), line("3", "A")))
    assert days() == {
        (date(2026, 6, 1), "A", "USD"): (1, 1, 2, Decimal("20"), 0, 0, 0),
        (date(2026, 6, 1), "B", "USD"): (1, 0, 2, Decimal("30.5"), Decimal("1.25"), 0, 0),
    }


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-03-08T06:59:59+00:00", date(2026, 3, 7)),
        ("2026-03-09T06:30:00+00:00", date(2026, 3, 8)),
        ("2026-11-01T08:30:00+00:00", date(2026, 11, 1)),
        ("2026-11-01T09:30:00+00:00", date(2026, 11, 1)),
        ("2026-11-02T07:59:59+00:00", date(2026, 11, 1)),
        ("2026-11-02T08:00:00+00:00", date(2026, 11, 2)),
    ],
)
def test_a_sale_belongs_to_the_shops_own_day(instant: str, day: date) -> None:
    take(make_shop(), order("1", line("1"), placed=datetime.fromisoformat(instant)))
    assert [key[0] for key in days()] == [day]


def test_the_newest_word_of_an_order_wins_and_equal_ones_overwrite() -> None:
    shop = make_shop()
    later = NOON + timedelta(hours=1)
    take(shop, order("1", line("1", units=2, amount="20"), changed=later))
    take(shop, order("1", line("1", units=9, amount="90")))
    assert days()[date(2026, 6, 1), "A", "USD"][2] == 2
    take(shop, order("1", line("1", units=3, amount="30"), changed=later))
    assert days()[date(2026, 6, 1), "A", "USD"][2] == 3


def test_what_leaves_an_order_or_is_cancelled_leaves_its_day_and_a_refund_does_not() -> None:
    shop = make_shop()
    given_back = Refund("r1", "1", NOON + timedelta(days=3), NOON, "USD", "A", 1, Decimal("10"))
    take(shop, order("1", line("1", "A"), line("2", "B")), refunds=(given_back,))
    take(shop, order("1", line("1", "A"), changed=NOON + timedelta(hours=1)))
    assert {key[1] for key in days()} == {"A"}
    take(shop, order("1", line("1", "A", status="void"), changed=NOON + timedelta(hours=2)))
    assert days() == {(date(2026, 6, 4), "A", "USD"): (0, 0, 0, 0, 0, 1, Decimal("10"))}


def test_pending_units_stand_apart_until_the_order_is_confirmed() -> None:
    shop = make_shop()
    take(shop, order("1", line("1", status="pending", units=4, amount="0")))
    row = DailySales.objects.get()
    assert (row.pending_units, row.units_ordered, row.orders) == (4, 0, 0)
    take(shop, order("1", line("1", units=4, amount="40"), changed=NOON + timedelta(hours=1)))
    row.refresh_from_db()
    assert (row.pending_units, row.units_ordered, row.orders) == (0, 4, 1)


def test_currencies_and_spellings_of_a_sku_are_kept_apart() -> None:
    shop = make_shop()
    take(shop, order("1", line("1", "a ")), order("2", line("1", "A"), currency="CAD"), order("3", line("1", "007/杯")))
    assert {key[1:] for key in days()} == {("a ", "USD"), ("A", "CAD"), ("007/杯", "USD")}


def test_other_facts_of_a_day_outlive_its_sales() -> None:
    shop = make_shop()
    DailySales.objects.create(account=shop, day_on=date(2026, 6, 1), sku="A", currency="USD", sessions=40)
    take(shop, order("1", line("1")))
    take(shop, order("1", line("1", status="void"), changed=NOON + timedelta(hours=1)))
    row = DailySales.objects.get()
    assert (row.sessions, row.units_ordered) == (40, 0)


class TestFiles:
    def test_a_day_is_told_by_files_until_the_channel_covers_it(self) -> None:
        shop = make_shop(covered_from=date(2026, 6, 5))
        recompute(shop, store_orders(shop, [order("f1", line("1", units=7))], source="files"), now=NOW)
        # An old order that changed lately comes by the channel: the file has it already.
        take(shop, order("1", line("1", units=1)))
        assert days()[date(2026, 6, 1), "A", "USD"][2] == 7
        cover(shop, date(2026, 6, 1), now=NOW)
        assert days()[date(2026, 6, 1), "A", "USD"][2] == 1

    def test_sums_of_a_day_from_a_file_give_way_as_well(self) -> None:
        shop = make_shop(covered_from=date(2026, 6, 5))
        DailySales.objects.create(
            account=shop, day_on=date(2026, 6, 1), sku="A", currency="USD", units_ordered=7, sales_source="files"
        )
        take(shop, order("1", line("1")))
        assert days()[date(2026, 6, 1), "A", "USD"][2] == 7
        cover(shop, date(2026, 6, 1), now=NOW)
        assert days()[date(2026, 6, 1), "A", "USD"][2] == 1

    def test_a_shop_that_left_goes_on_by_files_after_what_it_told(self) -> None:
        shop = make_shop(covered_from=date(2026, 6, 1), streams={"orders": {"cursor": "2026-06-05T20:00:00+00:00"}})
        assert shop.tells(date(2026, 6, 9))
        shop.state = "disconnected"
        told = [shop.tells(date(2026, 5, 31)), shop.tells(date(2026, 6, 4)), shop.tells(date(2026, 6, 5))]
        # Of the day of its last reading it told a part only.
        assert told == [False, True, False]
        late = order("f1", line("1", units=7), placed=NOON + timedelta(days=6))
        recompute(shop, store_orders(shop, [late], source="files"), now=NOW)
        assert days()[date(2026, 6, 7), "A", "USD"][2] == 7
        shop.state = "connected"
        take(shop, order("1", line("1", units=2), placed=NOON + timedelta(days=6)))
        take_over(shop, date(2026, 6, 5), None, now=NOW)
        assert days()[date(2026, 6, 7), "A", "USD"][2] == 2


def test_two_shops_share_nothing() -> None:
    one, two = make_shop(), make_shop(external_id="A2")
    take(one, order("1", line("1")))
    take(two, order("1", line("1", units=5)))
    assert sorted(DailySales.objects.values_list("account__external_id", "units_ordered")) == [("A1", 1), ("A2", 5)]


STATUSES = ("counted", "counted", "counted", "pending", "void")


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25)
def test_any_order_of_any_pages_gives_what_the_last_words_add_up_to(seed: int) -> None:
    """Histories of orders, told in any order, some twice: the days are those of an independent sum."""
    chance = random.Random(seed)  # noqa: S311
    SalesLine.objects.all().delete()
    DailySales.objects.all().delete()
    shop = make_shop(external_id=f"S{seed}-{chance.random()}")
    words: list[Order] = []
    for number in range(chance.randint(1, 8)):
        placed = NOON + timedelta(hours=chance.randint(0, 72))
        for version in range(chance.randint(1, 3)):
            lines = [
                line(
                    str(index),
                    chance.choice("ABC"),
                    count := chance.randint(1, 4),
                    f"{count * chance.randint(1, 999) / 100:.2f}",
                    status=chance.choice(STATUSES),
                    discount=Decimal(chance.randint(0, 50)) / 100,
                )
                for index in range(chance.randint(1, 3))
            ]
            words.append(order(str(number), *lines, placed=placed, changed=placed + timedelta(hours=version)))
    told = [*words, *chance.sample(words, len(words) // 2)]
    chance.shuffle(told)
    while told:
        size = chance.randint(1, 4)
        page, told = told[:size], told[size:]
        take(shop, *page)

    last: dict[str, Order] = {}
    for word in words:
        if word.order_id not in last or last[word.order_id].changed_at < word.changed_at:
            last[word.order_id] = word
    units: Counter[Any] = Counter()
    gross: dict[Any, Decimal] = {}
    for word in last.values():
        day = shop.day_of(word.placed_at)
        for each in word.lines:
            if each.status == "counted":
                units[day, each.sku] += each.units
                gross[day, each.sku] = gross.get((day, each.sku), Decimal(0)) + each.amount
    assert {key[:2]: value[2] for key, value in days().items() if value[2]} == dict(units)
    assert {key[:2]: value[3] for key, value in days().items() if value[3]} == gross
    counted = sum(any(each.status == "counted" for each in word.lines) for word in last.values())
    assert sum(value[1] for value in days().values()) == counted


def test_a_page_costs_the_same_few_statements_for_any_number_of_orders(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    shop = make_shop()
    for count in (1, 30):
        orders = [order(f"{count}-{number}", line("1"), line("2", "B")) for number in range(count)]
        with django_assert_num_queries(5):
            take(shop, *orders)

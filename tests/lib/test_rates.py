"""Amounts in another currency: whose rate counts, and that no way of reckoning loses or makes money."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.rates import LONGEST_DAYS, Rate, Rates

FRIDAY = date(2026, 11, 27)
CURRENCIES = ("USD", "CNY", "JPY", "EUR")
amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
values = st.decimals(min_value="0.00001", max_value=400_000, places=5)
published = st.fixed_dictionaries({currency: values for currency in CURRENCIES if currency != "EUR"}).map(
    lambda told: [Rate(FRIDAY, currency, rate) for currency, rate in told.items()]
)
currencies = st.sampled_from(CURRENCIES)
# Of a number with 28 digits, after a handful of steps.
TINY = Decimal("1e-24")


def is_close(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= TINY * max(abs(one), abs(other))


def to(target: str, told: list[Rate], amount: Decimal, currency: str) -> Decimal:
    found = Rates(target, told).convert(amount, currency, FRIDAY)
    assert found is not None
    return found


def test_an_amount_goes_by_way_of_the_euro() -> None:
    told = [Rate(FRIDAY, "USD", Decimal("1.16")), Rate(FRIDAY, "CNY", Decimal("8.12"))]

    assert Rates("CNY", told).convert(Decimal("11.60"), "USD", FRIDAY) == Decimal("81.2")
    assert Rates("EUR", told).convert(Decimal("11.60"), "USD", FRIDAY) == 10
    assert Rates("USD", told).convert(Decimal(10), "EUR", FRIDAY) == Decimal("11.6")


def test_each_day_has_its_own_rate_and_the_weekend_fridays() -> None:
    monday, thursday = FRIDAY + timedelta(days=3), FRIDAY - timedelta(days=1)
    days = ((thursday, "1.10"), (FRIDAY, "1.20"), (monday, "1.30"))
    rates = Rates("USD", [Rate(day, "USD", Decimal(rate)) for day, rate in days])

    found = [rates.factor("EUR", thursday + timedelta(days=after)) for after in range(-1, 5)]

    assert found == [None, *map(Decimal, ("1.10", "1.20", "1.20", "1.20", "1.30"))]
    assert rates.day_of("EUR", monday - timedelta(days=1)) == FRIDAY


def test_after_a_week_there_is_no_rate() -> None:
    rates = Rates("EUR", [Rate(FRIDAY, "USD", Decimal("1.2"))])

    assert rates.factor("USD", FRIDAY + timedelta(days=LONGEST_DAYS)) is not None
    assert rates.factor("USD", FRIDAY + timedelta(days=LONGEST_DAYS + 1)) is None
    assert rates.day_of("USD", FRIDAY + timedelta(days=LONGEST_DAYS + 1)) is None


@pytest.mark.parametrize(("target", "currency"), [("USD", "TWD"), ("TWD", "USD"), ("EUR", "TWD"), ("TWD", "EUR")])
def test_what_nobody_publishes_is_not_converted(target: str, currency: str) -> None:
    rates = Rates(target, [Rate(FRIDAY, "USD", Decimal("1.2"))])

    assert rates.convert(Decimal(5), currency, FRIDAY) is None
    assert rates.day_of(currency, FRIDAY) is None


@given(amounts, currencies)
def test_an_amount_in_its_own_currency_stays_and_needs_no_rate(amount: Decimal, currency: str) -> None:
    assert Rates(currency, []).convert(amount, currency, FRIDAY) == amount
    assert Rates(currency, []).day_of(currency, FRIDAY) is None


@given(published, amounts, currencies, currencies)
def test_there_and_back_is_the_same_amount(told: list[Rate], amount: Decimal, one: str, other: str) -> None:
    assert is_close(to(one, told, to(other, told, amount, one), other), amount)


@given(published, amounts, st.permutations(CURRENCIES))
def test_a_detour_by_a_third_currency_changes_nothing(told: list[Rate], amount: Decimal, order: list[str]) -> None:
    start, middle, end = order[:3]

    assert is_close(to(end, told, to(middle, told, amount, start), middle), to(end, told, amount, start))


@given(published, st.lists(amounts.filter(lambda amount: amount > 0), max_size=20), currencies, currencies)
def test_a_sum_is_converted_as_its_parts(told: list[Rate], parts: list[Decimal], one: str, other: str) -> None:
    whole = to(other, told, sum(parts, Decimal(0)), one)

    assert is_close(whole, sum((to(other, told, part, one) for part in parts), Decimal(0)))


@given(published, amounts, st.integers(-1000, 1000), currencies, currencies)
def test_twice_as_much_is_twice_as_much(told: list[Rate], amount: Decimal, times: int, one: str, other: str) -> None:
    assert is_close(to(other, told, amount * times, one), to(other, told, amount, one) * times)


@given(published, st.tuples(amounts, amounts), currencies, currencies)
def test_more_stays_more(told: list[Rate], two: tuple[Decimal, Decimal], one: str, other: str) -> None:
    less, more = sorted(two)

    assert to(other, told, less, one) <= to(other, told, more, one)

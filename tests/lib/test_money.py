"""Numbers and amounts as they are typed, exact to the last digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.money import (
    CURRENCIES,
    FIRST,
    NotANumber,
    TooManyDigits,
    amount_text,
    number_key,
    number_text,
    parse_number,
    places_of,
)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12.50", "12.5"),
        ("1,234,567.8", "1234567.8"),
        ("１２３", "123"),
        ("−3", "-3"),
        (" 0.10 ", "0.1"),
        ("-0", "0"),
        ("007", "7"),
        ("123456789012345.123456", "123456789012345.123456"),
    ],
)
def test_numbers_are_read_exactly(typed: str, number: str) -> None:
    assert number_key(parse_number(typed)) == number


@pytest.mark.parametrize("typed", ["", "1,5", "12,34", "1e5", "NaN", "Infinity", "½", "1.2.3", "12 USD", "٣", "0x10"])
def test_what_is_no_number_or_two_is_refused(typed: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(typed)


def test_too_many_digits_are_refused_and_not_rounded() -> None:
    for typed, places in [("1234567890123456", 2), ("0.001", 2), ("1.5", 0)]:
        with pytest.raises(TooManyDigits):
            parse_number(typed, places=places)


@given(st.decimals(-(10**12), 10**12, places=6))
def test_a_stored_number_is_the_number(number: Decimal) -> None:
    key = number_key(number)
    assert Decimal(key) == number
    assert parse_number(key) == number


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert [amount_text("1234.5", code) for code in ("USD", "JPY", "KWD")] == [
        "USD 1,234.50",
        "JPY 1,234",
        "KWD 1,234.500",
    ]
    assert number_text("1234567.25") == "1,234,567.25"
    assert {places_of(code) for code in CURRENCIES} == {0, 2, 3}
    assert set(FIRST) < CURRENCIES

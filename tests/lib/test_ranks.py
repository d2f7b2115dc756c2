from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.ranks import DIGITS, between, evenly


def test_digits_are_in_byte_order() -> None:
    assert list(DIGITS) == sorted(DIGITS)
    assert len(set(DIGITS)) == 62


@given(st.lists(st.integers(0, 10_000), max_size=120))
def test_keys_stay_in_order_wherever_rows_are_put(places: list[int]) -> None:
    keys: list[str] = []
    for number in places:
        place = number % (len(keys) + 1)
        before = keys[place - 1] if place else None
        after = keys[place] if place < len(keys) else None
        keys.insert(place, between(before, after))
    assert keys == sorted(set(keys))
    assert all(len(key) == 8 or not key.endswith(DIGITS[0]) for key in keys)


@pytest.mark.parametrize("is_first", [True, False])
def test_key_does_not_grow_when_rows_are_added_at_an_end(is_first: bool) -> None:
    key = between(None, None)
    for _row in range(10_000):
        key = between(None, key) if is_first else between(key, None)
    assert len(key) == 8


def test_key_grows_slowly_when_rows_are_put_into_one_gap() -> None:
    low, high = between(None, None), between(between(None, None), None)
    for _row in range(100):
        high = between(low, high)
    assert len(high) <= 8 + 20


@pytest.mark.parametrize("edge", ["0" * 8, "z" * 8, "z" * 12, "0" * 8 + "1"])
def test_room_at_the_edges(edge: str) -> None:
    assert between(edge, None) > edge
    if edge != "0" * 8:
        assert between(None, edge) < edge


def test_nothing_is_below_the_lowest_key() -> None:
    with pytest.raises(ValueError, match="below"):
        between(None, "0" * 8)


@pytest.mark.parametrize(("before", "after"), [("V0000001", "V0000001"), ("V0000002", "V0000001")])
def test_between_when_out_of_order(before: str, after: str) -> None:
    with pytest.raises(ValueError, match="not below"):
        between(before, after)


@pytest.mark.parametrize("count", [0, 1, 3, 5000])
def test_evenly(count: int) -> None:
    keys = evenly(count)
    assert len(keys) == count
    assert keys == sorted(set(keys))
    assert all(len(between(left, right)) == 8 for left, right in pairwise(keys))

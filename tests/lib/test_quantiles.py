"""Quantiles by the nearest rank."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.quantiles import quantile

DAYS = st.lists(st.integers(1, 250), min_size=1, max_size=60)
SHARE = st.integers(1, 100)


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [([7], 50, 7), ([1, 2], 50, 1), ([1, 2, 3], 50, 2), ([3, 9, 5, 7, 11], 80, 9), ([4, 4, 4, 20], 80, 20)],
)
def test_by_hand(values: list[int], share: int, found: int) -> None:
    assert quantile(values, share) == found


@given(DAYS, SHARE)
def test_it_is_a_value_that_so_many_do_not_exceed_and_no_smaller_one_will_do(values: list[int], share: int) -> None:
    found = quantile(values, share)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= share * len(values)
    assert sum(value < found for value in values) * 100 < share * len(values)


@given(DAYS, SHARE, SHARE, st.randoms())
def test_it_grows_with_the_share_and_does_not_go_by_the_order(
    values: list[int], one: int, other: int, random: object
) -> None:
    low, high = sorted((one, other))
    assert quantile(values, low) <= quantile(values, high) <= quantile(values, 100) == max(values)
    assert quantile(sorted(values, reverse=True), one) == quantile(values, one)


@pytest.mark.parametrize(("values", "share"), [([], 50), ([1], 0), ([1], 101)])
def test_nonsense_is_refused(values: list[int], share: int) -> None:
    with pytest.raises(ValueError):
        quantile(values, share)

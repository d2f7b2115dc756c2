import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.typos import most_slips, near, slips

words = st.text(alphabet="abcde", min_size=4, max_size=10)


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("coupon", "coupon", 0), ("cuopon", "coupon", 1), ("copon", "coupon", 1), ("listnig", "listings", 2),
     ("abcd", "wxyz", 3), ("a", "abcdef", 3)],
)  # fmt: skip
def test_slips(one: str, other: str, count: int) -> None:
    assert slips(one, other, limit=2) == count


@given(words, words)
def test_words_a_slip_apart_share_a_number(one: str, other: str) -> None:
    limit = min(most_slips(one), most_slips(other))
    if slips(one, other, limit=limit) <= limit:
        assert set(near(one)) & set(near(other))

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.chinese import fold
from linkstar.lib.pinyin import keys, matches


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("黑五優惠券", "黑五优惠券"),
        ("頭程發貨", "头程发货"),
        ("ＡＢＣ　１２", "abc 12"),
        ("Straße", "strasse"),
        ("乾隆", "干隆"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(alphabet=st.sampled_from("黑五優惠券乾隆著名發a1 "), max_size=12))
def test_fold_of_a_part_is_that_part_of_the_folded_text(text: str) -> None:
    whole = fold(text)
    assert all(fold(text[start : start + 2]) == whole[start : start + 2] for start in range(len(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("黑五", ["heiwu", "hw"]),
        ("黑五coupon", ["heiwucoupon", "hwcoupon"]),
        ("銀行", ["yinxing", "yinhang", "yinheng", "yx", "yh"]),
        ("绿", ["lv", "lu", "l"]),
        ("coupon", []),
        ("", []),
    ],
)
def test_keys(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("heiwu", "黑五优惠券"),
        ("hw", "黑五优惠券"),
        ("yhq", "黑五优惠券"),
        ("youhui", "黑五优惠券"),
        ("heiw", "黑五优惠券"),
        ("hwcou", "黑五 Coupon"),
        ("優惠", "黑五优惠券"),
        ("zhongliang", "重量"),
        ("chongfu", "重复"),
        ("shan", "单小姐"),
        ("LIN", "Lin Yue"),
        ("", "黑五"),
    ],
)
def test_matches(query: str, text: str) -> None:
    assert matches(query, text)


@pytest.mark.parametrize(("query", "text"), [("wh", "黑五"), ("heiwua", "黑五"), ("in", "金"), ("黑六", "黑五")])
def test_does_not_match(query: str, text: str) -> None:
    assert not matches(query, text)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_taken(query: str, text: str) -> None:
    assert matches(text, text)
    assert isinstance(matches(query, text), bool)
    assert len(keys(text)) <= 16

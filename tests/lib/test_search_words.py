import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.search_words import Word, asked, phrase, plain, sounds, spelled, vector, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Café À-la", "cafe a-la"), ("黑五優惠", "黑五优惠"), ("don't", "dont"), ("한국", "한국"), ("ガス", "カス")],
)
def test_plain(text: str, folded: str) -> None:
    assert plain(text) == folded


def test_words_of_mixed_text() -> None:
    assert list(words("黑五coupon: HF-2210")) == [
        Word("黑", 1), Word("黑五", 1), Word("五", 2), Word("coupon", 3), Word("hf", 4), Word("hf-2210", 4),
        Word("2210", 5),
    ]  # fmt: skip


def test_sounds_begin_at_each_character() -> None:
    assert sounds("黑五 deal 券") == {"~heiwu", "~wu", "~hw", "~w", "~quan", "~q"}


def test_vector_weighs_parts_and_keeps_them_apart() -> None:
    assert vector([("A", "黑五"), ("B", "it's")], heard="黑", more=["#7"]) == (
        "'黑':1A '五':2A '黑五':1A 'its':4B '#7':1A " + " ".join(f"'{word}':1D" for word in sounds("黑"))
    )


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("黑", "'黑'"),
        ("优惠券", "'优惠' & '惠券'"),
        ("黑五coupon", "'黑五' & ('coupon':* | '~coupon':*)"),
        ("HF-2", "('hf-2':* | ('hf' & '2'))"),
        ("42", "('42':* | '#42')"),
        ("a", "'a'"),
        ("?!", ""),
    ],
)
def test_asked(text: str, query: str) -> None:
    assert asked(text).any == query


def test_phrase() -> None:
    assert phrase("黑五 HF-2210") == "'黑' <-> '五' <-> 'hf' <-> '2210'"
    assert phrase("main ima", weight="A", is_open=True) == "'main':A <-> 'ima':*A"


def test_slips_are_told_in_longer_latin_words() -> None:
    assert spelled("cuopon 黑五 B0C123 ab black-friday x123 cuopon") == ["cuopon", "black", "friday"]


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    assert all(word.text for word in words(text))
    asked(text), phrase(text), vector([("A", text)], heard=text), spelled(text)


def test_a_dump_of_bytes_stays_within_what_postgresql_takes() -> None:
    dump = "-".join(f"{number:x}" for number in range(10_000))[:50_000]
    assert len(vector([("B", dump)])) < 2**20
    # The whole of a longer run is found by its parts.
    assert "'9'" in asked("-".join("123456789abc")).any

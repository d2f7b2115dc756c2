from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.search_query import Due, Query, parse


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query()),
        ("黑五 coupon", Query(words=("黑五", "coupon"))),
        ('"main image" -draft', Query(phrases=("main image",), excluded=("draft",))),
        ("“主图 复核”", Query(phrases=("主图 复核",))),
        ("owner:me is:overdue", Query(owner="me", states=frozenset({"overdue"}))),
        ("负责人：林悦 标签:主图 是:逾期", Query(owner="林悦", labels=("主图",), states=frozenset({"overdue"}))),
        ('owner:"Maya Lin" in:comments x', Query(words=("x",), owner="Maya Lin", place="comments")),
        ("due:<2026-12-01", Query(due=(Due("<", date(2026, 12, 1)),))),
        ("due:2026-13-01", Query(words=("due 2026-13-01",), strays=("due:2026-13-01",))),
        ("color:red", Query(words=("color red",), strays=("color:red",))),
        ("https://a.test/x", Query(words=("https //a.test/x",))),
        ("is:funny", Query(words=("is funny",), strays=("is:funny",))),
        ("^.*(a|b)$ \\' & | !", Query(words=("^.*(a|b)$", "\\'", "&", "|", "!"))),
        ('"open', Query(phrases=("open",))),
        ("pre-order -", Query(words=("pre-order", "-"))),
    ],
)
def test_parse(text: str, query: Query) -> None:
    assert parse(text) == query


@given(st.text(max_size=300) | st.text(alphabet='":-owneris是：“” <>=2026', max_size=80))
def test_any_text_is_taken(text: str) -> None:
    parse(text)

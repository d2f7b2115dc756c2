import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkstar.lib.text import clean_line, face, initial, slugify_workspace, split_lines


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  核对\t库存 \n 表 ", "核对 库存 表"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("e\u0301te\u0301", "été"),
        ("上架 👩‍👩‍👧 🎉", "上架 👩‍👩‍👧 🎉"),
        ("שלום עולם", "שלום עולם"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("lone \ud800 half", "lone half"),
        ("\u3000全角\u3000空格", "全角 空格"),
        ("1234567890 1", "1234567890"),
    ],
)
def test_clean_line(text: str, line: str) -> None:
    assert clean_line(text, 10 if text.startswith("12") else 200) == line


@given(st.text(), st.integers(0, 40))
def test_clean_line_for_any_text(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert line == line.strip()
    assert unicodedata.is_normalized("NFC", line)
    assert clean_line(line, limit) == line


def test_split_lines() -> None:
    text = "主图\r\n\r\n  A+ 页面  \n\t\nvideo\nmore\n"
    assert split_lines(text, limit=4) == ["主图", "A+ 页", "vide", "more"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Blue Harbor Ltd.", "blue-harbor-ltd"),
        ("Café Olé", "cafe-ole"),
        ("深圳蓝港", ""),
        ("蓝港 BlueHarbor", "blueharbor"),
        ("3C 数码", ""),
        ("--a--", ""),
        ("x" * 60, "x" * 40),
    ],
)
def test_slugify_workspace(name: str, slug: str) -> None:
    assert slugify_workspace(name) == slug


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("林悦", "林"), ("Maya Johnson", "MJ"), ("diego", "D"), ("Ana María de Ruiz", "AM"), ("", "?"), ("🎉", "?"),
        ("(Bob) Lee", "BL"), ("陈工作室 Studio", "陈"), ("Éric", "É"), ("𠮷野", "𠮷"),
    ],
)  # fmt: skip
def test_initial(name: str, letters: str) -> None:
    assert initial(name) == letters


def test_face() -> None:
    assert [face(number) for number in range(7)] == [1, 2, 3, 4, 5, 6, 1]

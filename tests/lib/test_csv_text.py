"""Cells that a spreadsheet can be trusted with."""

import csv
from io import StringIO

import pytest

from linkstar.lib.csv_text import csv_text, safe_cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (-3, "-3"),
        ("-3", "'-3"),
        ("=1+1", "'=1+1"),
        ("+86 755", "'+86 755"),
        ("@cmd", "'@cmd"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("主图, “A+”", "主图, “A+”"),
    ],
)
def test_a_cell_is_never_a_formula(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


def test_a_table_has_its_mark_once_and_reads_back() -> None:
    text = csv_text(["名称", "n"], [['a "b", c\nd', 1], ["=x", None]])
    assert text[0] == "\ufeff"
    assert text.count("\ufeff") == 1
    assert list(csv.reader(StringIO(text[1:]))) == [["名称", "n"], ['a "b", c\nd', "1"], ["'=x", ""]]


def test_a_table_without_rows_has_its_head() -> None:
    assert csv_text(["a", "b"], []) == "\ufeffa,b\r\n"

"""Tables as CSV that a spreadsheet opens rightly: UTF-8 with a byte order mark, and no cell that runs as a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import chain

BOM = "\ufeff"
CONTENT_TYPE = "text/csv; charset=utf-8"
# What a spreadsheet takes for the beginning of a formula; tabs and line ends are skipped before it looks.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """A value as the text of a cell: None is empty, and what somebody wrote is never read as a formula.

    An apostrophe in front is how spreadsheets mark text. Numbers pass as they are, the negative ones too.
    """
    if value is None:
        return ""
    text = str(value)
    if not isinstance(value, str):
        return text
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) else text


def csv_lines(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterable[str]:
    """The table line by line, the first with the mark in front; for answers that are streamed."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    first = BOM
    for row in chain([head], rows):
        writer.writerow([safe_cell(value) for value in row])
        yield first + buffer.getvalue()
        first = ""
        buffer.seek(0)
        buffer.truncate()


def csv_text(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """The same as one text."""
    return "".join(csv_lines(head, rows))

"""A file as a table: CSV of any usual encoding and delimiter, or the first sheet of a workbook. All cells are text."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
_MOST_COLUMNS = 300
_LONGEST_CELL = 2000
# What a workbook may unfold to.
_MOST_UNZIPPED = 300 * 1024 * 1024
# Lines of words that may stand above the headings.
_ABOVE = 15
_DELIMITERS = "\t,;|"


class TableRefused(ValueError):
    """`reason`: "too_large", "too_many_rows", "unreadable" or "empty"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Table:
    """`rows` with the number of their line in the file; each has as many cells as `head`."""

    head: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(content: bytes) -> Table:
    """Raises TableRefused. The headings are the first line with at least two words."""
    if len(content) > MOST_BYTES:
        raise TableRefused("too_large")
    has_words = False
    lines = _of_workbook(content) if content[:2] == b"PK" else _of_text(content)
    head: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    for number, cells in lines:
        cells = [cell.strip()[:_LONGEST_CELL] for cell in cells[:_MOST_COLUMNS]]
        if not head:
            has_words = has_words or any(cells)
            if sum(bool(cell) for cell in cells) > 1:
                head = [cell.lstrip("\ufeff") for cell in cells[: max(at for at, cell in enumerate(cells, 1) if cell)]]
            elif number > _ABOVE:
                raise TableRefused("unreadable")
        elif any(cells):
            rows.append((number, (cells + [""] * len(head))[: len(head)]))
            if len(rows) > MOST_ROWS:
                raise TableRefused("too_many_rows")
    if not rows:
        # Words, and no line of them with two cells: a letter, a PDF, a picture saved as text.
        raise TableRefused("unreadable" if has_words and not head else "empty")
    return Table(head, rows)


def _of_text(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise TableRefused("unreadable") from error


def _decoded(content: bytes) -> str:
    encodings = ["utf-8-sig", "gb18030"]
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif content[1:2] == content[3:4] == b"\x00":
        encodings = ["utf-16-le"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise TableRefused("unreadable")


def _of_workbook(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as zipped:
            if sum(entry.file_size for entry in zipped.infolist()) > _MOST_UNZIPPED:
                raise TableRefused("too_large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except TableRefused:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part of a workbook makes it stumble over
        raise TableRefused("unreadable") from error
    try:
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True, max_col=_MOST_COLUMNS), 1):
            yield number, [_text(cell) for cell in cells]
    except Exception as error:  # as above, in the middle of a sheet
        raise TableRefused("unreadable") from error
    finally:
        book.close()


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    # A number that a spreadsheet keeps as 12.0 was typed as 12.
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)

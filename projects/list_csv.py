"""The list as a file for spreadsheets: what is filtered, in its order, in the columns shown.

Deadlines stand as they were meant (wall time, zone, offset) and as the instant in UTC, so that neither is guessed from
the other. Lines come by the page, so a file of any length takes the memory of one page.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from linkstar.lib.deadlines import Deadline
from projects.arrangement import Arrangement, Cursor
from projects.cards import Reader
from projects.list_columns import ListColumn
from projects.list_rows import ListRow, rows_after
from projects.models import CustomField, Task
from projects.models.tasks import TaskQuerySet

LINES_PER_PAGE = 500
# Excel takes UTF-8 for UTF-8 only with this in front.
_BOM = "\ufeff"
_DUE = ("due_on", "due_time", "due_zone", "due_at")
# A cell that begins like this is a formula to Excel, WPS and LibreOffice, also after blanks and in full width.
_FORMULA = tuple("=+-@\t\r＝＋－＠")


def csv_lines(
    tasks: TaskQuerySet,
    arrangement: Arrangement,
    reader: Reader,
    columns: Sequence[ListColumn],
    fields: Sequence[CustomField] = (),
) -> Iterator[str]:
    """The file piece by piece. It is written after the request is over: zone and language are the reader's by hand."""
    writer = csv.writer(_Echo())
    with translation.override(reader.language):
        yield _BOM + writer.writerow(_titles(columns))
    begun: Cursor | None = None
    keys = arrangement.keys(now=reader.now, zone=reader.zone)
    kinds = [key.kind for key in keys.values()]
    while True:
        with timezone.override(reader.zone), translation.override(reader.language):
            page = rows_after(
                tasks, keys, reader, begun, size=LINES_PER_PAGE, is_readonly=True, also=_DUE, fields=fields
            )
            lines = [writer.writerow(_cells(row, columns)) for row in page.rows]
        yield "".join(lines)
        if not page.next:
            return
        begun = Cursor.read(page.next, kinds)


class _Echo:
    def write(self, line: str) -> str:
        return line


def _titles(columns: Sequence[ListColumn]) -> list[str]:
    titles: list[str] = []
    for column in columns:
        match column.key:
            case "due":
                titles += [_("Deadline"), _("Time zone"), _("Offset"), _("Deadline (UTC)")]
            case "checklist":
                titles += [_("Checklist, done"), _("Checklist, all")]
            case "updated":
                titles += [_("Changed (UTC)")]
            case "estimate":
                titles += [_("Estimate, hours")]
            case _:
                titles.append(str(column.name))
    return titles


def _cells(row: ListRow, columns: Sequence[ListColumn]) -> list[Any]:
    return [cell for column in columns for cell in _cells_of(row, column.key)]


def _cells_of(row: ListRow, key: str) -> list[Any]:
    card = row.card
    match key:
        case "due":
            return _deadline(row)
        case "title":
            return [safe(card.title)]
        case "column":
            return [safe(row.column)]
        case "owner":
            return [safe(card.owner.name if card.owner else "")]
        case "helpers":
            return [safe("; ".join(face.name for face in row.helpers))]
        case "labels":
            return [safe("; ".join(label.name for label in card.labels))]
        case "priority":
            return [str(Task.Priority(card.priority).label)]
        case "checklist":
            return [card.checklist_done, card.checklist_count]
        case "updated":
            return [_instant(row.updated_at)]
        case "comments":
            return [card.comment_count]
        case "files":
            return [card.file_count]
        case "estimate":
            return [f"{row.estimate_minutes / 60:.2f}" if row.estimate_minutes else ""]
        case "number":
            return [card.number]
        case _:
            return [safe(card.fields[key].text if key in card.fields else "")]


def _deadline(row: ListRow) -> list[str]:
    on, at, zone, instant = row.extra
    if on is None:
        return ["", "", "", ""]
    wall = Deadline.stored(on, at, zone, instant).wall
    text = f"{wall:%Y-%m-%d %H:%M}" if at else f"{wall:%Y-%m-%d}"
    return [text, zone, _offset(wall.utcoffset() or timedelta(0)), _instant(instant)]


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def safe(text: str) -> str:
    """The text as a cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.lstrip(" \u3000\u00a0").startswith(_FORMULA) else text

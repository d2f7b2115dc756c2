"""The timeline on paper: sheets cut by rows and by time, each with its bars laid out in millimetres.

The chart is drawn anew as SVG (templates/projects/timeline_print.jinja) and not taken from a browser, so that it is the
same everywhere, and its fonts are those of the server.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

from django.utils.translation import gettext as _

from linkstar.lib.clock_text import MONTHS_EN, WEEKDAYS_EN, WEEKDAYS_ZH
from projects.cards import Reader
from projects.timeline import Head, Link, Row, Timeline
from projects.timeline_axis import MINUTES_A_DAY, OffDay, day_number, wall_minutes, wall_time

MARGIN, HEAD, SCALE, FOOT, ROW = 10.0, 13.0, 9.0, 16.0, 5.4
TITLES, DATES = 60.0, 62.0
# What somebody waits for, and what a worker makes.
AT_ONCE, MOST_SHEETS = 12, 200
# Millimetres a day.
WIDTHS = {"hour": 7.0, "day": 3.6, "week": 1.6, "month": 0.7, "quarter": 0.35}


class Paper(NamedTuple):
    """Lying on its long side; millimetres."""

    name: str
    width: float
    height: float

    @property
    def rows(self) -> int:
        return int((self.height - 2 * MARGIN - HEAD - SCALE - FOOT) / ROW)

    @property
    def chart(self) -> float:
        return self.width - 2 * MARGIN - TITLES - DATES


PAPERS = {"a4": Paper("A4", 297, 210), "a3": Paper("A3", 420, 297)}


class TooManySheets(ValueError):
    """`count` of them would be needed, more than MOST_SHEETS."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} sheets")
        self.count = count


class Box(NamedTuple):
    left: float
    width: float
    kind: str
    text: str = ""


@dataclass(slots=True)
class Line:
    """A row of a sheet, None for the head of a group. `kind` is "bar", "diamond", "parent" or "" where nothing lies."""

    row: Row | None
    top: float
    title: str
    due: str
    kind: str = ""
    left: float = 0
    width: float = 0
    slack: float = 0

    @property
    def middle(self) -> float:
        return self.top + ROW / 2

    @property
    def status(self) -> str:
        return "" if self.row is None else "done" if self.row.is_done else self.row.status


@dataclass(slots=True)
class Sheet:
    """`first` is the day at which its chart begins; `number` counts from 1."""

    number: int
    first: date
    days: int
    lines: list[Line]
    months: list[Box] = field(default_factory=list)
    marks: list[Box] = field(default_factory=list)
    off: list[Box] = field(default_factory=list)
    arrows: list[str] = field(default_factory=list)
    now: float | None = None

    @property
    def height(self) -> float:
        return len(self.lines) * ROW


def sheets_of(timeline: Timeline, reader: Reader, paper: Paper, zoom: str) -> list[Sheet]:
    """Down the rows, then on in time; a sheet on which nothing lies is left out. Raises TooManySheets."""
    width = WIDTHS[zoom]
    first, last = _span(timeline, reader)
    days = int(paper.chart / width)
    windows = [first + timedelta(days=number * days) for number in range(ceil(((last - first).days + 1) / days))]
    wanted = [
        (rows, start)
        for rows in _cut(timeline, paper.rows)
        for start in windows
        if start == windows[0] or _lies_in(rows, start, days)
    ]
    if len(wanted) > MOST_SHEETS:
        raise TooManySheets(len(wanted))
    off = timeline.axis.off_days(reader.language)
    return [
        _sheet(number, rows, start, min(days, (last - start).days + 1), width, timeline, reader, off)
        for number, (rows, start) in enumerate(wanted, start=1)
    ]  # fmt: skip


def _cut(timeline: Timeline, most: int) -> list[list[Row | Head]]:
    """The rows of each sheet under the heads of their groups; a group that goes on has its head again."""
    cut: list[list[Row | Head]] = []
    for row, before in zip(timeline.rows, [None, *timeline.rows], strict=False):
        head = [] if row.group is None else [timeline.heads[row.group]]
        begins = before is None or before.group != row.group
        if not cut or len(cut[-1]) + 1 + len(head if begins else []) > most:
            cut.append([*head, row])
        else:
            cut[-1] += [*(head if begins else []), row]
    return cut


def _span(timeline: Timeline, reader: Reader) -> tuple[date, date]:
    """From the Monday before the first date to a few days after the last; of nothing dated, the month to come."""
    places = [place for row in timeline.rows for place in (row.start, row.finish) if place is not None]
    axis = timeline.axis
    near = [
        place for place in places
        if day_number(axis.first) * MINUTES_A_DAY <= place <= (day_number(axis.last) + 1) * MINUTES_A_DAY
    ] or [wall_minutes(reader.now, axis.zone), wall_minutes(reader.now, axis.zone) + 30 * MINUTES_A_DAY]  # fmt: skip
    first = wall_time(min(near)).date()
    return first - timedelta(days=first.weekday()), wall_time(max(near)).date() + timedelta(days=4)


def _lies_in(rows: Iterable[Row | Head], start: date, days: int) -> bool:
    begins = day_number(start) * MINUTES_A_DAY
    ends = begins + days * MINUTES_A_DAY
    spans = [drawn_span(row) for row in rows if isinstance(row, Row)]
    return any(span is not None and span[0] < ends and span[1] > begins for span in spans)


def drawn_span(row: Row) -> tuple[int, int] | None:
    """From where to where a bar is drawn; what is dated at one end only is a day long."""
    if row.start is None and row.finish is None:
        return None
    finish = row.finish if row.finish is not None else (row.start or 0) + MINUTES_A_DAY
    if row.is_milestone:
        return finish, finish
    return row.start if row.start is not None else finish - MINUTES_A_DAY, finish


def _sheet(
    number: int, rows: Sequence[Row | Head], start: date, days: int, width: float, timeline: Timeline, reader: Reader,
    off: Sequence[OffDay],
) -> Sheet:  # fmt: skip
    ruler = _Ruler(day_number(start) * MINUTES_A_DAY, days * width, width)
    lines = [_line(row, place * ROW, ruler, reader) for place, row in enumerate(rows)]
    sheet = Sheet(number, start, days, lines)
    sheet.months, sheet.marks = _scale(start, days, width, reader.language)
    sheet.off = [box for day in off if (box := ruler.day(day))] + _weekends(start, days, width, off)
    sheet.arrows = _arrows(timeline.links, lines)
    now = ruler.at(wall_minutes(reader.now, timeline.axis.zone))
    sheet.now = now if 0 <= now <= ruler.length else None
    return sheet


class _Ruler(NamedTuple):
    """Wall minutes to millimetres of one sheet."""

    begins: int
    length: float
    width: float

    def at(self, place: int) -> float:
        return round((place - self.begins) / MINUTES_A_DAY * self.width, 2)

    def day(self, day: OffDay) -> Box | None:
        left = self.at(day.on * MINUTES_A_DAY)
        if not 0 <= left < self.length:
            return None
        return Box(left, self.width, "work" if day.is_work else day.country, day.name)


def _line(row: Row | Head, top: float, ruler: _Ruler, reader: Reader) -> Line:
    if isinstance(row, Head):
        return Line(None, top, cut(f"{row.name} ({row.rows})", TITLES - 3, 2.7), "")
    label = row.label(reader)
    title = cut(f"{'   ' * min(row.depth, 6)}{row.title}", TITLES - 3, 2.7)
    held = _("fixed") if row.is_fixed else _("pinned") if row.is_pinned else ""
    due = " · ".join(filter(None, [label.at_text if label else "", held]))
    line = Line(row, top, title, cut(due, DATES - 2, 2.2))
    span = drawn_span(row)
    if span is None:
        return line
    left, right = ruler.at(span[0]), ruler.at(span[1])
    if right < 0 or left > ruler.length:
        return line
    line.kind = "diamond" if row.is_milestone else "parent" if row.spans else "bar"
    line.left, line.width = max(left, 0), max(min(right, ruler.length) - max(left, 0), 0.6)
    if row.slack and row.slack > 0 and row.late_finish is not None:
        line.slack = max(0, min(ruler.at(row.late_finish), ruler.length) - line.left - line.width)
    return line


def _weekends(start: date, days: int, width: float, off: Sequence[OffDay]) -> list[Box]:
    worked = {day.on for day in off if day.is_work}
    found = []
    for number in range(days if width > 1 else 0):
        day = start + timedelta(days=number)
        if day.weekday() > 4 and day_number(day) not in worked:
            found.append(Box(number * width, width, "weekend"))
    return found


def _scale(start: date, days: int, width: float, language: str) -> tuple[list[Box], list[Box]]:
    """Months, and below them days or the Mondays; where a day is too narrow, months alone."""
    chinese = language == "zh-hans"
    months, marks = list[Box](), list[Box]()
    for number in range(days):
        day, left = start + timedelta(days=number), round(number * width, 2)
        if number == 0 or day.day == 1:
            text = f"{day.year}年{day.month}月" if chinese else f"{MONTHS_EN[day.month - 1]} {day.year}"
            months.append(Box(left, 0, "", text))
        if width >= 3:
            word = WEEKDAYS_ZH[day.weekday()][-1] if chinese else WEEKDAYS_EN[day.weekday()][0]
            marks.append(Box(left, width, "", f"{day.day} {word}" if width >= 5 else str(day.day)))
        elif width > 1.2 and day.weekday() == 0:
            marks.append(
                Box(
                    left,
                    width * 7,
                    "",
                    f"{day.month}/{day.day}" if chinese else f"{day.day} {MONTHS_EN[day.month - 1]}",
                )
            )
    ends = [box.left for box in months[1:]] + [round(days * width, 2)]
    wide = [box._replace(width=end - box.left) for box, end in zip(months, ends, strict=True)]
    return [box for box in wide if box.width > 16], marks


def _arrows(links: Sequence[Link], lines: Sequence[Line]) -> list[str]:
    """Between bars of the same sheet, as paths."""
    places = {line.row.pk: line for line in lines if line.kind and line.row}
    paths = []
    for link in links:
        before, after = places.get(link.before), places.get(link.after)
        if before is None or after is None:
            continue
        from_end, to_start = link.kind in ("fs", "ff"), link.kind in ("fs", "ss")
        x1 = before.left + (before.width if from_end else 0)
        x2 = after.left + (0 if to_start else after.width)
        out, into = (1.2 if from_end else -1.2), (-1.2 if to_start else 1.2)
        turn = after.top if after.top > before.top else after.top + ROW
        y1, y2 = before.middle, after.middle
        paths.append(
            f"M{x1:.2f} {y1:.2f}h{out:.2f}V{turn:.2f}H{x2 + into:.2f}V{y2:.2f}H{x2:.2f}"
            f"m{into * 0.7:.2f} -0.7L{x2:.2f} {y2:.2f}l{into * 0.7:.2f} 0.7"
        )
    return paths


def cut(text: str, width: float, size: float) -> str:
    """What of a text fits into so many millimetres, reckoned by wide and narrow characters of `size`."""
    used, kept = 0.0, list[str]()
    for sign in text:
        used += size * (1 if unicodedata.east_asian_width(sign) in "WF" else 0.56)
        if used > width:
            return "".join(kept[:-1]).rstrip() + "…"
        kept.append(sign)
    return text

"""The rows of the timeline's list: what the chart shows, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from linkstar.lib.deadlines import DueLabel
from projects.cards import Face, Reader
from projects.timeline import Row, Timeline, Wait
from projects.timeline_words import risks, slack_text, start_text, wait_text


@dataclass(frozen=True, slots=True)
class ListedRow:
    row: Row
    start: str
    due: DueLabel | None
    owner: Face | None
    slack: str
    risks: list[str]
    waits: list[tuple[Wait, str]]


def list_rows(timeline: Timeline, reader: Reader, rows: Iterable[Row]) -> list[ListedRow]:
    return [
        ListedRow(
            row,
            start_text(row, reader, timeline.axis.zone),
            row.label(reader),
            timeline.people.get(row.owner) if row.owner else None,
            slack_text(row),
            risks(row, reader),
            [(wait, wait_text(wait)) for wait in row.waits],
        )
        for row in rows
    ]

"""The rows of the timeline's list: what the chart shows, in words."""

from dataclasses import dataclass

from linkstar.lib.deadlines import DueLabel
from projects.cards import Face, Reader
from projects.timeline import Alarm, Head, Row, Timeline, Wait
from projects.timeline_words import alarms, slack_text, start_text, tomb_texts, wait_text


@dataclass(frozen=True, slots=True)
class ListedRow:
    """`head` is that of the group which begins with it."""

    row: Row
    start: str
    due: DueLabel | None
    owner: Face | None
    slack: str
    alarms: list[Alarm]
    waits: list[tuple[Wait, str]]
    head: Head | None = None


@dataclass(frozen=True, slots=True)
class ListedTomb:
    title: str
    start: str
    due: str


def list_tombs(timeline: Timeline, reader: Reader) -> list[ListedTomb]:
    return [ListedTomb(tomb.title, *tomb_texts(tomb, reader)) for tomb in timeline.tombs]


def list_rows(timeline: Timeline, reader: Reader, *, first: int, most: int) -> list[ListedRow]:
    """So many of its rows, from the one at place `first` on."""
    rows = timeline.rows[first : first + most]
    groups = [None if not first else timeline.rows[first - 1].group, *(row.group for row in rows)]
    return [
        ListedRow(
            row,
            start_text(row, reader, timeline.axis.zone),
            row.label(reader),
            timeline.people.get(row.owner) if row.owner else None,
            slack_text(row),
            alarms(row, reader),
            [(wait, wait_text(wait)) for wait in row.waits],
            timeline.heads[row.group] if row.group is not None and row.group != before else None,
        )
        for row, before in zip(rows, groups, strict=False)
    ]

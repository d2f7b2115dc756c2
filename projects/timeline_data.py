"""The timeline as the chart reads it: rows as arrays, in the order of ROW, so that 500 of them are a small answer."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linkstar.lib.zones import clock_name
from projects.baselines import Bar, Tombstone
from projects.cards import Reader
from projects.models import Column, Dependency
from projects.timeline import Row, Timeline
from projects.timeline_axis import MINUTES_A_DAY, day_number, end_place, start_place, wall_minutes
from projects.timeline_words import STAYS, alarms, slack_text, start_text, tomb_texts, waits_text

# The script reads them by these names.
ROW = (
    "pk", "number", "title", "parent", "start", "finish", "status", "flags", "owner", "version", "slack", "late",
    "risk", "alarm", "slack_text", "start_text", "due_text", "you_text", "due_state", "waits", "group", "country",
)  # fmt: skip
FLAGS = {
    "milestone": 1,
    "fixed": 2,
    "pinned": 4,
    "done": 8,
    "critical": 16,
    "violated": 32,
    "whole_days": 64,
    "spans": 128,
}
_STATUSES = {status: place for place, status in enumerate(Column.Status.values)}


def timeline_json(
    timeline: Timeline, reader: Reader, *, may_edit: bool, bases: Mapping[int, Bar] | None = None
) -> dict[str, Any]:
    """`bases` are where tasks lay in a frozen plan."""
    axis = timeline.axis
    people = {pk: place for place, pk in enumerate(timeline.people)}
    return {
        "fields": ROW,
        "flags": FLAGS,
        "mayEdit": may_edit,
        "zone": {"name": clock_name(axis.zone, reader.language), "offsets": axis.offsets()},
        "you": _your_clock(timeline, reader),
        "first": day_number(axis.first),
        "last": day_number(axis.last) + 1,
        "people": [[face.name, face.initial, face.tint] for face in timeline.people.values()],
        "days": [[day.on, day.country, day.name, int(day.is_work)] for day in axis.off_days(reader.language)],
        "heads": timeline.heads,
        "rows": [_row(row, reader, axis.zone, people) for row in timeline.rows],
        "links": [[*link[:5], int(link.is_working)] for link in timeline.links],
        "bases": {pk: place for pk, bar in (bases or {}).items() if (place := _base(bar, axis.zone))},
        "tombs": [_tomb(tomb, reader, axis.zone) for tomb in timeline.tombs],
        "words": _words(),
    }


def _tomb(tomb: Tombstone, reader: Reader, zone: str) -> list[Any]:
    """Its pk and title, from where to where it lay (None: nothing was said), and both in words."""
    places = start_place(tomb.start_on, None, zone, zone), end_place(tomb.deadline, zone)
    return [tomb.pk, tomb.title, *places, *tomb_texts(tomb, reader)]


def _base(bar: Bar, zone: str) -> list[int] | None:
    """From where to where, as rows are placed; a day that had no time ends with its last second."""
    if bar.due_on is None or bar.due_at is None:
        return None
    is_day = bar.due_at.second == 59
    finish = (day_number(bar.due_on) + 1) * MINUTES_A_DAY if is_day else wall_minutes(bar.due_at, zone)
    start = start_place(bar.start_on, None, zone, zone)
    return [start if start is not None else finish - MINUTES_A_DAY, finish]


def _your_clock(timeline: Timeline, reader: Reader) -> dict[str, Any] | None:
    """The reader's second clock; None where it runs as the project's does."""
    yours, theirs = timeline.axis.offsets(reader.zone), timeline.axis.offsets()
    if yours == theirs:
        return None
    return {"name": clock_name(reader.zone, reader.language), "offsets": yours}


def _row(row: Row, reader: Reader, zone: str, people: dict[int, int]) -> list[Any]:
    label, told = row.label(reader), alarms(row, reader)
    return [
        row.pk,
        row.number,
        row.title,
        row.parent or 0,
        row.start,
        row.finish,
        _STATUSES[row.status],
        _flags(row),
        -1 if row.owner is None else people[row.owner],
        row.version,
        None if row.slack is None or row.is_done else row.slack // row.day_minutes,
        row.late_finish,
        "; ".join(alarm.text for alarm in told),
        told[0].state if told else "",
        slack_text(row),
        start_text(row, reader, zone),
        label.at_text if label else "",
        (label.you_text or "") if label else "",
        label.state if label else "",
        waits_text(row),
        -1 if row.group is None else row.group,
        # On another clock its deadline may lie on another day than where it is drawn.
        row.country if not row.is_fixed and (row.deadline is None or row.deadline.zone == zone) else "",
    ]


def _flags(row: Row) -> int:
    given = {
        "milestone": row.is_milestone,
        "fixed": row.is_fixed,
        "pinned": row.is_pinned,
        "done": row.is_done,
        "critical": row.is_critical,
        "violated": row.is_violated,
        "whole_days": row.deadline is None or row.deadline.is_date_only,
        "spans": row.spans,
    }
    return sum(FLAGS[name] for name, is_on in given.items() if is_on)


def _words() -> dict[str, Any]:
    """What the script says."""
    return {
        "task": _("Task"),
        "owner": pgettext("of a task", "Owner"),
        "start": _("Start"),
        "deadline": _("Deadline"),
        "slack": _("Slack"),
        "waits": _("Waits for"),
        "risk": _("At risk"),
        "tombs": _("No longer in the project"),
        "days": _("days"),
        "shortDays": pgettext("so many working days", "{n} d"),
        "china": _("China"),
        "america": _("US"),
        "off": {
            "cn": [
                _("Lands on a Saturday; the China team does not work"),
                _("Lands on a Sunday; the China team does not work"),
            ],
            "us": [
                _("Lands on a Saturday; the US team does not work"),
                _("Lands on a Sunday; the US team does not work"),
            ],
        },
        "skipped": _("Clocks go forward: {from} to {to} does not exist ({first}, then {second})"),
        "twice": _("Clocks go back: {from} to {to} comes twice, in {first} and then in {second}"),
        "workday": _("China works on this weekend day"),
        **{reason: str(text) for reason, text in STAYS.items()},
        "nolinks": _("It has no links."),
        "change": _("Change the link"),
        "delete": _("Delete the link"),
        "unlink": _("Delete this link? The dates of both tasks stay as they are."),
        "kinds": {kind: str(name) for kind, name in Dependency.Kind.choices},
    }

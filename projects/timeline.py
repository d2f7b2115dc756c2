"""The timeline of a project: its tasks as rows in the order they are drawn, and what they wait for.

A row tells of nothing that its reader may not see: of hidden tasks only that something waits for one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, NamedTuple

from linkstar.lib.deadlines import Deadline, DueLabel, describe, resolve
from linkstar.lib.zones import get_zone, home_country
from projects.arrangement import Arrangement, order_of
from projects.asking import Asked
from projects.baselines import Tombstone
from projects.cards import Face, Reader
from projects.list_rows import GroupNames
from projects.models import Dependency, Project, Task
from projects.models.tasks import TaskQuerySet
from projects.timeline_axis import Axis, axis_of, end_place, start_place


class Link(NamedTuple):
    """`after` waits for `before`; both are rows. `lag` in days, working ones where `is_working`."""

    pk: int
    before: int
    after: int
    kind: str
    lag: int
    is_working: bool


class Wait(NamedTuple):
    """What a row waits for and is not finished. `title` is "" for a task that the reader may not see."""

    pk: int
    title: str
    kind: str
    lag: int


class Alarm(NamedTuple):
    """Why a task endangers a date, or what warns of it. `state` as in Forecast.State; `kind` is that of a signal."""

    state: str
    text: str
    kind: str = ""


@dataclass(slots=True)
class Row:
    """`start` and `finish` are places on the axis (timeline_axis), None where nothing is said.

    `parent` is that of the tree that is drawn, None at its top; `depth` counts from there. `group` is the place of its
    head in Timeline.heads, None when nothing is grouped. `spans`: subtasks of it are rows, wherever they stand.
    `country` is whose working days it goes by. `slack` is None when nothing is computed, else working minutes, of which
    `day_minutes` make a day, until it moves the end of the project; `late_finish` is the place up to which it could.
    """

    pk: int
    number: int
    title: str
    parent: int | None
    start_on: date | None
    start_time: time | None
    deadline: Deadline | None
    start: int | None
    finish: int | None
    status: str
    is_done: bool
    is_milestone: bool
    is_fixed: bool
    is_pinned: bool
    version: int
    owner: int | None
    start_at: datetime | None
    due_at: datetime | None
    country: str
    depth: int = 0
    group: int | None = None
    spans: bool = False
    is_critical: bool = False
    is_violated: bool = False
    slack: int | None = None
    day_minutes: int = 480
    late_finish: int | None = None
    waits: list[Wait] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)

    @property
    def is_movable(self) -> bool:
        return not (self.is_fixed or self.is_pinned)

    def label(self, reader: Reader) -> DueLabel | None:
        if self.deadline is None:
            return None
        return describe(
            self.deadline, reader_zone=reader.zone, language=reader.language, now=reader.now, is_done=self.is_done
        )


class Head(NamedTuple):
    """Of a group: how many rows stand under it."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """`rows` as they are drawn, groups one after the other and children under their parents; `total` counts the tasks
    before the filter. `tombs` are tasks of a frozen plan that are no longer there.
    """

    rows: list[Row]
    links: list[Link]
    people: dict[int, Face]
    axis: Axis
    total: int
    heads: list[Head] = field(default_factory=list)
    tombs: list[Tombstone] = field(default_factory=list)

    @property
    def found(self) -> int:
        return len(self.rows)


_FIELDS = (
    "pk", "number", "title", "parent_id", "start_on", "start_time", "due_on", "due_time", "due_zone", "due_at",
    "column__status", "completed_at", "is_milestone", "is_fixed", "is_pinned", "version", "owner_id",
    "owner__display_name", "owner__role", "calendar", "owner__holidays", "owner__time_zone",
)  # fmt: skip


def read_timeline(project: Project, asked: Asked, arrangement: Arrangement, reader: Reader) -> Timeline:
    """Three statements, and one more each for a filter's total and for what is waited for elsewhere.

    By columns, two more for their names.
    """
    tasks = asked.scope(reader.member, project)
    rows, people, heads = _read_rows(asked.narrow(tasks, reader), project, arrangement, reader)
    total = tasks.count() if asked.wanted.is_on else len(rows)
    links = _read_links(rows, project, reader)
    today = reader.now.astimezone(get_zone(project.time_zone)).date()
    days = [day for row in rows for day in (row.start_on, row.deadline.on if row.deadline else None) if day]
    axis = axis_of(days, today=today, zone=project.time_zone)
    return Timeline(_as_tree(rows), links, people, axis, total, heads)


def _read_rows(
    tasks: TaskQuerySet, project: Project, arrangement: Arrangement, reader: Reader
) -> tuple[list[Row], dict[int, Face], list[Head]]:
    """Sorted as the address asks; the order of the board says nothing of time, so by it the earliest come first."""
    keys = arrangement.keys(now=reader.now, zone=reader.zone)
    groups = [name for name in keys if name.startswith("group")]
    if groups or arrangement.sort != "rank":
        tasks = tasks.annotate(**{name: key.expression for name, key in keys.items()}).order_by(*order_of(keys))
    rows, people = list[Row](), dict[int, Face]()
    places: dict[tuple[Any, ...], int] = {}
    for values in tasks.values_list(*_FIELDS, *groups):
        row, owner, role = _row(values[: len(_FIELDS)], project.time_zone)
        row.group = places.setdefault(values[len(_FIELDS) :], len(places)) if groups else None
        rows.append(row)
        if row.owner is not None and row.owner not in people:
            people[row.owner] = Face.of(row.owner, owner or "", role or "")
    if arrangement.sort == "rank":
        rows.sort(key=lambda row: (row.group or 0, _when(row)))
    return rows, people, _heads(places, rows, arrangement.group, project) if groups else []


def _heads(places: Iterable[tuple[Any, ...]], rows: Iterable[Row], group: str, project: Project) -> list[Head]:
    names = GroupNames(group, list(project.board.columns.order_by("position")) if group == "column" else [])
    counts = Counter(row.group for row in rows)
    return [Head(names.name(key), counts[place]) for place, key in enumerate(places)]


def _row(values: tuple[Any, ...], zone: str) -> tuple[Row, str | None, str | None]:
    (
        pk, number, title, parent, start_on, start_time, due_on, due_time, due_zone, due_at, status, completed_at,
        is_milestone, is_fixed, is_pinned, version, owner, name, role, calendar, holidays, owner_zone,
    ) = values  # fmt: skip
    deadline = None if due_on is None else Deadline.stored(due_on, due_time, due_zone, due_at)
    clock = due_zone or zone
    row = Row(
        pk, number, title, parent, start_on, start_time, deadline,
        start_place(start_on, start_time, clock, zone), end_place(deadline, zone), status, completed_at is not None,
        is_milestone, is_fixed, is_pinned, version, owner, _start_at(start_on, start_time, clock), due_at,
        calendar or holidays or home_country(owner_zone or clock),
    )  # fmt: skip
    return row, name, role


def _start_at(on: date | None, at: time | None, zone: str) -> datetime | None:
    return None if on is None else resolve(on, at or time.min, zone).instant


def _when(row: Row) -> tuple[bool, int, int, int]:
    """The earliest first; what has no day last."""
    first = row.start if row.start is not None else row.finish
    return first is None, first or 0, row.finish or 0, row.number


def _as_tree(rows: list[Row]) -> list[Row]:
    """Children under their parents, whose rows stand for them; undated ones without children come last.

    A child of another group than its parent's stands in its own.
    """
    known = {row.pk: row for row in rows}
    under: dict[int | None, list[Row]] = defaultdict(list)
    for row in rows:
        parent = known.get(row.parent or 0)
        if parent is not None:
            parent.spans = True
        row.parent = parent.pk if parent is not None and parent.group == row.group else None
        under[row.parent].append(row)
    ordered: list[Row] = []
    waiting = [(row, 0) for row in reversed(under[None])]
    while waiting:
        row, depth = waiting.pop()
        row.depth = depth
        ordered.append(row)
        waiting += [(child, depth + 1) for child in reversed(under.get(row.pk, []))]
    if len(ordered) < len(rows):  # rows that went in circles, which the actions refuse
        seen = {row.pk for row in ordered}
        ordered += [row for row in rows if row.pk not in seen]
    return ordered


def _read_links(rows: list[Row], project: Project, reader: Reader) -> list[Link]:
    """Links between rows; other ends become words of the row that waits for them."""
    found = Dependency.objects.filter(blocked__project=project, blocker__deleted_at=None, blocker__archived_at=None)
    by_pk, links, elsewhere = {row.pk: row for row in rows}, list[Link](), list[tuple[Row, int, str, int]]()
    fields = ("pk", "blocker_id", "blocked_id", "kind", "lag_days", "lag_is_working", "blocker__completed_at")
    for pk, before, after, kind, lag, is_working, done_at in found.order_by("pk").values_list(*fields):
        row = by_pk.get(after)
        if row is None:
            continue
        if before in by_pk:
            links.append(Link(pk, before, after, kind, lag, is_working))
        if done_at is None:
            elsewhere.append((row, before, kind, lag))
    strangers = {before for _row, before, _kind, _lag in elsewhere} - by_pk.keys()
    titles = {pk: row.title for pk, row in by_pk.items()} | _titles(strangers, reader)
    for row, before, kind, lag in elsewhere:
        row.waits.append(Wait(before if before in titles else 0, titles.get(before, ""), kind, lag))
    return links


def _titles(pks: Iterable[int], reader: Reader) -> dict[int, str]:
    """Of those that the reader may see; asks nothing for none."""
    asked = list(pks)
    if not asked:
        return {}
    return dict(Task.objects.visible_to(reader.member).filter(pk__in=asked).values_list("pk", "title"))

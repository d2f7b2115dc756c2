"""Lines of quick add, read with the names that their reader may use: people, labels, columns and projects."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from linkstar.lib.dateparse import ParsedDeadline
from linkstar.lib.deadlines import Deadline, resolve
from linkstar.lib.durations import DurationOutOfRange, DurationUnknown, parse_duration
from linkstar.lib.quickline import Grammar, Kind, Named, QuickLine, kinds_in, read_line
from linkstar.members.models import Member
from projects import access
from projects.actions.adding import NewTask
from projects.models import Column, Label, Project, Task

# Enough for every workspace that the plans have room for; what is beyond is typed into the sheet.
_MOST_NAMES = 500
_ME = ("me", "我", "自己")
_PRIORITIES = (
    Named(Task.Priority.URGENT, "urgent", ("紧急", "加急", "1")),
    Named(Task.Priority.HIGH, "high", ("高", "重要", "2")),
    Named(Task.Priority.NORMAL, "normal", ("普通", "中", "3")),
    Named(Task.Priority.LOW, "low", ("低", "4")),
)
_STATUSES: Mapping[str, tuple[str, ...]] = {
    Column.Status.TODO: ("todo", "待处理"),
    Column.Status.DOING: ("doing", "进行中"),
    Column.Status.DONE: ("done", "已完成"),
}


class LineReader:
    """Reads lines for one member and one project; what a mark can name is fetched when a line first has that mark.

    `projects` are those that a +name may choose instead; without any, a plus is just a plus.
    """

    def __init__(
        self, member: Member, project: Project, *, now: datetime, language: str, projects: Sequence[Project] = ()
    ) -> None:
        self.member, self.project, self.now, self.language = member, project, now, language
        self.projects = {one.pk: one for one in projects}

    def read(self, line: str) -> QuickLine:
        kinds = kinds_in(line)
        names = {kind: names() for kind, names in self._names.items() if kind in kinds}
        grammar = Grammar(self.now, self.project.time_zone, self.language, names, effort=_minutes)
        return read_line(line, grammar)

    def of_line(self, line: str) -> "LineReader":
        """The reader for the project that a +name of the line chooses, itself when there is none."""
        if "project" not in kinds_in(line) or not self.projects:
            return self
        chosen = self.read(line).first("project")
        if chosen is None or chosen.pk == self.project.pk:
            return self
        return self._others.setdefault(chosen.pk, self._for(self.projects[chosen.pk]))

    def new_task(self, read: QuickLine, column: Column) -> NewTask:
        """What a line says, for actions/adding.py; `column` is where it goes unless it names another."""
        named, priority, date = read.first("column"), read.first("priority"), read.first("date")
        effort = read.first("effort")
        people = [self.people[pk] for pk in dict.fromkeys(read.pks("person"))]
        return NewTask(
            title=read.title,
            column=self.columns[named.pk] if named else column,
            owner=people[0] if people else None,
            helpers=tuple(people[1:]),
            deadline=deadline_of(date.date) if date and date.date else None,
            labels=tuple(dict.fromkeys(read.pks("label"))),
            priority=priority.pk if priority else Task.Priority.NORMAL,
            estimate_minutes=effort.pk if effort else None,
        )

    @cached_property
    def people(self) -> dict[int, Member]:
        return {one.pk: one for one in access.assignable_to(self.member, None, self.project)[:_MOST_NAMES]}

    @cached_property
    def labels(self) -> dict[int, Label]:
        return {label.pk: label for label in Label.objects.order_by("name", "pk")[:_MOST_NAMES]}

    @cached_property
    def columns(self) -> dict[int, Column]:
        columns = self.project.board.columns.order_by("position")
        for column in (found := list(columns)):
            # Actions go on from a column to its project, which is here already.
            column.board = self.project.board
        return {column.pk: column for column in found}

    @cached_property
    def _names(self) -> Mapping[Kind, Any]:
        return {
            "person": lambda: [_person(one, self.member) for one in self.people.values()],
            "label": lambda: _named(self.labels.values()),
            "column": lambda: _column_names(self.columns.values()),
            "project": lambda: _named(self.projects.values()),
            "priority": lambda: _PRIORITIES,
        }

    @cached_property
    def _others(self) -> dict[int, "LineReader"]:
        return {}

    def _for(self, project: Project) -> "LineReader":
        return LineReader(
            self.member, project, now=self.now, language=self.language, projects=list(self.projects.values())
        )


def deadline_of(parsed: ParsedDeadline) -> Deadline:
    """What will be stored: of a time that clocks skip, the one that they show instead."""
    resolved = resolve(parsed.on, parsed.time, parsed.zone)
    if resolved.note == "skipped":
        return Deadline(resolved.wall.date(), resolved.wall.time() if parsed.time else None, parsed.zone)
    return Deadline(parsed.on, parsed.time, parsed.zone)


def _minutes(text: str) -> int | None:
    try:
        return parse_duration(text)
    except (DurationUnknown, DurationOutOfRange):
        return None


def _named(rows: Iterable[Label | Project]) -> list[Named]:
    return [Named(row.pk, row.name) for row in rows]


def _person(one: Member, me: Member) -> Named:
    return Named(one.pk, one.display_name, _ME if one.pk == me.pk else ())


def _column_names(columns: Iterable[Column]) -> list[Named]:
    """The status's own word means the first column that has it."""
    seen: set[str] = set()
    names = []
    for column in columns:
        names.append(Named(column.pk, column.name, () if column.status in seen else _STATUSES[column.status]))
        seen.add(column.status)
    return names

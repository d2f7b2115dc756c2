"""The list of a project: a page of rows in an arrangement, the heads of its groups, and where the next page begins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from linkstar.lib.kept import Kept
from linkstar.lib.text import face, initial
from linkstar.members.models import Member
from projects import access
from projects.arrangement import DUE_GROUPS, Arrangement, Cursor, Key, after, order_of
from projects.asking import Asked
from projects.cards import Card, Face, Reader, card_values, cards_of
from projects.effort import length
from projects.models import Column, CustomField, Project, Task
from projects.models.tasks import TaskQuerySet
from projects.trace import moment

ROWS_PER_PAGE = 100


class ListRow(NamedTuple):
    """A task as a row. `group` are the values of its group's keys, `extra` those of what else was asked for.

    For guests `helpers` are [] and `estimate_minutes` None.
    """

    card: Card
    column: str
    status: str
    helpers: list[Face]
    updated_at: datetime
    estimate_minutes: int | None
    group: tuple[Any, ...] = ()
    extra: tuple[Any, ...] = ()

    @property
    def updated_text(self) -> str:
        """On the reader's clock."""
        return moment(self.updated_at)

    @property
    def estimate(self) -> str:
        return length(self.estimate_minutes) if self.estimate_minutes else ""


# A row, and the values that were asked for beside it.
_Read = tuple[ListRow, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class GroupHead:
    key: tuple[Any, ...]
    name: str
    count: int

    @property
    def id(self) -> str:
        return "-".join(str(value) for value in self.key if isinstance(value, int))


@dataclass(slots=True)
class ListPage:
    """`total` counts what the reader may see, `found` what the filter leaves of it; `heads` are all groups, in order.

    `next` is the cursor of the next page, "" at the end; `start_group` is the group that the page before ended in.
    """

    rows: list[ListRow]
    heads: dict[tuple[Any, ...], GroupHead] = field(default_factory=dict)
    total: int = 0
    found: int = 0
    next: str = ""
    start_group: tuple[Any, ...] | None = None
    is_first: bool = True


def list_page(
    project: Project, asked: Asked, arrangement: Arrangement, reader: Reader, *, cursor: str = "",
    size: int = ROWS_PER_PAGE, columns: Sequence[Column], fields: Sequence[CustomField] = (),
) -> ListPage:  # fmt: skip
    """Two statements: the counts of all groups, and the rows that follow the cursor."""
    begun = Cursor.read(cursor, [key.kind for key in arrangement.keys(now=reader.now, zone=reader.zone).values()])
    keys = arrangement.keys(now=begun.now if begun else reader.now, zone=reader.zone)

    is_plain = reader.member.is_insider and not begun and not asked.wanted.is_on
    if is_plain and (size, arrangement) == _USUAL:
        rows = _first(reader.member, project.pk, bool(fields))
        groups = _groups(reader.member, project.pk)
    else:
        tasks = asked.scope(reader.member, project)
        found = asked.narrow(tasks, reader)
        rows = list(_values(_ordered(found, keys, begun)[: size + 1], reader.member, keys, has_fields=bool(fields)))
        groups = list(_group_values(tasks, found if asked.wanted.is_on else None, keys))
    is_readonly = project.is_archived or asked.wanted.is_archived
    page = _page_of(_rows_of(rows, reader, is_readonly=is_readonly, fields=fields), keys, reader, begun, size=size)
    _count_groups(page, groups, GroupNames(arrangement.group, columns), has_groups=_group_width(keys) > 0)
    return page


# As nearly everybody opens a list.
_USUAL = (ROWS_PER_PAGE, Arrangement())


def _usual_keys() -> dict[str, Key]:
    return Arrangement().keys(now=timezone.now(), zone="UTC")


def _first_rows(member: Member, project: int, has_fields: bool) -> QuerySet[Any, Any]:
    keys = _usual_keys()
    first = _ordered(access.current_tasks_in(member, project), keys, None)[: ROWS_PER_PAGE + 1]
    return _values(first, member, keys, has_fields=has_fields)


_first = Kept(_first_rows)
_groups = Kept(lambda member, project: _group_values(access.current_tasks_in(member, project), None, _usual_keys()))


def rows_after(
    tasks: TaskQuerySet, keys: dict[str, Key], reader: Reader, begun: Cursor | None, *, size: int, is_readonly: bool,
    also: Sequence[str] = (), fields: Sequence[CustomField] = (),
) -> ListPage:  # fmt: skip
    """One page of `tasks`, without counts; `also` are for the rows' `extra`, `fields` custom ones for their cards."""
    ordered = _ordered(tasks, keys, begun)[: size + 1]
    read = read_rows(ordered, reader, is_readonly=is_readonly, names=[*keys, *also], fields=fields)
    return _page_of(read, keys, reader, begun, size=size)


def _ordered(tasks: TaskQuerySet, keys: dict[str, Key], begun: Cursor | None) -> TaskQuerySet:
    """Those that follow the cursor."""
    ordered = tasks.annotate(**{name: key.expression for name, key in keys.items()})
    if begun:
        ordered = ordered.filter(after(keys, begun.values))
    return ordered.order_by(*order_of(keys))


def _page_of(read: list[_Read], keys: dict[str, Key], reader: Reader, begun: Cursor | None, *, size: int) -> ListPage:
    width = _group_width(keys)
    page = ListPage([row._replace(group=values[:width], extra=values[len(keys) :]) for row, values in read[:size]])
    page.is_first = begun is None
    page.start_group = tuple(begun.values[:width]) if begun else None
    if len(read) > size:
        page.next = Cursor(begun.now if begun else reader.now, list(read[size - 1][1][: len(keys)])).text
    return page


def read_rows(
    tasks: TaskQuerySet,
    reader: Reader,
    *,
    is_readonly: bool,
    names: Iterable[str] = (),
    fields: Sequence[CustomField] = (),
) -> list[_Read]:
    """Rows of `tasks` in their order, each with the values of its annotations `names`: one statement."""
    rows = list(_values(tasks, reader.member, names, has_fields=bool(fields)))
    return _rows_of(rows, reader, is_readonly=is_readonly, fields=fields)


def _values(tasks: TaskQuerySet, member: Member, names: Iterable[str], *, has_fields: bool) -> QuerySet[Any, Any]:
    beside = {
        "column_name": F("column__name"),
        "column_status": F("column__status"),
        "helper_faces": _helpers() if member.is_insider else Value(None, CharField()),
        "changed_at": F("updated_at"),
        "effort": F("estimate_minutes") if member.is_insider else Value(None, IntegerField()),
        **{f"at_{name}": F(name) for name in names},
    }
    return card_values(tasks, member, has_fields=has_fields, **beside)


def _rows_of(
    rows: Sequence[tuple[Any, ...]], reader: Reader, *, is_readonly: bool, fields: Sequence[CustomField]
) -> list[_Read]:
    """`rows` are those of _values()."""
    return [
        (ListRow(card, column, status, [_face(text) for text in faces or ()], changed, effort), tuple(values))
        for card, (column, status, faces, changed, effort, *values) in cards_of(
            rows, reader, is_readonly=is_readonly, fields=fields
        )
    ]


def _helpers() -> ArraySubquery:
    links = Task.helpers.through.objects.filter(task_id=OuterRef("pk")).order_by("member__display_name")
    text = Concat(
        Cast("member_id", CharField()), Value(":"), "member__role", Value(":"), "member__display_name",
        output_field=CharField(),
    )  # fmt: skip
    return ArraySubquery(links.values(text=text))


def _face(text: str) -> Face:
    pk, role, name = text.split(":", 2)
    return Face(name, initial(name), face(int(pk)), role == "guest")


def _group_width(keys: dict[str, Key]) -> int:
    return sum(name.startswith("group") for name in keys)


@dataclass(frozen=True, slots=True)
class GroupNames:
    """What heads are called, from the values of their keys."""

    group: str
    columns: Sequence[Column]

    def name(self, key: tuple[Any, ...]) -> str:
        match self.group:
            case "column":
                return next((column.name for column in self.columns if column.position == key[0]), "")
            case "status":
                return str(Column.Status.choices[key[0]][1])
            case "owner":
                return str(key[1]) if not key[0] else _("No owner")
            case "label":
                return str(key[1]) if not key[0] else _("No label")
            case "priority":
                return str(Task.Priority(key[0]).label)
            case "due":
                return _due_name(DUE_GROUPS[key[0]])
            case _:
                return _("Other tasks") if key[0] else _("Milestones")


def _due_name(place: str) -> str:
    names = {
        "overdue": _("Overdue"),
        "today": _("Today"),
        "week": _("Later this week"),
        "next_week": _("Next week"),
        "later": _("Later"),
        "no_deadline": _("No deadline"),
        "done": _("Done"),
    }
    return names[place]


def _group_values(tasks: TaskQuerySet, inside: TaskQuerySet | None, keys: dict[str, Key]) -> QuerySet[Any, Any]:
    """The groups in their order, each with its keys and how many tasks it has, all and of those `inside` a filter."""
    groups = {name: key for name, key in keys.items() if name.startswith("group")}
    found = Count("pk", filter=Q(pk__in=inside.order_by().values("pk"))) if inside is not None else Count("pk")
    # Without groups there is one, of everything.
    rows = tasks.annotate(**{name: key.expression for name, key in groups.items()} or {"group": Value(0)})
    counted = rows.order_by(*(order_of(groups) if groups else ["group"])).values(*(groups or ["group"]))
    return counted.annotate(all=Count("pk"), found=found).values_list(*(groups or ["group"]), "all", "found")


def _count_groups(page: ListPage, rows: Sequence[tuple[Any, ...]], names: GroupNames, *, has_groups: bool) -> None:
    """Fill in the heads and both counts; `rows` are those of _group_values()."""
    for *key, every, found in rows:
        page.total += every
        page.found += found
        if has_groups and found:
            page.heads[tuple(key)] = GroupHead(tuple(key), names.name(tuple(key)), found)

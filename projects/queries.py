"""A board as pages of cards: the first or next of each column that a filter lets through."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import ngettext

from linkstar.lib.kept import Kept, Text
from linkstar.members.models import Member
from projects import access
from projects.asking import Asked
from projects.cards import Card, Reader, card_values, cards_of, read_cards, read_cards_with
from projects.models import Board, Column, Project, Task

CARDS_PER_PAGE = 30


@dataclass(slots=True)
class ShownColumn:
    """A column with its first cards. `total` counts what the reader may see, `found` what the filter leaves of it.

    `next_task` is the card after the shown ones: None when all are shown.
    """

    pk: int
    name: str
    status: str
    wip_limit: int | None
    total: int = 0
    found: int = 0
    cards: list[Card] = field(default_factory=list)
    next_task: int | None = None

    @classmethod
    def of(cls, column: Column, *, total: int = 0) -> "ShownColumn":
        return cls(column.pk, column.name, column.status, column.wip_limit, total, total)

    @property
    def is_full(self) -> bool:
        return self.wip_limit is not None and self.total >= self.wip_limit

    @property
    def last_rank(self) -> str:
        return self.cards[-1].rank if self.cards else ""

    @property
    def left_text(self) -> str:
        left = self.found - len(self.cards)
        return ngettext("%(left)d more card", "%(left)d more cards", left) % {"left": left}


def board_columns(project: Project, board: Board, asked: Asked, reader: Reader) -> list[ShownColumn]:
    """The board's columns with the first cards of each: two statements, however many tasks there are."""
    columns = _shown_columns(project, board, asked, reader)
    by_column = {column.pk: column for column in columns}
    for card in _first_cards(project, asked, reader):
        by_column[card.column_id].cards.append(card)
    for column in columns:
        _cut(column)
    return columns


def _shown_columns(project: Project, board: Board, asked: Asked, reader: Reader) -> list[ShownColumn]:
    """Without cards."""
    if _is_usual(asked, reader):
        rows = _columns(reader.member, project.pk, board.pk)
    else:
        tasks = asked.scope(reader.member, project)
        rows = list(_column_rows(board, tasks, asked.narrow(tasks, reader) if asked.wanted.is_on else None))
    return [ShownColumn(*row) for row in rows]


def _first_cards(project: Project, asked: Asked, reader: Reader) -> list[Card]:
    """Of each column one more than a page."""
    fields = access.fields_of(reader.member, project, on_cards=True)
    if _is_usual(asked, reader):
        rows = _first(reader.member, project.pk, bool(fields))
    else:
        found = asked.narrow(asked.scope(reader.member, project), reader)
        rows = list(_first_rows(found, reader.member, has_fields=bool(fields)))
    is_readonly = project.is_archived or asked.wanted.is_archived
    return [card for card, _beside in cards_of(rows, reader, is_readonly=is_readonly, fields=fields)]


def _first_rows(found: QuerySet[Task], member: Member, *, has_fields: bool) -> QuerySet[Any, Any]:
    numbered = found.annotate(place=Window(RowNumber(), partition_by=F("column_id"), order_by=F("rank").asc()))
    first = numbered.filter(place__lte=CARDS_PER_PAGE + 1).values("pk")
    # The page is chosen before the cards are gathered: labels are then looked up for what is shown only.
    tasks = Task.objects.filter(pk__in=first).order_by("column_id", "rank")
    return card_values(tasks, member, has_fields=has_fields)


def _is_usual(asked: Asked, reader: Reader) -> bool:
    """An insider's board without a filter, which is what nearly everybody opens."""
    return reader.member.is_insider and not asked.wanted.is_on


def column_page(column: Column, asked: Asked, reader: Reader, *, after: str) -> ShownColumn:
    """The cards of one column that follow the rank `after`."""
    project = column.board.project
    tasks = asked.narrow(asked.scope(reader.member, project), reader).filter(column=column)
    page = tasks.filter(rank__gt=after).order_by("rank")
    shown = ShownColumn.of(column, total=page.count())
    is_readonly = project.is_archived or asked.wanted.is_archived
    fields = access.fields_of(reader.member, project, on_cards=True)
    shown.cards = read_cards(page[: CARDS_PER_PAGE + 1], reader, is_readonly=is_readonly, fields=fields)
    _cut(shown)
    return shown


@dataclass(frozen=True, slots=True)
class Moved:
    """`was_before`: the card that stood under it in `source` before, None when it was the last."""

    cards: list[Card]
    source: ShownColumn
    target: ShownColumn
    was_before: int | None


def moved_card(task: Task, reader: Reader, *, source: Column, old_rank: str) -> Moved:
    """A card that was just moved, with the counts of both columns: one statement."""
    fields = access.fields_of(reader.member, task.project, on_cards=True)
    rows = _moved(reader.member, task.project_id, task.pk, source.pk, task.column_id, Text(old_rank), bool(fields))
    [(card, (was_before, left, entered))] = cards_of(rows, reader, is_readonly=task.project.is_archived, fields=fields)
    return Moved([card], ShownColumn.of(source, total=left), ShownColumn.of(task.column, total=entered), was_before)


def _moved_rows(
    member: Member, project: int, task: int, source: int, target: int, rank: str, with_values: bool
) -> QuerySet[Any, Any]:
    tasks = access.current_tasks_in(member, project)
    followers = tasks.filter(column=source, rank__gt=rank).exclude(pk=task).order_by("rank")
    return card_values(
        tasks.filter(pk=task),
        member,
        has_fields=with_values,
        was_before=Subquery(followers.values("pk")[:1]),
        left=_count_in(tasks, source),
        entered=_count_in(tasks, target),
    )


def new_cards(tasks: list[Task], column: Column, reader: Reader) -> ShownColumn:
    """Cards that were just made in `column`, with its count: one statement."""
    rows = _new(reader.member, column.board.project_id, column.pk, *(task.pk for task in tasks))
    pairs = cards_of(rows, reader, is_readonly=False)
    shown = ShownColumn.of(column, total=pairs[0][1][0])
    shown.cards = [card for card, _beside in pairs]
    return shown


def _new_rows(member: Member, project: int, column: int, *made: int) -> QuerySet[Any, Any]:
    seen = access.current_tasks_in(member, project)
    made_rows = seen.filter(pk__in=made).order_by("rank")
    return card_values(made_rows, member, has_fields=False, total=_count_in(seen, column))


_columns = Kept(
    lambda member, project, board: _column_rows(Board(pk=board), access.current_tasks_in(member, project), None)
)
_first = Kept(
    lambda member, project, has_fields: _first_rows(
        access.current_tasks_in(member, project), member, has_fields=has_fields
    )
)
_moved, _new = Kept(_moved_rows), Kept(_new_rows)
columns_of = Kept(lambda board: Column.objects.filter(board=board).order_by("position"))


class Placed(NamedTuple):
    """A card and where it stands: in which column, above which card; None is the end of the column."""

    cards: list[Card]
    column: int
    before: int | None


@dataclass(frozen=True, slots=True)
class BoardChanges:
    """`placed` from the last of a column to its first, so that the card below each is in its place already."""

    columns: list[ShownColumn]
    placed: list[Placed]


def board_changes(project: Project, board: Board, asked: Asked, reader: Reader, *, ids: Sequence[int]) -> BoardChanges:
    """Those of the tasks `ids` that stand on the board under this filter, and the counts of its columns."""
    tasks = asked.scope(reader.member, project)
    seen = asked.narrow(tasks, reader)
    columns = [ShownColumn(*row) for row in _column_rows(board, tasks, seen if asked.wanted.is_on else None)]
    below = seen.filter(column_id=OuterRef("column_id"), rank__gt=OuterRef("rank")).order_by("rank").values("pk")[:1]
    changed = Task.objects.filter(pk__in=seen.filter(pk__in=ids).values("pk")).order_by("column_id", "-rank")
    fields = access.fields_of(reader.member, project, on_cards=True)
    pairs = read_cards_with(changed, reader, is_readonly=project.is_archived, fields=fields, before=Subquery(below))
    return BoardChanges(columns, [Placed([card], card.column_id, before) for card, (before,) in pairs])


def recount_found(columns: Iterable[ShownColumn], project: Project, asked: Asked, reader: Reader) -> None:
    """How many of each column's cards the filter of the open board leaves, and of how many: one statement."""
    tasks = asked.scope(reader.member, project)
    rows = _column_rows(project.board, tasks, asked.narrow(tasks, reader))
    counted = {shown.pk: shown for shown in (ShownColumn(*row) for row in rows)}
    for column in columns:
        if column.pk in counted:
            column.total, column.found = counted[column.pk].total, counted[column.pk].found


def _count_in(tasks: QuerySet[Task], column: int) -> Coalesce:
    inside = tasks.filter(column=column).order_by().values("column_id").annotate(count=Count("pk"))
    return Coalesce(Subquery(inside.values("count")), 0)


def _cut(column: ShownColumn) -> None:
    if len(column.cards) > CARDS_PER_PAGE:
        column.next_task = column.cards[CARDS_PER_PAGE].pk
        del column.cards[CARDS_PER_PAGE:]


def _column_rows(board: Board, tasks: QuerySet[Task], narrowed: QuerySet[Task] | None) -> QuerySet[Any, Any]:
    """The values that a ShownColumn begins with."""
    total = _count(tasks)
    found = total if narrowed is None else _count(narrowed)
    return (
        board.columns.order_by("position")
        .annotate(total=total, found=found)
        .values_list("pk", "name", "status", "wip_limit", "total", "found")
    )


def _count(tasks: QuerySet[Task]) -> Coalesce:
    """How many of `tasks` stand in the column of the outer statement."""
    of_column = tasks.filter(column_id=OuterRef("pk")).order_by().values("column_id").annotate(count=Count("pk"))
    return Coalesce(Subquery(of_column.values("count")), 0)

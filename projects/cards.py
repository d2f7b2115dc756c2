"""What a card shows, gathered in one statement and put into words once, so that drawing it asks and decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from linkstar.lib.deadlines import Deadline, DueLabel, describe
from linkstar.lib.text import face, initial
from linkstar.members.models import Member
from projects.blocking import is_blocked
from projects.field_values import Shown, people_in, shown_of
from projects.models import CustomField, Task


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom and when cards are put into words; `zone` is the reader's clock, `now` is aware."""

    member: Member
    zone: str
    language: str
    now: datetime


class Face(NamedTuple):
    name: str
    initial: str
    tint: int
    is_guest: bool

    @classmethod
    def of(cls, pk: int, name: str, role: str) -> "Face":
        """Of a member, by what their row says."""
        return cls(name, initial(name), face(pk), role == "guest")


class LabelChip(NamedTuple):
    name: str
    tint: int


# As many labels as a card or row shows; the others are a number.
LABELS_SHOWN = 5


class Parent(NamedTuple):
    pk: int
    title: str


@dataclass(frozen=True, slots=True)
class Card:
    """`due` None: no deadline. `parent` None: none that the reader may know of. Counts a guest may not know are 0.

    `is_blocked`: something that is not done yet holds back its start. `missing` is "", "owner", "deadline" or "both".
    """

    pk: int
    column_id: int
    rank: str
    number: int
    title: str
    due: DueLabel | None
    owner: Face | None
    labels: list[LabelChip]
    priority: int
    is_milestone: bool
    is_recurring: bool
    is_done: bool
    is_shared: bool
    missing: str
    checklist_done: int
    checklist_count: int
    subtask_done: int
    subtask_count: int
    comment_count: int
    file_count: int
    parent: Parent | None
    is_blocked: bool
    may_move: bool
    may_pick: bool
    fields: dict[str, Shown] = field(default_factory=dict)

    @property
    def first_labels(self) -> list[LabelChip]:
        """One too many is shown rather than counted: "+1" is no shorter."""
        return self.labels if len(self.labels) <= LABELS_SHOWN + 1 else self.labels[:LABELS_SHOWN]

    @property
    def more_labels(self) -> int:
        return len(self.labels) - len(self.first_labels)


class _Row(NamedTuple):
    pk: int
    column_id: int
    rank: str
    number: int
    title: str
    due_on: date | None
    due_time: time | None
    due_zone: str
    due_at: datetime | None
    owner_id: int | None
    owner_name: str | None
    owner_role: str | None
    labels: list[str]
    priority: int
    is_milestone: bool
    recurrence_id: int | None
    completed_at: datetime | None
    visibility: str
    checklist_done_count: int
    checklist_count: int
    subtask_done_count: int
    subtask_count: int
    comment_count: int
    file_count: int
    parent_id: int | None
    parent_title: str | None
    is_theirs: bool
    is_blocked: bool


_FIELDS = (
    "pk", "column_id", "rank", "number", "title", "due_on", "due_time", "due_zone", "due_at", "owner_id",
    "owner__display_name", "owner__role", "chips", "priority", "is_milestone", "recurrence_id", "completed_at",
    "visibility", "checklist_done_count", "checklist_count", "subtask_done_count", "subtask_count", "comment_count",
    "file_count", "parent_id", "parent_title", "is_theirs", "is_blocked",
)  # fmt: skip


def read_cards(
    tasks: QuerySet[Task], reader: Reader, *, is_readonly: bool, fields: Sequence[CustomField] = ()
) -> list[Card]:
    """The cards of `tasks`, in their order: one statement. `is_readonly`: the project is archived.

    `fields` are the custom fields that they show; one of people may take a second statement, for the names.
    """
    return [card for card, _beside in read_cards_with(tasks, reader, is_readonly=is_readonly, fields=fields)]


def read_cards_with(
    tasks: QuerySet[Task], reader: Reader, *, is_readonly: bool, fields: Sequence[CustomField] = (), **beside: Any
) -> list[tuple[Card, tuple[Any, ...]]]:
    """The same, each with the values of the expressions `beside`, in their order."""
    rows = card_values(tasks, reader.member, has_fields=bool(fields), **beside)
    return cards_of(list(rows), reader, is_readonly=is_readonly, fields=fields)


def card_values(tasks: QuerySet[Task], member: Member, *, has_fields: bool, **beside: Any) -> QuerySet[Any, Any]:
    """What cards_of() makes cards of: for a statement that is kept, of which it is a part."""
    own = {"chips": _chips(), "parent_title": _parent_title(member), "is_theirs": _is_theirs(member)}
    rows = tasks.annotate(**own, is_blocked=is_blocked(), **beside)
    return rows.values_list(*_FIELDS, *beside, *(["field_values"] if has_fields else []))


def cards_of(
    rows: Sequence[tuple[Any, ...]], reader: Reader, *, is_readonly: bool, fields: Sequence[CustomField] = ()
) -> list[tuple[Card, tuple[Any, ...]]]:
    """`rows` are those of card_values(), which end in the values of custom fields when there are `fields`."""
    faces: dict[int, Face] = {}
    width = len(_FIELDS)
    if fields:
        return _with_fields(rows, reader, fields, is_readonly)
    return [(_card(_Row._make(row[:width]), reader, faces, is_readonly=is_readonly), row[width:]) for row in rows]


def _with_fields(
    rows: Sequence[tuple[Any, ...]], reader: Reader, fields: Sequence[CustomField], is_readonly: bool
) -> list[tuple[Card, tuple[Any, ...]]]:
    faces: dict[int, Face] = {}
    width = len(_FIELDS)
    people = people_in(fields, (row[-1] for row in rows))
    pairs = []
    for row in rows:
        values = shown_of(fields, row[-1], people=people, language=reader.language)
        card = _card(_Row._make(row[:width]), reader, faces, is_readonly=is_readonly, fields=values)
        pairs.append((card, row[width:-1]))
    return pairs


def _chips() -> ArraySubquery:
    """One text a label, its tint in front: an array of texts is read far quicker than one of JSON objects."""
    links = Task.labels.through.objects.filter(task_id=OuterRef("pk")).order_by("label__name")
    chip = Concat(Cast("label__tint", CharField()), "label__name", output_field=CharField())
    return ArraySubquery(links.values(chip=chip))


def _parent_title(member: Member) -> Subquery:
    """Nothing where the member may not see the parent, or it lies in the bin; asked only for cards that have one."""
    return Subquery(Task.objects.visible_to(member).filter(pk=OuterRef("parent_id")).values("title")[:1])


def _is_theirs(member: Member) -> Exists | Value:
    if not member.is_guest:
        return Value(False)
    return Exists(Task.helpers.through.objects.filter(task_id=OuterRef("pk"), member_id=member.pk))


def _card(
    row: _Row, reader: Reader, faces: dict[int, Face], *, is_readonly: bool, fields: dict[str, Shown] | None = None
) -> Card:
    is_guest = reader.member.is_guest
    is_done = row.completed_at is not None
    is_theirs = not is_guest or row.is_theirs or row.owner_id == reader.member.pk
    return Card(
        pk=row.pk,
        column_id=row.column_id,
        rank=row.rank,
        number=row.number,
        title=row.title,
        due=_due(row, reader, is_done=is_done),
        owner=_face(row, faces),
        labels=[LabelChip(chip[1:], int(chip[0])) for chip in row.labels],
        priority=row.priority,
        is_milestone=row.is_milestone,
        is_recurring=row.recurrence_id is not None and not is_guest,
        is_done=is_done,
        is_shared=row.visibility == "shared",
        missing="" if is_done else _MISSING[(row.owner_id is None, row.due_on is None)],
        checklist_done=row.checklist_done_count,
        checklist_count=row.checklist_count,
        subtask_done=0 if is_guest else row.subtask_done_count,
        subtask_count=0 if is_guest else row.subtask_count,
        comment_count=0 if is_guest else row.comment_count,
        file_count=0 if is_guest else row.file_count,
        parent=Parent(row.parent_id, row.parent_title) if row.parent_id and row.parent_title else None,
        is_blocked=row.is_blocked and not is_done,
        may_move=is_theirs and not is_readonly,
        may_pick=not is_guest and not is_readonly,
        fields=fields or {},
    )


_MISSING = {(False, False): "", (True, False): "owner", (False, True): "deadline", (True, True): "both"}


def _due(row: _Row, reader: Reader, *, is_done: bool) -> DueLabel | None:
    if row.due_on is None:
        return None
    deadline = Deadline.stored(row.due_on, row.due_time, row.due_zone, row.due_at)
    return describe(deadline, reader_zone=reader.zone, language=reader.language, now=reader.now, is_done=is_done)


def _face(row: _Row, faces: dict[int, Face]) -> Face | None:
    if row.owner_id is None:
        return None
    if row.owner_id not in faces:
        faces[row.owner_id] = Face.of(row.owner_id, row.owner_name or "", row.owner_role or "")
    return faces[row.owner_id]

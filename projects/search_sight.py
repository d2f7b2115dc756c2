"""What a member sees, as pieces of a search's statement: written out once of what `visible_to` decides.

For each kind of member a piece is kept with the member and the time left open: a guest's three rules, put together by
the ORM anew, took longer than PostgreSQL took to answer.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from linkstar.members.models import Member
from projects.models import ChecklistItem, Comment, ProductLink, Project, SearchEntry, StoredFile, Task

Kind = SearchEntry.Kind
_PLACEHOLDER = re.compile(r"%s")
# The pk of nobody: where it stands in a statement, the member's own is put.
_ANYBODY = -(2**62)


class Piece(NamedTuple):
    text: str
    params: dict[str, Any]


def piece(rows: QuerySet[Any, Any], name: str) -> Piece:
    """A SELECT whose placeholders begin with `name`."""
    text, given = rows.query.sql_with_params()
    params: dict[str, Any] = {}
    values = iter(given)

    def named(_found: re.Match[str]) -> str:
        value = next(values)
        if value == _ANYBODY:
            key = "me"
        elif isinstance(value, datetime):
            key = f"{name}_now"
        else:
            key = f"{name}_{len(params)}"
        params[key] = value
        return f"%({key})s"

    return Piece(_PLACEHOLDER.sub(named, text), params)


def tasks_at(tasks: QuerySet[Task]) -> QuerySet[Any, Any]:
    """The one that the entry `e` lies in."""
    return tasks.filter(pk=RawSQL("e.task_id", ())).order_by().values("completed_at", "archived_at")


def rows_at(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The one that the entry `e` is of."""
    return rows.filter(pk=RawSQL("e.ref", ())).order_by().values("pk")


def _own(kind: int, member: Member) -> QuerySet[Any, Any]:
    """What must still be there, and be seen, beside its task."""
    if kind == Kind.COMMENT:
        return rows_at(Comment.objects.visible_to(member))
    if kind == Kind.FILE:
        return rows_at(StoredFile.objects.visible_to(member))
    if kind == Kind.PRODUCT:
        return rows_at(ProductLink.objects.all())
    return rows_at(ChecklistItem.objects.all())


_RULES: dict[str, Callable[[Member], QuerySet[Any, Any]]] = {
    "task": lambda member: tasks_at(Task.objects.visible_to(member)),
    "project": lambda member: rows_at(Project.objects.visible_to(member)),
    "projects": lambda member: Project.objects.visible_to(member).order_by().values("pk"),
    **{f"own{kind}": lambda member, kind=kind: _own(kind, member) for kind in (2, 3, 4, 6)},  # type: ignore[misc]
}
_kept: dict[tuple[str, str, bool], Piece] = {}


def seen(name: str, member: Member) -> Piece:
    """The rule of that name for this member. It may depend on their pk, their role, finance class and the time."""
    key = (name, member.role, member.sees_finance)
    found = _kept.get(key)
    if found is None:
        anybody = Member(pk=_ANYBODY, role=member.role, can_see_finance=member.can_see_finance)
        found = _kept[key] = piece(_RULES[name](anybody), name)
    now = timezone.now()
    params = {key: now if isinstance(value, datetime) else value for key, value in found.params.items()}
    return Piece(found.text, params | {"me": member.pk})

"""Statements that are put together once a process: for many the ORM takes longer than PostgreSQL takes to answer.

PostgreSQL keeps them too, as prepared statements of a connection.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Protocol

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from django.db.models.query import ValuesListIterable, get_related_populators
from django.utils import timezone
from psycopg.sql import Literal

# Numbers that are no pk: where one stands in a statement, as itself or as text, a value is put.
_FIRST_STAND_IN = -(2**62)
_PLACEHOLDER = re.compile("%%|%s")


class Text(str):
    """A text that may be another one each time."""

    __slots__ = ()


class Somebody(Protocol):
    """A row that rules are asked about: they may depend on its pk, and on what `shape` says."""

    pk: Any

    @property
    def shape(self) -> tuple[Any, ...]: ...

    def with_pk(self, pk: int) -> "Somebody": ...


def prepared_cursor() -> CursorWrapper:
    """See linkstar/database; for statements of our own that come often."""
    cursor: CursorWrapper = connection.prepared_cursor()  # type: ignore[attr-defined]
    return cursor


_OPEN = (int, Text)


class Kept:
    """The rows of the queryset that `build` makes of its arguments, as a list.

    Numbers, Texts and rows (Somebody) may be other ones each time, and so may every moment, which is taken for now; any
    other argument is a part of the statement's form and comes from the code, never from a person. Rows come as the
    queryset would give them, with what select_related names; values_list gives tuples. No prefetching.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._forms: dict[tuple[Any, ...], _Form | None] = {}

    def __call__(self, *args: Any) -> list[Any]:
        key = tuple(_shape(arg) for arg in args)
        if key not in self._forms:
            self._forms[key] = self._put_together(args)
        form = self._forms[key]
        return [] if form is None else form.rows([_value(arg) for arg in args])

    def _put_together(self, args: tuple[Any, ...]) -> "_Form | None":
        given = [_stand_in(arg, _FIRST_STAND_IN + place) for place, arg in enumerate(args)]
        try:
            return _Form(self._build(*given), len(args))
        except EmptyResultSet:
            return None


def _is_somebody(arg: Any) -> bool:
    return hasattr(type(arg), "with_pk")


def _shape(arg: Any) -> Any:
    if type(arg) in _OPEN:
        return type(arg)
    return arg.shape if _is_somebody(arg) else arg


def _value(arg: Any) -> Any:
    return arg.pk if _is_somebody(arg) else arg


def _stand_in(arg: Any, number: int) -> Any:
    if type(arg) in _OPEN:
        return type(arg)(number)
    return arg.with_pk(number) if _is_somebody(arg) else arg


class _Form:
    """A compiled queryset: what never changes stands in its text, so that PostgreSQL can plan with it."""

    def __init__(self, rows: QuerySet[Any, Any], count: int) -> None:
        self._stand_ins = {kind(_FIRST_STAND_IN + place): place for place in range(count) for kind in (int, str)}
        compiler = rows.query.get_compiler(rows.db)
        text, given = compiler.as_sql()
        self.places: list[Callable[[list[Any]], Any]] = []
        values = iter(given)
        self.text = _PLACEHOLDER.sub(lambda found: self._written(found[0], values), text)
        self.converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        self.read = _as_tuple if issubclass(rows._iterable_class, ValuesListIterable) else _reader(compiler, rows.db)

    def _written(self, placeholder: str, values: Iterator[Any]) -> str:
        if placeholder == "%%":
            return placeholder
        value = next(values)
        place = self._place(value)
        if place is None:
            return Literal(value).as_string(connection.connection).replace("%", "%%")
        self.places.append(place)
        return "%s"

    def _place(self, value: Any) -> Callable[[list[Any]], Any] | None:
        """Where a value of the statement comes from; None for what is always the same."""
        if isinstance(value, datetime):
            return lambda _values: timezone.now()
        place = self._stand_ins.get(value) if isinstance(value, int | str) else None
        return None if place is None else lambda values: values[place]

    def rows(self, values: list[Any]) -> list[Any]:
        params = [place(values) for place in self.places]
        with prepared_cursor() as cursor:
            cursor.execute(self.text, params)
            found = cursor.fetchall()
        if self.converters:
            found = [self._converted(row) for row in found]
        return [self.read(row) for row in found]

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for place, (converters, expression) in self.converters.items():
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        return tuple(values)


def _as_tuple(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row


def _reader(compiler: Any, db: str) -> Callable[[tuple[Any, ...]], Any]:
    """What django.db.models.query.ModelIterable does with a row."""
    kind = compiler.klass_info
    first, end = kind["select_fields"][0], kind["select_fields"][-1] + 1
    names = [column[0].target.attname for column in compiler.select[first:end]]
    # The stubs are those of Django 6, which asks for one thing more.
    beside = get_related_populators(kind, compiler.select, db)  # type: ignore[call-arg]
    annotated = list((compiler.annotation_col_map or {}).items())

    def read(row: tuple[Any, ...]) -> Any:
        made = kind["model"].from_db(db, names, row[first:end])
        for related in beside:
            related.populate(row, made)
        for name, place in annotated:
            setattr(made, name, row[place])
        return made

    return read

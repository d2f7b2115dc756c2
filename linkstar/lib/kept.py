"""Statements that the ORM writes once a process: for many it takes longer than PostgreSQL takes to answer.

PostgreSQL keeps them too, as prepared statements of a connection (docs/decisions/0014).
"""

import operator
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import ValuesListIterable, get_related_populators
from django.db.models.sql import InsertQuery
from django.utils import timezone
from psycopg.sql import Literal

# No pk, no text and no time of ours: where one stands in a statement, a value is put.
_FIRST_STAND_IN, _FIRST_TIME = -(2**62), datetime(1800, 1, 1, tzinfo=UTC)
# Of as many digits, by which one is known that something was made of.
_ALTERED = str(_FIRST_STAND_IN)[1:13]
_PLACEHOLDER = re.compile("%%|%s")
# More forms than the code of one page has: those of a page's number, say, are then put together again.
_MOST = 512


class NotKept(Exception):
    """The queryset does not use a value as it was given: the statement would say that of the first time for good."""


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


_OPEN = (int, Text, datetime)


class Kept:
    """The rows of the queryset that `build` makes of its arguments, as a list.

    Numbers, Texts, moments and rows (Somebody) may be other ones each time, and `build` must use them as they are; any
    other argument is a part of the statement's form. `build` may ask for timezone.now(); any other day or time that
    was not given is refused (NotKept). Rows come as the queryset would give them, with what select_related names;
    values_list gives tuples. No prefetching.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._forms: dict[tuple[Any, ...], _Form | None] = {}

    def __call__(self, *args: Any) -> list[Any]:
        key = tuple(_shape(arg) for arg in args)
        try:
            form = self._forms[key]
        except KeyError:
            if len(self._forms) >= _MOST:
                self._forms = {}
            form = self._forms[key] = self._put_together(args)
        return [] if form is None else form.rows([_value(arg) for arg in args])

    def _put_together(self, args: tuple[Any, ...]) -> "_Form | None":
        given = [_stand_in(arg, place) for place, arg in enumerate(args)]
        begun = timezone.now()
        try:
            rows = self._build(*given)
            return _Form(rows, {key: place for place, arg in enumerate(given) for key in _known_by(arg)}, begun)
        except EmptyResultSet:
            return None


def _is_somebody(arg: Any) -> bool:
    return hasattr(type(arg), "with_pk")


def _open_kind(arg: Any) -> type | None:
    if isinstance(arg, datetime):
        return datetime
    return type(arg) if type(arg) in _OPEN else None


def _shape(arg: Any) -> Any:
    return _open_kind(arg) or (arg.shape if _is_somebody(arg) else arg)


def _value(arg: Any) -> Any:
    return arg.pk if _is_somebody(arg) else arg


def _stand_in(arg: Any, place: int) -> Any:
    kind, number = _open_kind(arg), _FIRST_STAND_IN + place
    if kind is datetime:
        return _FIRST_TIME + timedelta(minutes=place)
    if kind is not None:
        return kind(number)
    return arg.with_pk(number) if _is_somebody(arg) else arg


def _known_by(stand_in: Any) -> list[Any]:
    """As what it may stand in a statement: a number also as text."""
    if isinstance(stand_in, datetime):
        return [stand_in]
    is_open = _is_somebody(stand_in) or _open_kind(stand_in)
    return [int(_value(stand_in)), str(_value(stand_in))] if is_open else []


class _Form:
    """A compiled queryset: what never changes stands in its text, so that PostgreSQL can plan with it.

    `stand_ins` says which argument each stands for; `begun` is when the queryset was about to be built.
    """

    def __init__(self, rows: QuerySet[Any, Any], stand_ins: dict[Any, int], begun: datetime) -> None:
        self._stand_ins = stand_ins
        compiler = rows.query.get_compiler(rows.db)
        text, given = compiler.as_sql()
        self._built = (begun, timezone.now())
        self.places: list[Callable[[list[Any]], Any]] = []
        values = iter(given)
        self.text = _PLACEHOLDER.sub(lambda found: self._written(found[0], values), text)
        self.converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        is_values = issubclass(rows._iterable_class, ValuesListIterable)
        self.read = _as_tuple(compiler) if is_values else _reader(compiler, rows.db)

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
        place = self._stand_ins.get(value) if isinstance(value, int | str | datetime) else None
        if place is not None:
            if isinstance(value, datetime):
                return lambda values: values[place]
            # Fields say by a number's class what PostgreSQL takes it for.
            kind = type(value)
            return lambda values: kind(values[place])
        if isinstance(value, datetime) and self._built[0] <= value <= self._built[1]:
            return lambda _values: timezone.now()
        if isinstance(value, date | time) or (isinstance(value, int | str) and _ALTERED in str(value)):
            raise NotKept(f"{value!r} was not given")
        return None

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


def _as_tuple(compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
    """Without what a statement selects for its order only."""
    return operator.itemgetter(slice(compiler.col_count)) if compiler.has_extra_select else lambda row: row


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


class KeptInsert:
    """Saves one new row of a model as bulk_create would, by a statement for each set of columns that get a value."""

    def __init__(self, model: type[Model]) -> None:
        options = model._meta
        self._model = model
        self._fields = [field for field in options.concrete_fields if not (field.primary_key or field.generated)]
        self._returned = list(options.db_returning_fields)
        self._forms: dict[tuple[bool, ...], tuple[str, dict[int, Any]]] = {}

    def __call__(self, row: Model) -> None:
        given = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in self._fields]
        # What the database fills in, or reckons, is written into the statement.
        is_value = tuple(not hasattr(value, "as_sql") for value in given)
        if is_value not in self._forms:
            self._forms[is_value] = self._put_together(row)
        text, converters = self._forms[is_value]
        with prepared_cursor() as cursor:
            cursor.execute(text, [value for value, is_one in zip(given, is_value, strict=True) if is_one])
            found = cursor.fetchone()
        for place, (field, value) in enumerate(zip(self._returned, found, strict=True)):
            for convert, expression in converters.get(place, ()):
                value = convert(value, expression, connection)
            setattr(row, field.attname, value)
        row._state.adding, row._state.db = False, connection.alias

    def _put_together(self, row: Model) -> tuple[str, dict[int, Any]]:
        query = InsertQuery(self._model)
        query.insert_values(self._fields, [row])
        compiler: Any = query.get_compiler(connection=connection)
        compiler.returning_fields = self._returned
        [(text, _params)] = compiler.as_sql()
        columns = [field.get_col(self._model._meta.db_table) for field in self._returned]
        found = compiler.get_converters(columns).items()
        return text, {place: [(convert, expression) for convert in several] for place, (several, expression) in found}

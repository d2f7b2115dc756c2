"""Statements that the ORM writes once: of a page's few statements, writing them took longer than answering them.

`rows(key, build, me=7, now=now)` is `list(build(me=7, now=now))`, for a queryset of values. The first time `build` gets
stand-ins for the values, and where they come out in the statement, each time's own values are put; so it must use them
as they are. Whatever else the statement depends on belongs in the key: what a member may see, for one, depends on their
role and class. A day or a time that is in the statement and was not given is refused: it would be the first time's.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

# No pk and no time of ours.
_PKS, _TIMES = -(2**62), datetime(1800, 1, 1, tzinfo=UTC)
_MOST = 512


class NotKept(Exception):
    """The queryset does not use the values it was given as they are."""


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    params: tuple[Any, ...]
    # By the place among `params`: the name of the value, and how the field wraps it.
    open: tuple[tuple[int, str, Callable[[Any], Any]], ...]
    converters: tuple[tuple[int, Any, Any], ...]
    width: int | None

    def run(self, given: dict[str, Any]) -> list[tuple[Any, ...]]:
        params = list(self.params)
        for place, name, wrap in self.open:
            params[place] = wrap(given[name])
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found = cursor.fetchall()
        if self.width is not None:
            found = [row[: self.width] for row in found]
        return self._convert(found) if self.converters else found

    def _convert(self, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        rows = [list(row) for row in found]
        for place, convert, expression in self.converters:
            for row in rows:
                row[place] = convert(row[place], expression, connection)
        return [tuple(row) for row in rows]


_kept: dict[Hashable, _Statement] = {}


def rows(
    key: Hashable | None, build: Callable[..., QuerySet[Any, Any]], **given: int | datetime
) -> list[tuple[Any, ...]]:
    """`key` None: there are too many statements of this kind to keep them."""
    if key is None:
        return list(build(**given))
    statement = _kept.get(key)
    if statement is None:
        if len(_kept) >= _MOST:
            _kept.clear()
        statement = _kept[key] = _written(build, given)
    return statement.run(given)


def _written(build: Callable[..., QuerySet[Any, Any]], given: dict[str, Any]) -> _Statement:
    stand_ins = {name: _stand_in(value, place) for place, (name, value) in enumerate(given.items())}
    names = {value: name for name, value in stand_ins.items()}
    compiler = build(**stand_ins).query.get_compiler("default")
    sql, params = compiler.as_sql()
    places = []
    for place, value in enumerate(params):
        if isinstance(value, int | datetime) and value in names:
            places.append((place, names[value], type(value) if isinstance(value, int) else _as_it_is))
        elif isinstance(value, date) or (isinstance(value, int) and value < _PKS // 2):
            raise NotKept(f"{value!r} in {sql}")
    columns = compiler.select[: compiler.col_count]
    converters = tuple(
        (place, convert, expression)
        for place, (several, expression) in compiler.get_converters([column[0] for column in columns]).items()
        for convert in several
    )
    width = compiler.col_count if compiler.has_extra_select else None
    return _Statement(sql, tuple(params), tuple(places), converters, width)


def _stand_in(value: int | datetime, place: int) -> int | datetime:
    return _TIMES + timedelta(minutes=place) if isinstance(value, datetime) else _PKS + place


def _as_it_is(value: Any) -> Any:
    return value

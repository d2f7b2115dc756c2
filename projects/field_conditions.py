"""Custom fields in filters: what an address asks of one becomes a condition on tasks.

Alternatives of one field are joined by "or", as everywhere in a filter. Numbers, amounts and days are asked for as
themselves or as a range "a..b", of which one end may be open; an amount may name its currency: "100..200 USD". What is
no such value is met by no task. No index serves these: they are asked inside one project, whose tasks an index finds.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.db.models import DecimalField, F, Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual, IContains, LessThanOrEqual

from linkstar.lib.money import CURRENCIES, NotANumber, TooManyDigits, parse_number
from projects.models import CustomField

EMPTY = "none"
_NOTHING = Q(pk__in=())
_AMOUNT = re.compile(r"(.*?)\s*([A-Za-z]{3})?")
Kind = CustomField.Kind


def condition_of(field: CustomField) -> Callable[[tuple[str, ...]], Q]:
    """For TaskFilter.condition: the values asked of the field, as a condition."""
    ask = _ASK.get(field.kind, _is)

    def condition(values: tuple[str, ...]) -> Q:
        wanted = _NOTHING
        for value in values:
            wanted |= ~Q(field_values__has_key=str(field.pk)) if value == EMPTY else ask(field, value)
        return wanted

    return condition


def condition_everywhere(field: CustomField) -> Callable[[tuple[str, ...]], Q]:
    """The same over many projects: only tasks of projects that show the field fit, also where empty is asked for."""
    inside = condition_of(field)
    return lambda values: Q(project__shown_fields__contains=[field.pk]) & inside(values)


def value_of(field: CustomField, *path: str) -> Func:
    """The stored text; by function, for Django takes a key of digits for a place in a list."""
    keys = [Value(str(field.pk)), *(Value(part) for part in path)]
    return Func(F("field_values"), *keys, function="jsonb_extract_path_text", output_field=TextField())


def number_of(field: CustomField) -> Cast:
    path = ("amount",) if field.kind == Kind.MONEY else ()
    return Cast(value_of(field, *path), DecimalField(max_digits=30, decimal_places=6))


def _is(field: CustomField, value: str) -> Q:
    return Q(field_values__contains={str(field.pk): value})


def _contains(field: CustomField, value: str) -> Q:
    return Q(IContains(value_of(field), value))


def _number(field: CustomField, value: str) -> Q:
    return _between(number_of(field), value, lambda text: parse_number(text))


def _money(field: CustomField, value: str) -> Q:
    match = _AMOUNT.fullmatch(value)
    text, currency = (match[1], (match[2] or "").upper()) if match else (value, "")
    if currency and currency not in CURRENCIES:
        return _NOTHING
    same = Q(field_values__contains={str(field.pk): {"currency": currency}}) if currency else Q()
    return same & _number(field, text) if text else same


def _date(field: CustomField, value: str) -> Q:
    return _between(value_of(field), value, lambda text: date.fromisoformat(text).isoformat())


def _between(stored: Combinable, value: str, read: Callable[[str], Decimal | str]) -> Q:
    first, between, last = (part.strip() for part in value.partition(".."))
    try:
        start = read(first) if first else None
        end = read(last) if last else None if between else start
    except (NotANumber, TooManyDigits, ValueError):
        return _NOTHING
    if start is None and end is None:
        return _NOTHING
    wanted = Q()
    if start is not None:
        wanted &= Q(GreaterThanOrEqual(stored, start))
    if end is not None:
        wanted &= Q(LessThanOrEqual(stored, end))
    return wanted


_ASK: dict[str, Callable[[CustomField, str], Q]] = {
    Kind.TEXT: _contains,
    Kind.LINK: _contains,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
}

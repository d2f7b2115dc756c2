"""The values of custom fields: how they are kept, named in the trace, and shown.

Task.field_values maps the pk of a field, as text, to: a text (text, number, ISO date, key of a choice, pk of a person,
address of a link), or for money {"amount", "currency"}. Numbers are texts, because JSON has only floats. An empty value
has no key. Why JSON in the task's row and no table of values: docs/decisions/0007.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from linkstar.lib.clock_text import day_text
from linkstar.lib.money import amount_text, number_text
from linkstar.members.models import Member
from projects.models import CustomField

Stored = str | dict[str, str]
Kind = CustomField.Kind


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a page shows it; `tint` 1 to 6 of a choice, `href` of a link."""

    name: str
    text: str
    tint: int = 0
    href: str = ""


def people_in(fields: Iterable[CustomField], rows: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Names of the members in the person fields of many tasks' values: one statement, none without such a value."""
    keys = [str(field.pk) for field in fields if field.kind == Kind.PERSON]
    found = {int(values[key]) for values in rows for key in keys if key in values}
    return dict(Member.objects.filter(pk__in=found).values_list("pk", "display_name")) if found else {}


def shown(field: CustomField, value: Stored | None, *, people: Mapping[int, str], language: str) -> Shown | None:
    """None for an empty value."""
    if value is None:
        return None
    if field.kind == Kind.CHOICE:
        choice = field.option(value)
        return Shown(field.name, choice.name, tint=choice.tint) if choice else None
    href = value if field.kind == Kind.LINK and isinstance(value, str) else ""
    return Shown(field.name, value_text(field, value, people=people, language=language), href=href)


def shown_of(
    fields: Sequence[CustomField], values: Mapping[str, Any], *, people: Mapping[int, str], language: str
) -> dict[str, Shown]:
    """What a task has of these fields by "f" and their pk, in their order, without the empty ones."""
    pairs = (
        (f"f{field.pk}", shown(field, values.get(str(field.pk)), people=people, language=language)) for field in fields
    )
    return {key: value for key, value in pairs if value is not None}


def value_text(field: CustomField, value: Stored | None, *, people: Mapping[int, str], language: str) -> str:
    """A value in words for a reader; "" for none. Of a link the host and path."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return amount_text(value["amount"], value["currency"])
    if field.kind == Kind.NUMBER:
        return number_text(value)
    if field.kind == Kind.DATE:
        return day_text(date.fromisoformat(value), language, with_year=True)
    if field.kind == Kind.PERSON:
        return people.get(int(value), "–")
    if field.kind == Kind.CHOICE:
        choice = field.option(value)
        return choice.name if choice else ""
    if field.kind == Kind.LINK:
        parts = urlsplit(value)
        return f"{parts.netloc}{parts.path}".rstrip("/")
    return value


def said(field: CustomField, value: Stored | None) -> Any:
    """A value as the trace keeps it: names instead of keys, as they are now."""
    if value is None or field.kind not in (Kind.CHOICE, Kind.PERSON):
        return value
    people = people_in([field], [{str(field.pk): value}])
    return value_text(field, value, people=people, language="en")

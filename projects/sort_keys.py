"""What each sort of a list orders by, as keys that are never null: what is missing stands last, either way round."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import (
    Case,
    DateTimeField,
    DecimalField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Left, Lower
from django.db.models.lookups import GreaterThanOrEqual

from linkstar.members.models import Member
from projects.field_conditions import number_of, value_of
from projects.models import CustomField

_NEVER, _EVER = datetime(9999, 12, 30, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC)
# So many characters of a text order it: they travel in the address of the next page.
_SORTED_BY = 100
Kind = CustomField.Kind


class Key(NamedTuple):
    """One thing that rows are ordered by; `expression` is never null, `kind` is the type of its values."""

    expression: Combinable
    kind: type
    is_down: bool = False


def flag(condition: Q) -> Case:
    return Case(When(condition, then=1), default=0, output_field=IntegerField())


def sort_keys(sort: str, *, is_down: bool) -> list[Key]:
    """Ascending; what has no deadline, no owner or no estimate stands last either way."""
    never = Coalesce("due_at", Value(_NEVER, DateTimeField()))
    keys = {
        "rank": [Key(F("column__position"), int), Key(F("rank"), str)],
        "due": [Key(Coalesce("due_at", Value(_EVER, DateTimeField())) if is_down else never, datetime)],
        "priority": [Key(F("priority"), int), Key(never, datetime, is_down)],
        "title": [Key(Lower("title"), str)],
        "number": [Key(F("number"), int)],
        "updated": [Key(F("updated_at"), datetime)],
        "created": [Key(F("created_at"), datetime)],
        "owner": [Key(flag(Q(owner=None)), int, is_down), Key(Coalesce("owner__display_name", Value("")), str)],
        "estimate": [
            Key(flag(Q(estimate_minutes=None)), int, is_down),
            Key(Coalesce("estimate_minutes", Value(0)), int),
        ],
    }
    return keys[sort]


def keys_by_field(field: CustomField, *, is_down: bool) -> list[Key]:
    """Ascending by the values of a custom field: choices in their own order, people by name, amounts by currency and
    then size, links and texts by their first letters. Empty ones stand last either way.
    """
    if field.kind == Kind.CHOICE:
        return _by_place(field, is_down=is_down)
    empty = Key(flag(~Q(field_values__has_key=str(field.pk))), int, is_down)
    if field.kind in (Kind.NUMBER, Kind.MONEY):
        zero = Value(Decimal(0), DecimalField(max_digits=30, decimal_places=6))
        size = Key(Coalesce(number_of(field), zero), Decimal)
        return [empty, *([_text(value_of(field, "currency"))] if field.kind == Kind.MONEY else []), size]
    if field.kind == Kind.PERSON:
        return [empty, _text(Subquery(_person_of(field).values("display_name")[:1]))]
    if field.kind == Kind.DATE:
        return [empty, _text(value_of(field))]
    return [empty, _text(Left(Lower(value_of(field)), _SORTED_BY))]


def _text(expression: Combinable) -> Key:
    return Key(Coalesce(expression, Value(""), output_field=TextField()), str)


def _by_place(field: CustomField, *, is_down: bool) -> list[Key]:
    """A choice that the field no longer has is empty."""
    keys = [option.key for option in field.options]
    places = [When(field_values__contains={str(field.pk): key}, then=place) for place, key in enumerate(keys)]
    place = Case(*places, default=len(keys), output_field=IntegerField())
    return [Key(Case(When(GreaterThanOrEqual(place, len(keys)), then=1), default=0), int, is_down), Key(place, int)]


def _person_of(field: CustomField) -> QuerySet[Member]:
    stored = Func(
        OuterRef("field_values"), Value(str(field.pk)), function="jsonb_extract_path_text", output_field=TextField()
    )
    return Member.objects.filter(pk=Cast(stored, IntegerField()))

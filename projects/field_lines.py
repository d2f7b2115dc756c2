"""A task's custom fields as its sheet shows them: each with its value, or with what was typed and is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linkstar.lib.money import CURRENCIES, FIRST
from projects.field_values import Shown, shown
from projects.models import CustomField

if TYPE_CHECKING:
    from projects.access import PersonAround

_CODES = (*FIRST, *sorted(CURRENCIES.difference(FIRST)))


@dataclass(frozen=True, slots=True)
class FieldLine:
    """`value` is what stands in the control, `options` are (value, name) of what can be chosen."""

    field: CustomField
    shown: Shown | None
    value: str
    currency: str
    options: list[tuple[str, str]]
    error: str

    @property
    def key(self) -> str:
        return f"f{self.field.pk}"

    @property
    def currencies(self) -> Sequence[str]:
        return _CODES


def line_of(
    field: CustomField,
    values: Mapping[str, Any],
    *,
    people: "Sequence[PersonAround]",
    names: Mapping[int, str],
    language: str,
    typed: Mapping[str, Any] | None,
    error: str,
) -> FieldLine:
    """`names` are of members that are no longer among `people`; `typed` is what was sent, if it was refused."""
    stored = values.get(str(field.pk))
    value, currency = (stored["amount"], stored["currency"]) if isinstance(stored, dict) else (stored or "", FIRST[0])
    everybody = {**names, **{person.pk: person.display_name for person in people}}
    if typed is not None:
        value, currency = typed.get("value", ""), typed.get("currency", currency)
    return FieldLine(
        field=field,
        shown=shown(field, stored, people=everybody, language=language),
        value=value,
        currency=currency,
        options=_options(field, stored, people, everybody),
        error=error,
    )


def _options(
    field: CustomField, stored: Any, people: "Sequence[PersonAround]", names: Mapping[int, str]
) -> list[tuple[str, str]]:
    """What can be chosen, and what is chosen now even when it no longer can be."""
    if field.kind == CustomField.Kind.CHOICE:
        return [(choice.key, choice.name) for choice in field.options if not choice.is_off or choice.key == stored]
    if field.kind != CustomField.Kind.PERSON:
        return []
    options = [(str(person.pk), person.display_name) for person in people if person.can_be_put_on]
    if stored and stored not in dict(options):
        options.append((stored, names.get(int(stored), "–")))
    return options

"""What people do with custom fields: define them, choose what a project shows, fill in a task's."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from linkstar.members.models import Member
from projects.actions.deadlines import lock
from projects.actions.remembering import leave_change
from projects.actions.trace import leave_trace, touch
from projects.field_values import Stored, said
from projects.models import Change, CustomField, Project, Task
from projects.models.fields import MOST_ON_CARDS, Choice

MOST_FIELDS = 100
MOST_CHOICES = 50
TINTS = 6
_KEY = re.compile(r"c(\d+)", re.ASCII)


class NameTaken(ValueError):
    """Another field that is not archived has this name."""


class TooManyFields(ValueError):
    """The workspace has MOST_FIELDS of them."""


class TooManyChoices(ValueError):
    """A field has up to MOST_CHOICES, those that are offered no more among them."""


@transaction.atomic
def create_field(
    *, name: str, kind: str, choices: Sequence[str], sensitivity: str, for_guests: bool, actor: Member, now: datetime
) -> CustomField:
    """A field at the end of the workspace's list; no project shows it yet. Raises NameTaken, TooMany…."""
    if CustomField.objects.count() >= MOST_FIELDS:
        raise TooManyFields
    last = CustomField.objects.aggregate(last=Max("position"))["last"]
    field = CustomField(name=name, kind=kind, sensitivity=sensitivity, for_guests=for_guests, created_by=actor)
    field.created_at, field.position = now, 0 if last is None else last + 1
    field.choices = merge_choices([], choices) if kind == CustomField.Kind.CHOICE else []
    _save(field)
    return field


@transaction.atomic
def edit_field(
    field: CustomField, *, name: str, choices: Sequence[tuple[str, str]], added: Sequence[str], sensitivity: str,
    for_guests: bool,
) -> None:  # fmt: skip
    """Rename it, rename or drop choices, add some, change who sees it. The kind stays.

    `choices` are (key, name) of those that stay, in their new order; one that is missing is offered no more, and the
    tasks that have it keep it. Raises NameTaken and TooManyChoices.
    """
    current = CustomField.objects.select_for_update().get(pk=field.pk)
    field.name, field.sensitivity, field.for_guests = name, sensitivity, for_guests
    if field.kind == CustomField.Kind.CHOICE:
        field.choices = merge_choices(current.options, added, kept=choices)
    _save(field)


@transaction.atomic
def move_field(field: CustomField, *, by: int) -> None:
    """One place up (-1) or down (1) in the workspace's list of fields that are not archived."""
    # Two people may move at once: positions are read and then written.
    fields = list(CustomField.objects.open().order_by("position", "pk").select_for_update())
    place = next((number for number, other in enumerate(fields) if other.pk == field.pk), None)
    if place is None or not 0 <= place + by < len(fields):
        return
    fields.insert(place + by, fields.pop(place))
    for number, other in enumerate(fields):
        other.position = number
    CustomField.objects.bulk_update(fields, ["position"])


def archive_field(field: CustomField, *, now: datetime) -> None:
    """No page shows it any more; tasks keep its values, and restoring it shows them again."""
    CustomField.objects.filter(pk=field.pk, archived_at=None).update(archived_at=now)


@transaction.atomic
def restore_field(field: CustomField) -> None:
    """Raises NameTaken when another field has taken its name meanwhile."""
    field.archived_at = None
    _save(field)


@transaction.atomic
def choose_fields(
    project: Project, *, shown: Sequence[int], on_cards: Sequence[int], actor: Member, now: datetime
) -> None:
    """Which fields the project's tasks show, in this order, and which of those its cards do: MOST_ON_CARDS of them."""
    on_cards = [pk for pk in on_cards if pk in shown][:MOST_ON_CARDS]
    if project.shown_fields == list(shown) and project.card_fields == on_cards:
        return
    project.shown_fields, project.card_fields = list(shown), on_cards
    project.save(update_fields=["shown_fields", "card_fields"])
    leave_trace("fields chosen", project=project, actor=actor, now=now)


@transaction.atomic
def set_field(task: Task, field: CustomField, value: Stored | None, *, actor: Member, now: datetime) -> Change | None:
    """Fill in a task's field, or empty it with None. Other fields keep what others have saved meanwhile."""
    values: dict[str, Any] = lock(task).field_values
    key = str(field.pk)
    before = values.get(key)
    task.field_values = {other: kept for other, kept in values.items() if other != key}
    if value is not None:
        task.field_values[key] = value
    if before == value:
        return None
    touch(task, "field_values", now=now)
    return leave_change(
        "field changed",
        task,
        {f"f{key}": before},
        actor=actor,
        now=now,
        custom_field=key,
        field=field.name,
        kind=field.kind,
        before=said(field, before),
        after=said(field, value),
    )


def merge_choices(
    old: Sequence[Choice], added: Sequence[str], *, kept: Sequence[tuple[str, str]] = ()
) -> list[dict[str, Any]]:
    """The choices as they are stored. A key is never given twice, so that no value comes to mean something else.

    An added name that a dropped choice has brings that one back.
    """
    by_key = {choice.key: choice for choice in old}
    found = [by_key[key]._replace(name=name, is_off=False) for key, name in kept if key in by_key]
    left = [choice for choice in old if choice.key not in {choice.key for choice in found}]
    names = {choice.name.casefold() for choice in found}
    number = max((int(match[1]) for choice in old if (match := _KEY.fullmatch(choice.key))), default=0)
    for name in added:
        if name.casefold() in names:
            continue
        names.add(name.casefold())
        again = next((choice for choice in left if choice.name.casefold() == name.casefold()), None)
        if again is not None:
            left.remove(again)
            found.append(again._replace(is_off=False))
        else:
            number += 1
            found.append(Choice(f"c{number}", name, (number - 1) % TINTS + 1))
    every = [*found, *(choice._replace(is_off=True) for choice in left)]
    if len(every) > MOST_CHOICES:
        raise TooManyChoices
    return [choice._asdict() for choice in every]


def _save(field: CustomField) -> None:
    """Two people may think of the same name at once: the constraint lets one of them have it."""
    try:
        with transaction.atomic():
            field.save()
    except IntegrityError as error:
        if "field_name_once" not in str(error):
            raise
        raise NameTaken from error

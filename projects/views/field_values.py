"""A task's custom fields, each saved on its own."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linkstar.lib.deadlines import DeadlineOutOfRange, check_range
from linkstar.lib.money import CURRENCIES, NotANumber, TooManyDigits, number_key, parse_number, places_of
from linkstar.lib.text import clean_line
from linkstar.workspaces.access import members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.fields import set_field
from projects.field_values import Stored
from projects.models import CustomField, Task
from projects.views.date_words import range_text
from projects.views.sheet import TaskSheet, answer, offer_undo

TEXT_LIMIT = 500
LINK_LIMIT = 2000
_is_address = URLValidator(schemes=["http", "https"])
Kind = CustomField.Kind


@require_POST
@members_only
def task_field(request: WorkspaceRequest, pk: int, field: int) -> HttpResponse:
    """Save one value; the answer is that field as it stands, or 422 with what is wrong beside it."""
    task, now = access.get_task(request.member, pk, to="edit"), timezone.now()
    custom = access.get_field(request.member, field, task.project)
    sheet, name = TaskSheet(task, request.member), f"f{custom.pk}"
    change = None
    try:
        value = read_value(custom, request.POST, task)
    except ValidationError as error:
        sheet.errors[name], sheet.typed = " ".join(error.messages), {name: request.POST}
    else:
        change = set_field(task, custom, value, actor=request.member, now=now)
        sheet.saved = name
    response = answer(request, sheet, "projects/_task_field.jinja", now=now, line=sheet.line_of(custom))
    offer_undo(response, change)
    return response


def read_value(field: CustomField, given: QueryDict, task: Task) -> Stored | None:
    """What was typed as it is stored; None is empty. Raises ValidationError."""
    typed = given.get("value", "").strip()
    return _READERS[field.kind](field, typed, given, task) if typed else None


def _text(field: CustomField, typed: str, given: QueryDict, task: Task) -> str | None:
    text = clean_line(typed, TEXT_LIMIT + 1)
    if len(text) > TEXT_LIMIT:
        raise ValidationError(_("This takes up to %(most)d characters.") % {"most": TEXT_LIMIT})
    return text or None


def _number(field: CustomField, typed: str, given: QueryDict, task: Task) -> str:
    return _digits(typed, 6)


def _money(field: CustomField, typed: str, given: QueryDict, task: Task) -> dict[str, str]:
    currency = given.get("currency", "").strip().upper()
    if currency not in CURRENCIES:
        raise ValidationError(_("Choose a currency."))
    return {"amount": _digits(typed, places_of(currency)), "currency": currency}


def _digits(typed: str, places: int) -> str:
    try:
        return number_key(parse_number(typed, places=places))
    except NotANumber as error:
        raise ValidationError(_("Type a number, as in 1234.5 or 1,234.5.")) from error
    except TooManyDigits as error:
        text = _("A number has up to %(most)d digits, and here up to %(places)d after the point.")
        raise ValidationError(text % {"most": error.most, "places": error.places}) from error


def _date(field: CustomField, typed: str, given: QueryDict, task: Task) -> str:
    try:
        on = date.fromisoformat(typed)
        check_range(on)
    except DeadlineOutOfRange as error:
        raise ValidationError(range_text(error)) from error
    except ValueError as error:
        raise ValidationError(_("This is not a date.")) from error
    return on.isoformat()


def _choice(field: CustomField, typed: str, given: QueryDict, task: Task) -> str:
    """One that is offered, or that the task has already."""
    kept = task.field_values.get(str(field.pk))
    if typed not in [choice.key for choice in field.open_options] and typed != kept:
        raise ValidationError(_("This choice is not offered any more."))
    return typed


def _person(field: CustomField, typed: str, given: QueryDict, task: Task) -> str:
    kept = task.field_values.get(str(field.pk))
    pk = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else 0
    if typed != kept and not access.people_around(task).filter(pk=pk, can_be_put_on=True).exists():
        raise ValidationError(_("This person cannot be chosen here."))
    return str(pk) if typed != kept else typed


def _link(field: CustomField, typed: str, given: QueryDict, task: Task) -> str:
    """An address without a scheme gets one; any other scheme than http and https is refused."""
    link = typed if "://" in typed or ":" in typed.partition("/")[0].partition(".")[0] else f"https://{typed}"
    if len(link) > LINK_LIMIT:
        raise ValidationError(_("This takes up to %(most)d characters.") % {"most": LINK_LIMIT})
    try:
        _is_address(link)
    except ValidationError as error:
        raise ValidationError(_("Type the address of a page, beginning with https:// or http://.")) from error
    if urlsplit(link).scheme.lower() not in ("http", "https"):
        raise ValidationError(_("Type the address of a page, beginning with https:// or http://."))
    return link


_READERS: dict[str, Callable[[CustomField, str, QueryDict, Task], Any]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.PERSON: _person,
    Kind.LINK: _link,
}

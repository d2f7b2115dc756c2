"""The workspace's custom fields, for managers and up; and which of them a project shows, for those who run it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linkstar.lib.text import clean_line, split_lines
from linkstar.members.models import Member
from linkstar.workspaces.access import managers_only, members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.fields import (
    MOST_CHOICES,
    MOST_FIELDS,
    NameTaken,
    TooManyChoices,
    TooManyFields,
    archive_field,
    choose_fields,
    create_field,
    edit_field,
    move_field,
    restore_field,
)
from projects.models import CustomField
from projects.models.fields import MOST_ON_CARDS

NAME_LIMIT, CHOICE_LIMIT = 60, 60
_TAKEN = gettext_lazy("There is a field with this name already.")


class FieldForm(forms.Form):
    """A new field, or what can be changed of one: everything but its kind.

    `choices` are lines that each add a choice; the choices of now are named in `choice-<key>`, in the order of the
    form, and one whose name was emptied is offered no more. Who may not see finances makes no finance field.
    """

    name = forms.CharField(error_messages={"required": gettext_lazy("Give the field a name.")})
    kind = forms.ChoiceField(choices=CustomField.Kind.choices, required=False)
    choices = forms.CharField(required=False, strip=False)
    sensitivity = forms.ChoiceField(choices=CustomField.Sensitivity.choices, required=False)
    for_guests = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, member: Member, field: CustomField | None = None) -> None:
        super().__init__(data)
        self.member, self.field = member, field

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 1000)
        if len(name) > NAME_LIMIT:
            raise ValidationError(_("A name has up to %(most)d characters.") % {"most": NAME_LIMIT})
        return name

    def clean_choices(self) -> list[str]:
        lines = split_lines(self.cleaned_data["choices"], limit=CHOICE_LIMIT + 1)
        if any(len(line) > CHOICE_LIMIT for line in lines):
            raise ValidationError(_("A choice has up to %(most)d characters.") % {"most": CHOICE_LIMIT})
        return lines

    def clean(self) -> None:
        given = self.cleaned_data
        kind = self.field.kind if self.field else given.get("kind")
        given["kind"], given["kept"] = kind, self._kept()
        given["sensitivity"] = given.get("sensitivity") or CustomField.Sensitivity.NORMAL
        is_finance = given["sensitivity"] == CustomField.Sensitivity.FINANCE
        given["for_guests"] = given.get("for_guests", False) and not is_finance
        if is_finance and not self.member.sees_finance:
            self.add_error("sensitivity", _("Only who may see finances makes a field of finance."))
        if not kind:
            self.add_error("kind", _("Choose what the field holds."))
        if kind == CustomField.Kind.CHOICE and not given.get("choices") and not given["kept"] and not self.errors:
            self.add_error("choices", _("Type at least one choice, each on a line of its own."))

    def _kept(self) -> list[tuple[str, str]]:
        if self.field is None:
            return []
        named = [
            (choice.key, clean_line(self.data.get(f"choice-{choice.key}", ""), CHOICE_LIMIT))
            for choice in self.field.open_options
        ]
        return [(key, name) for key, name in named if name]


@require_safe
@managers_only
def field_list(request: WorkspaceRequest) -> HttpResponse:
    """`?archived=1` shows what was put away. There are never more than MOST_FIELDS."""
    is_archived = request.GET.get("archived") == "1"
    seen = CustomField.objects.visible_to(request.member).order_by("position", "pk")
    rows = seen.exclude(archived_at=None) if is_archived else seen.open()
    return render(request, "projects/fields.html", {"rows": list(rows), "is_archived": is_archived})


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def field_new(request: WorkspaceRequest) -> HttpResponse:
    form = FieldForm(request.POST if request.method == "POST" else None, member=request.member)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            create_field(
                name=given["name"],
                kind=given["kind"],
                choices=given["choices"],
                sensitivity=given["sensitivity"],
                for_guests=given["for_guests"],
                actor=request.member,
                now=timezone.now(),
            )
        except (NameTaken, TooManyChoices, TooManyFields) as error:
            _blame(form, error)
        else:
            return redirect("projects:field-list")
    return _field_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def field_edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    field = _field(request.member, pk)
    form = FieldForm(request.POST if request.method == "POST" else None, member=request.member, field=field)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            edit_field(
                field,
                name=given["name"],
                choices=given["kept"],
                added=given["choices"],
                sensitivity=given["sensitivity"],
                for_guests=given["for_guests"],
            )
        except (NameTaken, TooManyChoices) as error:
            _blame(form, error)
        else:
            return redirect("projects:field-list")
    return _field_page(request, form, _field(request.member, pk))


@require_POST
@managers_only
def field_move(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`by=-1` is up, anything else down."""
    move_field(_field(request.member, pk), by=-1 if request.POST.get("by") == "-1" else 1)
    return redirect("projects:field-list")


@require_POST
@managers_only
def field_archive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    field = _field(request.member, pk)
    archive_field(field, now=timezone.now())
    messages.success(request, _("“%(name)s” is archived. Tasks keep what was filled in.") % {"name": field.name})
    return redirect("projects:field-list")


@require_POST
@managers_only
def field_restore(request: WorkspaceRequest, pk: int) -> HttpResponse:
    field = _field(request.member, pk)
    try:
        restore_field(field)
    except NameTaken:
        messages.error(
            request, _("Another field is named “%(name)s” now. Rename that one first.") % {"name": field.name}
        )
    return redirect("projects:field-list")


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def project_fields(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Which fields the project shows, in which order, and which stand on its cards.

    Each field sends `place-<pk>`, its place in the list; a field that the person may not see stays as it is.
    """
    project = access.get_project(request.member, pk, to="edit")
    fields = list(CustomField.objects.open().visible_to(request.member).order_by("position", "pk"))
    if request.method != "POST":
        return _project_page(request, project, fields)
    mine = {field.pk for field in fields}
    shown = [pk for pk in _numbers(request.POST.getlist("shown")) if pk in mine]
    shown.sort(key=lambda pk: _place(request.POST.get(f"place-{pk}", "")))
    on_cards = [pk for pk in _numbers(request.POST.getlist("on_cards")) if pk in shown]
    if len(on_cards) > MOST_ON_CARDS:
        error = _("Cards have room for two fields. Take one off first.")
        return _project_page(request, project, fields, error=error, shown=shown, on_cards=on_cards)
    hidden = [pk for pk in project.shown_fields if pk not in mine]
    on_cards += [pk for pk in project.card_fields if pk in hidden]
    choose_fields(project, shown=[*shown, *hidden], on_cards=on_cards, actor=request.member, now=timezone.now())
    messages.success(request, _("The fields of the project are saved."))
    return redirect("projects:project-fields", pk)


def _project_page(
    request: WorkspaceRequest, project: Any, fields: list[CustomField], *, error: str = "", **given: list[int]
) -> HttpResponse:
    shown, on_cards = given.get("shown", project.shown_fields), given.get("on_cards", project.card_fields)
    fields = sorted(fields, key=lambda field: shown.index(field.pk) if field.pk in shown else len(shown))
    rows = [
        {"field": field, "place": place, "is_shown": field.pk in shown, "is_on_cards": field.pk in on_cards}
        for place, field in enumerate(fields, start=1)
    ]
    context = {"project": project, "rows": rows, "error": error, "may_define": request.member.is_manager}
    return render(request, "projects/project_fields.html", context, status=422 if error else 200)


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= 9]


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 9999


def _field(member: Member, pk: int) -> CustomField:
    return get_object_or_404(CustomField.objects.visible_to(member), pk=pk)


def _field_page(request: WorkspaceRequest, form: FieldForm, field: CustomField | None) -> HttpResponse:
    bound, errors = form.is_bound, form.errors if form.is_bound else {}
    given = {
        "name": form.data.get("name", "") if bound else field.name if field else "",
        "kind": form.data.get("kind", "") if bound else "",
        "choices": form.data.get("choices", "") if bound else "",
        "sensitivity": form.data.get("sensitivity", "") if bound else field.sensitivity if field else "normal",
        "for_guests": "for_guests" in form.data if bound else bool(field and field.for_guests),
    }
    context = {
        "field": field,
        "given": given,
        "errors": {name: " ".join(str(message) for message in found) for name, found in errors.items()},
        "kinds": CustomField.Kind.choices,
        "choices": [
            (choice.key, form.data.get(f"choice-{choice.key}", "") if bound else choice.name, choice.tint)
            for choice in (field.open_options if field else [])
        ],
        "sees_finance": request.member.sees_finance,
    }
    return render(request, "projects/field.html", context, status=422 if errors else 200)


def _blame(form: FieldForm, error: ValueError) -> None:
    if isinstance(error, NameTaken):
        form.add_error("name", _TAKEN)
    elif isinstance(error, TooManyChoices):
        form.add_error("choices", _("A field has up to %(most)d choices.") % {"most": MOST_CHOICES})
    else:
        form.add_error("name", _("A workspace has up to %(most)d fields.") % {"most": MOST_FIELDS})

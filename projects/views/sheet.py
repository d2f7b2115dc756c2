"""The task sheet: one object that fetches what a part of the page asks for, and the two ways to answer."""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linkstar.lib.kept import Kept
from linkstar.members.context import cursor_of
from linkstar.members.models import Member
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.cards import Reader
from projects.dependencies import Links, links_of
from projects.effort import Effort, faster_text
from projects.families import Family
from projects.field_lines import FieldLine, line_of
from projects.field_values import people_in
from projects.granularity import Work, findings
from projects.models import Change, ChecklistItem, Column, CustomField, Label, ProductLink, Slip, Task
from projects.queries import columns_of
from projects.reactions import SIGNS
from projects.repeating import Repeating, repeating
from projects.slips import SlipRow, slips_of_task
from projects.stream import Cursor, Stream, left_at, stream_of
from projects.templatetags.trace import names
from projects.trace import moment
from projects.undo_words import changed_words

HOURS = (2, 24, 48, 72)
# Where no sheet is open: the card or row asks for itself again (card-keys.js).
_BESIDE_A_CARD = ("card-keys", "picker-error")


def _labels_of(task: int) -> QuerySet[Label]:
    worn = Task.labels.through.objects.filter(task=task, label=OuterRef("pk"))
    return Label.objects.annotate(is_on=Exists(worn)).order_by("name", "pk")


_labels = Kept(_labels_of)
_checklist = Kept(
    lambda task: ChecklistItem.objects.filter(task=task).select_related("done_by").order_by("position", "pk")
)


class TaskSheet:
    """Everything is fetched when it is first drawn, so that answering for one field asks for that field alone.

    `errors` and `typed` hold, by field, what is wrong and what the person had typed; `saved` is the field that has just
    been saved, `editing` the one that is open for editing, and `editing_pk` which checklist item or comment that is.
    """

    def __init__(
        self, task: Task, member: Member, *, only_comments: bool = False, before: Cursor | None = None
    ) -> None:
        self.task, self.member = task, member
        self.only_comments, self.before = only_comments, before
        self.errors: dict[str, str] = {}
        self.typed: Mapping[str, Any] = {}
        self.saved = self.editing = ""
        self.editing_pk = 0

    @cached_property
    def may(self) -> SimpleNamespace:
        """What the person may do, by access's words: `may.edit`, `may.log_time`."""
        on_it = None if self.member.is_guest else True
        if on_it is None:
            on_it = self.task.owner_id == self.member.pk or self.task.helpers.filter(pk=self.member.pk).exists()
        words = ("edit", "move", "check", "comment", "attach", "log time", "share", "archive", "delete")
        allowed = {word: access.may_task(self.member, word, self.task, is_on_it=on_it) for word in words}
        return SimpleNamespace(**{word.replace(" ", "_"): is_allowed for word, is_allowed in allowed.items()})

    def answer(self, field: str, error: str | None = None) -> str:
        """Beside a field: what is wrong with it, or that it was just saved; nothing most of the time."""
        error = self.errors.get(field, "") if error is None else error
        if not error and self.saved != field:
            return ""
        return render_to_string("projects/_task_answer.html", {"sheet": self, "field": field, "error": error})

    @property
    def is_guest(self) -> bool:
        return self.member.is_guest

    @cached_property
    def people(self) -> "list[access.PersonAround]":
        """A guest is not told who works here."""
        return [] if self.is_guest else access.people_beside(self.task)

    @property
    def helpers(self) -> "list[access.PersonAround]":
        return [member for member in self.people if member.is_helper]

    @property
    def owner_choices(self) -> "list[access.PersonAround]":
        return [member for member in self.people if self._can_be_put_on(member) or member.pk == self.task.owner_id]

    @property
    def helper_choices(self) -> "list[access.PersonAround]":
        return [member for member in self.people if self._can_be_put_on(member) or member.is_helper]

    @property
    def guests(self) -> "list[access.PersonAround]":
        """The guests who can open the task now, and so read what is shared on it."""
        return self._guests(is_shared=self.task.visibility == Task.Visibility.SHARED)

    @property
    def guests_if_shared(self) -> "list[access.PersonAround]":
        return self._guests(is_shared=True)

    @property
    def guest_names(self) -> str:
        return names(self.guests)

    @property
    def guest_names_if_shared(self) -> str:
        return names(self.guests_if_shared)

    @cached_property
    def fields(self) -> list[FieldLine]:
        """The custom fields that the project shows this person."""
        return [self.line_of(field) for field in access.fields_of(self.member, self.task.project)]

    def line_of(self, field: CustomField) -> FieldLine:
        name, values = f"f{field.pk}", self.task.field_values
        is_known = any(str(person.pk) == values.get(str(field.pk)) for person in self._choosable(field))
        return line_of(
            field,
            values,
            people=self._choosable(field),
            names={} if is_known else people_in([field], [values]),
            language=get_language() or "en",
            typed=self.typed.get(name),
            error=self.errors.get(name, ""),
        )

    def _choosable(self, field: CustomField) -> "list[access.PersonAround]":
        return self.people if field.kind == CustomField.Kind.PERSON else []

    @cached_property
    def repeating(self) -> Repeating:
        """Of a task that has a recurrence."""
        zone = timezone.get_current_timezone_name()
        return repeating(self.task, Reader(self.member, zone, get_language() or "en", timezone.now()))

    @cached_property
    def labels(self) -> list[Label]:
        """All of the workspace, with `is_on` for those that the task wears."""
        return _labels(self.task.pk)

    @cached_property
    def columns(self) -> list[Column]:
        return columns_of(self.task.column.board_id)

    @cached_property
    def checklist(self) -> list[ChecklistItem]:
        return _checklist(self.task.pk) if self.task.checklist_count else []

    @cached_property
    def sign_buttons(self) -> SafeString:
        """One for each sign that can be put under a comment: the same under all."""
        button = (
            '<button class="sign" name="sign" value="{}" title="{}"><span aria-hidden="true">{}</span>'
            '<span class="sr">{}</span></button>'
        )
        return format_html_join("", button, ((sign, word, sign, word) for sign, word in SIGNS.items()))

    @cached_property
    def family(self) -> Family:
        return Family(self.task, self.member)

    @property
    def faster(self) -> str:
        return faster_text(self.task)

    @cached_property
    def effort(self) -> Effort:
        return Effort(self.task, self.member, self.family)

    @cached_property
    def products(self) -> list[ProductLink]:
        """A guest is not told which listing they work for."""
        if self.is_guest or not self.task.product_count:
            return []
        return list(self.task.products.order_by("pk"))

    @property
    def may_log(self) -> bool:
        return bool(self.may.log_time)

    @cached_property
    def stream(self) -> Stream:
        names = [member.display_name for member in self.people]
        return stream_of(self.task, self.member, before=self.before, only_comments=self.only_comments, names=names)

    @cached_property
    def links(self) -> Links:
        """A guest is told once that something hidden comes before, and of nothing hidden that comes after."""
        zone = timezone.get_current_timezone_name()
        links = links_of(self.task, Reader(self.member, zone, get_language() or "en", timezone.now()))
        return links.for_guest() if self.is_guest else links

    @cached_property
    def slips(self) -> list[SlipRow]:
        """How the deadline has moved, the newest first."""
        zone = timezone.get_current_timezone_name()
        return slips_of_task(self.task, Reader(self.member, zone, get_language() or "en", timezone.now()))

    @property
    def slip_reasons(self) -> list[tuple[str, str]]:
        return [(value, str(name)) for value, name in Slip.Reason.choices]

    @property
    def size_hints(self) -> list[str]:
        """How the task could be said more finely; nothing for steps of an SOP, which are cut already."""
        task = self.task
        if not self.may.edit or task.is_done or task.is_milestone or task.is_size_fine or task.sop_step:
            return []
        has_outcome = bool(task.description or task.checklist_count or task.subtask_count)
        return findings(Work(task.title, has_outcome, task.estimate_minutes))

    @property
    def hours(self) -> list[int]:
        """What can be chosen for reminders, nearest first; what a template has set stays among them."""
        return sorted({*HOURS, *self.task.remind_hours_before})

    @property
    def created(self) -> str:
        return moment(self.task.created_at)

    def _can_be_put_on(self, member: "access.PersonAround") -> bool:
        """No guest can be put on a step that is internal by its SOP."""
        return bool(member.can_be_put_on and (self.task.may_be_shared or not member.is_guest))

    def _is_on_it(self, member: "access.PersonAround") -> bool:
        return bool(member.pk == self.task.owner_id or member.is_helper)

    def _guests(self, *, is_shared: bool) -> "list[access.PersonAround]":
        if not self.task.may_be_shared:
            return []
        for_all = is_shared and self.task.sensitivity == Task.Sensitivity.NORMAL
        keyed = [member for member in self.people if member.is_guest and member.is_active and member.has_key]
        return [member for member in keyed if for_all or self._is_on_it(member)]


def show_sheet(request: WorkspaceRequest, sheet: TaskSheet, *, status: int = 200, **more: Any) -> HttpResponse:
    """The whole task: into the sheet beside the list for htmx, a page of its own otherwise."""
    context = {"sheet": sheet, "task": sheet.task, "project": sheet.task.project, "cursor": cursor_of(request), **more}
    drawn = render_to_string("projects/_task.jinja", {**context, "is_page": not request.htmx}, request)
    if request.htmx:
        response = HttpResponse(drawn, status=status)
    else:
        response = render(request, "projects/task.html", {**context, "drawn": drawn}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def answer(
    request: WorkspaceRequest, sheet: TaskSheet, part: str, *, also: Iterable[str] = (), now: Any = None, **more: Any
) -> HttpResponse:
    """After a change: the part that acted ("": none is left), and out of band what else it changed and the line it left
    in the trace.

    A refusal gives the part alone with 422, or the whole page without htmx; a plain form that worked goes back to
    the task.
    """
    if not request.htmx:
        return show_sheet(request, sheet, status=422) if sheet.errors else redirect(sheet.task)
    if request.htmx.target in _BESIDE_A_CARD and not sheet.errors:
        response = HttpResponse(status=204)
        trigger(response, "task:changed", {"task": sheet.task.pk})
        return response
    context = {"sheet": sheet, "task": sheet.task, "project": sheet.task.project, **more}
    pieces = [render_to_string(part, context, request)] if part else []
    if not sheet.errors:
        pieces += [render_to_string(name, {**context, "oob": True}, request) for name in also]
        left = left_at(sheet.task, sheet.member, now or timezone.now())
        if left:
            pieces.append(render_to_string("projects/_task_left.jinja", {**context, "entries": left}, request))
    response = HttpResponse("".join(pieces), status=422 if sheet.errors else 200)
    if not sheet.errors:
        # The parent's card says how many of its subtasks are done.
        beside = [sheet.task.parent_id] if sheet.task.parent_id else []
        trigger(response, "task:changed", {"task": sheet.task.pk, "also": beside})
    return response


def offer_undo(response: HttpResponse, change: Change | None, message: str = "") -> None:
    """A toast that says what was changed, in these words or its own, and takes it back; none where nothing was."""
    if change is not None:
        undo = reverse("projects:change-undo", args=[change.pk])
        trigger(
            response,
            "toast",
            {"message": message or changed_words(change.verb), "undo_url": undo, **asking_why(change)},
        )


def asking_why(change: Change | None) -> dict[str, Any]:
    """For a toast: the way to say why deadlines have moved, when nobody has yet."""
    if change is None or not change.asks_why:
        return {}
    return {"ask": {"word": _("Say why"), "url": reverse("projects:change-reason", args=[change.pk])}}


def trigger(response: HttpResponse, name: str, detail: Any) -> None:
    """Add an event for the page to HX-Trigger."""
    events = json.loads(response.get("HX-Trigger", "{}"))
    response["HX-Trigger"] = json.dumps({**events, name: detail})

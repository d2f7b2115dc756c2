"""Quick add: at the foot of a column, and from anywhere; what a line says is shown while it is typed."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linkstar.lib.dateparse import guess_text
from linkstar.lib.deadlines import describe, note_text, resolve
from linkstar.lib.durations import duration_text
from linkstar.lib.forms import problems
from linkstar.lib.quickline import Miss, QuickLine, Token
from linkstar.lib.text import clean_line, indented_lines
from linkstar.members.models import Member
from linkstar.workspaces.access import managers_only, members_only
from linkstar.workspaces.http import WorkspaceRequest
from projects import access
from projects.actions.adding import NewTask, add_tree
from projects.actions.edits import make_label
from projects.actions.family_limits import MOST_LEVELS, NotItsParent
from projects.actions.refusals import MoveRefused
from projects.models import Column, Task
from projects.queries import ShownColumn, columns_of, new_cards
from projects.quicklines import LineReader, deadline_of
from projects.views.boards import MOST_LINES, TITLE_LIMIT, count_found, drawing, reader_of
from projects.views.lists import is_on_list, rows_added
from projects.views.moving import why_no_subtask, why_not
from projects.views.task_fields import LABEL_LIMIT

# A title with all that a line can say beside it.
LINE_LIMIT = 600


class AddTasksForm(forms.Form):
    """One line, or pasted ones that each become a task, indented ones a subtask of the line above.

    What is too long is refused, never cut off.

    After cleaning, `new` are the tasks that the lines describe; `column` is where they go unless they name another.
    What is indented deeper than `deepest` hangs there.
    """

    titles = forms.CharField(strip=False, error_messages={"required": gettext_lazy("Type a title first.")})

    def __init__(self, data: QueryDict, *, reader: LineReader, column: Column, deepest: int = MOST_LEVELS - 1) -> None:
        super().__init__(data)
        self.reader, self.column, self.deepest = reader, column, deepest
        self.new: list[NewTask] = []

    def clean_titles(self) -> str:
        lines = indented_lines(self.cleaned_data["titles"], limit=LINE_LIMIT + 1, deepest=self.deepest)
        if not lines:
            raise ValidationError(_("Type a title first."))
        if len(lines) > MOST_LINES:
            raise ValidationError(
                _("%(count)d lines are too many: up to %(most)d tasks at a time."),
                params={"count": len(lines), "most": MOST_LINES},
            )
        if any(len(line) > LINE_LIMIT for _depth, line in lines):
            raise _too_long()
        self.new = self._in_one_project([self._read(depth, line) for depth, line in lines])
        if any(len(one.title) > TITLE_LIMIT for one in self.new):
            raise _too_long()
        return self.cleaned_data["titles"]

    def _read(self, depth: int, line: str) -> NewTask:
        reader = self.reader.of_line(line)
        column = self.column if reader is self.reader else first_column(reader)
        return replace(reader.new_task(reader.read(line), column), depth=depth)

    def _in_one_project(self, new: list[NewTask]) -> list[NewTask]:
        """A subtask is of its parent's project: where a line names another one, nothing hangs under the line above."""
        boards = {one.column.board_id for one in new}
        return new if len(boards) < 2 else [replace(one, depth=0) for one in new]


def _too_long() -> ValidationError:
    return ValidationError(
        _("A title has up to %(most)d characters. Put the rest into the description."), params={"most": TITLE_LIMIT}
    )


def first_column(reader: LineReader) -> Column:
    return next(iter(reader.columns.values()))


@require_POST
@members_only
def task_add(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Quick add at the foot of a column."""
    column = access.get_column(request.member, pk, to="add task")
    form = AddTasksForm(request.POST, reader=_reader(request, column), column=column)
    made = add_or_say_why(form, request.member)
    if not request.htmx:
        if form.errors:
            messages.error(request, problems(form))
        return redirect(f"{column.board.get_absolute_url()}#column-{column.pk}")
    if is_on_list(request, column.board.project):
        return rows_added(request, made, column, form)
    added = _shown(request, made, column)
    count_found(request, column.board.project, added)
    columns = columns_of(column.board_id) if made else []
    context = {**drawing(request, column.board.project, columns), "added": added, "column": column, "form": form}
    return render(request, "projects/board.html#added", context, status=422 if form.errors else 200)


def add_or_say_why(form: AddTasksForm, actor: Member) -> list[Task]:
    """The tasks of a form that is right; otherwise none, and the form says why."""
    if not form.is_valid():
        return []
    try:
        return add_tree(form.new, actor=actor, now=timezone.now())
    except MoveRefused as error:
        form.add_error("titles", why_not(error, actor))
    except NotItsParent as error:
        form.add_error("titles", why_no_subtask(error, actor))
    return []


def _shown(request: WorkspaceRequest, made: Sequence[Task], column: Column) -> list[ShownColumn]:
    """The new cards by the columns they have come to, which are one unless a line named another."""
    columns = list(dict.fromkeys(task.column for task in made)) or [column]
    reader = reader_of(request)
    return [
        new_cards([task for task in made if task.column_id == one.pk], one, reader) if made else ShownColumn.of(one)
        for one in columns
    ]


@require_safe
@members_only
def quick_read(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """What a line would become in this column, as chips; a chip that is taken away turns its words back into text."""
    column = access.get_column(request.member, pk, to="add task")
    reader = _reader(request, column)
    read = reader.read(clean_line(request.GET.get("line", ""), LINE_LIMIT))
    return render(request, "projects/_quick_read.html", reading(read, reader))


@require_POST
@managers_only
def label_add(request: WorkspaceRequest) -> HttpResponse:
    """A label that a line named and nobody had made yet."""
    name = clean_line(request.POST.get("name", ""), LABEL_LIMIT + 1)
    if not name or len(name) > LABEL_LIMIT:
        return HttpResponse(_("A label has up to %(most)d characters.") % {"most": LABEL_LIMIT}, status=422)
    label = make_label(name)
    if not request.htmx:
        return redirect("projects:home")
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"label:made": {"label": label.pk}})
    return response


def _reader(request: WorkspaceRequest, column: Column) -> LineReader:
    language = get_language() or "en"
    return LineReader(request.member, column.board.project, now=timezone.now(), language=language)


def reading(read: QuickLine, reader: LineReader) -> dict[str, Any]:
    """What was understood, as chips, and what was not and stays text."""
    return {
        "chips": [{"kind": token.kind, "text": read.text(token), **_meaning(token, reader)} for token in read.tokens],
        "misses": [_miss(read, miss) for miss in read.misses],
        "may_make_labels": reader.member.is_manager,
    }


def _meaning(token: Token, reader: LineReader) -> dict[str, Any]:
    """What a chip says: a person or a label as they look elsewhere, a deadline in both clocks."""
    if token.date is None:
        return {"name": _NAMES[token.kind](reader, token.pk)}
    deadline, language = deadline_of(token.date), reader.language
    resolved = resolve(token.date.on, token.date.time, token.date.zone)
    zone = timezone.get_current_timezone_name()
    return {
        "due": describe(deadline, reader_zone=zone, language=language, now=reader.now),
        "note": note_text(resolved, language) or guess_text(token.date, language),
        "is_past": deadline.instant < reader.now,
    }


_NAMES: dict[str, Any] = {
    "person": lambda reader, pk: reader.people[pk],
    "label": lambda reader, pk: reader.labels[pk],
    "column": lambda reader, pk: reader.columns[pk].name,
    "project": lambda reader, pk: reader.projects[pk].name,
    "priority": lambda _reader, pk: Task.Priority(pk).label,
    "effort": lambda reader, pk: duration_text(pk, reader.language),
}


def _miss(read: QuickLine, miss: Miss) -> dict[str, Any]:
    return {"kind": miss.kind, "word": read.text(miss)[1:], "several": miss.several}

"""Where a card is to go, as a form, and why it does not go there, in words."""

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linkstar.lib.forms import set_choices
from linkstar.members.models import Member
from projects.actions.family_limits import (
    MOST_LEVELS,
    MOST_SUBTASKS,
    CyclicParent,
    NotItsParent,
    PartIsLinked,
    PartWaits,
    TooDeep,
    TooManySubtasks,
)
from projects.actions.refusals import ColumnFull, MoveRefused, StillBlocked, StillDraft, Withheld
from projects.cards import Reader
from projects.chains import titles_of
from projects.dependencies import links_of
from projects.families import subtasks_of
from projects.models import Column, Task
from projects.views.link_refusals import way_text


class MoveTaskForm(forms.Form):
    """`before` is the pk of the card to stand above: empty is the end, "top" the beginning. A stale one is the end."""

    column = forms.TypedChoiceField(coerce=int)
    before = forms.CharField(required=False, max_length=20)

    def __init__(self, data: QueryDict, *, columns: list[Column], tasks: QuerySet[Task]) -> None:
        super().__init__(data)
        self.columns, self.tasks = {column.pk: column for column in columns}, tasks
        set_choices(self, "column", [(column.pk, column.name) for column in columns])
        self.fields["column"].error_messages["invalid_choice"] = _("This column is not on this board.")

    def clean_column(self) -> Column:
        return self.columns[self.cleaned_data["column"]]

    def clean_before(self) -> Task | None:
        before, column = self.cleaned_data["before"], self.cleaned_data.get("column")
        if before == "top" and column is not None:
            return self.tasks.filter(column=column).order_by("rank").only("pk").first()
        # The action looks the row up under its lock, and needs no more than the number.
        return Task(pk=int(before)) if before.isascii() and before.isdigit() and len(before) < 10 else None


def why_not(error: MoveRefused, reader: Member) -> str:
    """Why a column takes no card. A guest, who does not see all of its cards, is told no number."""
    if isinstance(error, StillBlocked):
        return _still_blocked(error.task, reader)
    if isinstance(error, Withheld):
        if reader.is_guest:
            return _("The team has to clear something first. Ask about it in a comment.")
        return " ".join(hold.text for hold in error.holds)
    if isinstance(error, StillDraft):
        return _("Work in “%(column)s” needs an owner and a deadline.") % {"column": error.column.name}
    if not isinstance(error, ColumnFull):
        return _("This column was deleted in the meantime. Load the page again to see the board as it is.")
    if reader.is_guest:
        return _("This column is full.")
    column = error.column
    return ngettext(
        "“%(column)s” takes %(limit)d card at a time. Finish or move one first.",
        "“%(column)s” takes %(limit)d cards at a time. Finish or move one first.",
        column.wip_limit or 0,
    ) % {"column": column.name, "limit": column.wip_limit or 0}


def _still_blocked(task: Task, member: Member) -> str:
    """Of lags alone until when; the reader may not see what it waits for, or nobody knows: only that it waits."""
    reader = Reader(member, timezone.get_current_timezone_name(), get_language() or "en", timezone.now())
    held = [line for line in links_of(task, reader).waits_for if line.is_unmet]
    ends = [line.until for line in held if line.until is not None]
    if not ends or len(ends) < len(held):
        return _("“%(title)s” waits for work that is not done yet.") % {"title": task.title}
    last = max(ends, key=lambda label: label.iso)
    return _("“%(title)s” waits until %(until)s.") % {"title": task.title, "until": last.at_text}


def why_no_subtask(error: NotItsParent, reader: Member) -> str:
    """Why a task does not stand under another one; of a circle the path, with "…" for what the reader may not see."""
    if isinstance(error, CyclicParent):
        seen = set(Task.objects.visible_to(reader).filter(pk__in=[task.pk for task in error.path]))
        path = " › ".join(task.title if task in seen else "…" for task in error.path)
        return _("A task cannot be a part of itself: %(path)s.") % {"path": path}
    if isinstance(error, PartIsLinked):
        before, after = (title or "…" for title in titles_of(error.ends, reader))
        said = _("“%(after)s” waits for “%(before)s”, which would belong together anyway. Take the link away first.")
        return said % {"after": after, "before": before}
    if isinstance(error, PartWaits):
        return _("They would wait for each other: %(way)s.") % {"way": way_text(error.way, reader)}
    if isinstance(error, TooDeep):
        return _("Up to %(most)d tasks can stand one under the other.") % {"most": MOST_LEVELS}
    if isinstance(error, TooManySubtasks):
        if not error.room:
            return _("A task has up to %(most)d subtasks, and this one is full.") % {"most": MOST_SUBTASKS}
        return ngettext(
            "A task has up to %(most)d subtasks: there is room for %(room)d more.",
            "A task has up to %(most)d subtasks: there is room for %(room)d more.",
            error.room,
        ) % {"most": MOST_SUBTASKS, "room": error.room}
    return _("This task is not in this project, or not there any more. Choose another one.")


def still_open(task: Task, reader: Member) -> str:
    """Of a task that is done: how many of its subtasks are not, as far as the reader sees them; "" when all are."""
    if not task.is_done or task.subtask_count == task.subtask_done_count:
        return ""
    count = subtasks_of(task, reader).unfinished().count()
    if not count:
        return ""
    return ngettext("%(count)d subtask is still open.", "%(count)d subtasks are still open.", count) % {"count": count}

"""Comments and trace of a task in one line of time, a page at a time from the newest back."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from linkstar.lib.kept import Kept
from linkstar.lib.markdown import render
from linkstar.members.models import Member
from projects.mentions import mark
from projects.models import Activity, Comment, Task
from projects.models.activity import ActivityQuerySet
from projects.reactions import Sign, reactions_of_comment, signs_of
from projects.trace import moment, sentence

PAGE = 50
# The comment itself stands in the stream, so that it was written need not be said again.
_SAID_BY_COMMENTS = ("commented",)
_TRACE, _COMMENT = 0, 1
Row = TypeVar("Row", Activity, Comment)


class Cursor(NamedTuple):
    """A place in the stream: everything before it is older. `kind` and `pk` part what happened at one instant."""

    at: datetime
    kind: int
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.kind}~{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """None for an empty text; raises BadRequest for one that no page of ours wrote."""
        if not text:
            return None
        try:
            at, kind, pk = text.split("~")
            return cls(_aware(at), int(kind), int(pk))
        except ValueError as error:
            raise BadRequest("cursor") from error


class Entry(NamedTuple):
    """A line of the stream. `comment` is None for the trace; `html` is the sentence, or the comment rendered."""

    cursor: Cursor
    comment: Comment | None
    actor: Member | None
    html: SafeString
    when: str
    is_mine: bool
    signs: list[Sign]
    # The pk of what the reader can take back now.
    undo: int | None = None

    @property
    def at(self) -> datetime:
        return self.cursor.at


class Stream(NamedTuple):
    """Oldest first; `earlier` is the cursor of the page before, None on the first one."""

    entries: list[Entry]
    earlier: Cursor | None


def stream_of(
    task: Task, reader: Member, *, before: Cursor | None = None, only_comments: bool = False, names: Sequence[str] = ()
) -> Stream:
    """What this reader may read of a task's comments and trace; `names` are marked where an @ stands before them."""
    said = _said(reader, task.pk) if before is None else _before(_said_on(reader, task.pk), before, _COMMENT)
    entries = [comment_entry(comment, reader, names) for comment in said]
    if not only_comments and reader.is_insider:
        done = _done(reader, task.pk) if before is None else _before(_done_on(reader, task.pk), before, _TRACE)
        entries += [trace_entry(activity, reader) for activity in done]
    newest = sorted(entries, key=lambda entry: entry.cursor, reverse=True)
    shown = newest[:PAGE]
    return Stream(shown[::-1], shown[-1].cursor if len(newest) > PAGE else None)


def _said_on(reader: Member, task: int) -> QuerySet[Comment]:
    said = Comment.objects.visible_to(reader).filter(task=task)
    return said.select_related("author").annotate(reacted=reactions_of_comment())


def _done_on(reader: Member, task: int) -> QuerySet[Activity]:
    done = Activity.objects.filter(task=task).without_hidden_fields(reader)
    return with_changes(done.exclude(verb__in=_SAID_BY_COMMENTS))


def comment_entry(comment: Comment, reader: Member, names: Sequence[str] = ()) -> Entry:
    """`comment` may bring its reactions along (reactions_of_comment as `reacted`); otherwise they are asked for."""
    html = mark_safe(mark(render(comment.body), names))  # noqa: S308 - rendered and sanitised by lib.markdown
    cursor = Cursor(comment.created_at, _COMMENT, comment.pk)
    is_mine = comment.author_id == reader.pk
    reacted = getattr(comment, "reacted", None)
    if reacted is None:
        again = Comment.objects.filter(pk=comment.pk)
        reacted = again.annotate(reacted=reactions_of_comment()).values_list("reacted", flat=True).get()
    signs = signs_of(reacted, reader)
    return Entry(cursor, comment, comment.author, html, moment(comment.created_at), is_mine, signs)


def with_changes(trace: ActivityQuerySet) -> ActivityQuerySet:
    """With actor and change; not with what a change remembers, which of a bulk edit is long."""
    return trace.select_related("actor", "change").defer("change__data")


def trace_entry(activity: Activity, reader: Member) -> Entry:
    """Of a row that with_changes gave."""
    cursor, change = Cursor(activity.created_at, _TRACE, activity.pk), activity.change
    is_open = change is not None and change.is_open(now=timezone.now()) and change.may_be_undone_by(reader)
    undo = activity.change_id if is_open else None
    return Entry(cursor, None, activity.actor, sentence(activity), moment(activity.created_at), False, [], undo)


def left_at(task: Task, reader: Member, now: datetime) -> list[Entry]:
    """What the reader's own request has just added to the trace, oldest first."""
    if reader.is_guest:
        return []
    trace = task.activity.exclude(verb__in=_SAID_BY_COMMENTS).filter(created_at=now, actor=reader)
    return [trace_entry(activity, reader) for activity in with_changes(trace).order_by("pk")]


def _before(rows: QuerySet[Row], cursor: Cursor | None, kind: int) -> QuerySet[Row]:
    """The page and one more, newest first."""
    if cursor is not None:
        same = Q(created_at=cursor.at)
        if kind == cursor.kind:
            same &= Q(pk__lt=cursor.pk)
        elif kind > cursor.kind:
            same &= Q(pk__in=[])
        rows = rows.filter(Q(created_at__lt=cursor.at) | same)
    return rows.order_by("-created_at", "-pk")[: PAGE + 1]


# Of the first page, which every sheet shows.
_said = Kept(lambda reader, task: _before(_said_on(reader, task), None, _COMMENT))
_done = Kept(lambda reader, task: _before(_done_on(reader, task), None, _TRACE))


def _aware(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at

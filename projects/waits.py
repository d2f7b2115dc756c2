"""Who waits for a person, and for whom that person waits. A task they may not see is counted, and never named."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Cast, Substr

from linkstar.lib.deadlines import DueLabel
from notifications.models import Notification
from projects.blocking import unmet
from projects.cards import Face, Reader
from projects.models import Comment, Dependency, OwnerOffer, Task
from projects.overview import due_text
from projects.work import PER_PAGE, WorkFilter, current_tasks

# Of each kind, as many stand on the page that shows all kinds.
FIRST = 5
# Who was asked longer ago than this will hardly answer any more.
_ASKED_WITHIN = timedelta(days=60)
_EXCERPT = 120
_MENTIONED = "mentioned"


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that waits. `pk` and `title` are those of the task to open, and of an offer those of the project.

    `other` is the title of the task at the other end, "" where the reader may not see it; `who` is whom it concerns.
    `comment` is the pk of the one to answer, and `excerpt` its beginning.
    """

    pk: int
    title: str
    project: str
    due: DueLabel | None = None
    other: str = ""
    who: Face | None = None
    excerpt: str = ""
    comment: int = 0


@dataclass(slots=True)
class WaitGroup:
    """`count` counts all of a kind, of which `rows` are some."""

    name: str
    count: int = 0
    rows: list[Wait] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.count - len(self.rows)


def waiting(reader: Reader, wanted: WorkFilter) -> list[WaitGroup]:
    """The kinds that have rows, in the order of KINDS, or a page of the one that the filter names.

    A statement a kind, however many rows there are.
    """
    names = [wanted.section] if wanted.section else KINDS
    return [group for group in (_READERS[name](reader, wanted) for name in names) if group.rows]


def _page(rows: QuerySet[Any], wanted: WorkFilter, *order: Any) -> QuerySet[Any]:
    """The page of one kind, or its first rows among others; `count` is how many there are in all."""
    start, length = (wanted.start, PER_PAGE) if wanted.section else (0, FIRST)
    return rows.annotate(count=Window(Count("pk"))).order_by(*order, "pk")[start : start + length]


_TASK = ("pk", "title", "project__name", "due_on", "due_time", "due_zone", "due_at")
_FACE = ("owner_id", "owner__display_name", "owner__role")


def _at(end: str, *fields: str) -> list[str]:
    return [f"{end}__{name}" for name in fields]


def _face(pk: int | None, name: str | None, role: str | None) -> Face | None:
    return None if pk is None else Face.of(pk, name or "", role or "")


def _blocking(reader: Reader, wanted: WorkFilter) -> WaitGroup:
    """Tasks of others that may begin once one of the reader's is done."""
    return _links(reader, wanted, "blocking", mine="blocker", theirs="blocked")


def _blocked(reader: Reader, wanted: WorkFilter) -> WaitGroup:
    """Tasks of the reader that wait for an unfinished one of somebody else, or of nobody."""
    return _links(reader, wanted, "blocked", mine="blocked", theirs="blocker")


def _links(reader: Reader, wanted: WorkFilter, name: str, *, mine: str, theirs: str) -> WaitGroup:
    on_it = Q(owner=reader.member) | Q(pk__in=reader.member.helped_tasks.values("pk"))
    own = current_tasks(reader).filter(on_it, wanted.condition(reader))
    others = Q(**{f"{theirs}__owner": None}) | ~Q(**{f"{theirs}__owner": reader.member})
    is_open = {f"{theirs}__{key}": None for key in ("completed_at", "deleted_at", "archived_at")}
    sees = Exists(Task.objects.visible_to(reader.member).filter(pk=OuterRef(theirs)))
    links = Dependency.objects.filter(others, unmet(), **is_open, **{f"{mine}__in": own.values("pk")})
    links = links.annotate(sees=sees)
    order = (F(f"{mine}__due_at").asc(nulls_last=True), f"{mine}_id")
    fields = ["count", "sees", f"{theirs}__title", *_at(theirs, *_FACE), *_at(mine, *_TASK)]
    group = WaitGroup(name)
    for count, is_seen, title, *rest in _page(links, wanted, *order).values_list(*fields):
        group.count = count
        who = _face(*rest[:3]) if is_seen else None
        group.rows.append(_wait(reader, rest[3:], other=title if is_seen else "", who=who))
    return group


def _wait(reader: Reader, values: list[Any], **more: Any) -> Wait:
    """`values` are those of _TASK."""
    pk, title, project, on, clock, zone, at = values
    return Wait(pk, title, project, due_text(reader, on, clock, zone, at, is_done=False), **more)


def _asked(reader: Reader, wanted: WorkFilter) -> WaitGroup:
    """Comments that name the reader, after which they have not spoken on that task; of the last sixty days."""
    told = Notification.objects.filter(
        member=reader.member, kind=_MENTIONED, created_at__gte=reader.now - _ASKED_WITHIN
    )
    number = Cast(Substr("key", len(_MENTIONED) + 2), BigIntegerField())
    answers = Comment.objects.filter(
        task=OuterRef("task"), author=reader.member, deleted_at=None, created_at__gt=OuterRef("created_at")
    )
    seen = current_tasks(reader).filter(wanted.condition(reader))
    asked = (
        Comment.objects.visible_to(reader.member)
        .filter(pk__in=told.annotate(comment=number).values("comment"), task__in=seen.values("pk"))
        .exclude(author=reader.member)
        .filter(~Exists(answers))
    )
    group = WaitGroup("asked")
    fields = ["count", "pk", "body", "author_id", "author__display_name", "author__role", *_at("task", *_TASK)]
    for count, pk, body, *rest in _page(asked, wanted, "-created_at").values_list(*fields):
        group.count = count
        excerpt = " ".join(body.split())[:_EXCERPT]
        group.rows.append(_wait(reader, rest[3:], who=_face(*rest[:3]), excerpt=excerpt, comment=pk))
    return group


def _delegated(reader: Reader, wanted: WorkFilter) -> WaitGroup:
    """Overdue tasks that the reader made and somebody else owns."""
    made = current_tasks(reader).filter(
        wanted.condition(reader), created_by=reader.member, owner__isnull=False, due_at__lt=reader.now
    )
    group = WaitGroup("delegated")
    rows = _page(made.exclude(owner=reader.member), wanted, "due_at").values_list("count", *_FACE, *_TASK)
    for count, *rest in rows:
        group.count = count
        group.rows.append(_wait(reader, rest[3:], who=_face(*rest[:3])))
    return group


def _offered(reader: Reader, wanted: WorkFilter) -> WaitGroup:
    """Projects that the reader has offered and nobody has taken yet; a filter on tasks says nothing of them."""
    group = WaitGroup("offered")
    if wanted.is_on or not reader.member.is_insider:
        return group
    offers = OwnerOffer.objects.filter(offered_by=reader.member, state=OwnerOffer.State.OPEN)
    offers = offers.exclude(project__state="archived")
    fields = ["count", "project_id", "project__name"]
    fields += [f"offered_to{name}" for name in ("_id", "__display_name", "__role")]
    for count, pk, name, *who in _page(offers, wanted, "-created_at").values_list(*fields):
        group.count = count
        group.rows.append(Wait(pk, name, "", who=_face(*who)))
    return group


FOR_ME, FOR_OTHERS = ("blocking", "asked"), ("blocked", "delegated", "offered")
KINDS = (*FOR_ME, *FOR_OTHERS)
_READERS: dict[str, Callable[[Reader, WorkFilter], WaitGroup]] = {
    "blocking": _blocking,
    "asked": _asked,
    "blocked": _blocked,
    "delegated": _delegated,
    "offered": _offered,
}

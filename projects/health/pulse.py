"""The three unfinished tasks to ask about first: the most overdue ones, then those that are due next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Window
from django.db.models.functions import RowNumber
from django.utils.html import format_html
from django.utils.safestring import SafeString

from linkstar.lib.deadlines import DueLabel
from linkstar.lib.text import clean_line
from projects.blocking import unmet
from projects.cards import Face, Reader
from projects.models import Activity, Comment, Dependency, Project, Slip, Task
from projects.models.tasks import TaskQuerySet
from projects.overview import due_text
from projects.trace import moment, sentence

ASKED, UPDATES = 3, 5
_EXCERPT = 160


class Update(NamedTuple):
    """`html` is a sentence of the trace, or who wrote what."""

    at: datetime
    html: SafeString
    when: str


class Blocker(NamedTuple):
    """`task` None and no title: one that the reader may not see."""

    task: int | None
    title: str
    owner: str


@dataclass(slots=True)
class Asked:
    """`silent_days` are those since the last update, or since it was made when there is none."""

    task: Task
    owner: Face | None
    due: DueLabel | None
    updates: list[Update]
    blockers: list[Blocker]
    moved: int
    silent_days: int

    @property
    def is_overdue(self) -> bool:
        return self.due is not None and self.due.state == "overdue"


def first_to_ask(tasks: TaskQuerySet) -> list[Task]:
    """Of one project, as somebody sees it."""
    order = (F("due_at").asc(nulls_last=True), F("priority").desc(), F("pk").asc())
    return list(tasks.current().unfinished().select_related("owner", "column", "project").order_by(*order)[:ASKED])


def pulse_of(project: Project, tasks: TaskQuerySet, reader: Reader) -> list[Asked]:
    """In five statements."""
    asked = first_to_ask(tasks.filter(project=project))
    pks = [task.pk for task in asked]
    updates, blockers, moved = _updates(pks, reader), _blockers(pks, reader), _moved(pks)
    return [
        Asked(
            task=task,
            owner=Face.of(task.owner.pk, task.owner.display_name, task.owner.role) if task.owner else None,
            due=due_text(reader, task.due_on, task.due_time, task.due_zone, task.due_at, is_done=False),
            updates=updates.get(task.pk, []),
            blockers=blockers.get(task.pk, []),
            moved=moved.get(task.pk, 0),
            silent_days=(reader.now - _last(task, updates.get(task.pk, []))).days,
        )
        for task in asked
    ]


def _last(task: Task, updates: Sequence[Update]) -> datetime:
    return updates[0].at if updates else task.created_at


def _newest(rows: Any) -> Any:
    """The last few of each task."""
    order = (F("created_at").desc(), F("pk").desc())
    place = Window(RowNumber(), partition_by=F("task_id"), order_by=order)
    return rows.annotate(place=place).filter(place__lte=UPDATES)


def _updates(tasks: Sequence[int], reader: Reader) -> dict[int, list[Update]]:
    """Newest first; what people said and what they did."""
    done = Activity.objects.visible_to(reader.member).filter(task__in=tasks).exclude(verb="commented")
    said = Comment.objects.visible_to(reader.member).filter(task__in=tasks)
    found: dict[int, list[Update]] = {}
    for act in _newest(done.select_related("actor")):
        found.setdefault(act.task_id, []).append(Update(act.created_at, sentence(act), moment(act.created_at)))
    for comment in _newest(said.select_related("author")):
        words = format_html("<b>{}</b>: {}", comment.author.display_name, clean_line(comment.body, _EXCERPT))
        found.setdefault(comment.task_id, []).append(Update(comment.created_at, words, moment(comment.created_at)))
    return {pk: sorted(updates, key=lambda update: update.at, reverse=True)[:UPDATES] for pk, updates in found.items()}


def _blockers(tasks: Sequence[int], reader: Reader) -> dict[int, list[Blocker]]:
    """What each waits for now. One that the reader may not see is counted, and never named."""
    sees = Exists(Task.objects.visible_to(reader.member).filter(pk=OuterRef("blocker_id")))
    links = Dependency.objects.filter(unmet(), blocked__in=tasks).order_by("blocker__due_at", "pk")
    rows = links.annotate(is_seen=sees).values_list(
        "blocked_id", "blocker_id", "blocker__title", "blocker__owner__display_name", "is_seen"
    )
    found: dict[int, list[Blocker]] = {}
    for blocked, blocker, title, owner, is_seen in rows:
        shown = Blocker(blocker, title, owner or "") if is_seen else Blocker(None, "", "")
        found.setdefault(blocked, []).append(shown)
    return found


def _moved(tasks: Sequence[int]) -> dict[int, int]:
    counts = Slip.objects.filter(task__in=tasks).order_by().values_list("task_id").annotate(count=Count("pk"))
    return dict(counts)

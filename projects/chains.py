"""Chains of links: all that a task waits for, at any remove, and all that waits for it (circles.py: ways round)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from linkstar.members.models import Member
from projects.cards import Reader
from projects.dependencies import LinkedTask, read_tasks
from projects.models import Task

PER_PAGE = 25

_UP = """
WITH RECURSIVE walked AS (
    SELECT blocker_id, blocked_id FROM projects_dependency WHERE blocked_id = %s
    UNION SELECT link.blocker_id, link.blocked_id FROM projects_dependency link
        JOIN walked ON link.blocked_id = walked.blocker_id
) SELECT blocker_id, blocked_id FROM walked
"""
_DOWN = """
WITH RECURSIVE walked AS (
    SELECT blocker_id, blocked_id FROM projects_dependency WHERE blocker_id = %s
    UNION SELECT link.blocker_id, link.blocked_id FROM projects_dependency link
        JOIN walked ON link.blocker_id = walked.blocked_id
) SELECT blocker_id, blocked_id FROM walked
"""
Edge = tuple[int, int]


def _walk(statement: str, task: int) -> list[Edge]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [task])
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class ChainPage:
    """Some of the tasks on one side of a chain, in the order in which they come; `left` are further ones beyond."""

    rows: list[LinkedTask]
    left: int
    page: int


class Chain:
    """Everything that a task waits for, at any remove, and everything that waits for it. Pages count from the task."""

    def __init__(self, task: Task, reader: Reader, *, before_page: int = 1, after_page: int = 1) -> None:
        self.task, self.reader = task, reader
        self.before_page, self.after_page = before_page, after_page

    @cached_property
    def before(self) -> ChainPage:
        """The nearest are last."""
        upwards = [(after, before) for before, after in _walk(_UP, self.task.pk)]
        page = self._page(_by_distance(upwards, self.task.pk), self.before_page)
        page.rows.reverse()
        return page

    @cached_property
    def after(self) -> ChainPage:
        """The nearest are first."""
        page = self._page(_by_distance(_walk(_DOWN, self.task.pk), self.task.pk), self.after_page)
        if self.reader.member.is_insider:
            return page
        # A guest is told that something hidden comes before, and of nothing hidden that comes after.
        return ChainPage([row for row in page.rows if not row.is_hidden], 0, page.page)

    def _page(self, ordered: Sequence[int], page: int) -> ChainPage:
        alive = set(Task.objects.alive().filter(pk__in=ordered).values_list("pk", flat=True))
        ordered = self._for_guest([pk for pk in ordered if pk in alive])
        shown = ordered[(page - 1) * PER_PAGE : page * PER_PAGE]
        return ChainPage(
            read_tasks(shown, self.reader, self.task.project), max(len(ordered) - page * PER_PAGE, 0), page
        )

    def _for_guest(self, ordered: list[int]) -> list[int]:
        """A guest is not told how many hidden ones follow each other."""
        if self.reader.member.is_insider:
            return ordered
        seen = set(Task.objects.allowed_to(self.reader.member).filter(pk__in=ordered).values_list("pk", flat=True))
        shown = [place for place, pk in enumerate(ordered) if pk in seen or not place or ordered[place - 1] in seen]
        return [ordered[place] for place in shown]


def _merged(rows: list[LinkedTask], reader: Reader) -> list[LinkedTask]:
    """A guest is not told how many hidden ones follow each other."""
    if reader.member.is_insider:
        return rows
    return [row for place, row in enumerate(rows) if not (row.is_hidden and place and rows[place - 1].is_hidden)]


def _by_distance(edges: Iterable[Edge], start: int) -> list[int]:
    """Tasks reached from `start` by edges (from, to), each behind all that lead to it: by its longest way."""
    out: dict[int, list[int]] = {}
    coming: dict[int, int] = {}
    for here, there in sorted(edges):
        out.setdefault(here, []).append(there)
        coming[there] = coming.get(there, 0) + 1
    ordered, ready = [], [start]
    for here in ready:
        for there in out.get(here, ()):
            coming[there] -= 1
            if not coming[there]:
                ready.append(there)
                ordered.append(there)
    return ordered


def open_chain(task: Task, reader: Reader) -> list[LinkedTask]:
    """What is still to be done before this task, at any remove, in the order in which it is done; the task comes last.

    A task that is finished ends the way behind it.
    """
    edges = _walk(_UP, task.pk)
    known = {pk for edge in edges for pk in edge}
    waiting = Task.objects.current().unfinished().filter(pk__in=known)
    open_ones = {*waiting.values_list("pk", flat=True), task.pk}
    kept, reached = [], {task.pk}
    frontier = [task.pk]
    for here in frontier:
        for before, after in edges:
            if after == here and before in open_ones:
                kept.append((after, before))
                if before not in reached:
                    reached.add(before)
                    frontier.append(before)
    ordered = [*reversed(_by_distance(kept, task.pk)), task.pk]
    return _merged(read_tasks(ordered, reader, task.project), reader)


def titles_of(pks: Sequence[int], member: Member) -> list[str]:
    """Their titles in this order, "" for those that this member may not see."""
    seen = dict(Task.objects.allowed_to(member).filter(pk__in=pks).values_list("pk", "title"))
    return [seen.get(pk, "") for pk in pks]

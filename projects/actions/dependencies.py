"""Let one task wait for another, change how, and let it go. Across projects; never in a circle."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from linkstar.members.models import Member
from projects.actions.links import are_family, lock_links
from projects.actions.remembering import record
from projects.actions.states import WAITS, waits_of
from projects.actions.trace import leave_trace, lock_tasks, touch
from projects.circles import Way, way_back
from projects.dependencies import MOST_LINKS
from projects.models import Change, Dependency, Task
from projects.scheduling.lags import settle_lags

Kind = Dependency.Kind
MOST_LAG_DAYS = 365


class LinkRefused(ValueError):
    """Two tasks are not linked like this."""


class LinkToItself(LinkRefused):
    """A task does not wait for itself."""


class LinkedAlready(LinkRefused):
    """The one waits for the other already; how they are linked is edited instead."""


class LinkInFamily(LinkRefused):
    """One is a part of the other, at any depth: a task holds what is under it anyway."""


class LinkClosed(LinkRefused):
    """`task` takes no link: it is finished, archived, in the bin, or its project is in the archive."""

    def __init__(self, task: Task) -> None:
        super().__init__(f"task {task.pk} is closed")
        self.task = task


class LagOutOfRange(LinkRefused):
    """More days than MOST_LAG_DAYS one way or the other."""


class TooManyLinks(LinkRefused):
    """`task` would wait for, or hold up, more than MOST_LINKS tasks."""

    def __init__(self, task: Task) -> None:
        super().__init__(f"task {task.pk} has {MOST_LINKS} links")
        self.task = task


class CycleFound(LinkRefused):
    """The two would wait for each other. `path` (pks) leads round: the first task is the last one again.

    It goes over links and over families: a task begins before its subtasks, and ends after them.
    """

    def __init__(self, way: Way) -> None:
        super().__init__(" > ".join(str(pk) for pk in way.tasks))
        self.way = way

    @property
    def path(self) -> list[int]:
        return list(self.way.tasks)


class LinkGone(LinkRefused):
    """Somebody has removed the link meanwhile."""


@transaction.atomic
def link_tasks(
    blocker: Task,
    blocked: Task,
    *,
    kind: str = Kind.FINISH_START,
    lag_days: int = 0,
    lag_is_working: bool = False,
    actor: Member,
    now: datetime,
) -> tuple[Dependency, Change]:
    """From now on `blocked` waits for `blocker`. Raises LinkRefused, of which CycleFound names the way round.

    A lag of none is one of calendar days. The change is returned for undo.
    """
    _check_lag(lag_days)
    if blocker.pk == blocked.pk:
        raise LinkToItself
    lock_links()
    blocker, blocked = _lock_both(blocker, blocked)
    for task in (blocker, blocked):
        if _is_closed(task):
            raise LinkClosed(task)
    if Dependency.objects.filter(blocker=blocker, blocked=blocked).exists():
        raise LinkedAlready
    if _are_family(blocker, blocked):
        raise LinkInFamily
    _check_room(blocker, blocked)
    _check_circle(blocker, blocked, kind)
    before = waits_of([blocked.pk])
    link = Dependency.objects.create(
        blocker=blocker,
        blocked=blocked,
        kind=kind,
        lag_days=lag_days,
        lag_is_working=lag_is_working and lag_days != 0,
    )
    _settle(link, now)
    return link, _remember(link, before, actor=actor, now=now)


@transaction.atomic
def edit_link(
    link: Dependency, *, kind: str, lag_days: int, lag_is_working: bool, actor: Member, now: datetime
) -> Change | None:
    """Change how one waits for the other; None when it is like that already.

    Raises LagOutOfRange, LinkGone, and CycleFound: a link that now holds a start holds those of its subtasks too.
    """
    _check_lag(lag_days)
    lock_links()
    link = _lock_link(link)
    wanted = (kind, lag_days, lag_is_working and lag_days != 0)
    if wanted == (link.kind, link.lag_days, link.lag_is_working):
        return None
    _check_circle(link.blocker, link.blocked, kind)
    before, was = waits_of([link.blocked_id]), _said(link)
    link.kind, link.lag_days, link.lag_is_working = wanted
    link.free_at = None
    link.save(update_fields=["kind", "lag_days", "lag_is_working", "free_at"])
    _settle(link, now)
    return _remember(link, before, was=was, actor=actor, now=now)


@transaction.atomic
def unlink_tasks(link: Dependency, *, actor: Member, now: datetime) -> Change:
    """The one waits for the other no more. Raises LinkGone."""
    lock_links()
    link = _lock_link(link)
    before = waits_of([link.blocked_id])
    Dependency.objects.filter(pk=link.pk).delete()
    return _remember(link, before, is_gone=True, actor=actor, now=now)


def _settle(link: Dependency, now: datetime) -> None:
    if link.lag_days:
        settle_lags(Q(pk=link.pk), now=now)
        link.refresh_from_db(fields=["free_at"])


def _check_lag(lag_days: int) -> None:
    if abs(lag_days) > MOST_LAG_DAYS:
        raise LagOutOfRange


def _lock_both(blocker: Task, blocked: Task) -> tuple[Task, Task]:
    """As they are now, with their projects; both locked before the first trace (trace.lock_tasks)."""
    locked = lock_tasks(Task.objects.filter(pk__in=[blocker.pk, blocked.pk])).select_related("project")
    rows = {task.pk: task for task in locked}
    if len(rows) < 2:
        raise LinkGone
    return rows[blocker.pk], rows[blocked.pk]


def _lock_link(link: Dependency) -> Dependency:
    found = Dependency.objects.filter(pk=link.pk).first()
    if found is None:
        raise LinkGone
    found.blocker, found.blocked = _lock_both(found.blocker, found.blocked)
    return found


def _is_closed(task: Task) -> bool:
    return task.completed_at is not None or task.deleted_at is not None or task.is_readonly


def _are_family(one: Task, other: Task) -> bool:
    if one.project_id != other.project_id or (one.parent_id is None and other.parent_id is None):
        return False
    return are_family(one.pk, other.pk)


def _check_circle(blocker: Task, blocked: Task, kind: str) -> None:
    way = way_back(blocker.pk, blocked.pk, kind)
    if way is not None:
        raise CycleFound(way.closed())


def _check_room(blocker: Task, blocked: Task) -> None:
    pairs = Dependency.objects.filter(Q(blocker=blocker) | Q(blocked=blocked)).values_list("blocker_id", "blocked_id")
    rows = list(pairs)
    if sum(before == blocker.pk for before, _after in rows) >= MOST_LINKS:
        raise TooManyLinks(blocker)
    if sum(after == blocked.pk for _before, after in rows) >= MOST_LINKS:
        raise TooManyLinks(blocked)


def _said(link: Dependency) -> dict[str, Any]:
    return {"kind": link.kind, "lag": link.lag_days, "working": link.lag_is_working}


def _remember(
    link: Dependency,
    before: dict[int, list[str]],
    *,
    was: dict[str, Any] | None = None,
    is_gone: bool = False,
    actor: Member,
    now: datetime,
) -> Change:
    """One line on each of the two tasks, by number: who reads the one may be kept from the other."""
    verb = "dependency removed" if is_gone else "dependency changed" if was else "dependency added"
    more = {"was": was} if was else {}
    blocker, blocked = link.blocker, link.blocked
    touch(blocked, now=now)
    states = (blocked, {WAITS: before.get(blocked.pk, [])}, {WAITS: waits_of([blocked.pk]).get(blocked.pk, [])})
    change = record(verb, project=blocked.project, actor=actor, now=now, rows=[states])
    # Projects by pk, as everybody locks their rows.
    for task, other, side in sorted(
        [(blocked, blocker, "waits"), (blocker, blocked, "holds")], key=lambda one: (one[0].project_id, one[0].pk)
    ):
        beside = {} if task.project_id == other.project_id else {"place": other.project.name}
        data: dict[str, Any] = {"number": other.number, "side": side, **beside, **_said(link), **more}
        leave_trace(
            verb,
            project=task.project,
            task=task,
            actor=actor,
            now=now,
            change=change if task.pk == blocked.pk else None,
            **data,
        )
    return change

"""What holds a task back: which links count, and when. The same rule stands as SQL in actions/links.py."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from projects.models import Column, Dependency, Task

Kind = Dependency.Kind
# Links that hold back the start of a task, and those that hold back only its end.
ON_START = (Kind.FINISH_START, Kind.START_START)
ON_END = (Kind.FINISH_FINISH, Kind.START_FINISH)


def _unmet() -> Q:
    """Of a link: its blocker is still to come. What is binned or archived unfinished holds nobody up.

    Where the two may overlap it is enough that the blocker has begun.
    """
    needs_end = Q(kind__in=[Kind.FINISH_START, Kind.FINISH_FINISH], lag_days__gte=0)
    is_open = Q(blocker__completed_at=None, blocker__deleted_at=None, blocker__archived_at=None)
    return is_open & (needs_end | Q(blocker__column__status=Column.Status.TODO))


def is_blocked() -> Exists:
    """An expression over tasks: whether something holds back their start. Done ones are asked by nobody."""
    return Exists(Dependency.objects.filter(_unmet(), blocked=OuterRef("pk"), kind__in=ON_START))


def open_links(task: Task) -> set[str]:
    """The kinds of the task's links whose blockers are still to come."""
    return set(Dependency.objects.filter(_unmet(), blocked=task).values_list("kind", flat=True))


def open_links_of(tasks: Collection[int]) -> dict[int, list[str]]:
    """The same of many tasks (pks), by task; one statement."""
    found: dict[int, list[str]] = {}
    links = Dependency.objects.filter(_unmet(), blocked__in=tasks).order_by("pk")
    for task, kind in links.values_list("blocked_id", "kind"):
        found.setdefault(task, []).append(kind)
    return found


def is_unmet(kind: str, lag_days: int, *, is_closed: bool, is_started: bool) -> bool:
    """The same for one link whose ends are at hand. `is_closed`: the blocker is done, binned or archived."""
    needs_end = kind in (Kind.FINISH_START, Kind.FINISH_FINISH) and lag_days >= 0
    return not is_closed and (needs_end or not is_started)

"""What holds a task back: which links count, and until when.

A link without a lag holds until its blocker is done, or begun, as its kind says. One with a lag holds until that is
over, or a lead has begun: `free_at`, which the actions keep (scheduling/lags.py). The same rule stands as SQL in
actions/links.py.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from projects.models import Column, Dependency, Task

Kind = Dependency.Kind
# Links that hold back the start of a task, and those that hold back only its end.
ON_START = (Kind.FINISH_START, Kind.START_START)
ON_END = (Kind.FINISH_FINISH, Kind.START_FINISH)
# Those that wait for the end of the blocker.
FROM_END = (Kind.FINISH_START, Kind.FINISH_FINISH)


def unmet() -> Q:
    """Of links: what they wait for is still to come now. What is binned or archived unfinished holds nobody up."""
    counts = Q(blocker__deleted_at=None) & (Q(blocker__archived_at=None) | Q(blocker__completed_at__isnull=False))
    is_open = Q(lag_days=0, blocker__completed_at=None)
    is_open &= Q(kind__in=FROM_END) | Q(blocker__column__status=Column.Status.TODO)
    is_lagging = ~Q(lag_days=0) & (Q(free_at=None) | Q(free_at__gt=timezone.now()))
    return counts & (is_open | is_lagging)


def is_blocked() -> Exists:
    """An expression over tasks: whether something holds back their start now. Done ones are asked by nobody."""
    links = Dependency.objects.filter(unmet(), blocked=OuterRef("pk"), kind__in=ON_START)
    return Exists(links)


def open_links(task: Task) -> set[str]:
    """The kinds of the task's links that hold something back."""
    return set(Dependency.objects.filter(unmet(), blocked=task).values_list("kind", flat=True))


def open_links_of(tasks: Collection[int]) -> dict[int, list[str]]:
    """The same of many tasks (pks), by task; one statement."""
    found: dict[int, list[str]] = {}
    links = Dependency.objects.filter(unmet(), blocked__in=tasks).order_by("pk")
    for task, kind in links.values_list("blocked_id", "kind"):
        found.setdefault(task, []).append(kind)
    return found


def is_unmet(
    kind: str,
    lag_days: int,
    free_at: datetime | None,
    *,
    is_done: bool,
    is_gone: bool,
    is_started: bool,
    now: datetime,
) -> bool:
    """The same for one link whose ends are at hand. `is_gone`: the blocker is binned, or archived unfinished."""
    if is_gone:
        return False
    if lag_days:
        return free_at is None or free_at > now
    return not is_done and (kind in FROM_END or not is_started)

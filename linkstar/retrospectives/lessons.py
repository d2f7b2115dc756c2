"""What an SOP has learnt: accepted changes, and which of them are news to a project."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from linkstar.retrospectives.lineage import keys_of
from linkstar.retrospectives.models import ProposedChange
from linkstar.retrospectives.models.changes import ProposedChangeQuerySet
from linkstar.retrospectives.wording import change_text
from projects.models import Project

MOST = 10


class Lesson(NamedTuple):
    """`project` is where it was learnt, "" when it was somewhere else."""

    text: str
    reason: str
    project: str
    version: int
    step: str
    decided_at: datetime


class Lessons(NamedTuple):
    """Newest first; `more` are left out. `since` is the last project that could not know them, None for none."""

    rows: list[Lesson]
    more: int
    since: str


def lessons_for_start(key: str) -> Lessons:
    """What was learnt since the last project was started from this SOP."""
    keys = keys_of(key)
    last = _projects(keys).order_by("-created_at", "-pk").values_list("name", "created_at").first()
    return _read(ProposedChange.objects.filter(template__in=keys), last)


def lessons_of(project: Project) -> Lessons:
    """What this project was started with and the one before it was not."""
    if not project.sop_template:
        return Lessons([], 0, "")
    keys = keys_of(project.sop_template)
    earlier = _projects(keys).filter(created_at__lt=project.created_at).order_by("-created_at", "-pk")
    found = ProposedChange.objects.filter(
        made_template=project.sop_template,
        made_version__lte=project.sop_version or 0,
        decided_at__lte=project.created_at,
    )
    return _read(found, earlier.values_list("name", "created_at").first())


def _projects(keys: list[str]) -> QuerySet[Project]:
    return Project.objects.filter(sop_template__in=keys)


def _read(changes_of: ProposedChangeQuerySet, last: tuple[str, datetime] | None) -> Lessons:
    found = changes_of.accepted().select_related("project")
    if last is not None:
        found = found.filter(decided_at__gt=last[1])
    changes = list(found.order_by("-decided_at", "-pk")[: MOST + 1])
    more = found.count() - MOST if len(changes) > MOST else 0
    return Lessons([_lesson(change) for change in changes[:MOST]], more, last[0] if last else "")


def _lesson(change: ProposedChange) -> Lesson:
    assert change.decided_at is not None  # noqa: S101 - the database says so of accepted ones
    assert change.made_version is not None  # noqa: S101
    where = change.project.name if change.project is not None else ""
    return Lesson(change_text(change), change.reason, where, change.made_version, change.step, change.decided_at)

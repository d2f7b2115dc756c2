"""How a pilot goes, in figures: who came, how soon what happened was told, what was late, from where, what was said."""

from collections import Counter
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.db.models import Count, OuterRef, Subquery

from linkstar.members.models import Member, MemberDay
from linkstar.pilot.models import Pilot
from projects.models import Activity, Comment, Task

_WEEK = timedelta(days=7)


class Target(NamedTuple):
    """What a figure should reach; `at_most` says which way round."""

    value: float
    at_most: bool

    def is_reached(self, figure: float | None) -> bool:
        if figure is None:
            return False
        return figure <= self.value if self.at_most else figure >= self.value


# Hours, per cent, per cent and comments a person a week.
TARGETS = {
    "active": Target(80, at_most=False),
    "delay": Target(24, at_most=True),
    "overdue": Target(20, at_most=True),
    "comments": Target(1, at_most=False),
}


class Person(NamedTuple):
    member: Member
    days: int
    phone_days: int
    comments: int
    tasks: int
    overdue: int


class Adoption(NamedTuple):
    """Shares are per cent, None where there is nothing to divide by.

    `active`: people who came in the last seven days. `delay`: median hours from a deadline to the next thing that was
    done or said on the task, 0 for what was done in time; what still waits counts until now. `overdue`: tasks that fell
    due and were done late or not at all. `phone`: of the days on which somebody came, those with a phone. `comments`:
    a person a week.
    """

    people: list[Person]
    active: float | None
    delay: float | None
    due: int
    overdue: float | None
    phone: float | None
    comments: float
    said: int

    @property
    def reached(self) -> list[str]:
        return [name for name, target in TARGETS.items() if target.is_reached(getattr(self, name))]


def adoption_of(pilot: Pilot, *, now: datetime) -> Adoption:
    """Until the decision, or now; in four statements."""
    until = pilot.decided_at or now
    members = list(Member.objects.filter(pk__in=pilot.people).order_by("display_name", "pk"))
    days = _days(pilot, until)
    came, phone = Counter(pk for pk, _on, _phone in days), Counter(pk for pk, _on, by_phone in days if by_phone)
    week_ago = (until - _WEEK).date()
    recent = {pk for pk, on, _phone in days if on > week_ago}
    said = _said(pilot, until)
    fallen_due = _fallen_due(pilot, until)
    owned = Counter(owner for owner, _late, _delay in fallen_due)
    late = Counter(owner for owner, is_late, _delay in fallen_due if is_late)
    weeks = max((until - pilot.started_at) / _WEEK, 1)
    total = sum(said.values())
    return Adoption(
        people=[Person(m, came[m.pk], phone[m.pk], said[m.pk], owned[m.pk], late[m.pk]) for m in members],
        active=_share(len(recent), len(members)),
        delay=median(delay for _owner, _late, delay in fallen_due) if fallen_due else None,
        due=len(fallen_due),
        overdue=_share(sum(late.values()), len(fallen_due)),
        phone=_share(sum(phone.values()), len(days)),
        comments=round(total / weeks / max(len(members), 1), 1),
        said=total,
    )


def _share(part: int, whole: int) -> float | None:
    return round(part * 100 / whole, 1) if whole else None


def _days(pilot: Pilot, until: datetime) -> list[tuple[int, date, bool]]:
    days = MemberDay.objects.filter(member__in=pilot.people, on__gte=pilot.started_at.date(), on__lte=until.date())
    return list(days.values_list("member_id", "on", "by_phone"))


def _said(pilot: Pilot, until: datetime) -> Counter[int]:
    comments = Comment.objects.filter(
        task__project__in=pilot.projects,
        author__in=pilot.people,
        deleted_at=None,
        created_at__gte=pilot.started_at,
        created_at__lte=until,
    )
    return Counter(dict(comments.order_by().values_list("author_id").annotate(count=Count("pk"))))


def _fallen_due(pilot: Pilot, until: datetime) -> list[tuple[int | None, bool, float]]:
    """Of tasks whose deadline has passed: owner, whether it was missed, and hours until something was told of it."""
    later = Activity.objects.filter(task=OuterRef("pk"), created_at__gte=OuterRef("due_at")).order_by("created_at")
    tasks = Task.objects.alive().filter(project__in=pilot.projects, due_at__gte=pilot.started_at, due_at__lte=until)
    rows = tasks.annotate(told_at=Subquery(later.values("created_at")[:1])).values_list(
        "owner_id", "due_at", "completed_at", "told_at"
    )
    found: list[tuple[int | None, bool, float]] = []
    for owner, due_at, completed_at, told_at in rows:
        assert due_at is not None  # noqa: S101 - asked for above
        is_late = completed_at is None or completed_at > due_at
        delay = (min(told_at or until, until) - due_at).total_seconds() / 3600 if is_late else 0.0
        found.append((owner, is_late, round(delay, 1)))
    return found

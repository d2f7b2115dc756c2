"""Who could take over a task: does such work, may see it, is not away, and has room."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from linkstar.calendars.models import Leave
from linkstar.lib.schedule import to_instant
from linkstar.lib.zones import get_zone
from linkstar.members.models import Member
from linkstar.workspaces.access import ADMINS
from projects.forecasts.network import Outlook
from projects.models import Task
from projects.scheduling.times import zone_of


def stand_in(task: Task, outlook: Outlook) -> int | None:
    """Pk of whoever has most room among those who have had a task of the same role; None: nobody, or no role is said.

    Room is what is left of the working days from today to its deadline by their open tasks that are due by then, at a
    day each where nobody said how long they take. In one statement.
    """
    if not task.sop_role or task.due_on is None:
        return None
    today = to_instant(outlook.now).astimezone(get_zone(zone_of(task))).date()
    last = max(task.due_on, today)
    workdays = outlook.plan.times.days_of(task).public.workdays_between(today, last)
    needed = task.duration_days or 1
    found = _of_the_role(task).filter(~Exists(_away(today, last))).annotate(load=_load(last))
    return found.filter(load__lte=workdays - needed).order_by("load", "pk").values_list("pk", flat=True).first()


def _of_the_role(task: Task) -> QuerySet[Member]:
    such = Task.objects.alive().filter(sop_role=task.sop_role, owner=OuterRef("pk"))
    people = Member.objects.active().insiders().exclude(pk=task.owner_id or 0).filter(Exists(such))
    if task.sensitivity == Task.Sensitivity.FINANCE:
        return people.filter(Q(role__in=ADMINS) | Q(can_see_finance=True))
    return people


def _away(first: date, last: date) -> QuerySet[Leave]:
    return Leave.objects.filter(member=OuterRef("pk")).touching(first, last)


def _load(last: date) -> Coalesce:
    work = (
        Task.objects.current()
        .unfinished()
        .filter(is_milestone=False, is_fixed=False, owner=OuterRef("pk"), due_on__lte=last)
    )
    days = work.order_by().values("owner").annotate(days=Sum(Coalesce("duration_days", 1))).values("days")
    return Coalesce(Subquery(days), 0)

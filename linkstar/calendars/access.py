"""Who may see which closures, leave and market dates, and change them.

The team reads everything but the reason of a leave; closures and market dates are the managers'. Leave and working
hours are one's own, and managers may enter them for others. Guests see nothing of it.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from linkstar.calendars.market import Entry, entry_of
from linkstar.calendars.models import Closure, Leave
from linkstar.members.models import Member

# Years that a page can show: what lies further was never kept, or is nobody's plan.
YEARS = range(2015, 2101)


def may_change_workspace(actor: Member) -> bool:
    return actor.is_manager


def may_change_time_of(actor: Member, person: Member) -> bool:
    """Whether `actor` may enter the hours and the leave of `person`."""
    return actor.is_insider and (actor.pk == person.pk or actor.is_manager)


def get_person(actor: Member, pk: int, *, to: str = "see") -> Member:
    """Somebody whose working time `actor` sees; 403 when they may not change it."""
    person = Member.objects.filter(pk=pk).first()
    if person is None or not actor.is_insider:
        raise Http404
    if to != "see" and not may_change_time_of(actor, person):
        raise PermissionDenied
    return person


def get_closure(actor: Member, pk: int) -> Closure:
    """One to change."""
    closure = Closure.objects.filter(pk=pk).first()
    if closure is None or not actor.is_insider:
        raise Http404
    if not may_change_workspace(actor):
        raise PermissionDenied
    return closure


def get_leave(actor: Member, pk: int) -> Leave:
    """One to change."""
    leave = Leave.objects.filter(pk=pk).select_related("member").first()
    if leave is None or not actor.is_insider:
        raise Http404
    if not may_change_time_of(actor, leave.member):
        raise PermissionDenied
    return leave


def get_market_date(key: str, year: int, number: int) -> Entry:
    entry = entry_of(key, year, number) if year in YEARS else None
    if entry is None:
        raise Http404
    return entry


def leaves_of(person: Member, *, since: date) -> QuerySet[Leave]:
    """Those that are not over on `since`, the next one first."""
    return Leave.objects.filter(member=person, last_on__gte=since).order_by("first_on", "pk")

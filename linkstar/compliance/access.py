"""Who sees passports, and who may do what with them: the team all of it, guests nothing; waiving is for admins."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from linkstar.compliance.models import Paper, Passport
from linkstar.compliance.rulebook import Requirement
from linkstar.members.models import Member
from projects.access import may_waive
from projects.models import Project

_RULES: dict[str, Callable[[Member], bool]] = {
    "view": lambda member: member.is_insider,
    "edit": lambda member: member.is_insider,
    "remove": lambda member: member.is_manager,
    "waive": may_waive,
}


def may(member: Member, action: str) -> bool:
    """Raises KeyError for a word that is no rule."""
    return _RULES[action](member)


def passports_of(member: Member) -> QuerySet[Passport]:
    return Passport.objects.visible_to(member).select_related("product")


def get_passport(member: Member, pk: int, *, to: str = "view") -> Passport:
    """With its product; 404 when not visible, 403 when this may not be done."""
    passport = get_object_or_404(passports_of(member).select_related("product", "project"), pk=pk)
    if not may(member, to):
        raise PermissionDenied
    return passport


def get_requirement(passport: Passport, key: str) -> Requirement:
    """One that a paper can answer to; 404 for others."""
    requirement = passport.book.requirements.get(key)
    if requirement is None or not requirement.is_paper:
        raise Http404
    return requirement


def paper_of(passport: Passport, requirement: Requirement) -> Paper | None:
    """The passport's own, or the company's for what is shown once for all products."""
    of = {"passport": passport} if requirement.is_document else {"passport": None, "market": passport.market}
    return Paper.objects.select_related("file", "owner", "waived_by").filter(requirement=requirement.key, **of).first()


def owners() -> QuerySet[Member]:
    """Who can answer for a paper."""
    return Member.objects.active().insiders().order_by("display_name", "pk")


def projects_for_tasks() -> QuerySet[Project]:
    """Where tasks about papers can go."""
    return Project.objects.filter(state=Project.State.ACTIVE).order_by("name", "pk")

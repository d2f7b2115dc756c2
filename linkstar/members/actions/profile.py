"""A person changes how they appear and read, once for all their workspaces."""

from datetime import datetime

from django.db import transaction
from django_tenants.utils import tenant_context

from linkstar.accounts.models import User
from linkstar.members.models import Member
from linkstar.workspaces.models import Membership


@transaction.atomic
def change_profile(user: User, *, full_name: str, language: str, time_zone: str, theme: str, density: str) -> None:
    user.full_name, user.language, user.time_zone = full_name, language, time_zone
    user.theme, user.density = theme, density
    user.save(update_fields=["full_name", "language", "time_zone", "theme", "density"])
    spread_profile(user)


@transaction.atomic
def change_language(user: User, *, language: str) -> None:
    user.language = language
    user.save(update_fields=["language"])
    spread_profile(user)


def change_look(user: User, *, theme: str | None = None, density: str | None = None) -> None:
    """None leaves it; no workspace keeps a copy of these."""
    user.theme, user.density = theme or user.theme, density or user.density
    user.save(update_fields=["theme", "density"])


@transaction.atomic
def change_time_zone(user: User, *, time_zone: str) -> None:
    user.time_zone = time_zone
    user.save(update_fields=["time_zone"])
    spread_profile(user)


@transaction.atomic
def spread_profile(user: User) -> None:
    """Bring the copies in every workspace of the person up to date: about a millisecond each, so it is done at once."""
    memberships = Membership.objects.filter(user=user).select_related("workspace").order_by("workspace_id")
    values = {
        "display_name": str(user)[:80],
        "email": user.email,
        "language": user.language,
        "time_zone": user.time_zone,
    }
    for membership in memberships:
        with tenant_context(membership.workspace):
            Member.objects.filter(user_id=user.pk).update(**values)


def end_guidance(member: Member, *, now: datetime) -> None:
    """They have read how their first task works."""
    Member.objects.filter(pk=member.pk, guided_at=None).update(guided_at=now)

"""Who may see which members and invitations, and do what with them. Guests see nobody here."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from linkstar.members.models import Invitation, Member
from linkstar.workspaces.models import Role

# Which roles somebody may give away, by their own.
_MAY_GIVE: dict[str, tuple[Role, ...]] = {
    Role.OWNER: (Role.OWNER, Role.ADMIN, Role.MANAGER, Role.MEMBER),
    Role.ADMIN: (Role.ADMIN, Role.MANAGER, Role.MEMBER),
    Role.MANAGER: (Role.MEMBER,),
}


def roles_to_give(actor: Member) -> tuple[Role, ...]:
    """The roles that `actor` may invite people with, highest first; () for members and guests."""
    return _MAY_GIVE.get(actor.role, ())


def may_manage(actor: Member, subject: Member) -> bool:
    """Whether `actor` may change the role of `subject` or deactivate them: people below, and owners each other.

    Oneself is left by the door called "leave", never managed.
    """
    if not actor.is_active or not actor.is_admin or actor.pk == subject.pk:
        return False
    return actor.rank > subject.rank or actor.role == Role.OWNER


def get_member(actor: Member, pk: int, *, to: str = "see") -> Member:
    """A member as `actor` sees them: 404 for a guest who asks, 403 when they may not be managed by `actor`."""
    member = Member.objects.filter(pk=pk).first()
    if member is None or not actor.is_insider:
        raise Http404
    if to != "see" and not may_manage(actor, member):
        raise PermissionDenied
    return member


def get_invitation(actor: Member, pk: int) -> Invitation:
    """An open invitation that `actor` may renew or withdraw: they could have sent it."""
    invitation = Invitation.objects.open().filter(pk=pk).first()
    if invitation is None or not actor.is_manager:
        raise Http404
    if invitation.role not in roles_to_give(actor):
        raise PermissionDenied
    return invitation


def heirs_of(member: Member) -> QuerySet[Member]:
    """Who can take over from `member`: every active insider but them, by name."""
    return Member.objects.active().insiders().exclude(pk=member.pk).order_by("display_name", "pk")

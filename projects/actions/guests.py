"""People from outside: invited to one project, and to nothing else."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection, transaction
from django.urls import reverse

from linkstar.accounts.models import User
from linkstar.members.models import Member
from linkstar.workspaces.letters import send_letter
from linkstar.workspaces.models import Membership, Role
from notifications.actions.notify import notify
from projects.actions.trace import leave_trace
from projects.models import GuestInvitation, Project, ProjectAccess

VALID_FOR = timedelta(days=7)


class InvitationRefused(ValueError):
    """The invitation was used, withdrawn or has expired; `reason` is one of "used", "withdrawn", "expired", "insider"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def invite_guest(project: Project, *, email: str, company: str, actor: Member, now: datetime) -> GuestInvitation:
    """Invite an address to one project, or renew its open invitation; the letter leaves once this is safe."""
    token = secrets.token_urlsafe(32)
    values = {
        "company": company, "token_hash": hash_of(token), "invited_by": actor, "created_at": now, "expires_at": now + VALID_FOR,
    }
    # Locked, so that two invitations to one address become one.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    invitation = project.guest_invitations.open().filter(email__iexact=email).first()
    if invitation is None:
        invitation = GuestInvitation.objects.create(project=project, email=email.lower(), **values)
    else:
        GuestInvitation.objects.filter(pk=invitation.pk).update(**values)
        invitation.refresh_from_db()
    workspace = connection.tenant
    send_letter(
        to=invitation.email,
        name="guest_invitation",
        language=actor.language,
        context={
            "inviter": actor.display_name,
            "project": project.name,
            "workspace": workspace.name,
            "url": workspace.url + reverse("projects:guest-join", args=[token]),
            "days": VALID_FOR.days,
        },
        key=f"guest_invitation:{invitation.pk}:{invitation.token_hash[:16]}",
    )
    leave_trace("guest invited", project=project, actor=actor, now=now, email=invitation.email, company=company)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: GuestInvitation, *, actor: Member, now: datetime) -> None:
    """The link in the letter stops working."""
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    leave_trace("guest invitation withdrawn", project=invitation.project, actor=actor, now=now, email=invitation.email)


@transaction.atomic
def accept_guest_invitation(invitation: GuestInvitation, *, user: User, now: datetime) -> Member:
    """Make the person a guest of the project, in the public schema and here, in one transaction.

    Raises InvitationRefused. Somebody who is already a member of the team keeps their role and needs no key ("insider").
    """
    # Locked, so that a link opened twice at once is used once.
    invitation = GuestInvitation.objects.select_for_update().get(pk=invitation.pk)
    _check_usable(invitation, now)
    workspace = connection.tenant
    membership, _ = Membership.objects.get_or_create(
        user=user, workspace=workspace, defaults={"role": Role.GUEST, "joined_at": now}
    )
    member, is_new = Member.objects.get_or_create(
        user=user,
        defaults={
            "display_name": str(user), "email": user.email, "role": Role.GUEST, "company": invitation.company,
            "time_zone": user.time_zone, "language": user.language, "joined_at": now,
        },
    )
    if member.is_insider and member.is_active:
        raise InvitationRefused("insider")
    if not member.is_active:
        _return(member, membership)
    ProjectAccess.objects.get_or_create(project=invitation.project, member=member, defaults={"created_at": now})
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    leave_trace("guest joined", project=invitation.project, actor=member, now=now, company=invitation.company)
    notify(
        [invitation.invited_by],
        kind="guest_joined",
        key=f"guest_joined:{invitation.pk}",
        data={"project": invitation.project.name, "actor": member.display_name},
        url=invitation.project.get_absolute_url(),
        actor=member,
        now=now,
    )
    return member


@transaction.atomic
def remove_guest(access: ProjectAccess, *, actor: Member, now: datetime) -> None:
    """Take the key to one project away. Their words and files stay."""
    project, member = access.project, access.member
    access.delete()
    leave_trace("guest removed", project=project, actor=actor, now=now, guest=member.display_name)


def _return(member: Member, membership: Membership) -> None:
    """Somebody who had left comes back from outside: as a guest, whatever they were."""
    member.role, member.is_active, member.deactivated_at = Role.GUEST, True, None
    member.save(update_fields=["role", "is_active", "deactivated_at"])
    membership.role, membership.is_active = Role.GUEST, True
    membership.save(update_fields=["role", "is_active"])


def _check_usable(invitation: GuestInvitation, now: datetime) -> None:
    if invitation.accepted_at is not None:
        raise InvitationRefused("used")
    if invitation.withdrawn_at is not None:
        raise InvitationRefused("withdrawn")
    if invitation.expires_at <= now or invitation.project.is_archived:
        raise InvitationRefused("expired")

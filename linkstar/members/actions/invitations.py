"""Inviting people into the workspace by mail."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connection, transaction

from linkstar.accounts.models import User
from linkstar.members.access import roles_to_give
from linkstar.members.actions.links import InvitationRefused, check_daily_limit, send_link
from linkstar.members.models import Invitation, Member
from linkstar.members.models.links import hash_of
from linkstar.workspaces.models import Membership, Role

log = structlog.get_logger(__name__)


class RoleRefused(ValueError):
    """The inviter may not give this role."""


@dataclass(frozen=True)
class Invited:
    """What became of one address; `outcome` is "invited", "renewed" or "member" (they belong here already)."""

    email: str
    outcome: str


@transaction.atomic
def invite_members(emails: Sequence[str], *, role: str, actor: Member, now: datetime) -> list[Invited]:
    """Invite each address, or renew its open invitation with this role; the letters leave once this is safe.

    Answers in the order of `emails`. Raises RoleRefused when `actor` may not give `role`, and TooManyInvitations when
    all of them together are more than may leave today.
    """
    if role not in roles_to_give(actor):
        raise RoleRefused(role)
    check_daily_limit(len(emails), now=now)
    return [_invite(email.lower(), role, actor, now) for email in emails]


@transaction.atomic
def renew_invitation(invitation: Invitation, *, actor: Member, now: datetime) -> None:
    """A new link in a new letter, good for another week; the old link stops working. Raises TooManyInvitations."""
    check_daily_limit(1, now=now)
    _send(invitation, actor=actor, now=now)
    log.info("invitation renewed", actor=actor.pk, invitation=invitation.pk)


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, actor: Member, now: datetime) -> None:
    """The link in the letter stops working. Withdrawing what is used changes nothing."""
    if Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=now):
        log.info("invitation withdrawn", actor=actor.pk, invitation=invitation.pk)


@transaction.atomic
def accept_invitation(invitation: Invitation, *, user: User, now: datetime) -> Member:
    """Make `user` a member, in the public schema and here, in one transaction. Raises InvitationRefused.

    Guests and people who had left come in with the role of the invitation; an active member of the team keeps their own
    ("member"), and the invitation stays as it is.
    """
    # Locked, so that a link opened twice at once is used once.
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    reason = invitation.why_unusable(now=now)
    if reason:
        raise InvitationRefused(reason)
    # The row of the person here, if any, before the public one: the same order as everywhere in these actions.
    member = Member.objects.select_for_update().filter(user_id=user.pk).first()
    if member is not None and member.is_active and member.is_insider:
        raise InvitationRefused("member")
    member = _join(member, user, Role(invitation.role), now)
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    log.info("invitation accepted", member=member.pk, invitation=invitation.pk, role=member.role)
    return member


def _invite(email: str, role: str, actor: Member, now: datetime) -> Invited:
    if Member.objects.active().insiders().filter(email__iexact=email).exists():
        return Invited(email, "member")
    # One open invitation an address is the database's promise (invitation_one_open); a race ends in this row.
    invitation, is_new = (
        Invitation.objects.open()
        .select_for_update(of=("self",))
        .get_or_create(
            email=email,
            accepted_at=None,
            withdrawn_at=None,
            defaults={
                "role": role,
                "token_hash": hash_of(secrets.token_urlsafe(32)),
                "invited_by": actor,
                "expires_at": now,
            },
        )
    )
    invitation.role = role
    _send(invitation, actor=actor, now=now)
    log.info("member invited", actor=actor.pk, invitation=invitation.pk, role=role, is_new=is_new)
    return Invited(email, "invited" if is_new else "renewed")


def _send(invitation: Invitation, *, actor: Member, now: datetime) -> None:
    token = invitation.renew(now=now)
    invitation.invited_by = actor
    invitation.save(update_fields=["role", "token_hash", "invited_by", "created_at", "expires_at"])
    send_link(
        invitation, token=token, letter="member_invitation", view="members:join", actor=actor, role=invitation.role
    )


def _join(member: Member | None, user: User, role: Role, now: datetime) -> Member:
    Membership.objects.update_or_create(
        user=user,
        workspace=connection.tenant,
        defaults={"role": role, "is_active": True},
        create_defaults={"role": role, "is_active": True, "joined_at": now},
    )
    if member is None:
        member = Member(user_id=user.pk, joined_at=now)
    member.role, member.is_active, member.deactivated_at = role, True, None
    # Given anew by somebody who may, as the role is; what a former colleague saw does not come back with them.
    member.can_see_finance = False
    member.display_name, member.email = str(user)[:80], user.email
    member.language, member.time_zone = user.language, user.time_zone
    member.save()
    return member

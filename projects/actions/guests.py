"""People from outside: invited to one project, and to nothing else."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from linkstar.accounts.models import User
from linkstar.members.actions.links import InvitationRefused, check_daily_limit, send_link
from linkstar.members.models import Member
from linkstar.workspaces.live import ring_access
from linkstar.workspaces.models import Membership, Role
from notifications.actions.notify import notify
from projects.actions.edits import set_helpers, set_owner
from projects.actions.trace import leave_trace, lock_tasks
from projects.models import GuestInvitation, Project, ProjectAccess, Task


@transaction.atomic
def invite_guest(project: Project, *, email: str, company: str, actor: Member, now: datetime) -> GuestInvitation:
    """Invite an address to one project, or renew its open invitation: the old link stops, the letter leaves once this
    is safe. It speaks the language of the person, if they are known here, or else the actor's. Raises
    TooManyInvitations.
    """
    check_daily_limit(1, now=now)
    # Locked, so that two invitations to one address become one.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    invitation = project.guest_invitations.open().filter(email__iexact=email).first()
    if invitation is None:
        invitation = GuestInvitation(project=project, email=email.lower())
    token = invitation.renew(now=now)
    invitation.company, invitation.invited_by = company, actor
    if invitation.pk is None:
        invitation.save()
    else:
        # What an answer of this moment writes is not among these.
        invitation.save(update_fields=["company", "token_hash", "invited_by", "created_at", "expires_at"])
    send_link(
        invitation,
        token=token,
        letter="guest_invitation",
        view="projects:guest-join",
        actor=actor,
        project=project.name,
    )
    leave_trace("guest invited", project=project, actor=actor, now=now, email=invitation.email, company=company)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: GuestInvitation, *, actor: Member, now: datetime) -> None:
    """The link in the letter stops working. Withdrawing what is used changes nothing."""
    if GuestInvitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=now):
        leave_trace(
            "guest invitation withdrawn", project=invitation.project, actor=actor, now=now, email=invitation.email
        )


@transaction.atomic
def accept_guest_invitation(invitation: GuestInvitation, *, user: User, now: datetime) -> Member:
    """Make the person a guest of the project, in the public schema and here, in one transaction.

    Raises InvitationRefused. Somebody who is a member of the team already keeps their role and needs no key
    ("insider").
    """
    # Locked, so that a link opened twice at once is used once; without a join, as in ownership.py.
    invitation = GuestInvitation.objects.select_for_update().get(pk=invitation.pk)
    reason = invitation.why_unusable(now=now)
    if reason:
        raise InvitationRefused(reason)
    # The row of the person here, if any, before the public one: the same order as where members join.
    member = Member.objects.select_for_update().filter(user_id=user.pk).first()
    if member is not None and member.is_active and member.is_insider:
        raise InvitationRefused("insider")
    member = _come_in(member, user, invitation, now=now)
    # A key that had run out opens again.
    ProjectAccess.objects.update_or_create(
        project=invitation.project,
        member=member,
        defaults={"expires_at": None},
        create_defaults={"expires_at": None, "created_at": now},
    )
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    leave_trace("guest joined", project=invitation.project, actor=member, now=now, company=member.company)
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
    """Take the key to one project away. Their words and files stay; their open tasks go to the project's owner, so
    that nobody waits for somebody who cannot see them any more.
    """
    project, member = access.project, access.member
    access.delete()
    helped = Task.helpers.through.objects.filter(member=member)
    theirs = Q(owner=member) | Q(pk__in=helped.values("task"))
    for task in lock_tasks(project.tasks.alive().unfinished().filter(theirs)).select_related("project__owner"):
        if task.owner_id == member.pk:
            set_owner(task, project.owner, actor=actor, now=now)
        others = [helper for helper in task.helpers.all() if helper != member]
        set_helpers(task, others, actor=actor, now=now)
    leave_trace("guest removed", project=project, actor=actor, now=now, guest=member.display_name)
    ring_access()


def _come_in(member: Member | None, user: User, invitation: GuestInvitation, *, now: datetime) -> Member:
    """A new guest, the same guest with one more project, or somebody who had left and returns from outside."""
    Membership.objects.update_or_create(
        user=user,
        workspace=connection.tenant,
        defaults={"role": Role.GUEST, "is_active": True},
        create_defaults={"role": Role.GUEST, "is_active": True, "joined_at": now},
    )
    if member is None:
        values = {
            "display_name": str(user)[:80],
            "email": user.email,
            "role": Role.GUEST,
            "company": invitation.company,
            "time_zone": user.time_zone,
            "language": user.language,
            "joined_at": now,
        }
        member, is_new = Member.objects.get_or_create(user_id=user.pk, defaults=values)
        if is_new:
            return member
        # They came in by another door in this very moment.
        if member.is_insider:
            raise InvitationRefused("insider")
    if not member.is_active:
        # They were asked to this project; old keys to others do not come back with them.
        member.project_access.exclude(project=invitation.project_id).delete()
        member.role, member.is_active, member.deactivated_at = Role.GUEST, True, None
        member.can_see_finance = False
    member.company = invitation.company or member.company
    member.save(update_fields=["role", "is_active", "deactivated_at", "can_see_finance", "company"])
    return member

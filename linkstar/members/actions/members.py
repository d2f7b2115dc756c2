"""What happens to people in the workspace: their role, their leaving, their return."""

from datetime import datetime

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext as _

from linkstar.members.access import may_manage, roles_to_give
from linkstar.members.handover import hand_over_everything, open_work_of
from linkstar.members.models import Member
from linkstar.workspaces.live import ring_access
from linkstar.workspaces.models import DriveGrant, Membership, Role

log = structlog.get_logger(__name__)


class ChangeRefused(ValueError):
    """Cannot be done as things stand; `message` says why, for the person who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@transaction.atomic
def change_role(member: Member, *, role: str, actor: Member) -> Member:
    """Give `member` another role of the team. Raises ChangeRefused; guests come in by an invitation to the team."""
    actor, member = _locked(actor, member)
    _check_may_manage(actor, member)
    if member.is_guest:
        raise ChangeRefused(_("A guest joins the team by an invitation to the workspace."))
    if role not in roles_to_give(actor):
        raise ChangeRefused(_("You cannot give this role."))
    if member.role == Role.OWNER and role != Role.OWNER:
        _check_not_last_owner(member)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    Membership.objects.filter(user_id=member.user_id, workspace=connection.tenant).update(role=role)
    ring_access()
    log.info("role changed", actor=actor.pk, member=member.pk, before=before, after=role)
    return member


@transaction.atomic
def change_details(member: Member, *, company: str, can_see_finance: bool, actor: Member) -> Member:
    """The company label, and whether they see money. Guests never do; raises ChangeRefused."""
    actor, member = _locked(actor, member)
    _check_may_manage(actor, member)
    if can_see_finance and member.is_guest:
        raise ChangeRefused(_("Guests never see finances."))
    before = {"company": member.company, "can_see_finance": member.can_see_finance}
    member.company, member.can_see_finance = company, can_see_finance
    member.save(update_fields=["company", "can_see_finance"])
    after = {"company": company, "can_see_finance": can_see_finance}
    log.info("member details changed", actor=actor.pk, member=member.pk, before=before, after=after)
    return member


@transaction.atomic
def deactivate_member(member: Member, *, heir: Member | None, actor: Member, now: datetime) -> None:
    """End somebody's access; what they own goes to `heir` first. Their words, files and history stay.

    Raises ChangeRefused while there is open work and no heir. Their sessions end with their next click, because every
    request asks for an active member.
    """
    actor, member, *heirs = _locked(actor, member, *([heir] if heir else []))
    _check_may_manage(actor, member)
    _let_go(member, heir=heirs[0] if heirs else None, actor=actor, now=now)
    log.info("member deactivated", actor=actor.pk, member=member.pk, heir=heir.pk if heir else None)


@transaction.atomic
def leave_workspace(member: Member, *, heir: Member | None, now: datetime) -> None:
    """Go by oneself, under the same rules. The last owner cannot.

    What a guest has open goes back to the owner of each project; `heir` counts for the team alone.
    """
    heir = None if member.is_guest else heir
    member, *heirs = _locked(member, *([heir] if heir else []))
    if not member.is_active:
        return
    if member.is_guest and open_work_of(member):
        hand_over_everything(member, heir=None, actor=member, now=now)
    _let_go(member, heir=heirs[0] if heirs else None, actor=member, now=now)
    log.info("member left", member=member.pk, heir=heir.pk if heir else None)


@transaction.atomic
def reactivate_member(member: Member, *, actor: Member) -> Member:
    """Let somebody back in, with the role they had."""
    actor, member = _locked(actor, member)
    _check_may_manage(actor, member)
    member.is_active, member.deactivated_at = True, None
    member.save(update_fields=["is_active", "deactivated_at"])
    Membership.objects.update_or_create(
        user_id=member.user_id, workspace=connection.tenant, defaults={"role": member.role, "is_active": True}
    )
    log.info("member reactivated", actor=actor.pk, member=member.pk)
    return member


def _let_go(member: Member, *, heir: Member | None, actor: Member, now: datetime) -> None:
    """All three are locked."""
    if member.role == Role.OWNER:
        _check_not_last_owner(member)
    if open_work_of(member):
        if heir is None:
            raise ChangeRefused(_("Choose who takes over the open work."))
        if not heir.is_active or heir.is_guest or heir.pk == member.pk:
            raise ChangeRefused(_("Choose an active member of the team to take over."))
        hand_over_everything(member, heir=heir, actor=actor, now=now)
    member.is_active, member.deactivated_at = False, now
    member.save(update_fields=["is_active", "deactivated_at"])
    membership = Membership.objects.filter(user_id=member.user_id, workspace=connection.tenant)
    membership.update(is_active=False)
    DriveGrant.objects.filter(membership__in=membership).delete()
    ring_access()


def _locked(*members: Member) -> list[Member]:
    """The rows as they are now, in the order given, locked with all owners.

    Owners are locked with every change of people, so that two who demote each other at once come one after the
    other; all at once in the order of their ids, so that neither waits for the other forever.
    """
    owners = Member.objects.filter(role=Role.OWNER).values_list("pk", flat=True)
    ids = {*owners, *(member.pk for member in members)}
    rows = {row.pk: row for row in Member.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")}
    return [rows[member.pk] for member in members]


def _check_may_manage(actor: Member, member: Member) -> None:
    if not may_manage(actor, member):
        raise ChangeRefused(_("You cannot change this person's access any more."))


def _check_not_last_owner(member: Member) -> None:
    if not Member.objects.active().with_role(Role.OWNER).exclude(pk=member.pk).exists():
        raise ChangeRefused(_("A workspace needs an owner. Make somebody else an owner first."))

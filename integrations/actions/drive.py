"""A person lets us ask Google about files they chose, uses it, and takes it back."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import transaction

from integrations import google
from integrations.channels.errors import ChannelError, Revoked
from linkstar.lib.drive import DriveFile
from linkstar.members.models import Member
from linkstar.workspaces.fields import Secret, SecretUnreadable
from linkstar.workspaces.models import DriveGrant, Membership, Workspace
from projects.access import files_of
from projects.actions.files import link_drive_file
from projects.models import Project, StoredFile, Task

log = structlog.get_logger(__name__)


def connect_drive(member: Member, workspace: Workspace, credentials: Secret, *, now: datetime) -> DriveGrant:
    """In the place of what they gave before. Which account it is, is asked once; not to know it hinders nothing."""
    try:
        account = google.account_of(credentials)
    except ChannelError as error:
        log.warning("google tells no account", error=str(error))
        account = ""
    membership = Membership.objects.get(user_id=member.user_id, workspace=workspace)
    values = {"account": account, "credentials": credentials, "granted_at": now}
    grant, _is_new = DriveGrant.objects.update_or_create(membership=membership, defaults=values)
    log.info("google drive connected", member=member.pk)
    return grant


def disconnect_drive(grant: DriveGrant) -> bool:
    """Forgotten here in any case; False when Google could not be told.

    Google keeps one permission for an account: while the same person uses it in another workspace, it stays there.
    """
    with transaction.atomic():
        # Held, so that a token that is renewed meanwhile is the one that is taken back.
        row = DriveGrant.objects.select_for_update().defer("credentials").filter(pk=grant.pk).first()
        if row is None:
            return True
        try:
            credentials = row.credentials
        except SecretUnreadable:
            credentials = Secret()
        others = DriveGrant.objects.filter(membership__user=row.membership.user_id, account=row.account)
        is_used = others.exclude(pk=row.pk).exists()
        row.delete()
    log.info("google drive disconnected", membership=row.membership_id)
    if is_used:
        return True
    if not credentials:
        return False
    try:
        google.revoke(credentials)
    except ChannelError as error:
        log.warning("google was not told of a disconnect", error=str(error))
        return False
    return True


@transaction.atomic
def link_chosen(
    project: Project,
    chosen: Sequence[tuple[DriveFile, str]],
    *,
    task: Task | None,
    is_shared: bool,
    actor: Member,
    now: datetime,
) -> list[StoredFile]:
    """A link for each file and its name at Google, but for those that the actor sees linked at the same place."""
    here = files_of(actor, project, task).filter(task=task)
    known = set(
        here.filter(drive__file_id__in=[file.file_id for file, _ in chosen]).values_list("drive__file_id", flat=True)
    )
    linked = []
    for file, name in chosen:
        if file.file_id not in known:
            known.add(file.file_id)
            link = link_drive_file(project, file, task=task, name=name, is_shared=is_shared, actor=actor, now=now)
            linked.append(link)
    return linked


def token_for_window(grant: DriveGrant) -> str:
    """What Google's own window is opened with. Raises Revoked (the grant is gone then), other ChannelError."""
    try:
        return google.token_of(grant)
    except (Revoked, SecretUnreadable, DriveGrant.DoesNotExist) as error:
        raise _ended(grant, error) from error


def look_at(grant: DriveGrant, file: DriveFile) -> google.Sight:
    """Raises Refused (403, 404: not shown to them), Revoked (the grant is gone then), other ChannelError."""
    try:
        return google.look_at(grant, file)
    except (Revoked, SecretUnreadable, DriveGrant.DoesNotExist) as error:
        raise _ended(grant, error) from error


def _ended(grant: DriveGrant, error: Exception) -> Revoked:
    DriveGrant.objects.filter(pk=grant.pk).delete()
    log.info("google drive permission ended", membership=grant.membership_id, error=type(error).__name__)
    return error if isinstance(error, Revoked) else Revoked(type(error).__name__)

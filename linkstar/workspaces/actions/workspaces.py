"""What the people who run a workspace, and the operator, do with the whole of it."""

from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from linkstar.accounts.models import User
from linkstar.workspaces.hosts import forget_hosts
from linkstar.workspaces.models import Membership, Role, Workspace
from linkstar.workspaces.provisioning import create_workspace

log = structlog.get_logger(__name__)


class TooManyWorkspaces(ValueError):
    """They own as many as one person may; `message` says so to them."""

    def __init__(self) -> None:
        self.message = _("You own %(count)d workspaces already, the most for one person. Write to us for more.") % {
            "count": settings.WORKSPACES_PER_PERSON
        }
        super().__init__(self.message)


@transaction.atomic
def start_workspace(*, name: str, slug: str, owner: User, time_zone: str, language: str, now: datetime) -> Workspace:
    """`create_workspace` for whoever signed up. Raises TooManyWorkspaces, and SlugRefused."""
    # Locked, so that two made at once are counted one after the other.
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    owned = Membership.objects.filter(user=owner, role=Role.OWNER, is_active=True).count()
    if owned >= settings.WORKSPACES_PER_PERSON:
        raise TooManyWorkspaces
    return create_workspace(name=name, slug=slug, owner=owner, time_zone=time_zone, language=language, now=now)


@transaction.atomic
def change_settings(workspace: Workspace, *, name: str, time_zone: str, language: str, actor_id: int) -> Workspace:
    """Rename, or move the default zone and language. `actor_id` is the member's. Returns the row as it is now."""
    row = Workspace.objects.select_for_update().get(pk=workspace.pk)
    before = {"name": row.name, "time_zone": row.time_zone, "language": row.language}
    after = {"name": name, "time_zone": time_zone, "language": language}
    if before != after:
        row.name, row.time_zone, row.language = name, time_zone, language
        row.save(update_fields=["name", "time_zone", "language"])
        log.info("workspace settings changed", actor=actor_id, before=before, after=after)
        transaction.on_commit(forget_hosts)
    return row


@transaction.atomic
def switch_module(workspace: Workspace, *, module: str, is_on: bool, actor_id: int, now: datetime) -> Workspace:
    """Turn a module on or off for everybody; nothing of it is deleted. `actor_id` is the member's.

    Turning on what is on changes nothing, and keeps who did it first.
    """
    # Locked, so that two switches at once do not overwrite each other's list.
    row = Workspace.objects.select_for_update().get(pk=workspace.pk)
    if row.has_module(module) == is_on:
        return row
    row.modules = [*row.modules, module] if is_on else [name for name in row.modules if name != module]
    row.module_switches = {**row.module_switches, module: {"member": actor_id, "at": now.isoformat()}}
    row.save(update_fields=["modules", "module_switches"])
    log.info("module switched", actor=actor_id, module=module, is_on=is_on)
    transaction.on_commit(forget_hosts)
    return row


def suspend(workspace: Workspace) -> None:
    """Nobody gets in until `resume`; everything stays."""
    _set_state(workspace, Workspace.State.SUSPENDED)


def resume(workspace: Workspace) -> None:
    _set_state(workspace, Workspace.State.ACTIVE)


def _set_state(workspace: Workspace, state: Workspace.State) -> None:
    workspace.state = state
    workspace.save(update_fields=["state"])
    forget_hosts()
    log.info("workspace state changed", slug=workspace.slug, state=state.value)

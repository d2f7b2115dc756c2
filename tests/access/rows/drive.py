"""Google Drive: whoever may attach a file may choose one there; an account is its owner's alone."""

from typing import TYPE_CHECKING

from django.utils import timezone

from linkstar.lib.drive import DriveFile
from projects.actions.files import link_drive_file
from projects.models import Project
from tests.access.rows.base import ANYONE, EVERYBODY, INTERNAL, SHARED, SHARED_TO_READ, Row

if TYPE_CHECKING:
    from tests.access.world import World


def lay(world: "World", project: Project) -> None:
    """A link that guests see, and one that they do not."""
    for key, is_shared in (("drive_link", True), ("internal_drive_link", False)):
        world.ids[key] = link_drive_file(
            project, DriveFile("1A2b3C4d5E6f7G8h9I0j", "document"), task=None, name="" if is_shared else "Secret sheet",
            is_shared=is_shared, actor=world.members["owner"], now=timezone.now(),
        ).pk  # fmt: skip
    world.secrets += ["Secret sheet"]


_CHOSEN = {"chosen": '[{"id": "1A2b3C4d5E6f7G8h9I0k", "name": "Costs", "mimeType": "application/pdf"}]'}

ROWS = [
    Row("integrations:drive-connected", "", ANYONE, ok=410, is_public=True),
    Row("integrations:drive", "", EVERYBODY),
    Row("integrations:drive-connect", "", EVERYBODY, {}, ok=200),
    Row("integrations:drive-finish", "", EVERYBODY, ok=410),
    Row("integrations:drive-disconnect", "", EVERYBODY, {}),
    # Nobody of them has connected an account.
    Row("integrations:drive-token", "", EVERYBODY, {}, ok=409),
    Row("integrations:task-drive", "task", SHARED),
    Row("integrations:task-drive", "task", SHARED, _CHOSEN),
    Row("integrations:task-drive", "internal_task", INTERNAL),
    Row("integrations:task-drive", "shown_task", SHARED_TO_READ),
    Row("integrations:task-drive", "shown_task", SHARED_TO_READ, _CHOSEN),
    Row("integrations:project-drive", "project", SHARED),
    Row("integrations:project-drive", "project", SHARED, _CHOSEN),
    Row("integrations:file-drive", "drive_link", SHARED),
    Row("integrations:file-drive", "drive_link", SHARED, {}, ok=422),
    Row("integrations:file-drive", "internal_drive_link", INTERNAL),
    Row("integrations:file-drive-check", "drive_link", SHARED, ok=302),
    Row("integrations:file-drive-check", "drive_link", SHARED, {}),
    Row("integrations:file-drive-check", "internal_drive_link", INTERNAL, ok=302),
    Row("integrations:file-drive-check", "internal_drive_link", INTERNAL, {}),
]

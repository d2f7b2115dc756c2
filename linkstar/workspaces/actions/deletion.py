"""The end of a workspace: its schema, its rows, its files."""

import structlog
from django.core.files.storage import default_storage

from linkstar.workspaces.models import Workspace
from linkstar.workspaces.provisioning import delete_workspace

log = structlog.get_logger(__name__)


def delete_for_good(workspace: Workspace) -> int:
    """Delete a workspace with everything in it; returns how many files went.

    Rows first: a deletion that breaks off leaves files that nobody can reach, never rows whose files are gone.
    """
    prefix, slug = str(workspace.pk), workspace.slug
    delete_workspace(workspace)
    count = _delete_folder(prefix)
    log.info("workspace deleted", slug=slug, files=count)
    return count


def _delete_folder(path: str) -> int:
    """Delete what lies under `path` of the private storage; returns the number of files."""
    try:
        folders, files = default_storage.listdir(path)
    except FileNotFoundError:
        return 0
    for name in files:
        default_storage.delete(f"{path}/{name}")
    count = len(files) + sum(_delete_folder(f"{path}/{name}") for name in folders)
    # On a disk the empty folder stays behind; an object store has none.
    if not hasattr(default_storage, "bucket_name"):
        default_storage.delete(path)
    return count

"""Celery tasks that know their workspace, or fail (tenancy.md, rule 7)."""

import time
from typing import Any

import structlog
from celery import Task
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from linkstar.workspaces import holidays
from linkstar.workspaces.models import Workspace

HEADER = "linkstar_workspace_id"
_TTL_SECONDS = 30.0
_known: dict[int, tuple[float, Workspace]] = {}


class UnknownWorkspace(RuntimeError):
    """A job came without a workspace, or for one that is not there."""


class WorkspaceTask(Task):
    """Sends the current workspace's id along and enters it before the task's body runs.

    Tasks of the public schema say so with `@app.task(public=True)`. Nothing here keeps state on the task object, which
    threads share.
    """

    abstract = True
    public = False

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        headers = dict(options.pop("headers", None) or {})
        if not self.public:
            headers.setdefault(HEADER, current_workspace_id())
        return super().apply_async(args, kwargs, headers=headers, **options)

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        """Enqueue once the transaction is safe. The workspace is the one current at the commit."""
        transaction.on_commit(lambda: self.apply_async(args, kwargs))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(task=self.name, task_id=self.request.id)
        holidays.follow()
        if self.public:
            connection.set_schema_to_public()
            return super().__call__(*args, **kwargs)
        workspace = _workspace((self.request.headers or {}).get(HEADER) or self.request.get(HEADER))
        structlog.contextvars.bind_contextvars(workspace=workspace.slug)
        with tenant_context(workspace):
            return super().__call__(*args, **kwargs)


def current_workspace_id() -> int:
    """The id of the workspace whose schema the connection is in; raises UnknownWorkspace in the public schema."""
    workspace_id = getattr(connection.tenant, "pk", None)
    if workspace_id is None:
        raise UnknownWorkspace("A job was enqueued outside of any workspace.")
    return int(workspace_id)


def _workspace(workspace_id: int | None) -> Workspace:
    if workspace_id is None:
        raise UnknownWorkspace("The job names no workspace.")
    now = time.monotonic()
    found = _known.get(workspace_id)
    if found is not None and now - found[0] < _TTL_SECONDS:
        return found[1]
    connection.set_schema_to_public()
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is None:
        _known.pop(workspace_id, None)
        raise UnknownWorkspace(f"There is no workspace {workspace_id}.")
    _known[workspace_id] = (now, workspace)
    return workspace

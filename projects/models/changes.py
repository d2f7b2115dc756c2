"""Which tasks changed in which transaction: what open pages ask for. Kept for days; the trace is what stays."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

# For the project and its columns in the place of a task.
NO_TASK = 0
KEPT = timedelta(days=2)
# A page that slept longer is drawn anew; an hour before its marks may go.
USABLE = KEPT - timedelta(hours=1)


class ChangeMark(models.Model):
    """A task, or with `task_id` 0 the project and its columns, was changed by transaction `xid` (docs/decisions/0008).

    Written by projects/actions/trace.py beside the change itself, once a transaction, and never updated: two writers
    cannot wait for each other here. The next writers of the project sweep what is older than KEPT. Bare numbers, since
    a mark is looked up by its key alone, and one that points nowhere finds nothing.
    """

    pk = models.CompositePrimaryKey("project_id", "xid", "task_id")
    project_id = models.BigIntegerField()
    xid = models.BigIntegerField()
    task_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.project_id}:{self.task_id} in {self.xid}"

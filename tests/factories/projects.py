from datetime import date
from typing import Any

from linkstar.lib.deadlines import Deadline
from linkstar.members.models import Member
from projects.actions.projects import create_project
from projects.actions.tasks import create_task
from projects.models import Column, Project, Task


def make_project(owner: Member, **values: Any) -> Project:
    """A blank project with the usual columns."""
    from django.utils import timezone

    values = {"name": "Launch", "time_zone": "America/Los_Angeles", "now": timezone.now(), **values}
    return create_project(owner=owner, actor=values.pop("actor", owner), **values)


def make_column(project: Project, status: str = "todo") -> Column:
    """The project's first column with that status."""
    return project.board.columns.filter(status=status).order_by("position")[0]


def make_task(project: Project, title: str = "Shoot the main image", **values: Any) -> Task:
    """A task at the end of the first column; `values` are create_task's, the rest is set on the row."""
    from django.utils import timezone

    made = {key: values.pop(key) for key in ("column", "owner", "deadline", "actor", "now") if key in values}
    made = {"actor": project.owner, "column": make_column(project), "now": timezone.now(), **made}
    task = create_task(title=title, **made)
    if values:
        Task.objects.filter(pk=task.pk).update(**values)
        task.refresh_from_db()
    return task


# A day far enough that nothing is overdue, whenever the tests run.
FAR_OFF = Deadline(date(2035, 3, 1), None, "America/Los_Angeles")


def make_ready_task(project: Project, title: str = "Shoot the main image", **values: Any) -> Task:
    """A task that may be begun: with the project's owner and a day far off, unless `values` say otherwise."""
    return make_task(project, title, **{"owner": project.owner, "deadline": FAR_OFF, **values})

"""What people do with a project as a whole."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from linkstar.members.models import Member
from linkstar.workspaces import due
from notifications.actions.reminders import Wish, cancel_all, plan_many
from projects.actions import forecasting, resting
from projects.actions.search_index import index_project
from projects.actions.trace import leave_trace, lock_tasks
from projects.archiving import ArchiveHeld, what_holds
from projects.models import Activity, Board, Column, Project


@transaction.atomic
def create_project(
    *,
    name: str,
    owner: Member,
    actor: Member,
    time_zone: str,
    now: datetime,
    language: str | None = None,
    **fields: Any,
) -> Project:
    """A project with its board and four columns, named in `language` (the actor's when None).

    `fields` are other columns of the row: description, channel, store, sop_*, anchor_*.
    """
    project = Project.objects.create(
        name=name, owner=owner, time_zone=time_zone, created_by=actor, created_at=now, last_activity_at=now, **fields
    )
    index_project(project)
    board = Board.objects.create(project=project)
    with override(language or actor.language):
        columns = [
            (_("To do"), Column.Status.TODO, None),
            (_("Doing"), Column.Status.DOING, None),
            (_("In review"), Column.Status.DOING, None),
            (_("Done"), Column.Status.DONE, None),
        ]
    Column.objects.bulk_create(
        Column(board=board, name=name, status=status, position=position, wip_limit=limit)
        for position, (name, status, limit) in enumerate(columns)
    )
    _watch(project, now=now)
    leave_trace("project created", project=project, actor=actor, now=now, name=name, owner=owner.display_name)
    return project


@transaction.atomic
def edit_project(project: Project, *, actor: Member, now: datetime, **changes: Any) -> None:
    """Change name, description, channel, store or time zone. Deadlines keep theirs (actions/zones.py)."""
    before = {field: getattr(project, field) for field in changes}
    changed = {field: value for field, value in changes.items() if before[field] != value}
    if not changed:
        return
    for field, value in changed.items():
        setattr(project, field, value)
    project.save(update_fields=list(changed))
    if {"name", "description", "store"} & changed.keys():
        index_project(project)
    for field, value in changed.items():
        leave_trace(
            "project edited", project=project, actor=actor, now=now, field=field, before=before[field], after=value
        )


@transaction.atomic
def finish_project(project: Project, *, actor: Member, now: datetime) -> None:
    """The goal is reached. The project stays open to its people until it is archived. Twice is once."""
    if _lock_state(project) != Project.State.ACTIVE:
        return
    project.state = Project.State.FINISHED
    project.save(update_fields=["state"])
    forecasting.end_forecast(project, now=now)
    leave_trace("project finished", project=project, actor=actor, now=now)


@transaction.atomic
def resume_project(project: Project, *, actor: Member, now: datetime) -> None:
    """It is not over after all: a finished project runs again."""
    if _lock_state(project) != Project.State.FINISHED:
        return
    project.state = Project.State.ACTIVE
    project.save(update_fields=["state"])
    _watch(project, now=now)
    leave_trace("project resumed", project=project, actor=actor, now=now)


@transaction.atomic
def archive_project(project: Project, *, actor: Member, now: datetime) -> None:
    """Read-only from now on; guests lose sight of it and waiting reminders are cancelled. Twice is once.

    Raises ArchiveHeld for a project that is done and lacks what it needs before (projects/archiving.py).
    """
    # The reminders first: whoever moves a deadline locks them before the project's row, too.
    unfinished = list(project.tasks.unfinished().values_list("pk", "deleted_at", "archived_at"))
    cancel_all("task", *(pk for pk, _deleted_at, _archived_at in unfinished))
    before = _lock_state(project)
    if before == Project.State.ARCHIVED:
        return
    project.state = before
    has_open = any(not deleted_at and not archived_at for _pk, deleted_at, archived_at in unfinished)
    hold = what_holds(project, has_open=has_open)
    if hold is not None:
        raise ArchiveHeld(hold)
    project.state, project.archived_at = Project.State.ARCHIVED, now
    project.save(update_fields=["state", "archived_at"])
    leave_trace("project archived", project=project, actor=actor, now=now, before=before)


@transaction.atomic
def restore_project(project: Project, *, actor: Member, now: datetime) -> None:
    """Back as it was archived, active or finished; reminders that still lie ahead are planned again."""
    tasks = lock_tasks(project.tasks.current().unfinished().filter(due_at__gt=now))
    plan_many("task", [Wish(task.pk, task.due_at, task.remind_hours_before) for task in tasks], now=now)
    if _lock_state(project) != Project.State.ARCHIVED:
        return
    project.state, project.archived_at = _state_before_archive(project), None
    project.save(update_fields=["state", "archived_at"])
    _watch(project, now=now)
    leave_trace("project restored", project=project, actor=actor, now=now)


def _watch(project: Project, *, now: datetime) -> None:
    """Look at it again by itself: whether it is over, and what it is heading for."""
    due.schedule_many([*resting.promises(project, now=now), *forecasting.promises(project, now=now)])


def _lock_state(project: Project) -> str:
    """Two people may archive and restore at once; the second finds what the first has made of it."""
    return Project.objects.select_for_update(no_key=True).values_list("state", flat=True).get(pk=project.pk)


def _state_before_archive(project: Project) -> str:
    """The trace of the archiving says it."""
    archived = Activity.objects.filter(project=project, verb="project archived").order_by("-created_at", "-pk")
    data = archived.values_list("data", flat=True).first() or {}
    return str(data.get("before", Project.State.ACTIVE))

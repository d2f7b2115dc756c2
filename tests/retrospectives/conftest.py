"""A project that is over: planned, begun late, done late, one task kept waiting by another."""

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import pytest

from linkstar.lib.deadlines import Deadline
from projects.actions.deadlines import set_deadline, set_start
from projects.actions.dependencies import link_tasks
from projects.actions.slips import Cause, freeze_plan
from projects.actions.tasks import move_task
from projects.models import Project, Task
from tests.factories import make_column, make_member, make_project, make_task

LA = "America/Los_Angeles"


def at(month: int, day: int, hour: int = 20) -> datetime:
    """In the morning or at noon in Los Angeles."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def on(month: int, day: int) -> Deadline:
    return Deadline(date(2026, month, day), None, LA)


class Scene(NamedTuple):
    project: Project
    lin: Any
    maya: Any
    sample: Task
    photos: Task


def fresh(task: Task) -> Task:
    return Task.objects.select_related("project", "column__board", "owner").get(pk=task.pk)


def move(task: Task, status: str, actor: Any, now: datetime, **values: Any) -> None:
    move_task(fresh(task), column=make_column(task.project, status), before=None, actor=actor, now=now, **values)


@pytest.fixture
def scene(owner: Any) -> Scene:
    """The sample is planned from Monday 2 to Friday 6 March and takes until Friday 13; the photos, planned from
    Monday 9 to Tuesday 10, wait for it, and are done on Monday 16.
    """
    lin = make_member("manager", display_name="Lin", language="en", time_zone=LA)
    maya = make_member(display_name="Maya", language="en", time_zone=LA)
    project = make_project(lin, name="Launch", time_zone=LA, now=at(3, 1))
    sample = make_task(project, "Get the sample", owner=maya, deadline=on(3, 6), calendar="us", now=at(3, 1))
    photos = make_task(project, "Take the photos", owner=lin, deadline=on(3, 10), calendar="us", now=at(3, 1))
    set_start(fresh(sample), date(2026, 3, 2), actor=lin, now=at(3, 1))
    set_start(fresh(photos), date(2026, 3, 9), actor=lin, now=at(3, 1))
    link_tasks(fresh(sample), fresh(photos), actor=lin, now=at(3, 1))
    freeze_plan(project, "Kick-off", actor=lin, now=at(3, 1))
    move(sample, "doing", maya, at(3, 3))
    why = Cause("supplier", "The mould is late")
    set_deadline(fresh(sample), on(3, 13), actor=lin, now=at(3, 5), why=why)
    move(sample, "done", maya, at(3, 13))
    move(photos, "doing", lin, at(3, 13))
    move(photos, "done", lin, at(3, 16))
    return Scene(project, lin, maya, sample, photos)

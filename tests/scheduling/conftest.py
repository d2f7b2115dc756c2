"""A project with dated tasks in a chain, and a way to ask what moves."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Any

import pytest

from linkstar.lib.deadlines import Deadline
from projects.models import Dependency, Project, Task
from projects.scheduling.moving import Wish, examine_moves
from projects.scheduling.preview import Dates, Preview
from tests.factories import make_member, make_project, make_task

PACIFIC = "America/Los_Angeles"
NOW = datetime(2026, 9, 1, 16, tzinfo=UTC)


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member(display_name="Maya", language="en", time_zone=PACIFIC)


@pytest.fixture
def project(maya: Any) -> Project:
    return make_project(maya, name="Launch", time_zone=PACIFIC, now=NOW)


def dated(project: Project, title: str, start: str, due: str, **values: Any) -> Task:
    """A task from one day to another of September 2026, "09-08"; a time of day may follow the due day."""
    day, _space, clock = due.partition(" ")
    deadline = Deadline(date.fromisoformat(f"2026-{day}"), time.fromisoformat(clock) if clock else None, PACIFIC)
    values = {"calendar": "us", "owner": project.owner, "deadline": deadline, "now": NOW, **values}
    return make_task(project, title, start_on=date.fromisoformat(f"2026-{start}"), **values)


def chain(*tasks: Task, **values: Any) -> None:
    for before, after in pairwise(tasks):
        Dependency.objects.create(blocker=before, blocked=after, **values)


def moved(preview: Preview) -> dict[str, tuple[str, str]]:
    """Start and deadline of what moves, by title, as month and day."""
    return {
        move.task.title: (f"{move.after.start_on:%m-%d}" if move.after.start_on else "", _due(move.after.deadline))
        for move in preview.moves
    }


def _due(deadline: Deadline | None) -> str:
    if deadline is None:
        return ""
    return f"{deadline.on:%m-%d}{f' {deadline.time:%H:%M}' if deadline.time else ''}"


@pytest.fixture
def ask(maya: Any) -> Callable[..., Preview]:
    def examine(task: Task, start: str, due: str, policy: str = "keep_gaps", **values: Any) -> Preview:
        day, _space, clock = due.partition(" ")
        deadline = Deadline(date.fromisoformat(f"2026-{day}"), time.fromisoformat(clock) if clock else None, PACIFIC)
        wish = Wish(Dates(date.fromisoformat(f"2026-{start}") if start else None, task.start_time, deadline))
        return examine_moves(
            {task.pk: wish}, **{"project": task.project, "actor": maya, "now": NOW, "policy": policy, **values}
        )

    return examine

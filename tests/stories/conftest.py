"""The people of the stories, and projects started from templates on the instants that the stories give."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from linkstar.lib.deadlines import describe
from notifications.models import Reminder
from projects.models import Project, Task
from templates_sop.actions.projects import start_project
from templates_sop.library import get_template
from tests.factories import make_member

SHENZHEN, NEW_YORK, PACIFIC = "Asia/Shanghai", "America/New_York", "America/Los_Angeles"


def at(text: str) -> datetime:
    """As the stories write instants: "2026-11-27T08:00:00Z"."""
    return datetime.fromisoformat(text).astimezone(UTC)


def shown(task: Task, zone: str) -> str:
    """Its deadline on the clock of a reader there, as the stories write it: "2026-11-27 16:00"."""
    assert task.due_at is not None
    return task.due_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def label(task: Task, zone: str, language: str = "en", now: datetime | None = None) -> str:
    """Both lines of the deadline's label."""
    assert task.deadline is not None
    said = describe(task.deadline, reader_zone=zone, language=language, now=now or at("2026-09-01T00:00:00Z"))
    return f"{said.at_text} | {said.you_text}"


def reminders(task: Task) -> list[datetime]:
    found = Reminder.objects.filter(subject="task", subject_id=task.pk, state="waiting")
    return list(found.order_by("fire_at").values_list("fire_at", flat=True))


@contextmanager
def clock(text: str) -> Iterator[datetime]:
    """The product's clock stands at this instant."""
    with patch("django.utils.timezone.now", return_value=at(text)):
        yield at(text)


@pytest.fixture
def maya(_inside_acme: None) -> Any:
    return make_member(display_name="Maya Johnson", language="en", time_zone=NEW_YORK)


@pytest.fixture
def start(owner: Any) -> Callable[..., Project]:
    """Start a project from a template, as Lin Yue does on 1 July 2026 unless told otherwise."""

    def started(key: str, anchor: date | datetime, **values: Any) -> Project:
        template = get_template(key)
        values = {
            "variant": None,
            "owner": owner,
            "roles": dict.fromkeys(template.role_keys(), owner),
            "name": "Q4 黑五备战 - Amazon US",
            "actor": owner,
            "now": at("2026-07-01T02:00:00Z"),
            "language": "zh-hans",
            **values,
        }
        return start_project(template, anchor=anchor, **values)

    return started


def step(project: Project, key: str) -> Task:
    return project.tasks.select_related("project", "column", "owner").get(sop_step=key)

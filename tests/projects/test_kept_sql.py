"""Statements that are written once and asked with other values: lib/kept_sql.py."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from linkstar.lib import kept_sql
from linkstar.lib.deadlines import Deadline
from projects.models import Task
from tests.factories import make_project, make_task

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def dated(maya: Any) -> Task:
    return make_task(
        make_project(maya), "Check the stock", owner=maya, deadline=Deadline(date(2026, 11, 20), None, "UTC")
    )


def late(*, project: int, now: datetime) -> QuerySet[Any, Any]:
    return Task.objects.filter(project=project).overdue(now=now).order_by("pk").values_list("title", "field_values")


def test_each_asks_with_their_own_values(dated: Task) -> None:
    project = dated.project
    assert dated.due_at is not None
    after, before = dated.due_at + timedelta(minutes=1), dated.due_at - timedelta(minutes=1)
    assert kept_sql.rows("late", late, project=project.pk, now=after) == [(dated.title, {})]
    assert kept_sql.rows("late", late, project=project.pk, now=before) == []
    assert kept_sql.rows("late", late, project=project.pk + 1, now=after) == []
    assert kept_sql.rows("late", late, project=project.pk, now=after) == [(dated.title, {})]
    assert kept_sql.rows(None, late, project=project.pk, now=after) == [(dated.title, {})]


def test_a_time_that_was_not_given_is_refused() -> None:
    def reckoned(*, now: datetime) -> QuerySet[Any, Any]:
        return late(project=1, now=now - timedelta(days=7))

    for build in (reckoned, lambda now: late(project=1, now=NOW)):
        with pytest.raises(kept_sql.NotKept):
            kept_sql.rows(("refused", build), build, now=NOW)

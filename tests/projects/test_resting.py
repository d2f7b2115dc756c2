"""A project that seems to be over: who is asked, when, and how often."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from linkstar.workspaces import due
from linkstar.workspaces.models import DueItem
from notifications.models import Notification
from projects.actions.projects import archive_project, restore_project
from projects.actions.resting import KIND, keep_going, snooze_rest
from projects.actions.tasks import move_task
from projects.models import Project
from projects.resting import rest_of
from tests.factories import client_of, make_column, make_member, make_project, make_ready_task

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def project_quiet_for(days: float, **values: Any) -> Project:
    return Project(last_activity_at=NOW - days * DAY, state="active", **values)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, None), (10.4, None), (10.5, ("soon", 10, 4)), (13.9, ("soon", 13, 1)), (14, ("quiet", 14, 0)),
     (40, ("quiet", 40, 0))],
)  # fmt: skip
def test_quiet_days_count_down_and_then_ask(days: float, expected: Any) -> None:
    assert rest_of(project_quiet_for(days), open_count=3, count=5, now=NOW) == expected


def test_all_done_asks_at_once_and_an_empty_project_does_not() -> None:
    assert rest_of(project_quiet_for(0), open_count=0, count=5, now=NOW) == ("done", 0, 0)
    assert rest_of(project_quiet_for(0), open_count=0, count=0, now=NOW) is None


def test_an_answer_holds_until_something_happens_and_a_snooze_until_it_ends() -> None:
    answered = project_quiet_for(20, rest_answered_at=NOW - DAY)
    assert rest_of(answered, open_count=1, count=1, now=NOW) is None
    answered.last_activity_at = NOW - DAY / 2
    assert rest_of(answered, open_count=0, count=1, now=NOW) == ("done", 0, 0)
    snoozed = project_quiet_for(20, rest_snoozed_until=NOW + DAY)
    assert rest_of(snoozed, open_count=1, count=1, now=NOW) is None
    assert rest_of(snoozed, open_count=1, count=1, now=NOW + 2 * DAY) == ("quiet", 22, 0)


def asked() -> list[str]:
    return list(Notification.objects.filter(kind="project_rest").values_list("member__display_name", flat=True))


@pytest.mark.django_db
class TestAsking:
    def test_the_owner_is_asked_once_however_often_it_runs(self, owner: Any) -> None:
        maya = make_member(display_name="Maya")
        project = make_project(maya, actor=owner, now=NOW)
        make_ready_task(project, now=NOW)
        for day in (1, 5, 13.5):
            due.run_due(NOW + day * DAY)
        assert asked() == []
        for day in (15, 16, 17):
            due.run_due(NOW + day * DAY)
        assert asked() == ["Maya"]

    def test_done_is_asked_the_next_day_and_again_after_a_snooze(self, owner: Any) -> None:
        project = make_project(owner, now=NOW)
        task = make_ready_task(project, now=NOW)
        move_task(task, column=make_column(project, "done"), before=None, actor=owner, now=NOW)
        due.run_due(NOW + DAY)
        assert len(asked()) == 1
        snooze_rest(project, actor=owner, now=NOW + DAY)
        due.run_due(NOW + 20 * DAY)
        assert len(asked()) == 1
        due.run_due(NOW + 32 * DAY)
        assert len(asked()) == 2

    def test_kept_is_not_asked_until_something_happens_and_it_falls_quiet_again(self, owner: Any) -> None:
        project = make_project(owner, now=NOW)
        make_ready_task(project, now=NOW)
        keep_going(project, actor=owner, now=NOW + 15 * DAY)
        due.run_due(NOW + 40 * DAY)
        assert asked() == []
        make_ready_task(project, now=NOW + 41 * DAY)
        due.run_due(NOW + 56 * DAY)
        assert len(asked()) == 1

    def test_an_archived_project_is_left_alone_and_watched_again_when_restored(self, owner: Any) -> None:
        project = make_project(owner, now=NOW)
        archive_project(project, actor=owner, now=NOW)
        due.run_due(NOW + 30 * DAY)
        assert (asked(), DueItem.objects.filter(kind=KIND).count()) == ([], 0)
        restore_project(project, actor=owner, now=NOW + 31 * DAY)
        assert DueItem.objects.get(kind=KIND).object_id == project.pk


@pytest.mark.django_db
class TestPage:
    def test_the_owner_answers_on_the_overview(self, owner: Any) -> None:
        project = make_project(owner)
        Project.objects.filter(pk=project.pk).update(last_activity_at=NOW - 700 * DAY)
        client, url = client_of(owner), f"/projects/{project.pk}/"
        assert 'id="project-rest"' in client.get(url).content.decode()
        assert 'id="project-rest"' not in client_of(make_member("manager")).get(url).content.decode()
        assert client.post(f"{url}rest/", {"answer": "keep"}).status_code == 302
        assert 'id="project-rest"' not in client.get(url).content.decode()
        assert client.post(f"{url}rest/", {"answer": "whatever"}).status_code == 400

    def test_progress_counts_no_drafts(self, owner: Any) -> None:
        project = make_project(owner)
        done = make_ready_task(project)
        move_task(done, column=make_column(project, "done"), before=None, actor=owner, now=NOW)
        make_ready_task(project)
        client_of(owner).post(f"/columns/{make_column(project).pk}/tasks/add/", {"titles": "A draft"})
        assert "50 %" in client_of(owner).get(f"/projects/{project.pk}/").content.decode()

"""The list of projects, a new one, its overview and settings, putting it away."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from projects.actions.projects import finish_project
from projects.models import Activity, Project, ProjectAccess, Task
from tests.factories import client_of, make_column, make_member, make_project, make_task
from tests.projects.test_move import statements

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


class TestList:
    @pytest.mark.parametrize("count", [1, 60])
    def test_it_takes_the_same_statements_for_any_number(self, owner: Any, count: int) -> None:
        for number in range(count):
            project = make_project(owner, name=f"P{number}")
            make_task(project, owner=owner, deadline=Deadline(date(2027, 1, 5), None, "UTC"))
        client = client_of(owner)
        client.get("/rail/")
        with CaptureQueriesContext(connection) as captured:
            html = client.get("/projects/").content.decode()
        assert len(statements(captured)) == 6
        assert html.count('class="t"') == min(count, 50)
        if count > 50:
            assert client.get("/projects/?page=2").content.decode().count('class="t"') == 10

    def test_a_row_counts_what_the_reader_sees_and_names_the_next_deadline(self, owner: Any) -> None:
        project = make_project(owner, channel="amazon_us")
        soon, late = timezone.now().date() + timedelta(days=30), timezone.now().date() - timedelta(days=30)
        make_task(project, deadline=Deadline(late, None, "UTC"))
        make_task(project, deadline=Deadline(soon, None, "America/New_York"))
        make_task(project, column=make_column(project, "done"))
        make_task(project, "secret", sensitivity=Task.Sensitivity.FINANCE, deadline=Deadline(late, None, "UTC"))
        member = make_member(language="en", time_zone="Asia/Shanghai")
        html = client_of(member).get("/projects/").content.decode()
        assert 'max="3" value="1"' in html
        assert "2 open" in html
        assert "1 overdue" in html
        assert f"{soon.day} {soon:%b}" in html
        assert "for you (UTC+8)" in html
        assert "Amazon US" in html

    def test_archived_ones_stand_apart_and_names_are_searched(self, owner: Any) -> None:
        make_project(owner, name="Open one")
        old = make_project(owner, name="Old one")
        Project.objects.filter(pk=old.pk).update(state="archived", archived_at=NOW)
        client = client_of(owner)
        rows = {
            query: client.get(f"/projects/{query}").content.decode()
            for query in ("", "?state=archived", "?q=open", "?q=zz")
        }
        found = {
            query: [name for name in ("Open one", "Old one") if f">{name}</a>" in html] for query, html in rows.items()
        }
        assert found == {"": ["Open one"], "?state=archived": ["Old one"], "?q=open": ["Open one"], "?q=zz": []}

    def test_a_guest_sees_the_given_ones(self, owner: Any) -> None:
        given = make_project(owner, name="Given")
        make_project(owner, name="Hidden")
        guest = make_member("guest")
        ProjectAccess.objects.create(project=given, member=guest)
        html = (
            client_of(guest).get("/projects/?state=archived").content.decode()
            + client_of(guest).get("/projects/").content.decode()
        )
        assert "Given" in html
        assert "Hidden" not in html
        assert "/projects/new/" not in html


class TestNew:
    def test_a_blank_project_opens_on_its_board(self, owner: Any) -> None:
        heir = make_member()
        client = client_of(owner)
        page = client.get("/projects/new/").content.decode()
        assert '<option value="America/Los_Angeles" selected>' in page
        data = {
            "name": " Launch  X ",
            "owner": heir.pk,
            "channel": "walmart_us",
            "time_zone": "Asia/Shanghai",
            "description": "",
        }
        response = client.post("/projects/new/", data)
        project = Project.objects.get()
        assert response.url == f"/projects/{project.pk}/board/"
        assert (project.name, project.owner, project.channel, project.time_zone, project.created_by) == (
            "Launch X", heir, "walmart_us", "Asia/Shanghai", owner,
        )  # fmt: skip

    @pytest.mark.parametrize(
        "wrong", [{"name": ""}, {"name": "x" * 10_000}, {"owner": "0"}, {"time_zone": "Mars/Base"}, {"channel": "ebay"}]
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, owner: Any, wrong: dict[str, str]) -> None:
        data = {
            "name": "Kept",
            "owner": owner.pk,
            "channel": "",
            "time_zone": "UTC",
            "description": "kept too",
            **wrong,
        }
        response = client_of(owner).post("/projects/new/", data)
        assert response.status_code == 422
        assert "kept too" in response.content.decode()
        assert "field__error" in response.content.decode()
        assert Project.objects.count() == 0

    def test_neither_guests_nor_deactivated_people_can_own_one_and_guests_make_none(self, owner: Any) -> None:
        guest, gone = make_member("guest"), make_member(is_active=False)
        data = {"name": "X", "channel": "", "time_zone": "UTC"}
        for who in (guest, gone):
            assert client_of(owner).post("/projects/new/", {**data, "owner": who.pk}).status_code == 422
        assert client_of(guest).get("/projects/new/").status_code == 403


class TestOverview:
    def test_it_shows_owner_progress_and_the_next_deadlines(self, owner: Any) -> None:
        project = make_project(owner, description="Read **this**")
        make_task(project, column=make_column(project, "done"))
        soon = Deadline(timezone.now().date() + timedelta(days=3), None, "UTC")
        make_task(project, "Due soon", owner=owner, deadline=soon)
        make_task(project, "Draft")
        html = client_of(make_member(language="en")).get(f"/projects/{project.pk}/").content.decode()
        for words in ("1 of 3 tasks done", "33 %", "Due soon", "<strong>this</strong>", "1 without owner or deadline"):
            assert words in html
        assert f"/projects/{project.pk}/edit/" not in html

    def test_a_guest_reads_it_without_trace_settings_or_drafts(self, owner: Any) -> None:
        project = make_project(owner)
        guest = make_member("guest")
        assert client_of(guest).get(f"/projects/{project.pk}/").status_code == 404
        ProjectAccess.objects.create(project=project, member=guest)
        make_task(project, "internal")
        html = client_of(guest).get(f"/projects/{project.pk}/").content.decode()
        for words in ("internal", "/activity/", "/guests/", "/edit/", "draft=1"):
            assert words not in html


class TestSettings:
    def test_a_change_is_kept_and_traced_and_old_deadlines_stay(self, owner: Any) -> None:
        project = make_project(owner, name="Before")
        task = make_task(project, deadline=Deadline(date(2027, 1, 5), None, "America/Los_Angeles"))
        data = {"name": "After", "description": "", "channel": "shopify", "time_zone": "America/New_York"}
        response = client_of(owner).post(f"/projects/{project.pk}/edit/", data)
        assert response.url == f"/projects/{project.pk}/"
        traced = Activity.objects.filter(verb="project edited").order_by("pk")
        assert {trace.data["field"]: (trace.data["before"], trace.data["after"]) for trace in traced} == {
            "name": ("Before", "After"),
            "channel": ("", "shopify"),
            "time_zone": ("America/Los_Angeles", "America/New_York"),
        }
        assert Task.objects.get(pk=task.pk).due_zone == "America/Los_Angeles"
        assert client_of(owner).post(f"/projects/{project.pk}/edit/", {**data, "name": ""}).status_code == 422
        assert client_of(make_member()).get(f"/projects/{project.pk}/edit/").status_code == 403

    def test_archive_and_restore(self, owner: Any) -> None:
        project = make_project(owner)
        member = make_member()
        assert client_of(member).post(f"/projects/{project.pk}/archive/").status_code == 403
        assert client_of(owner).get(f"/projects/{project.pk}/archive/").status_code == 405
        assert client_of(owner).post(f"/projects/{project.pk}/archive/").url == "/projects/"
        assert Project.objects.get().is_archived
        assert client_of(owner).get(f"/projects/{project.pk}/edit/").status_code == 403
        assert f"/projects/{project.pk}/restore/" in client_of(owner).get(f"/projects/{project.pk}/").content.decode()
        assert client_of(owner).post(f"/projects/{project.pk}/restore/").url == f"/projects/{project.pk}/"
        assert not Project.objects.get().is_archived

    def test_a_finished_project_comes_back_finished(self, owner: Any) -> None:
        project, browser = make_project(owner), client_of(owner)
        finish_project(project, actor=owner, now=timezone.now())
        for state in ("archived", "archived", "finished", "finished"):
            step = "archive" if state == "archived" else "restore"
            assert browser.post(f"/projects/{project.pk}/{step}/").status_code == 302
            assert Project.objects.get().state == state

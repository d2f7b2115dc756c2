"""A new project, its overview and settings, putting it away."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from linkstar.retrospectives.actions.retrospectives import waive_retrospective
from projects.actions.projects import finish_project
from projects.models import Activity, Project, ProjectAccess, Task
from tests.factories import client_of, make_column, make_member, make_project, make_ready_task, make_task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


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
            "store": " HEYFINCH  US ",
            "time_zone": "Asia/Shanghai",
            "description": "",
        }
        response = client.post("/projects/new/", data)
        project = Project.objects.get()
        assert response.url == f"/projects/{project.pk}/board/"
        assert (project.name, project.owner, project.channel, project.store, project.time_zone, project.created_by) == (
            "Launch X", heir, "walmart_us", "HEYFINCH US", "Asia/Shanghai", owner,
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
        make_ready_task(project, column=make_column(project, "done"))
        soon = Deadline(timezone.now().date() + timedelta(days=3), None, "UTC")
        make_task(project, "Due soon", owner=owner, deadline=soon)
        make_task(project, "Draft")
        html = client_of(make_member(language="en")).get(f"/projects/{project.pk}/").content.decode()
        for words in ("1 of 2 tasks done", "50 %", "Due soon", "<strong>this</strong>", "1 without owner or deadline"):
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
        data = {
            "name": "After",
            "description": "",
            "channel": "shopify",
            "store": "Shop 2",
            "time_zone": "America/New_York",
        }
        response = client_of(owner).post(f"/projects/{project.pk}/edit/", data)
        # What the deadline keeps is asked (test_zones.py); the rest is saved.
        assert response.url == f"/projects/{project.pk}/zone/?to=America/New_York"
        traced = Activity.objects.filter(verb="project edited").order_by("pk")
        assert {trace.data["field"]: (trace.data["before"], trace.data["after"]) for trace in traced} == {
            "name": ("Before", "After"),
            "channel": ("", "shopify"),
            "store": ("", "Shop 2"),
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
        waive_retrospective(project, because="A trial run", actor=owner, now=timezone.now())
        for state in ("archived", "archived", "finished", "finished"):
            step = "archive" if state == "archived" else "restore"
            assert browser.post(f"/projects/{project.pk}/{step}/").status_code == 302
            assert Project.objects.get().state == state

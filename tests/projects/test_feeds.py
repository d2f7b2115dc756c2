"""Deadlines in other calendar programs: who gets which, by which address, and until when."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context
from icalendar import Calendar

from linkstar.lib.deadlines import Deadline
from linkstar.members.actions.members import deactivate_member
from linkstar.workspaces.letters import render_letter
from linkstar.workspaces.models import Letter
from projects import access
from projects.actions.feeds import make_feed
from projects.feeds import MOST, feed_file
from projects.models import Activity, CalendarFeed, Project, ProjectAccess, Task
from tests.factories import client_of, make_member, make_project, make_task
from tests.pages import HTMX, text

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def project(owner: Any) -> Project:
    return make_project(owner, name="Q4")


def due(project: Project, title: str, on: date = date(2026, 11, 27), at: time | None = None, **values: Any) -> Task:
    return make_task(project, title, deadline=Deadline(on, at, "America/Los_Angeles"), **values)


def address(member: Any, project: Project | None = None, scope: str = "tasks") -> str:
    return f"/feeds/{make_feed(member, project=project, scope=scope, now=NOW)}.ics"


def titles(content: bytes) -> list[str]:
    return [str(event["summary"]) for event in Calendar.from_ical(content).walk("VEVENT")]


def told(member: Any, project: Project | None = None, scope: str = "tasks") -> list[str]:
    feed = CalendarFeed(member=member, project=project, scope=scope)
    return titles(feed_file(feed, now=NOW))


def stranger() -> Client:
    return client_of(None)


def test_my_feed_has_what_i_am_on_and_a_projects_has_all_of_it(project: Project) -> None:
    me = make_member(language="en")
    due(project, "Mine", owner=me)
    helped = due(project, "Helped", on=date(2026, 11, 28))
    helped.helpers.add(me)
    due(project, "Others'", on=date(2026, 11, 29), owner=project.owner, is_milestone=True)
    make_task(project, "No date", owner=me)
    due(project, "Long ago", on=date(2026, 5, 1), owner=me)
    due(project, "In the bin", owner=me, deleted_at=NOW)
    due(project, "Put away", owner=me, archived_at=NOW)
    assert told(me) == ["Mine", "Helped"]
    assert told(me, project) == ["Mine", "Helped", "◆ Others'"]
    assert told(me, project, "milestones") == ["◆ Others'"]
    assert told(me, None, "milestones") == ["◆ Others'"]


def test_a_guest_is_told_of_what_they_see(project: Project) -> None:
    guest = make_member(role="guest", language="en")
    ProjectAccess.objects.create(project=project, member=guest)
    due(project, "Cost price", owner=project.owner)
    due(project, "Shared", on=date(2026, 11, 28), visibility="shared")
    assert told(guest, project) == ["Shared"]
    assert told(project.owner, project) == ["Cost price", "Shared"]


def test_the_entry_names_both_clocks_and_the_stored_instant(project: Project) -> None:
    me = make_member(language="en", time_zone="Asia/Shanghai", display_name="Lin")
    task = due(project, "Opening patrol", at=time(0, 0), owner=me)
    [event] = Calendar.from_ical(feed_file(CalendarFeed(member=me, project=None), now=NOW)).walk("VEVENT")
    assert event.decoded("dtstart") == task.due_at == datetime(2026, 11, 27, 8, tzinfo=UTC)
    lines = str(event["description"]).splitlines()
    assert lines[:3] == [
        "Fri 27 Nov, 00:00 PST (UTC−8)",
        "Fri 27 Nov, 16:00 for you (UTC+8)",
        f"Q4 · #{task.number}",
    ]
    assert lines[3:] == ["Lin", connection.tenant.url + f"/tasks/{task.pk}/"]


def test_words_are_the_readers(project: Project) -> None:
    me = make_member(language="zh-hans", time_zone="Asia/Shanghai")
    due(project, "开场", at=time(0, 0), owner=me)
    content = feed_file(CalendarFeed(member=me, project=None), now=NOW).decode().replace("\r\n ", "")
    assert "11月27日 周五 00:00 太平洋时间 (UTC−8)" in content


def test_a_feed_is_read_without_signing_in_and_again_only_when_changed(project: Project) -> None:
    task = due(project, "Mine", on=timezone.now().date() + timedelta(days=9), owner=project.owner)
    path = address(project.owner)
    first = stranger().get(path)
    assert (first.status_code, first.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert titles(first.content) == ["Mine"]
    assert CalendarFeed.objects.get().read_at is not None
    same = stranger().get(path, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (same.status_code, same.content) == (304, b"")
    Task.objects.filter(pk=task.pk).update(title="Mine, renamed", version=9)
    assert titles(stranger().get(path, HTTP_IF_NONE_MATCH=first.headers["ETag"]).content) == ["Mine, renamed"]


def test_a_withdrawn_and_a_renewed_address_stop_working(project: Project) -> None:
    me = make_member(language="en")
    old, other = address(me, project), address(me, project, "milestones")
    new = address(me, project)
    assert [stranger().get(path).status_code for path in (old, new, other)] == [404, 200, 200]
    feed = CalendarFeed.objects.get(scope="tasks")
    assert client_of(make_member()).post(f"/feeds/{feed.pk}/withdraw/").status_code == 404
    assert client_of(me).post(f"/feeds/{feed.pk}/withdraw/").status_code == 302
    assert [stranger().get(path).status_code for path in (new, other)] == [404, 200]


def test_who_has_left_or_lost_the_key_is_told_nothing(project: Project) -> None:
    guest, member = make_member(role="guest"), make_member()
    key = ProjectAccess.objects.create(project=project, member=guest)
    paths = [address(guest, project), address(member)]
    assert [stranger().get(path).status_code for path in paths] == [200, 200]
    key.delete()
    deactivate_member(member, actor=project.owner, heir=None, now=timezone.now())
    assert [stranger().get(path).status_code for path in paths] == [404, 404]


def test_an_address_of_one_workspace_opens_nothing_in_another(project: Project, other: Any) -> None:
    path = address(project.owner)
    assert client_of(None, workspace=other).get(path).status_code == 404
    assert stranger().get(path).status_code == 200


def test_the_panel_shows_a_new_address_once(project: Project) -> None:
    me = make_member(language="en")
    page = text(client_of(me).post(f"/projects/{project.pk}/feeds/", {"scope": "milestones"}, **HTMX))
    shown = page[page.index('value="http') + 7 :].partition('"')[0]
    assert shown.startswith(connection.tenant.url + "/feeds/")
    path = shown.removeprefix(connection.tenant.url)
    assert stranger().get(path).status_code == 200
    again = text(client_of(me).get(f"/projects/{project.pk}/feeds/"))
    assert ".ics" not in again
    assert "Make a new address" in again
    assert client_of(me).post("/feeds/", {"scope": "everything"}).status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_costs_the_same_for_any_number_of_tasks(
    project: Project, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        due(project, f"Task {number}", owner=project.owner)
    feed = CalendarFeed.objects.select_related("member", "project").get(
        pk=CalendarFeed.objects.create(member=project.owner, project=project, token_hash="x").pk
    )
    with django_assert_num_queries(1):
        assert len(titles(feed_file(feed, now=NOW))) == count
    assert count < MOST


class TestOneDate:
    def test_a_task_with_a_deadline_is_a_file(self, project: Project) -> None:
        task, bare = due(project, "Launch day", owner=project.owner), make_task(project, "No date")
        answer = client_of(project.owner).get(f"/tasks/{task.pk}/event.ics")
        assert titles(answer.content) == ["Launch day"]
        assert answer.headers["Content-Disposition"] == f'attachment; filename="task-{task.number}.ics"'
        assert client_of(project.owner).get(f"/tasks/{bare.pk}/event.ics").status_code == 404

    def test_the_date_is_mailed_to_those_chosen_on_their_clocks(self, project: Project) -> None:
        me, lin = make_member(language="en"), make_member(display_name="林悦", language="zh-hans")
        task = due(project, "Launch day", owner=lin, is_milestone=True)
        answer = client_of(me).post(f"/tasks/{task.pk}/invite/", {"people": [lin.pk]}, **HTMX)
        assert answer.status_code == 204
        with schema_context("public"):
            [letter] = Letter.objects.filter(name="milestone")
            mail = render_letter(letter, now=NOW)
        assert mail.to == [lin.email]
        assert "11月27日 周五" in mail.body
        [attachment] = mail.attachments
        assert titles(attachment.content.encode()) == ["◆ Launch day"]
        assert Activity.objects.filter(verb="date mailed").values_list("data", flat=True).get() == {"to": ["林悦"]}

    def test_nobody_is_mailed_who_may_not_see_it(self, project: Project) -> None:
        guest, me = make_member(role="guest", language="en"), make_member(language="en")
        task = due(project, "Launch day", owner=me)
        for people in ([guest.pk], [], ["x"]):
            answer = client_of(me).post(f"/tasks/{task.pk}/invite/", {"people": people}, **HTMX)
            assert answer.status_code == 422
        with schema_context("public"):
            assert not Letter.objects.filter(name="milestone").exists()


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"visibility": "shared"},
        {"may_be_shared": False},
        {"sensitivity": "finance", "may_be_shared": False},
        {"sensitivity": "finance"},
    ],
)
def test_readers_are_those_who_see_the_task(project: Project, values: dict[str, Any]) -> None:
    """The two directions of one rule agree for everybody."""
    people = [
        project.owner,
        make_member(),
        make_member(role="manager"),
        make_member(can_see_finance=True),
        *(make_member(role="guest") for _ in range(4)),
    ]
    guests = people[4:]
    for guest in guests[:3]:
        ProjectAccess.objects.create(project=project, member=guest)
    ended = ProjectAccess.objects.create(project=make_project(project.owner), member=guests[3])
    assert ended.project != project
    task = due(project, "Task", owner=guests[0], **values)
    task.helpers.add(guests[1], people[1])
    seen = [member.pk for member in people if Task.objects.visible_to(member).filter(pk=task.pk).exists()]
    assert sorted(access.readers_of(task).filter(pk__in=[m.pk for m in people]).values_list("pk", flat=True)) == sorted(
        seen
    )

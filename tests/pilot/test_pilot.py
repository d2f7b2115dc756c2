"""A pilot: who may begin what, the figures, the decision; and the cards that a guest reads first."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from linkstar.members.middleware import is_phone
from linkstar.members.models import Member, MemberDay
from linkstar.pilot.actions.pilots import KIND, PilotRefused, ask, begin_pilot, change_pilot, decide_pilot
from linkstar.pilot.adoption import adoption_of
from linkstar.pilot.models import Pilot
from linkstar.workspaces.models import DueItem, Role
from notifications.models import Notification
from projects.actions.comments import add_comment
from projects.actions.finishing import finish_task
from projects.models import Project, ProjectAccess, Task
from tests.factories import client_of, make_member, make_project, make_ready_task, make_task

pytestmark = pytest.mark.django_db

BEGUN = datetime(2026, 5, 4, 1, tzinfo=UTC)
NOW = BEGUN + timedelta(days=14)


@pytest.fixture
def project(owner: Any) -> Project:
    return make_project(owner, now=BEGUN)


def begin(owner: Member, project: Project, *people: Member, now: datetime = BEGUN) -> Pilot:
    return begin_pilot(
        goal="Try it", ends_on=date(2026, 6, 1), people=people or [owner], projects=[project], actor=owner, now=now
    )


def test_one_pilot_at_a_time_with_one_or_two_projects(owner: Any, project: Project) -> None:
    more = [project, make_project(owner), make_project(owner)]
    for projects, people, reason in ((more, [owner], "projects"), ([], [owner], "projects"), (more[:1], [], "people")):
        with pytest.raises(PilotRefused) as refused:
            begin_pilot(goal="", ends_on=date(2026, 6, 1), people=people, projects=projects, actor=owner, now=BEGUN)
        assert refused.value.reason == reason
    pilot = begin(owner, project)
    with pytest.raises(PilotRefused, match="running"):
        begin(owner, project)
    decide_pilot(pilot, decision="no_go", note="Too early", actor=owner, now=NOW)
    with pytest.raises(PilotRefused, match="decided"):
        decide_pilot(pilot, decision="go", note="", actor=owner, now=NOW)
    begin(owner, project)


def test_while_it_runs_only_admins_begin_projects(owner: Any, project: Project) -> None:
    member, admin = make_member(language="en"), make_member(role=Role.ADMIN)
    pilot = begin(owner, project)
    for path in ("/projects/new/", "/templates/amazon_us_new_product_launch/start/"):
        answer = client_of(member).get(path)
        assert answer.status_code == 403
        assert "until Mon 1 Jun 2026" in answer.content.decode()
        assert client_of(admin).get(path).status_code == 200
    count = Project.objects.count()
    client_of(member).post("/projects/new/", {"name": "X", "owner": member.pk, "time_zone": "UTC"})
    assert Project.objects.count() == count
    decide_pilot(pilot, decision="go", note="", actor=owner, now=NOW)
    assert client_of(member).get("/projects/new/").status_code == 200


def test_the_figures_are_those_of_its_people_and_projects(owner: Any, project: Project) -> None:
    maya, outsider = make_member(display_name="Maya"), make_member()
    pilot = begin(owner, project, owner, maya)
    in_time, late, missed = (
        make_task(project, title, owner=maya, deadline=Deadline(date(2026, 5, day), None, "UTC"), now=BEGUN)
        for title, day in (("In time", 8), ("Late", 10), ("Missed", 15))
    )
    finish_task(in_time, actor=maya, now=datetime(2026, 5, 7, tzinfo=UTC))
    # Due at midnight before the 11th; told twelve hours later.
    finish_task(late, actor=maya, now=datetime(2026, 5, 11, 12, tzinfo=UTC))
    elsewhere = make_ready_task(make_project(owner))
    for task, who in ((late, maya), (late, outsider), (elsewhere, maya)):
        add_comment(task, "Look", is_shared=False, author=who, now=datetime(2026, 5, 12, tzinfo=UTC))
    for member, day, by_phone in ((maya, 12, True), (maya, 13, False), (owner, 5, False), (outsider, 13, True)):
        MemberDay.objects.create(member=member, on=date(2026, 5, day), by_phone=by_phone)

    found = adoption_of(pilot, now=NOW)

    assert found.active == 50
    assert found.due == 3
    assert found.overdue == 66.7
    assert found.delay == 12
    assert found.phone == 33.3
    assert (found.said, found.comments) == (1, 0.2)
    maya_row = next(person for person in found.people if person.member == maya)
    assert (maya_row.days, maya_row.phone_days, maya_row.comments, maya_row.tasks, maya_row.overdue) == (2, 1, 1, 3, 2)
    assert found.reached == ["delay"]
    assert Task.objects.get(pk=missed.pk).completed_at is None


def test_nothing_is_not_divided_by(owner: Any, project: Project) -> None:
    found = adoption_of(begin(owner, project), now=BEGUN)
    assert (found.overdue, found.phone, found.delay, found.comments, found.active) == (None, None, None, 0, 0)
    assert found.reached == []
    assert client_of(owner).get("/pilot/").status_code == 200


def test_admins_are_asked_on_its_last_day(owner: Any, project: Project) -> None:
    pilot = begin(owner, project)
    admin = make_member(role=Role.ADMIN)
    make_member(role=Role.MANAGER)
    assert DueItem.objects.filter(kind=KIND, object_id=pilot.pk).count() == 1
    ask(pilot.pk, now=NOW)
    ask(pilot.pk, now=NOW)
    told = Notification.objects.filter(kind="pilot_ends").values_list("member", flat=True)
    assert sorted(told) == sorted([owner.pk, admin.pk])
    change_pilot(pilot, goal="", ends_on=date(2026, 6, 8), people=[owner], projects=[project])
    ask(pilot.pk, now=NOW)
    assert Notification.objects.filter(kind="pilot_ends", member=owner).count() == 2
    decide_pilot(pilot, decision="go", note="", actor=owner, now=NOW)
    assert not DueItem.objects.filter(kind=KIND, object_id=pilot.pk).exists()


def test_a_pilot_is_begun_changed_and_decided_on_its_pages(owner: Any, project: Project) -> None:
    client, soon = client_of(owner), timezone.now().date() + timedelta(days=14)
    given = {"goal": "Try it", "ends_on": "2020-01-01", "projects": [project.pk], "people": [owner.pk]}
    refused = client.post("/pilot/edit/", given)
    assert refused.status_code == 422
    assert "Try it" in refused.content.decode()
    assert client.post("/pilot/edit/", {**given, "ends_on": soon.isoformat()}).status_code == 302
    assert client.post("/pilot/edit/", {**given, "goal": "Better", "ends_on": soon.isoformat()}).status_code == 302
    assert Pilot.objects.get().goal == "Better"
    assert client.post("/pilot/decide/", {"note": "Kept"}).status_code == 422
    assert client.post("/pilot/decide/", {"decision": "go", "note": "Well done"}).status_code == 302
    assert Pilot.objects.get().decision == "go"
    assert "Well done" in client.get("/pilot/").content.decode()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"HTTP_SEC_CH_UA_MOBILE": "?1"}, True),
        ({"HTTP_SEC_CH_UA_MOBILE": "?0", "HTTP_USER_AGENT": "Mobile"}, False),
        ({"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) AppleWebKit Version/18.0 Mobile/15E148 Safari"}, True),
        ({"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64)"}, False),
        ({}, False),
    ],
)
def test_a_phone_says_that_it_is_one(headers: dict[str, str], expected: bool) -> None:
    assert is_phone(RequestFactory().get("/", **headers)) is expected


def test_a_day_is_counted_once_and_with_a_phone_when_there_was_one(owner: Any) -> None:
    client = client_of(owner)
    client.get("/inbox/")
    client.get("/inbox/", headers={"sec-ch-ua-mobile": "?1"})
    [day] = MemberDay.objects.filter(member=owner)
    assert not day.by_phone
    Member.objects.filter(pk=owner.pk).update(last_seen_at=timezone.now() - timedelta(hours=1))
    client.get("/inbox/", headers={"sec-ch-ua-mobile": "?1"})
    assert MemberDay.objects.filter(member=owner).count() <= 2
    assert MemberDay.objects.filter(member=owner, by_phone=True).count() == 1
    owner.refresh_from_db()
    assert timezone.now() - owner.last_seen_at < timedelta(minutes=5)


def test_a_guest_reads_three_cards_in_their_first_task_until_they_are_understood(owner: Any, project: Project) -> None:
    guest = make_member(role=Role.GUEST)
    ProjectAccess.objects.create(project=project, member=guest)
    task = make_ready_task(project, owner=guest, visibility="shared")
    client = client_of(guest)
    assert client.get(task.get_absolute_url()).content.decode().count('class="guidance__card"') == 3
    assert 'id="guidance"' not in client_of(owner).get(task.get_absolute_url()).content.decode()
    assert client.post("/profile/guided/", headers={"hx-request": "true"}).content == b""
    assert 'id="guidance"' not in client.get(task.get_absolute_url()).content.decode()


def test_the_page_without_a_pilot_says_who_can_begin_one(owner: Any) -> None:
    words = "An admin of this workspace can begin one."
    for_admins = client_of(owner).get("/pilot/").content.decode()
    for_members = client_of(make_member()).get("/pilot/").content.decode()
    assert (words in for_admins, "/pilot/edit/" in for_admins) == (False, True)
    assert (words in for_members, "/pilot/edit/" in for_members) == (True, False)
    assert 'button--quiet" href="/settings/"' in for_admins
    assert 'button--quiet" href="/settings/"' not in for_members


def test_on_the_first_day_nothing_is_missed_yet(owner: Any, project: Project) -> None:
    begin(owner, project, now=timezone.now())
    [_came, delay, overdue, comments, _phone] = client_of(owner).get("/pilot/").context["figures"]
    assert [is_reached for _name, _figure, _target, is_reached in (delay, overdue, comments)] == [None, None, False]

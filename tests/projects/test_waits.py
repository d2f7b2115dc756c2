"""Who waits for me, and for whom I wait."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from projects.actions.comments import add_comment
from projects.actions.ownership import offer_project
from projects.cards import Reader
from projects.models import Dependency, Project, ProjectAccess, Task
from projects.waits import KINDS, Wait, waiting
from projects.work import WorkFilter
from tests.factories import client_of, make_column, make_member, make_project, make_task
from tests.pages import text
from tests.projects.test_move import statements

pytestmark = pytest.mark.django_db
ZONE = "Asia/Shanghai"


def soon(days: int = 3) -> Deadline:
    return Deadline(timezone.localdate() + timedelta(days=days), None, ZONE)


def waits(member: Any, query: str = "") -> dict[str, list[Wait]]:
    reader = Reader(member, ZONE, "en", timezone.now())
    wanted = WorkFilter.read(QueryDict(query), member, KINDS)
    return {group.name: group.rows for group in waiting(reader, wanted)}


def titles(member: Any, query: str = "") -> dict[str, list[tuple[str, str]]]:
    return {name: [(row.title, row.other) for row in rows] for name, rows in waits(member, query).items()}


def test_links_between_tasks_of_two_people_are_seen_from_both_ends(owner: Any) -> None:
    project, me = make_project(owner), make_member()
    mine = make_task(project, "mine", owner=me, deadline=soon())
    theirs = make_task(project, "theirs", owner=owner, deadline=soon(5))
    own = make_task(project, "also mine", owner=me, deadline=soon())
    nobodys = make_task(project, "nobody's")
    Dependency.objects.create(blocker=mine, blocked=theirs)
    Dependency.objects.create(blocker=mine, blocked=own)
    Dependency.objects.create(blocker=nobodys, blocked=mine)
    assert titles(me) == {"blocking": [("mine", "theirs")], "blocked": [("mine", "nobody's")]}
    assert titles(owner) == {"blocked": [("theirs", "mine")]}


def test_what_is_done_binned_or_archived_waits_for_nobody(owner: Any) -> None:
    project, me = make_project(owner), make_member()
    mine = make_task(project, "mine", owner=me, deadline=soon())
    done = make_task(project, "done", owner=owner, column=make_column(project, "done"))
    gone = make_task(project, "gone", owner=owner, deleted_at=timezone.now())
    away = make_task(project, "away", owner=owner, archived_at=timezone.now())
    for other in (done, gone, away):
        Dependency.objects.create(blocker=mine, blocked=other)
    assert titles(me) == {}
    Dependency.objects.create(blocker=mine, blocked=make_task(project, "open", owner=owner))
    assert titles(me) == {"blocking": [("mine", "open")]}
    Project.objects.filter(pk=project.pk).update(state="archived", archived_at=timezone.now())
    assert titles(me) == {}


def test_a_task_one_may_not_see_is_not_named(owner: Any) -> None:
    project = make_project(owner, name="Given")
    hidden = make_project(owner, name="Hidden")
    guest = make_member("guest", language="en")
    ProjectAccess.objects.create(project=project, member=guest)
    theirs = make_task(project, "for the guest", owner=guest, deadline=soon())
    secret = make_task(hidden, "secret plan", owner=owner, deadline=soon())
    inner = make_task(project, "inner matter", owner=owner, deadline=soon())
    Dependency.objects.create(blocker=secret, blocked=theirs)
    Dependency.objects.create(blocker=theirs, blocked=inner)
    found = waits(guest)
    assert [(row.title, row.other, row.who) for row in found["blocked"]] == [("for the guest", "", None)]
    assert [(row.title, row.other, row.who) for row in found["blocking"]] == [("for the guest", "", None)]
    page = text(client_of(guest).get("/waiting/"))
    assert "waits for a task you cannot see" in page
    for words in ("secret plan", "inner matter", "Hidden", owner.display_name):
        assert words not in page


def test_a_question_waits_until_it_is_answered(owner: Any) -> None:
    project, me = make_project(owner), make_member(display_name="Mei")
    task = make_task(project, "main image", owner=owner)
    now = timezone.now()
    add_comment(task, "@Mei which\nbackground?", is_shared=False, author=owner, now=now - timedelta(hours=3))
    add_comment(task, "Nobody in particular", is_shared=False, author=owner, now=now - timedelta(hours=2))
    [row] = waits(me)["asked"]
    assert (row.title, row.excerpt, row.who and row.who.name) == (
        "main image", "@Mei which background?", owner.display_name,
    )  # fmt: skip
    assert f"/tasks/{task.pk}/#comment-{row.comment}" in text(client_of(me).get("/waiting/"))
    add_comment(task, "White.", is_shared=False, author=me, now=now - timedelta(hours=1))
    assert waits(me) == {}
    add_comment(task, "@Mei are you sure?", is_shared=False, author=owner, now=now)
    assert [row.excerpt for row in waits(me)["asked"]] == ["@Mei are you sure?"]


def test_a_deleted_question_and_an_old_one_are_none(owner: Any) -> None:
    project, me = make_project(owner), make_member(display_name="Mei")
    task, now = make_task(project, "main image", owner=owner), timezone.now()
    add_comment(task, "@Mei long ago", is_shared=False, author=owner, now=now - timedelta(days=61))
    gone = add_comment(task, "@Mei never mind", is_shared=False, author=owner, now=now)
    assert len(waits(me)["asked"]) == 1
    gone.deleted_at = now
    gone.save(update_fields=["deleted_at"])
    assert waits(me) == {}


def test_what_one_asked_of_others_is_there_once_it_is_overdue(owner: Any) -> None:
    project, me = make_project(owner), make_member()
    make_task(project, "late", owner=owner, deadline=soon(-3), actor=me)
    make_task(project, "in time", owner=owner, deadline=soon(), actor=me)
    make_task(project, "mine and late", owner=me, deadline=soon(-3), actor=me)
    make_task(project, "made by another", owner=owner, deadline=soon(-3))
    make_task(project, "nobody's", deadline=soon(-3), actor=me)
    assert titles(me) == {"delegated": [("late", "")]}


def test_an_offer_waits_for_its_answer(owner: Any) -> None:
    project, heir = make_project(owner, name="Launch X"), make_member("manager", display_name="Heir")
    offer_project(project, to=heir, note="", actor=owner, now=timezone.now())
    [row] = waits(owner)["offered"]
    assert (row.pk, row.title, row.who and row.who.name) == (project.pk, "Launch X", "Heir")
    assert waits(heir) == {}


def test_it_is_filtered_and_a_kind_alone_shows_all_by_pages(owner: Any) -> None:
    first = make_project(owner, name="First", channel="shopify")
    second = make_project(owner, name="Second")
    me = make_member(language="en")
    for number in range(6):
        make_task(first, f"t{number}", owner=owner, deadline=soon(-3), actor=me)
    make_task(second, "other", owner=owner, deadline=soon(-4), actor=me)
    assert len(waits(me)["delegated"]) == 5
    assert [row.title for row in waits(me, f"project={second.pk}")["delegated"]] == ["other"]
    assert len(waits(me, "channel=shopify&section=delegated")["delegated"]) == 6
    client = client_of(me)
    assert "Show all 7" in text(client.get("/waiting/"))
    assert text(client.get("/waiting/?section=delegated")).count('class="t"') == 7
    assert "Nothing waits here any more" in text(client.get("/waiting/?section=delegated&page=9"))
    assert "Nothing waits here any more" in text(client.get("/waiting/?section=blocked"))


@pytest.mark.parametrize("count", [1, 3, 20])
def test_it_takes_the_same_statements_for_any_number(owner: Any, count: int) -> None:
    project, me = make_project(owner), make_member(display_name="Mei")
    now = datetime.now(UTC)
    for number in range(count):
        mine = make_task(project, f"m{number}", owner=me, deadline=soon())
        theirs = make_task(
            project, f"t{number}", owner=owner, deadline=Deadline(date(2026, 1, 5), None, ZONE), actor=me
        )
        Dependency.objects.create(blocker=mine, blocked=theirs)
        Dependency.objects.create(blocker=theirs, blocked=mine)
        add_comment(theirs, "@Mei?", is_shared=False, author=owner, now=now)
        offer_project(make_project(me, name=f"P{number}"), to=owner, note="", actor=me, now=now)
    client = client_of(me)
    client.get("/rail/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/waiting/").status_code == 200
    assert len(statements(captured)) == 7
    assert set(waits(me)) == set(KINDS)


def test_my_work_fetches_it_by_itself_and_links_to_it(owner: Any) -> None:
    make_task(make_project(owner), owner=owner, deadline=soon())
    html = text(client_of(owner).get("/?channel=none"))
    assert 'hx-get="/waiting/?channel=none"' in html
    headers = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "waits"}
    part = text(client_of(owner).get("/waiting/", **headers))
    assert "<html" not in part
    assert 'id="waits"' in part
    assert Task.objects.count() == 1

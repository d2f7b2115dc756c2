"""My work, and the projects in the rail."""

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linkstar.accounts.models import User
from linkstar.lib.deadlines import Deadline
from projects.actions.ownership import offer_project
from projects.cards import Reader
from projects.models import Project, ProjectAccess, Task
from projects.work import my_work
from tests.factories import client_of, make_column, make_member, make_project, make_task
from tests.pages import text
from tests.projects.test_fields import make_field, show
from tests.projects.test_move import statements

pytestmark = pytest.mark.django_db
# Tuesday 24 November, 17:00 in Shanghai and 01:00 in Los Angeles.
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SHANGHAI, ANGELES = "Asia/Shanghai", "America/Los_Angeles"


def due(day: int, clock: time | None = None, zone: str = SHANGHAI) -> Deadline:
    return Deadline(date(2026, 11, day), clock, zone)


def groups(member: Any, zone: str = SHANGHAI) -> dict[str, list[str]]:
    found = my_work(Reader(member, zone, "en", NOW))
    return {group.name: [row.title for row in group.rows] for group in found}


def test_tasks_are_grouped_by_the_readers_own_days(owner: Any) -> None:
    project = make_project(owner)
    me = make_member(time_zone=SHANGHAI)
    make_task(project, "late", owner=me, deadline=due(24, time(16, 0)))
    make_task(project, "tonight", owner=me, deadline=due(24))
    # 25 November 16:00 in Shanghai, though its own day is the 24th.
    make_task(project, "their today", owner=me, deadline=due(24, None, ANGELES))
    make_task(project, "sunday", owner=me, deadline=due(29))
    make_task(project, "monday", owner=me, deadline=due(30, time(0, 0)))
    make_task(project, "undated", owner=me)
    make_task(project, "of others", owner=owner, deadline=due(24))
    helped = make_task(project, "helped", owner=owner, deadline=due(25))
    helped.helpers.add(me)
    make_task(project, "done", owner=me, deadline=due(24), column=make_column(project, "done"))
    assert groups(me) == {
        "overdue": ["late"],
        "today": ["tonight"],
        "week": ["their today", "helped", "sunday"],
        "later": ["monday"],
        "someday": ["undated"],
    }
    assert groups(me, ANGELES)["today"] == ["tonight", "their today"]


def test_archived_projects_and_the_bin_are_left_out(owner: Any) -> None:
    project, archived = make_project(owner), make_project(owner, name="Old")
    make_task(archived, "archived", owner=owner)
    make_task(project, "binned", owner=owner, deleted_at=NOW)
    kept = make_task(project, "kept", owner=owner)
    Project.objects.filter(pk=archived.pk).update(state="archived", archived_at=NOW)
    assert groups(owner) == {"someday": [kept.title]}


def test_later_shows_ten_and_says_how_many_more(owner: Any) -> None:
    project = make_project(owner)
    for day in range(1, 13):
        make_task(project, f"t{day}", owner=owner, deadline=Deadline(date(2027, 1, day), None, SHANGHAI))
    [later] = my_work(Reader(owner, SHANGHAI, "en", NOW))
    assert ([row.title for row in later.rows], later.count, later.left) == ([f"t{n}" for n in range(1, 11)], 12, 2)


def test_a_section_alone_shows_all_of_it_by_pages(owner: Any) -> None:
    project = make_project(owner)
    for day in range(1, 29):
        for month in (1, 2):
            make_task(
                project, f"t{month}-{day}", owner=owner, deadline=Deadline(date(2027, month, day), None, SHANGHAI)
            )
    client = client_of(owner)
    assert 'href="?section=later"' in client.get("/").content.decode()
    pages = [client.get(f"/?section=later&page={page}").content.decode() for page in (1, 2, 3)]
    assert [page.count('class="t"') for page in pages] == [50, 6, 0]
    assert 'href="?section=later&amp;page=2"' in pages[0]
    assert client.get("/?section=nonsense&page=x").status_code == 200


def test_work_is_filtered_by_channel_and_project(owner: Any) -> None:
    amazon = make_project(owner, name="Amazon one", channel="amazon_us")
    other = make_project(owner, name="Other one")
    make_task(amazon, "on amazon", owner=owner, deadline=due(24))
    make_task(other, "elsewhere", owner=owner, deadline=due(24))
    client = client_of(owner)
    for query, titles in {
        "": ["on amazon", "elsewhere"],
        "?channel=amazon_us": ["on amazon"],
        "?channel=none": ["elsewhere"],
        f"?project={other.pk}": ["elsewhere"],
        "?project=99": [],
    }.items():
        html = client.get(f"/{query}").content.decode()
        assert [title for title in ("on amazon", "elsewhere") if f">{title}</a>" in html] == titles, query


def test_work_is_filtered_by_custom_fields_and_tells_of_those_that_are_gone(owner: Any) -> None:
    User.objects.filter(pk=owner.user_id).update(language="en")
    project, field = make_project(owner), make_field(owner, "Stage", "choice", choices=["Draft", "Live"])
    fitting = make_task(project, "fitting", owner=owner, field_values={str(field.pk): "c2"})
    make_task(project, "other", owner=owner)
    show(fitting, field)
    client, asked = client_of(owner), f"f{field.pk}=c2"
    page = text(client.get(f"/?{asked}&channel=none"))
    assert (">fitting<" in page, ">other<" in page, "Stage: Live" in page) == (True, False, True)
    assert f'<input type="hidden" name="f{field.pk}" value="c2">' in page
    page = text(client.get("/?f99999=x"))
    assert ">fitting<" in page and "A field this filter asks for no longer exists." in page


def test_a_check_finishes_a_task_and_the_toast_takes_it_back(owner: Any) -> None:
    project = make_project(owner)
    task = make_task(project, owner=owner, deadline=due(24))
    client = client_of(owner)
    response = client.post(f"/tasks/{task.pk}/check/", HTTP_HX_REQUEST="true")
    events = json.loads(response["HX-Trigger"])
    assert Task.objects.get(pk=task.pk).is_done
    assert events["task:changed"] == {"task": task.pk}
    client.post(events["toast"]["undo_url"], HTTP_HX_REQUEST="true")
    assert not Task.objects.get(pk=task.pk).is_done
    assert client.post(f"/tasks/{task.pk}/check/").url == "/"
    assert Task.objects.get(pk=task.pk).is_done


@pytest.mark.parametrize("count", [1, 40])
def test_the_page_takes_the_same_statements_for_any_number(owner: Any, count: int) -> None:
    project = make_project(owner)
    helper = make_member()
    for number in range(count):
        make_task(project, f"t{number}", owner=owner, deadline=due(24)).helpers.add(helper)
    client = client_of(owner)
    client.get("/rail/")
    with CaptureQueriesContext(connection) as captured:
        response = client.get("/")
    assert response.status_code == 200
    assert len(statements(captured)) == HOME_STATEMENTS
    assert response.content.decode().count('class="t"') == count


HOME_STATEMENTS = 4


def test_the_first_run_invites_and_a_quiet_day_says_so(owner: Any) -> None:
    member = make_member(language="en")
    assert "Start from an SOP" in client_of(member).get("/").content.decode()
    guest = make_member("guest", language="en")
    assert "Nothing is shared with you yet" in client_of(guest).get("/").content.decode()
    make_project(owner)
    assert "Nothing waits for you" in client_of(member).get("/").content.decode()


def test_an_offer_waits_for_the_one_who_was_asked(owner: Any) -> None:
    project = make_project(owner, name="Handed <over>")
    heir, bystander = make_member("manager", language="en"), make_member(language="en")
    offer = offer_project(project, to=heir, note="please", actor=owner, now=NOW)
    html = client_of(heir).get("/").content.decode()
    assert f"/offers/{offer.pk}/" in html
    assert "Handed &lt;over&gt;" in html
    assert "Handed" not in client_of(bystander).get("/").content.decode()


def test_a_guest_finds_only_what_is_theirs(owner: Any) -> None:
    project, hidden = make_project(owner, name="Given"), make_project(owner, name="Hidden")
    guest = make_member("guest")
    ProjectAccess.objects.create(project=project, member=guest)
    make_task(project, "theirs", owner=guest)
    make_task(project, "shared but not theirs", visibility=Task.Visibility.SHARED)
    make_task(hidden, "theirs, out of reach", owner=guest)
    assert groups(guest) == {"someday": ["theirs"]}
    rail = client_of(guest).get("/rail/").content.decode()
    assert "Given" in rail
    assert "Hidden" not in rail


def test_the_rail_names_the_eight_latest(owner: Any) -> None:
    for number in range(9):
        make_project(owner, name=f"P{number}", now=datetime(2026, 11, 1 + number, tzinfo=UTC))
    html = client_of(owner).get("/rail/").content.decode()
    assert [f"P{n}" for n in range(9) if f">P{n}<" in html] == [f"P{n}" for n in range(1, 9)]
    assert html.index(">P8<") < html.index(">P1<")

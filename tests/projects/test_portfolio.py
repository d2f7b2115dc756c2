"""The list of projects: which, in which order, what a row says, and the same as a table for a spreadsheet."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linkstar.lib.deadlines import Deadline
from projects.cards import Reader
from projects.models import Project, ProjectAccess, Task
from projects.portfolio import Counts, PortfolioFilter, PortfolioRow, portfolio_choices, portfolio_rows
from tests.factories import client_of, make_column, make_member, make_project, make_task
from tests.projects.test_move import statements

pytestmark = pytest.mark.django_db
# Tuesday 24 November, 17:00 in Shanghai and 01:00 in Los Angeles.
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ANGELES = "America/Los_Angeles"


def due(day: int, clock: time | None = None, zone: str = ANGELES) -> Deadline:
    return Deadline(date(2026, 11, day), clock, zone)


def rows(member: Any, query: str = "") -> list[PortfolioRow]:
    wanted, reader = PortfolioFilter.read(QueryDict(query)), Reader(member, "Asia/Shanghai", "en", NOW)
    return portfolio_rows(wanted, reader)


def names(member: Any, query: str = "") -> list[str]:
    return [row.name for row in rows(member, query)]


def age(project: Project, days: int) -> None:
    Project.objects.filter(pk=project.pk).update(last_activity_at=NOW - timedelta(days=days))


@pytest.mark.parametrize("query", ["", "?group=channel&sort=overdue", "?group=owner&sort=due"])
@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_page_takes_the_same_statements_for_any_number(owner: Any, count: int, query: str) -> None:
    for number in range(count):
        project = make_project(owner, name=f"P{number}", channel="shopify" if number % 2 else "")
        make_task(project, owner=owner, deadline=Deadline(date(2027, 1, 5), None, "UTC"))
    client = client_of(owner)
    client.get("/rail/")
    with CaptureQueriesContext(connection) as captured:
        html = client.get(f"/projects/{query}").content.decode()
    # What fits on one page is not counted.
    assert len(statements(captured)) == (4 if count <= 50 else 5)
    assert html.count('class="t"') == min(count, 50)
    if count > 50:
        page = f"{query}&page=2" if query else "?page=2"
        assert client.get(f"/projects/{page}").content.decode().count('class="t"') == 10


def test_a_draft_is_no_progress_and_the_next_date_lies_ahead(owner: Any) -> None:
    project = make_project(owner, channel="amazon_us", store="HEYFINCH US")
    make_task(project, "late", owner=owner, deadline=due(20))
    coming = make_task(project, "coming", owner=owner, deadline=due(27, time(18)), is_milestone=True)
    make_task(project, "later", owner=owner, deadline=due(28))
    make_task(project, "done", owner=owner, deadline=due(1), column=make_column(project, "done"))
    make_task(project, "done draft", column=make_column(project, "done"))
    make_task(project, "no deadline", owner=owner)
    make_task(project, "nobody", deadline=due(29))
    make_task(project, "binned", owner=owner, deadline=due(25), deleted_at=NOW)
    [row] = rows(owner)
    assert (row.counts, row.counts.percent) == (Counts(all=4, done=1, open=5, overdue=1), 25)
    assert row.next is not None
    assert (row.next.pk, row.next.title, row.next.kind) == (coming.pk, "coming", "milestone")
    assert row.next.label.at_text == "Fri 27 Nov, 18:00 PST (UTC−8)"
    assert row.next.label.you_text == "Sat 28 Nov, 10:00 for you (UTC+8)"
    assert (row.channel, row.channel_name, row.store) == ("amazon", "Amazon US", "HEYFINCH US")


def test_a_finance_task_is_counted_for_those_who_see_it(owner: Any) -> None:
    project = make_project(owner)
    make_task(project, "secret", owner=owner, deadline=due(20), sensitivity=Task.Sensitivity.FINANCE)
    [seen], [unseen] = rows(owner), rows(make_member())
    assert (seen.counts.overdue, unseen.counts) == (1, Counts())


@pytest.mark.parametrize(
    ("days", "state", "silence"),
    [
        (6, "active", ""),
        (7, "active", "quiet"),
        (13, "active", "quiet"),
        (14, "active", "silent"),
        (30, "finished", ""),
    ],
)
def test_silence_is_amber_from_seven_days_and_red_from_fourteen(
    owner: Any, days: int, state: str, silence: str
) -> None:
    project = make_project(owner)
    age(project, days)
    Project.objects.filter(pk=project.pk).update(state=state)
    [row] = rows(owner)
    assert (row.silent_days, row.silence) == (days, silence)


def test_the_filter_reads_channel_store_owner_state_silence_and_words(owner: Any) -> None:
    heir = make_member(display_name="Heir")
    amazon = make_project(owner, name="Coupon", channel="amazon_us", store="HEYFINCH US")
    shop = make_project(heir, name="Shop", channel="shopify", store="HEYFINCH EU")
    bare = make_project(owner, name="Bare")
    old = make_project(owner, name="Old")
    for project, days in ((amazon, 1), (shop, 8), (bare, 20), (old, 90)):
        age(project, days)
    Project.objects.filter(pk=old.pk).update(state="archived", archived_at=NOW)
    Project.objects.filter(pk=shop.pk).update(state="finished")
    asked = {
        "": ["Coupon", "Shop", "Bare"],
        "channel=shopify": ["Shop"],
        "channel=none": ["Bare"],
        "channel=ebay": ["Coupon", "Shop", "Bare"],
        "store=HEYFINCH+US": ["Coupon"],
        f"owner={heir.pk}": ["Shop"],
        "owner=x": ["Coupon", "Shop", "Bare"],
        "state=active": ["Coupon", "Bare"],
        "state=finished": ["Shop"],
        "state=archived": ["Old"],
        "state=all": ["Coupon", "Shop", "Bare", "Old"],
        "silent=7": ["Shop", "Bare"],
        "silent=14": ["Bare"],
        "q=heyfinch": ["Coupon", "Shop"],
        "q=coup": ["Coupon"],
        "q=zz": [],
    }
    assert {query: names(owner, query) for query in asked} == asked


def test_it_is_sorted_and_grouped(owner: Any) -> None:
    heir = make_member(display_name="Aaron")
    first = make_project(owner, name="B", channel="shopify")
    second = make_project(heir, name="A", channel="amazon_us")
    third = make_project(owner, name="C")
    for project, days in ((first, 1), (second, 2), (third, 3)):
        age(project, days)
    make_task(second, owner=owner, deadline=due(20))
    make_task(third, owner=owner, deadline=due(26))
    make_task(first, owner=owner, deadline=due(27))
    for project, days in ((first, 1), (second, 2), (third, 3)):
        age(project, days)
    asked = {
        "sort=name": ["A", "B", "C"],
        "sort=due": ["C", "B", "A"],
        "sort=overdue": ["A", "B", "C"],
        "sort=silent": ["C", "A", "B"],
        "group=channel": ["A", "B", "C"],
        "group=owner": ["A", "B", "C"],
        "group=owner&sort=silent": ["A", "C", "B"],
    }
    assert {query: names(owner, query) for query in asked} == asked
    assert [(row.group, row.group_count) for row in rows(owner, "group=channel")] == [
        ("amazon_us", 1), ("shopify", 1), ("none", 1),
    ]  # fmt: skip
    assert [row.group_count for row in rows(owner, "group=owner")] == [1, 2, 2]


def test_a_guest_sees_the_given_ones_and_no_choice_names_another(owner: Any) -> None:
    heir = make_member(display_name="Hidden heir")
    given = make_project(owner, name="Given", channel="amazon_us", store="Shop A")
    make_project(heir, name="Hidden", channel="shopify", store="Shop B")
    guest = make_member("guest", language="en")
    ProjectAccess.objects.create(project=given, member=guest)
    make_task(given, "internal", owner=owner, deadline=due(27))
    [row] = rows(guest)
    assert (row.name, row.counts, row.next, row.silent_days) == ("Given", Counts(), None, None)
    choices = portfolio_choices(Reader(guest, "UTC", "en", NOW))
    assert choices.channels == [("amazon_us", "Amazon US")]
    assert (choices.stores, choices.owners) == (["Shop A"], [(owner.pk, owner.display_name)])
    client = client_of(guest)
    pages = ["/projects/", "/projects/?state=archived", "/projects/?state=all&group=owner", "/projects/csv/?state=all"]
    text = "".join(client.get(page).content.decode() for page in pages)
    assert "Given" in text
    assert "Hidden" not in text
    assert "Shop B" not in text
    assert "/projects/new/" not in text
    assert "internal" not in text
    # How long the team was silent is the team's own.
    assert "Active today" not in text
    assert "Last activity" not in text


def test_the_table_for_a_spreadsheet_follows_the_filter(owner: Any) -> None:
    project = make_project(owner, name="=HYPERLINK(1)", channel="walmart_us", store="店铺一")
    soon = timezone.now().date() + timedelta(days=30)
    make_task(project, "主图", owner=owner, deadline=Deadline(soon, None, ANGELES))
    make_project(owner, name="Other")
    reader = make_member(language="en", time_zone="Asia/Shanghai", display_name="Reader")
    response = client_of(reader).get("/projects/csv/?channel=walmart_us")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="projects-')
    text = response.content.decode()
    assert text.startswith("\ufeffProject,Channel,Shop,")
    [_head, row] = csv.reader(StringIO(text[1:]))
    assert row[:10] == [
        "'=HYPERLINK(1)", "Walmart US", "店铺一", owner.display_name, "Active", "1", "0", "0", "主图", soon.isoformat(),
    ]  # fmt: skip
    assert row[10] == ANGELES
    assert row[11] in ("UTC−8", "UTC−7")
    assert row[12].startswith((soon + timedelta(days=1)).isoformat())
    assert row[-1] == "0"


def test_filtering_draws_the_table_alone(owner: Any) -> None:
    make_project(owner, name="One")
    headers = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "portfolio"}
    html = client_of(owner).get("/projects/?q=one", **headers).content.decode()
    assert "<html" not in html
    assert 'id="portfolio"' in html
    assert "/projects/csv/?q=one" in html


def test_nothing_found_offers_to_clear_the_filter(owner: Any) -> None:
    make_project(owner, name="One")
    html = client_of(make_member(language="en")).get("/projects/?q=zz").content.decode()
    assert "No project fits" in html
    assert "Show all projects" in html

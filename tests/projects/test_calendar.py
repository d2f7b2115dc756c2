"""The calendar: every task on its one day, on whose clock, how many, who sees them, and moving them."""

import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkstar.accounts.models import User
from linkstar.calendars.models import Closure
from linkstar.lib.day_grid import Span, day_of, month_span, week_span
from linkstar.lib.deadlines import Deadline
from projects.access_fields import fields_anywhere
from projects.agenda import Day, fill_days, holidays_on, lay_days, unknown_years
from projects.cards import Reader
from projects.models import Activity, Project, ProjectAccess, SavedView, Task
from tests.factories import client_of, make_column, make_member, make_project, make_task
from tests.pages import HTMX, text
from tests.projects.test_fields import make_field, show
from tests.projects.test_move import statements

pytestmark = pytest.mark.django_db
# Tuesday 24 November, 17:00 in Shanghai and 01:00 in Los Angeles.
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ANGELES, NEW_YORK, BEIJING = "America/Los_Angeles", "America/New_York", "Asia/Shanghai"


def filled(member: Any, span: Span, *, most: int = 50) -> list[Day]:
    reader = Reader(member, BEIJING, "en", NOW)
    days = lay_days(span, reader, month=None)
    fill_days(days, Task.objects.visible_to(member).current(), span, reader, most=most)
    return days


def shown(member: Any, span: Span) -> dict[str, list[str]]:
    """Titles by day, where there are some."""
    return {str(day.on): [entry.title for entry in day.entries] for day in filled(member, span) if day.entries}


def test_a_task_lies_on_the_day_of_its_instant_and_a_date_on_the_date_it_names(owner: Any) -> None:
    project = make_project(owner)
    make_task(project, "evening in LA", deadline=Deadline(date(2026, 11, 27), time(23, 30), ANGELES))
    make_task(project, "day in LA", deadline=Deadline(date(2026, 11, 27), None, ANGELES))
    make_task(project, "morning in Beijing", deadline=Deadline(date(2026, 11, 27), time(9, 0), BEIJING))
    make_task(project, "no deadline")
    on = date(2026, 11, 27)
    assert shown(owner, month_span(on, ANGELES)) == {
        "2026-11-26": ["morning in Beijing"],
        "2026-11-27": ["day in LA", "evening in LA"],
    }
    assert shown(owner, month_span(on, BEIJING)) == {
        "2026-11-27": ["day in LA", "morning in Beijing"],
        "2026-11-28": ["evening in LA"],
    }
    [day] = [day for day in filled(owner, month_span(on, BEIJING)) if str(day.on) == "2026-11-28"]
    assert [entry.clock for entry in day.entries] == ["15:30"]
    [named] = [entry for each in filled(owner, month_span(on, BEIJING)) for entry in each.entries if not entry.clock]
    assert (named.ends, named.due.at_text) == ("15:59", "Fri 27 Nov, end of day PST (UTC−8)")


ZONES = (ANGELES, NEW_YORK, BEIJING, "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Niue", "America/Havana")
deadlines = st.builds(
    Deadline,
    st.dates(date(2026, 2, 20), date(2026, 4, 10)) | st.dates(date(2026, 10, 20), date(2026, 12, 5)),
    st.none() | st.times().map(lambda clock: clock.replace(microsecond=0)),
    st.sampled_from(ZONES),
)


@given(made=st.lists(deadlines, min_size=1, max_size=12), zone=st.sampled_from(ZONES), by_week=st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_puts_each_task_on_exactly_one_day(
    owner: Any, made: list[Deadline], zone: str, by_week: bool
) -> None:
    Task.objects.all().delete()
    project = Project.objects.first() or make_project(owner)
    tasks = [make_task(project, f"t{number}", deadline=deadline) for number, deadline in enumerate(made)]
    for deadline in made:
        day = day_of(deadline, zone)
        span = week_span(day, zone) if by_week else month_span(day, zone)
        found = [(entry.pk, each.on) for each in filled(owner, span) for entry in each.entries]
        expected = [(task.pk, day_of(task.deadline, zone)) for task in tasks if task.deadline]
        expected = [(pk, on) for pk, on in expected if span.first <= on <= span.last]
        assert sorted(found) == sorted(expected)
        assert set(Counter(pk for pk, _on in found).values()) <= {1}


@pytest.mark.parametrize("sunday", [date(2026, 3, 8), date(2026, 11, 1)])
def test_the_weeks_in_which_clocks_change_hold_each_hour_once(owner: Any, sunday: date) -> None:
    project = make_project(owner)
    for day in (sunday - timedelta(days=1), sunday, sunday + timedelta(days=1)):
        for hour in (0, 1, 2, 3, 23):
            make_task(project, f"{day} {hour}", deadline=Deadline(day, time(hour, 30), ANGELES))
    found = shown(owner, Span(sunday - timedelta(days=1), sunday + timedelta(days=1), ANGELES))
    assert {day: len(titles) for day, titles in found.items()} == {
        str(sunday + timedelta(days=step)): 5 for step in (-1, 0, 1)
    }
    assert all(title.startswith(day) for day, titles in found.items() for title in titles)
    [changed] = [
        day for day in lay_days(week_span(sunday, ANGELES), Reader(owner, ANGELES, "en", NOW), month=None) if day.hours
    ]
    assert (changed.on, changed.hours) == (sunday, 1 if sunday.month == 3 else -1)


def test_a_full_day_counts_all_and_fetches_the_first(owner: Any) -> None:
    project = make_project(owner)
    for number in range(5):
        make_task(project, f"t{number}", deadline=Deadline(date(2026, 11, 27), time(9 + number), BEIJING))
    make_task(project, "milestone", deadline=Deadline(date(2026, 11, 27), time(20), BEIJING), is_milestone=True)
    [day] = [day for day in filled(owner, week_span(date(2026, 11, 27), BEIJING), most=3) if day.count]
    assert ([entry.title for entry in day.entries], day.count, day.left) == (["milestone", "t0", "t1"], 6, 3)


def test_holidays_are_named_and_a_made_up_weekend_is_work() -> None:
    assert [tuple(each) for each in holidays_on(date(2026, 11, 26), "en")] == [("us", "Thanksgiving Day", False)]
    assert [each.country for each in holidays_on(date(2026, 10, 1), "zh-hans")] == ["cn"]
    assert [each.name for each in holidays_on(date(2026, 10, 1), "zh-hans")] == ["国庆节"]
    # Saturday 10 October 2026 makes up for the Golden Week.
    assert [(each.country, each.is_work) for each in holidays_on(date(2026, 10, 10), "en")] == [("cn", True)]
    assert holidays_on(date(2026, 11, 24), "en") == []
    assert holidays_on(date(2031, 10, 1), "en") == []


def test_years_that_are_not_published_are_said_and_not_guessed(owner: Any) -> None:
    assert unknown_years(month_span(date(2026, 11, 1), BEIJING)) == []
    assert ("cn", 2031) in unknown_years(month_span(date(2031, 10, 1), BEIJING))
    page = text(client_of(make_member(language="en")).get("/calendar/?on=2031-10-01"))
    assert "China has not published its holidays of 2031 yet" in page


@pytest.mark.parametrize("query", ["", "view=week", "view=day&on=2026-11-27"])
@pytest.mark.parametrize("count", [1, 3, 40])
def test_it_takes_the_same_statements_for_any_number(owner: Any, count: int, query: str) -> None:
    project = make_project(owner)
    for number in range(count):
        make_task(project, f"t{number}", owner=owner, deadline=Deadline(date(2026, 11, 27), time(9), BEIJING))
    client = client_of(owner)
    client.get("/rail/")
    found = {}
    for path in (f"/projects/{project.pk}/calendar/", "/calendar/"):
        with CaptureQueriesContext(connection) as captured:
            response = client.get(f"{path}?on=2026-11-27&{query}")
        assert response.status_code == 200
        found[path] = len(statements(captured))
    # Two of them for closures and the retail year.
    assert list(found.values()) == [9, 8]


def test_the_zone_is_in_the_address_and_wrong_ones_are_the_readers(owner: Any) -> None:
    project = make_project(owner)
    reader = make_member(language="en", time_zone=BEIJING)
    make_task(project, "evening", deadline=Deadline(date(2026, 11, 27), time(23, 30), ANGELES))
    client = client_of(reader)
    for zone, clock in ((BEIJING, "15:30"), (NEW_YORK, "02:30"), (ANGELES, "23:30"), ("Mars/Base", "15:30")):
        page = text(client.get(f"/projects/{project.pk}/calendar/?on=2026-11-27&zone={zone}"))
        assert f'<span class="entry-day__clock num">{clock}</span>' in page, zone
    assert "Beijing time" in page
    assert "(UTC+8)" in page
    november = text(client.get(f"/projects/{project.pk}/calendar/?on=2026-11-27&zone={ANGELES}"))
    assert "(UTC−7, UTC−8)" in november


@pytest.mark.parametrize(
    "query", ["on=2026-13-40", "on=9999-12-31", "on=x&view=year&page=-1", "view=day&page=99999", "zone=../etc/passwd"]
)
def test_a_wrong_address_is_today(owner: Any, query: str) -> None:
    make_project(owner)
    assert client_of(owner).get(f"/calendar/?{query}").status_code == 200


def test_the_filter_is_the_one_of_the_board(owner: Any) -> None:
    project = make_project(owner)
    day = Deadline(date(2026, 11, 27), None, BEIJING)
    make_task(project, "mine", owner=owner, deadline=day)
    make_task(project, "other", deadline=day, is_milestone=True)
    client, path = client_of(owner), f"/projects/{project.pk}/calendar/?on=2026-11-27"
    for query, titles in {
        "owner=me": ["mine"],
        "milestone=1": ["other"],
        "q=oth": ["other"],
        "": ["mine", "other"],
    }.items():
        page = text(client.get(f"{path}&{query}"))
        assert [title for title in ("mine", "other") if f">{title}</span>" in page] == titles


def test_the_one_filter_bar_keeps_the_days_and_offers_saved_views(owner: Any) -> None:
    project = make_project(owner)
    make_task(project, "mine", owner=owner, deadline=Deadline(date(2026, 11, 27), None, BEIJING))
    client, path = client_of(owner), f"/projects/{project.pk}/calendar/"
    asked = f"?q=mi&view=week&on=2026-11-27&zone={ANGELES}"
    page = text(client.get(path + asked))
    for field in ('name="view" value="week"', 'name="on" value="2026-11-27"', f'<option value="{ANGELES}" selected>'):
        assert field in page
    assert 'id="filter-panel"' in page and f"/projects/{project.pk}/views/add/?kind=calendar&amp;query=q%3Dmi" in page
    view = SavedView.objects.create(member=owner, project=project, kind="calendar", name="Mine", query="q=mi&owner=me")
    assert f'href="{path}?q=mi&amp;owner=me&amp;saved={view.pk}"' in text(client.get(path))
    # The answer to the filter leaves the address, and the days, where they were.
    headers = {"HX-Request": "true", "HX-Target": "calendar", "HX-Trigger": "filters"}
    response = client.get(path + asked, headers=headers)
    assert response["HX-Push-Url"] == f"{path}?q=mi&view=week&on=2026-11-27&zone=America%2FLos_Angeles"
    assert 'id="filter-arrange" hx-swap-oob="true"' in text(response)
    assert 'id="filter-views"' in text(client.get("/calendar/")) and "views/add" not in text(client.get("/calendar/"))


def test_both_calendars_ask_custom_fields_and_tell_of_those_that_are_gone(owner: Any) -> None:
    User.objects.filter(pk=owner.user_id).update(language="en")
    project, other = make_project(owner), make_project(owner, name="Without the field")
    field, day = (
        make_field(owner, "Stage", "choice", choices=["Draft", "Live"]),
        Deadline(date(2026, 11, 27), None, BEIJING),
    )
    values = {str(field.pk): "c1"}
    shown = make_task(project, "shown", deadline=day, field_values=values)
    make_task(project, "empty", deadline=day)
    make_task(other, "left over", deadline=day, field_values=values)
    show(shown, field)
    client, titles = client_of(owner), ("shown", "empty", "left over")
    for path in (f"/projects/{project.pk}/calendar/", "/calendar/"):
        for asked, found in (("c1", ["shown"]), ("none", ["empty"]), ("c2", [])):
            page = text(client.get(f"{path}?on=2026-11-27&f{field.pk}={asked}"))
            assert [title for title in titles if f">{title}</span>" in page] == found
            assert "Stage: " in page
    page = text(client.get("/calendar/?on=2026-11-27&f99999=x&label=99999&q=shown"))
    assert "A field this filter asks for no longer exists." in page and ">shown</span>" in page


def test_a_guest_is_offered_no_field_of_other_projects(owner: Any) -> None:
    given, hidden, guest = make_project(owner), make_project(owner, name="Hidden"), make_member("guest")
    ProjectAccess.objects.create(project=given, member=guest)
    fields = [make_field(owner, name, for_guests=for_guests) for name, for_guests in (("Open", True), ("Ours", False))]
    secret = make_field(owner, "Elsewhere", for_guests=True)
    show(make_task(given), *fields)
    show(make_task(hidden), secret)
    assert [field.name for field in fields_anywhere(guest)] == ["Open"]
    assert [field.name for field in fields_anywhere(owner)] == ["Open", "Ours", "Elsewhere"]
    page = text(client_of(guest).get("/calendar/"))
    assert ("Open" in page, "Ours" in page, "Elsewhere" in page) == (True, False, False)


def test_a_guest_sees_what_is_shared_and_nothing_can_be_moved(owner: Any) -> None:
    given, hidden = make_project(owner, name="Given"), make_project(owner, name="Hidden")
    guest = make_member("guest", language="en")
    make_member(display_name="A colleague")
    ProjectAccess.objects.create(project=given, member=guest)
    day = Deadline(date(2026, 11, 27), None, BEIJING)
    make_task(given, "theirs", owner=guest, deadline=day)
    make_task(given, "of the team", owner=owner, deadline=day)
    make_task(hidden, "elsewhere", owner=guest, deadline=day)
    client = client_of(guest)
    page = text(client.get("/calendar/?on=2026-11-27")) + text(
        client.get(f"/projects/{given.pk}/calendar/?on=2026-11-27")
    )
    assert "theirs" in page
    for words in ("of the team", "elsewhere", "Hidden", "data-movable", "/calendar/add/", "A colleague"):
        assert words not in page
    assert client.get(f"/projects/{hidden.pk}/calendar/").status_code == 404


def test_archived_tasks_and_projects_are_left_out(owner: Any) -> None:
    project, old = make_project(owner), make_project(owner, name="Old")
    day = Deadline(date(2026, 11, 27), None, BEIJING)
    make_task(project, "put away", deadline=day, archived_at=NOW)
    make_task(project, "binned", deadline=day, deleted_at=NOW)
    make_task(project, "kept", deadline=day)
    make_task(old, "of an old project", deadline=day)
    Project.objects.filter(pk=old.pk).update(state="archived", archived_at=NOW)
    page = text(client_of(owner).get("/calendar/?on=2026-11-27"))
    titles = ("put away", "binned", "kept", "of an old project")
    assert [title for title in titles if f">{title}</span>" in page] == ["kept"]
    assert "data-movable" not in text(client_of(owner).get(f"/projects/{old.pk}/calendar/?on=2026-11-27"))


class TestMove:
    def test_the_day_changes_and_the_time_stays_and_an_undo_puts_it_back(self, owner: Any) -> None:
        project = make_project(owner)
        before = Deadline(date(2026, 11, 27), time(23, 30), ANGELES)
        task = make_task(project, deadline=before)
        client = client_of(owner)
        # On the clock of Beijing it lies on the 28th, and goes to the 30th.
        response = client.post(f"/tasks/{task.pk}/day/", {"on": "2026-11-30", "zone": BEIJING}, **HTMX)
        moved = Task.objects.get(pk=task.pk)
        assert moved.deadline == Deadline(date(2026, 11, 29), time(23, 30), ANGELES)
        events = json.loads(response["HX-Trigger"])
        assert events["task:changed"] == {"task": task.pk}
        assert Activity.objects.filter(task=task, verb="deadline changed").count() == 1
        client.post(events["toast"]["undo_url"], **HTMX)
        assert Task.objects.get(pk=task.pk).deadline == before

    def test_a_date_goes_to_the_date(self, owner: Any) -> None:
        task = make_task(make_project(owner), deadline=Deadline(date(2026, 11, 27), None, ANGELES))
        client_of(owner).post(f"/tasks/{task.pk}/day/", {"on": "2026-12-01", "zone": BEIJING}, **HTMX)
        assert Task.objects.get(pk=task.pk).deadline == Deadline(date(2026, 12, 1), None, ANGELES)

    def test_the_second_of_two_equal_hours_comes_back_as_it_was(self, owner: Any) -> None:
        before = Deadline(date(2026, 11, 1), time(1, 30), ANGELES, 1)
        task = make_task(make_project(owner), deadline=before)
        client = client_of(owner)
        response = client.post(f"/tasks/{task.pk}/day/", {"on": "2026-11-03", "zone": ANGELES}, **HTMX)
        client.post(json.loads(response["HX-Trigger"])["toast"]["undo_url"], **HTMX)
        assert Task.objects.get(pk=task.pk).deadline == before

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"on": "", "zone": BEIJING}, "Choose a day."),
            ({"on": "soon", "zone": BEIJING}, "This is not a date."),
            ({"on": "1999-01-01", "zone": BEIJING}, "2000"),
            ({"on": "2026-11-30", "zone": "Mars/Base"}, "Mars/Base"),
            ({"on": "2026-11-20", "zone": ANGELES}, "start"),
        ],
    )
    def test_what_cannot_be_is_said_and_nothing_moves(self, owner: Any, data: dict[str, str], words: str) -> None:
        before = Deadline(date(2026, 11, 27), None, ANGELES)
        task = make_task(make_project(owner), deadline=before, start_on=date(2026, 11, 25))
        response = client_of(make_member(language="en")).post(f"/tasks/{task.pk}/day/", data, **HTMX)
        assert response.status_code == 422
        assert words in json.loads(response["HX-Trigger"])["toast"]["message"]
        assert Task.objects.get(pk=task.pk).deadline == before

    def test_what_the_marketplace_fixes_stays(self, owner: Any) -> None:
        before = Deadline(date(2026, 11, 27), time(0), ANGELES)
        task = make_task(make_project(owner), deadline=before, is_fixed=True)
        client = client_of(owner)
        assert "data-movable" not in text(client.get("/calendar/?on=2026-11-27"))
        assert client.post(f"/tasks/{task.pk}/day/", {"on": "2026-11-28", "zone": ANGELES}, **HTMX).status_code == 422
        assert Task.objects.get(pk=task.pk).deadline == before

    def test_without_scripts_the_calendar_of_that_day_comes_back(self, owner: Any) -> None:
        task = make_task(make_project(owner), deadline=Deadline(date(2026, 11, 27), None, ANGELES))
        response = client_of(owner).post(f"/tasks/{task.pk}/day/", {"on": "2026-12-01", "zone": ANGELES})
        assert response.url == f"/projects/{task.project_id}/calendar/?on=2026-12-01&zone=America%2FLos_Angeles"


class TestAdd:
    def test_a_day_without_a_time_ends_in_the_projects_zone(self, owner: Any) -> None:
        project = make_project(owner, time_zone=NEW_YORK)
        data = {"title": " Order  samples ", "on": "2026-12-01", "zone": BEIJING, "time": "", "owner": owner.pk}
        response = client_of(owner).post(f"/projects/{project.pk}/calendar/add/", data, **HTMX)
        task = Task.objects.get()
        assert (task.title, task.owner, task.column) == ("Order samples", owner, make_column(project))
        assert task.deadline == Deadline(date(2026, 12, 1), None, NEW_YORK)
        assert "dialog:close" in json.loads(response["HX-Trigger"])

    def test_a_time_is_one_of_the_calendars_zone(self, owner: Any) -> None:
        project = make_project(owner, time_zone=NEW_YORK)
        data = {"title": "X", "on": "2026-12-01", "zone": BEIJING, "time": "18:00", "owner": "", "project": project.pk}
        response = client_of(owner).post("/calendar/add/", data)
        assert Task.objects.get().deadline == Deadline(date(2026, 12, 1), time(18), BEIJING)
        assert response.url.startswith("/calendar/?on=2026-12-01")

    @pytest.mark.parametrize(
        "wrong", [{"title": " "}, {"on": "x"}, {"zone": "Mars/Base"}, {"project": "0"}, {"time": "25:00"}]
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, owner: Any, wrong: dict[str, str]) -> None:
        project = make_project(owner)
        data = {
            "title": "Kept words",
            "on": "2026-12-01",
            "zone": BEIJING,
            "time": "",
            "owner": "",
            "project": project.pk,
        }
        response = client_of(owner).post("/calendar/add/", {**data, **wrong}, **HTMX)
        assert response.status_code == 422
        assert "field__error" in text(response)
        assert wrong.get("title") or "Kept words" in text(response)
        assert Task.objects.count() == 0

    def test_no_archived_project_is_offered(self, owner: Any) -> None:
        make_project(owner, name="Open one")
        old = make_project(owner, name="Old one")
        Project.objects.filter(pk=old.pk).update(state="archived", archived_at=NOW)
        page = text(client_of(owner).get("/calendar/add/?on=2026-12-01&zone=UTC", **HTMX))
        assert "Open one" in page
        assert "Old one" not in page
        assert 'value="2026-12-01"' in page


def test_closures_and_the_retail_year_stand_on_their_days_for_the_team_alone(owner: Any) -> None:
    project, guest = make_project(owner), make_member("guest", language="en")
    ProjectAccess.objects.create(project=project, member=guest)
    Closure.objects.create(name="Inventory", first_on=date(2026, 11, 26), last_on=date(2026, 11, 28), created_by=owner)
    url = f"/projects/{project.pk}/calendar/?on=2026-11-27"
    seen = [text(client_of(who).get(url)) for who in (make_member(language="en"), guest)]
    assert [page.count("Inventory") for page in seen] == [3, 0]
    assert [page.count("Black Friday") for page in seen] == [1, 0]
    assert [page.count("State sales-tax") for page in seen] == [0, 0]

"""The pages of Settings › Working days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from linkstar.calendars.market import dates_between, dates_of, entry_of
from linkstar.calendars.models import Closure, MarketDate
from linkstar.lib import workdays
from projects.models import Project
from tests.factories import client_of, make_member, make_project

pytestmark = pytest.mark.django_db
CLOSURES = "/settings/calendar/"
MARKET = "/settings/calendar/market/"
# Far from any year in which this runs: what is over is left out of the list of its own year.
PRIME_DAY = f"{MARKET}amazon_prime_day/2037/1/"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def manager() -> Any:
    return make_member("manager", display_name="Maya Manager")


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def add_closures(owner: Any, count: int) -> list[Closure]:
    first = timezone.localdate() + timedelta(days=30)
    return [
        Closure.objects.create(
            name=f"Closed {number}", first_on=first, last_on=first + timedelta(days=number), created_by=owner
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_closures_are_listed_in_a_constant_number_of_statements(django_assert_num_queries, owner, manager, count):
    add_closures(owner, count)
    client = client_of(manager)
    client.get(CLOSURES)

    with django_assert_num_queries(5):
        page = text_of(client.get(CLOSURES))

    assert [f"Closed {number}" in page for number in range(3)] == [number < count for number in range(3)]


def test_a_closure_is_added_changed_and_removed(manager):
    client = client_of(manager)
    given = {"name": " 工厂  春节 ", "country": "cn", "first_on": "2027-01-29", "last_on": "2027-02-24"}

    assert client.post(CLOSURES, given).status_code == 302
    closure = Closure.objects.get()
    assert (closure.name, closure.country, closure.first_on, closure.last_on, closure.created_by) == (
        "工厂 春节", "cn", date(2027, 1, 29), date(2027, 2, 24), manager,
    )  # fmt: skip
    changed = {"name": "Inventory", "country": "", "first_on": "2027-03-01", "last_on": ""}
    assert client.post(f"{CLOSURES}closures/{closure.pk}/", changed).status_code == 302
    closure.refresh_from_db()
    assert (closure.name, closure.country, closure.first_on, closure.last_on) == (
        "Inventory", "", date(2027, 3, 1), date(2027, 3, 1),
    )  # fmt: skip
    client.post(f"{CLOSURES}closures/{closure.pk}/delete/")
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "  "}, "Say why it is closed"),
        ({"first_on": "soon"}, "Type a day"),
        ({"first_on": ""}, "This field is required"),
        ({"last_on": "2027-01-01"}, "before the first"),
        ({"last_on": "2029-01-01"}, "Is the year right"),
        ({"country": "fr"}, "Choose one of the options offered."),
    ],
)
def test_a_closure_that_makes_no_sense_is_refused_and_nothing_typed_is_lost(manager, wrong, words):
    given = {"name": "Inventory", "country": "us", "first_on": "2027-01-29", "last_on": "2027-02-24"}

    response = client_of(manager).post(CLOSURES, {**given, **wrong})

    assert response.status_code == 422
    assert words in text_of(response)
    assert 'value="2027-' in text_of(response) or "first_on" in wrong
    assert not Closure.objects.exists()


def test_members_read_closures_and_find_no_form(owner):
    add_closures(owner, 1)
    page = text_of(client_of(make_member()).get(CLOSURES))
    assert "Closed 0" in page
    assert "Add a closure" not in page and "/delete/" not in page


def test_the_year_says_holidays_make_up_days_and_closures(owner, manager, django_assert_num_queries):
    Closure.objects.create(name="Inventory", first_on=date(2026, 12, 30), last_on=date(2027, 1, 4), created_by=owner)
    client = client_of(manager)
    client.get("/settings/calendar/years/?year=2026")
    with django_assert_num_queries(5):
        page = text_of(client.get("/settings/calendar/years/?year=2026"))
    assert "National Day" in page and "Thanksgiving Day" in page
    assert page.count("Make-up working day in China") == 7
    assert "30–31</b> <span>Inventory" in page
    assert "248 in China, 250 in the United States" in page
    assert "not announced yet" not in page


def test_a_year_that_is_not_announced_is_said_and_announced_is_not(manager):
    client = client_of(manager)
    url = "/settings/calendar/years/?year=2029"
    assert "The holidays of 2029 are not announced yet in China" in text_of(client.get(url))
    try:
        workdays.take({2029: workdays.Announcement({date(2029, 1, 1): "元旦"}, frozenset())})
        assert "not announced yet" not in text_of(client.get(url))
    finally:
        workdays.take({})


@pytest.mark.parametrize("year", ["", "soon", "1900", "99999", "２０２６"])
def test_a_year_that_is_none_is_this_one(manager, year):
    assert client_of(manager).get("/settings/calendar/years/", {"year": year}).status_code == 200
    assert client_of(manager).get(MARKET, {"year": year}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_retail_year_is_one_statement_whatever_was_written(django_assert_num_queries, manager, count):
    for number in range(count):
        MarketDate.objects.create(
            key=f"own-{number}", year=2037, kind="retail", name_en=f"Fair {number}", first_on=date(2037, 3, 1),
            last_on=date(2037, 3, 2), zone="UTC", edited_by=manager,
        )  # fmt: skip
    client = client_of(manager)
    client.get(f"{MARKET}?year=2037")
    with django_assert_num_queries(4):
        page = text_of(client.get(f"{MARKET}?year=2037"))
    assert page.count("Fair ") >= count
    assert "Black Friday" in page and "Fri 27 Nov" in page
    assert "Not announced" in page and "Unconfirmed" in page


def test_prime_day_is_announced_confirmed_and_taken_back(manager):
    client = client_of(manager)
    given = {
        "name": "Amazon Prime Day", "channel": "amazon_us", "first_on": "2037-06-22", "last_on": "2037-06-25",
        "zone": "America/Los_Angeles", "is_confirmed": "on", "source": "Amazon",
        "source_url": "https://www.aboutamazon.com/news", "note": "",
    }  # fmt: skip

    assert client.post(PRIME_DAY, given).status_code == 302

    entry = entry_of("amazon_prime_day", 2037)
    assert (entry.first, entry.last, entry.is_confirmed) == (date(2037, 6, 22), date(2037, 6, 25), True)
    assert (entry.name.zh, entry.name.en, entry.source_url) == (
        "亚马逊Prime Day", "Amazon Prime Day", "https://www.aboutamazon.com/news",
    )  # fmt: skip
    page = text_of(client.get(f"{MARKET}?year=2037"))
    assert "Mon 22 Jun – Thu 25 Jun" in page and "Maya Manager" in page
    client.post(f"{PRIME_DAY}take-back/")
    assert entry_of("amazon_prime_day", 2037).first is None
    assert client.post(f"{PRIME_DAY}take-back/").status_code == 404


def test_a_moment_is_shown_in_both_clocks():
    reader = make_member("manager", time_zone="Asia/Shanghai")
    client = client_of(reader)
    given = {
        "name": "Prime Day", "channel": "amazon_us", "first_on": "2037-06-22", "last_on": "", "at_time": "00:01",
        "zone": "America/Los_Angeles", "is_confirmed": "on",
    }  # fmt: skip
    client.post(PRIME_DAY, given)
    page = text_of(client.get(f"{MARKET}?year=2037"))
    assert "Mon 22 Jun, 00:01 PDT (UTC−7)" in page
    assert "Mon 22 Jun, 15:01 for you (UTC+8)" in page
    assert entry_of("amazon_prime_day", 2037).instant == datetime(2037, 6, 22, 7, 1, tzinfo=UTC)


def test_a_moment_that_clocks_skip_is_said(manager):
    given = {
        "name": "Prime Day", "first_on": "2037-03-08", "at_time": "02:30", "zone": "America/Los_Angeles",
        "channel": "",
    }  # fmt: skip
    response = client_of(manager).post(PRIME_DAY, given, follow=True)
    assert "02:30 does not exist on Sun 8 Mar" in text_of(response)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "Give the date a name"),
        ({"first_on": "", "is_confirmed": "on"}, "What is confirmed has a day"),
        ({"first_on": "", "last_on": "2037-06-25"}, "no first one"),
        ({"first_on": "", "at_time": "17:00"}, "A time needs its day"),
        ({"last_on": "2037-06-25", "at_time": "17:00"}, "One moment lies on one day"),
        ({"last_on": "2037-01-25"}, "before the first"),
        ({"at_time": "25:00"}, "Type a time"),
        ({"zone": "Mars/Olympus"}, "Choose one of the options offered."),
        ({"source_url": "javascript:alert(1)"}, "Type a whole address"),
        ({"first_on": "2038-06-22"}, "This is the date of 2037"),
    ],
)
def test_a_date_that_makes_no_sense_is_refused(manager, wrong, words):
    given = {"name": "Prime Day", "first_on": "2037-06-22", "zone": "America/Los_Angeles", "channel": ""}
    response = client_of(manager).post(PRIME_DAY, {**given, **wrong})
    assert response.status_code == 422
    assert words in text_of(response)
    assert not MarketDate.objects.exists()


def test_a_date_of_the_teams_own_is_added_and_removed(manager):
    client = client_of(manager)
    given = {
        "name": "Canton Fair", "kind": "retail", "channel": "", "first_on": "2037-04-15", "last_on": "2037-04-19",
        "zone": "Asia/Shanghai",
    }  # fmt: skip
    response = client.post(f"{MARKET}add/", given)
    row = MarketDate.objects.get()
    assert response.headers["Location"] == f"{MARKET}?year=2037"
    assert (row.key.startswith("own-"), row.year, row.name_zh, row.name_en, row.is_confirmed) == (
        True, 2037, "Canton Fair", "Canton Fair", False,
    )  # fmt: skip
    assert "Canton Fair" in text_of(client.get(f"{MARKET}?year=2037"))
    client.post(f"{MARKET}{row.key}/2037/1/take-back/")
    assert not MarketDate.objects.exists()
    assert client.get(f"{MARKET}{row.key}/2037/1/").status_code == 404


def test_a_date_of_ones_own_lies_in_a_year_that_can_be(manager):
    given = {"name": "Canton Fair", "kind": "retail", "first_on": "0027-04-15", "zone": "Asia/Shanghai", "channel": ""}
    response = client_of(manager).post(f"{MARKET}add/", given)
    assert response.status_code == 422
    assert "Is the year right" in text_of(response)


def test_a_date_of_ones_own_needs_a_day(manager):
    given = {"name": "Canton Fair", "kind": "retail", "first_on": "", "zone": "Asia/Shanghai", "channel": ""}
    response = client_of(manager).post(f"{MARKET}add/", given)
    assert response.status_code == 422
    assert "needs a day" in text_of(response)


def test_a_date_that_means_nothing_here_is_hidden_and_comes_back(manager):
    client, url = client_of(manager), f"{MARKET}earth_day/2037/1/"
    client.post(f"{url}hide/")
    assert "earth_day" not in [entry.key for entry in dates_of(2037)]
    assert "Hidden here" in text_of(client.get(url))
    client.post(f"{url}take-back/")
    assert "earth_day" in [entry.key for entry in dates_of(2037)]


@pytest.mark.parametrize("path", ["earth_day/1999/1/", "earth_day/2037/2/", "no-such/2037/1/", "own-x/2037/1/"])
def test_a_date_that_is_none_is_404(manager, path):
    assert client_of(manager).get(f"{MARKET}{path}").status_code == 404


def test_dates_between_take_seasons_from_the_year_before(manager, django_assert_num_queries):
    with django_assert_num_queries(1):
        keys = [entry.key for entry in dates_between(date(2027, 1, 10), date(2027, 1, 12))]
    assert keys == ["q5_season", "cn_platform_tax_report"]
    black_friday = dates_between(date(2026, 11, 27), date(2026, 11, 27), confirmed_only=True)
    assert "black_friday" in [entry.key for entry in black_friday]


def test_projects_that_count_from_a_date_are_offered_the_move(owner, manager):
    project = make_project(owner, name="Prime plan")
    Project.objects.filter(pk=project.pk).update(sop_template="prime_day", anchor_on=date(2037, 7, 13))
    make_project(owner, name="Not anchored")
    client = client_of(manager)
    fragment = f"{MARKET}amazon_prime_day/2037/projects/"
    assert "See what moves" not in text_of(client.get(fragment))
    given = {"name": "Prime Day", "channel": "", "first_on": "2037-06-22", "zone": "America/Los_Angeles"}
    client.post(PRIME_DAY, given)

    page = text_of(client.get(fragment))

    assert "Prime plan" in page and "Not anchored" not in page
    assert "Counts from Mon 13 Jul 2037; the date is Mon 22 Jun 2037." in page
    assert "This date is not confirmed." in page
    url = reverse("templates_sop:project-anchor", args=[project.pk], urlconf="linkstar.urls")
    assert f'href="{url}?to=2037-06-22"' in page
    assert 'value="2037-06-22"' in text_of(client.get(f"{url}?to=2037-06-22"))
    assert 'value="2037-07-13"' in text_of(client.get(f"{url}?to=soon"))

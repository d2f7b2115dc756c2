"""Holidays come into the table without a release, and every process learns of them."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from linkstar.lib import workdays
from linkstar.lib.announcements import AnnouncementRefused
from linkstar.lib.workdays import get_calendar
from linkstar.workspaces import holidays
from linkstar.workspaces.actions.holidays import refresh_from_address, refresh_from_file
from linkstar.workspaces.models import AnnouncedYear
from linkstar.workspaces.sources import SourceFailed
from linkstar.workspaces.tasks import refresh_holidays
from tests.lib.test_announcements import year_2026
from tests.workspaces.sources import answering

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 11, 24, 12, tzinfo=UTC)


def year(number: int) -> dict[str, Any]:
    """The days of 2026 moved to another year; weekends worked are put onto a Sunday each."""
    days = []
    sundays = [day for day in range(1, 29) if date(number, 3, day).weekday() == 6]
    for day in year_2026()["days"]:
        if day["isOffDay"]:
            days.append({**day, "date": f"{number}{day['date'][4:]}"})
    days.append({"name": "春节", "date": f"{number}-03-{sundays[0]:02d}", "isOffDay": False})
    return {"year": number, "papers": ["https://www.gov.cn/x"], "days": days}


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    workdays.take({})


@pytest.fixture
def source(settings: Any) -> Iterator[dict[str, Any]]:
    """A stub on loopback: path → (status, body); what is not there is a 404."""
    pages: dict[str, Any] = {}

    def answer(path: str) -> tuple[int, bytes, dict[str, str]]:
        status, body = pages.get(path, (404, b"no such page"))
        return status, body if isinstance(body, bytes) else json.dumps(body).encode(), {}

    with answering(answer) as address:
        settings.INTEGRATIONS_ALLOW_LOOPBACK = True
        settings.HOLIDAYS_URL = f"{address}/{{year}}.json"
        yield pages


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_year_that_was_announced_is_known_at_once(source, commits):
    source["/2027.json"], source["/2028.json"] = (200, year(2027)), (200, {"year": 2028, "papers": [], "days": []})
    calendar = get_calendar("cn")
    assert not calendar.knows(2027)

    with commits():
        taken = refresh_from_address([2027, 2028, 2029], now=NOW)

    assert [tuple(each) for each in taken] == [
        (2027, "new", 34),
        (2028, "not announced", 0),
        (2029, "not announced", 0),
    ]
    row = AnnouncedYear.objects.get()
    assert (row.year, row.fetched_at, row.papers) == (2027, NOW, ["https://www.gov.cn/x"])
    assert row.source.endswith("/2027.json")
    assert calendar.knows(2027) and not calendar.knows(2028)
    assert not calendar.is_workday(date(2027, 10, 7))


def test_a_second_refresh_says_same_and_a_corrected_one_changed(source, commits):
    source["/2027.json"] = (200, year(2027))
    with commits():
        refresh_from_address([2027], now=NOW)
        same = refresh_from_address([2027], now=NOW)
        corrected = year(2027)
        corrected["days"].append({"name": "国庆节", "date": "2027-10-08", "isOffDay": True})
        source["/2027.json"] = (200, corrected)
        changed = refresh_from_address([2027], now=NOW)

    assert [same[0].outcome, changed[0].outcome] == ["same", "changed"]
    assert not get_calendar("cn").is_workday(date(2027, 10, 8))


@pytest.mark.parametrize(
    ("page", "error"),
    [
        ((500, b""), SourceFailed),
        ((200, b"<html>"), SourceFailed),
        ((200, b"x" * 600_000), SourceFailed),
        ((200, {"year": 2027, "days": year(2027)["days"][:4]}), AnnouncementRefused),
        ((200, year(2030)), AnnouncementRefused),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(source, commits, page, error):
    source["/2027.json"] = page

    with commits(), pytest.raises(error):
        refresh_from_address([2027], now=NOW)

    assert not AnnouncedYear.objects.exists()
    assert not get_calendar("cn").knows(2027)


@pytest.mark.parametrize("address", ["file:///etc/{year}", "http://example.test/{year}", "ftp://example.test/{year}"])
def test_only_https_is_asked(settings, address):
    settings.HOLIDAYS_URL, settings.INTEGRATIONS_ALLOW_LOOPBACK = address, False
    with pytest.raises(SourceFailed, match="no https"):
        refresh_from_address([2027], now=NOW)


def test_the_job_survives_a_source_that_fails(source):
    source[f"/{NOW.year}.json"] = (500, b"")
    refresh_holidays()
    assert not AnnouncedYear.objects.exists()


def test_the_job_asks_nobody_when_there_is_no_address(settings):
    settings.HOLIDAYS_URL = ""
    refresh_holidays()


def test_a_file_brings_years_where_there_is_no_network(tmp_path, commits):
    path = tmp_path / "holidays.json"
    path.write_text(json.dumps([year(2027), year(2028)]), encoding="utf-8")
    out = StringIO()

    with commits():
        call_command("refresh_holidays", str(path), stdout=out)

    assert out.getvalue() == "2027: new, 34 days\n2028: new, 34 days\n"
    assert get_calendar("cn").knows(2028)


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]"])
def test_a_file_that_is_none_is_refused_in_words(tmp_path, text):
    path = tmp_path / "holidays.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("refresh_holidays", str(path))


def test_a_missing_file_and_a_missing_address_are_said(tmp_path, settings):
    with pytest.raises(SourceFailed):
        refresh_from_file(tmp_path / "none.json", now=NOW)
    settings.HOLIDAYS_URL = ""
    with pytest.raises(CommandError, match="HOLIDAYS_URL"):
        call_command("refresh_holidays")


def test_another_process_reads_the_table_after_the_word_changed(source, commits, monkeypatch):
    """This process plays both: it forgets what it took, as one that was asleep, and looks at the word again."""
    source["/2027.json"] = (200, year(2027))
    holidays.follow()
    with commits():
        refresh_from_address([2027], now=NOW)
    workdays.take({})

    holidays.follow()
    assert not get_calendar("cn").knows(2027)
    monkeypatch.setattr(holidays, "_seen", (float("-inf"), "another"))
    holidays.follow()

    assert get_calendar("cn").knows(2027)


def test_looking_costs_no_statement_while_nothing_changed(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(holidays, "_seen", (float("-inf"), None))
    with django_assert_num_queries(0):
        holidays.follow()
        holidays.follow()


def test_the_word_of_a_cache_that_lost_its_memory_changes_nothing(source, commits, monkeypatch):
    source["/2027.json"] = (200, year(2027))
    with commits():
        refresh_from_address([2027], now=NOW)
    holidays.caches["global"].clear()
    monkeypatch.setattr(holidays, "_seen", (float("-inf"), "before"))

    holidays.follow()

    assert get_calendar("cn").knows(2027)


def test_a_newer_package_wins_over_an_older_announcement(commits):
    with commits():
        holidays_of = year_2026()
        holidays_of["days"].append({"name": "国庆节", "date": "2026-10-08", "isOffDay": True})
        from linkstar.lib.announcements import read_year
        from linkstar.workspaces.actions.holidays import keep_year

        keep_year(read_year(holidays_of), source="test", now=NOW)
    assert not get_calendar("cn").is_workday(date(2026, 10, 8))

    AnnouncedYear.objects.update(package="1.0")
    holidays.load()

    assert get_calendar("cn").is_workday(date(2026, 10, 8))

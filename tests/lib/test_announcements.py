"""China's announced holidays, read from JSON and used by the calendar. Those of 2026 are of the real notice."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from linkstar.lib import workdays
from linkstar.lib.announcements import AnnouncementRefused, as_announcement, read_year
from linkstar.lib.workdays import get_calendar

_2026 = [
    ("元旦", "01-01", 3, ["01-04"]),
    ("春节", "02-15", 9, ["02-14", "02-28"]),
    ("清明节", "04-04", 3, []),
    ("劳动节", "05-01", 5, ["05-09"]),
    ("端午节", "06-19", 3, []),
    ("中秋节", "09-25", 3, []),
    ("国庆节", "10-01", 7, ["09-20", "10-10"]),
]


def year_2026() -> dict[str, Any]:
    days = []
    for name, first, count, worked in _2026:
        start = date.fromisoformat(f"2026-{first}")
        days += [
            {"name": name, "date": str(start + timedelta(days=number)), "isOffDay": True} for number in range(count)
        ]
        days += [{"name": name, "date": f"2026-{day}", "isOffDay": False} for day in worked]
    return {"year": 2026, "papers": ["https://www.gov.cn/zhengce/x"], "days": days}


@pytest.fixture
def taken() -> Iterator[Any]:
    yield workdays.take
    workdays.take({})


def test_the_real_year_is_read_whole():
    found = read_year(year_2026())

    assert (found.year, len(found.days), found.papers) == (2026, 39, ("https://www.gov.cn/zhengce/x",))
    assert found.days[0].on == date(2026, 1, 1)


def test_the_package_and_the_announcement_agree_on_2026(taken):
    calendar = get_calendar("cn")
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    package = [calendar.is_workday(day) for day in days]
    names = [calendar.holiday_name(day, "en") for day in days]

    taken({2026: as_announcement(read_year(year_2026()).days)})

    assert [calendar.is_workday(day) for day in days] == package
    assert [calendar.holiday_name(day, "en") for day in days] == names


def test_an_unannounced_year_has_no_days_and_is_no_error():
    assert read_year({"year": 2027, "papers": [], "days": []}) == (2027, (), ())


def broken(**changes: Any) -> dict[str, Any]:
    return {**year_2026(), **changes}


def without(name: str) -> dict[str, Any]:
    data = year_2026()
    return {**data, "days": [day for day in data["days"] if day["name"] != name]}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (without("端午节"), "端午"),
        (broken(days=year_2026()["days"][:3]), "missing"),
        (broken(days=[*year_2026()["days"], {"name": "元旦", "date": "2026-01-01", "isOffDay": True}]), "twice"),
        (broken(days=[*year_2026()["days"], {"name": "元旦", "date": "2027-01-01", "isOffDay": True}]), "no day of"),
        (broken(days=[*year_2026()["days"], {"name": "元旦", "date": "2026-01-06", "isOffDay": False}]), "no weekend"),
        (broken(days=[*year_2026()["days"], {"name": "元旦", "date": "2026-01-06", "isOffDay": "yes"}]), "form"),
        (broken(year="soon"), "form"),
        (broken(days="none"), "form"),
        ({}, "form"),
        ([], "form"),
        (None, "form"),
    ],
)
def test_what_cannot_be_an_announcement_is_refused(data, words):
    with pytest.raises(AnnouncementRefused, match=words):
        read_year(data)


def test_too_many_days_off_are_refused():
    data = year_2026()
    more = [{"name": "春节", "date": f"2026-03-{day:02d}", "isOffDay": True} for day in range(1, 20)]
    with pytest.raises(AnnouncementRefused, match="plausible"):
        read_year({**data, "days": [*data["days"], *more]})


def test_a_year_becomes_known_and_its_last_december_reaches_back(taken):
    calendar = get_calendar("cn")
    assert not calendar.knows(2029)
    before = workdays.edition()
    off = {
        date(2028, 12, 30): "元旦",
        date(2028, 12, 31): "元旦",
        date(2029, 1, 1): "元旦",
        date(2029, 10, 1): "国庆节、中秋节",
    }

    taken({2029: workdays.Announcement(off, frozenset({date(2029, 1, 6)}))})

    assert workdays.edition() > before
    assert calendar.knows(2029) and not calendar.knows(2028)
    assert not calendar.is_workday(date(2029, 1, 1)) and calendar.is_workday(date(2029, 1, 6))
    assert calendar.holiday_name(date(2029, 10, 1), "en") == "National Day / Mid-autumn Festival"
    assert calendar.holiday_name(date(2029, 10, 1), "zh-hans") == "国庆节、中秋节"


def test_a_known_year_takes_the_december_of_the_next_announcement(taken):
    calendar = get_calendar("cn")
    assert calendar.is_workday(date(2026, 12, 31))
    taken({2027: workdays.Announcement({date(2026, 12, 31): "元旦", date(2027, 1, 1): "元旦"}, frozenset())})
    assert not calendar.is_workday(date(2026, 12, 31))
    taken({})
    assert calendar.is_workday(date(2026, 12, 31))
    assert not calendar.knows(2027)


def test_the_same_announcements_again_change_nothing(taken):
    year = {2029: workdays.Announcement({date(2029, 1, 1): "元旦"}, frozenset())}
    taken(year)
    edition = workdays.edition()
    taken(dict(year))
    assert workdays.edition() == edition

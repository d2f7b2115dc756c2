"""Calendar files, read back by the library that others read them with."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar

from linkstar.lib.ics import Entry, calendar_file

CHANGED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def entry(**values: Any) -> Entry:
    return Entry(
        **{
            "uid": "task-7@acme.localhost",
            "at": datetime(2026, 11, 27, 8, tzinfo=UTC),
            "title": "黑五开场巡检; 价格, 优惠券",
            "description": "Fri 27 Nov\nSat 28 Nov for you",
            "url": "http://acme.localhost/tasks/7/",
            "version": 3,
            "changed_at": CHANGED,
            **values,
        }
    )


def read(content: bytes) -> tuple[Any, list[Any]]:
    calendar = Calendar.from_ical(content)
    return calendar, list(calendar.walk("VEVENT"))


def test_an_instant_is_that_instant_in_utc() -> None:
    content = calendar_file([entry()], name="Q4", zone="Asia/Shanghai")
    calendar, [event] = read(content)
    assert b"DTSTART:20261127T080000Z\r\n" in content
    assert event.decoded("dtstart") == datetime(2026, 11, 27, 8, tzinfo=UTC)
    assert str(event["summary"]) == "黑五开场巡检; 价格, 优惠券"
    assert str(event["description"]) == "Fri 27 Nov\nSat 28 Nov for you"
    assert (event["uid"], event["sequence"], event["transp"]) == ("task-7@acme.localhost", 3, "TRANSPARENT")
    assert (calendar["x-wr-calname"], calendar["x-wr-timezone"]) == ("Q4", "Asia/Shanghai")
    assert calendar.decoded("refresh-interval") == timedelta(hours=1)


def test_a_day_is_a_whole_day_of_no_zone() -> None:
    content = calendar_file([entry(at=date(2026, 10, 31))])
    _calendar, [event] = read(content)
    assert b"DTSTART;VALUE=DATE:20261031\r\n" in content
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2026, 10, 31), date(2026, 11, 1))


def test_lines_are_folded_at_75_bytes_and_no_character_is_cut() -> None:
    content = calendar_file([entry(title="优惠券" * 60)])
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert read(content)[1][0]["summary"] == "优惠券" * 60


def test_the_same_entries_give_the_same_bytes() -> None:
    assert calendar_file([entry()], name="Q4") == calendar_file([entry()], name="Q4")


def test_nothing_breaks_out_of_its_line() -> None:
    content = calendar_file([entry(title="x\r\nATTENDEE:mailto:a@b.c", category="a\nb")])
    assert b"\r\nATTENDEE" not in content
    assert len(read(content)[1]) == 1

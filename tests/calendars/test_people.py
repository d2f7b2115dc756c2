"""Hours and leave of a person, and when two meet."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from linkstar.calendars.models import Leave
from linkstar.calendars.overlap import meeting_of
from linkstar.calendars.views.hours_form import read_day
from linkstar.lib.hours import STANDARD, as_json
from tests.factories import client_of, make_member

pytestmark = pytest.mark.django_db
EVENING = [[[19 * 60, 23 * 60]]] * 5 + [[], []]
OCTOBER = datetime(2026, 10, 24, 12, tzinfo=UTC)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("", ()),
        ("9-18", ((540, 1080),)),
        ("9:00–12:00, 13:00–18:00", ((540, 720), (780, 1080))),
        ("09：00至12：00、13：00至18：00", ((540, 720), (780, 1080))),
        ("22-24", ((1320, 1440),)),
        (" 9:30 - 12 ; 13-17:05 ", ((570, 720), (780, 1025))),
    ],
)
def test_hours_are_read_as_people_type_them(typed, day):
    assert read_day(typed) == day


@pytest.mark.parametrize("typed", ["nine", "9", "9-25", "9:60-12", "9-", "-9", "9:5-10", "9-12-13", "²-3", "900-1200"])
def test_what_are_no_hours_is_refused(typed):
    with pytest.raises(ValueError):
        read_day(typed)


def hours(**days: str) -> dict[str, str]:
    return {"holidays": "", **{f"day-{number}": days.get(f"d{number}", "") for number in range(7)}}


def test_ones_own_hours_are_saved():
    member = make_member()
    response = client_of(member).post(
        f"/members/{member.pk}/hours/", {**hours(d0="9-12, 13-18", d5="10-14"), "holidays": "cn"}
    )
    member.refresh_from_db()
    assert response.status_code == 302
    assert member.week == (((540, 720), (780, 1080)), (), (), (), (), ((600, 840),), ())
    assert (member.holidays, member.country) == ("cn", "cn")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (hours(), "Somebody who never works can finish nothing"),
        (hours(d0="soon"), "Type hours as in"),
        (hours(d0="18-9"), "Type hours as in"),
        (hours(d0="9-13, 12-18"), "Type hours as in"),
        ({**hours(d0="9-18"), "holidays": "fr"}, "Choose one of the options offered."),
    ],
)
def test_a_week_without_work_or_with_nonsense_is_refused_and_kept_on_the_page(given, words):
    member = make_member()
    response = client_of(member).post(f"/members/{member.pk}/hours/", given)
    member.refresh_from_db()
    assert response.status_code == 422
    assert words in text_of(response)
    assert member.week == STANDARD
    assert given["day-0"] in text_of(response)


def test_leave_is_entered_and_taken_back():
    member, manager = make_member(), make_member("manager")
    own, chef = client_of(member), client_of(manager)
    first = timezone.localdate() + timedelta(days=40)

    own.post(f"/members/{member.pk}/leave/", {"first_on": str(first), "last_on": "", "note": "Moving house"})
    chef.post(
        f"/members/{member.pk}/leave/",
        {"first_on": str(first + timedelta(days=7)), "last_on": str(first + timedelta(days=9)), "note_for": "team"},
    )

    rows = list(Leave.objects.order_by("first_on"))
    assert [(row.first_on, row.last_on, row.created_by) for row in rows] == [
        (first, first, member),
        (first + timedelta(days=7), first + timedelta(days=9), manager),
    ]
    own.post(f"/leaves/{rows[0].pk}/delete/")
    assert list(Leave.objects.all()) == [rows[1]]


def test_leave_on_days_that_are_taken_is_refused_by_name():
    member = make_member()
    client = client_of(member)
    client.post(f"/members/{member.pk}/leave/", {"first_on": "2035-01-08", "last_on": "2035-01-12"})
    response = client.post(f"/members/{member.pk}/leave/", {"first_on": "2035-01-12", "last_on": "2035-01-20"})
    assert response.status_code == 422
    assert "Mon 8 Jan 2035 – Fri 12 Jan 2035" in text_of(response)
    assert 'value="2035-01-20"' in text_of(response)
    assert Leave.objects.count() == 1


def test_the_reason_of_a_leave_is_for_whom_it_says():
    member, colleague, manager = make_member(), make_member(), make_member("manager")
    ahead = timezone.localdate() + timedelta(days=30)
    for note, audience, days in (("Surgery", "managers", 0), ("Wedding", "team", 5)):
        day = ahead + timedelta(days=days)
        Leave.objects.create(member=member, first_on=day, last_on=day, note=note, note_for=audience, created_by=member)
    seen = {
        who.pk: [note in text_of(client_of(who).get(f"/members/{member.pk}/time/")) for note in ("Surgery", "Wedding")]
        for who in (member, colleague, manager)
    }
    assert seen == {member.pk: [True, True], colleague.pk: [False, True], manager.pk: [True, True]}


@pytest.mark.parametrize("count", [1, 3])
def test_a_persons_page_asks_a_constant_number_of_times(django_assert_num_queries, count):
    member, reader = make_member(), make_member("manager")
    for number in range(count):
        day = timezone.localdate() + timedelta(days=30 + number)
        Leave.objects.create(member=member, first_on=day, last_on=day, created_by=member)
    client = client_of(reader)
    client.get(f"/members/{member.pk}/time/")
    with django_assert_num_queries(5):
        client.get(f"/members/{member.pk}/time/")


def test_a_meeting_is_said_on_the_readers_clock_now_and_after_the_change():
    lin = make_member(time_zone="Asia/Shanghai", working_hours=EVENING)
    maya = make_member(time_zone="America/New_York")
    said = meeting_of(lin, maya, language="en", now=OCTOBER)
    assert said.text == "You are both at work for 2 hours a day: Mon–Fri 21:00–23:00, your time."
    assert said.gap == "New York is 12 hours behind you."
    assert said.change == "From Sun 1 Nov clocks change: New York is 13 hours behind you."
    assert said.changed_text == "You are both at work for 1 hour a day: Mon–Fri 22:00–23:00, your time."
    other = meeting_of(maya, lin, language="en", now=OCTOBER)
    assert other.text == "You are both at work for 2 hours a day: Mon–Fri 09:00–11:00, your time."
    assert other.gap == "Beijing is 12 hours ahead of you."


def test_a_meeting_of_those_who_never_meet_and_of_neighbours():
    lin, maya = make_member(time_zone="Asia/Shanghai"), make_member(time_zone="America/New_York")
    with override("en"):
        never = meeting_of(lin, maya, language="en", now=datetime(2026, 7, 1, tzinfo=UTC))
        near = meeting_of(lin, make_member(time_zone="Asia/Singapore"), language="en", now=OCTOBER)
    assert (never.text, never.has_overlap, never.change) == ("Your working hours never meet.", False, "")
    assert (near.gap, near.change) == ("Singapore has the same time as you.", "")
    assert near.text == "You are both at work for 8 hours a day: Mon–Fri 09:00–12:00, 13:00–18:00, your time."


def test_the_page_of_a_member_leads_to_their_time_and_says_their_leave():
    member, reader = make_member(time_zone="UTC", working_hours=as_json(STANDARD)), make_member(time_zone="UTC")
    today = timezone.now().astimezone(UTC).date()
    Leave.objects.create(
        member=member, first_on=today - timedelta(days=1), last_on=today + timedelta(days=2), created_by=member
    )
    client = client_of(reader)
    assert f"/members/{member.pk}/time/words/" in text_of(client.get(f"/members/{member.pk}/"))
    words = text_of(client.get(f"/members/{member.pk}/time/words/"))
    assert "Mon–Fri 09:00–12:00, 13:00–18:00" in words
    assert "On leave until" in words and "You are both at work for 8 hours a day" in words


def test_country_follows_the_zone_unless_it_is_said():
    assert [make_member(time_zone=zone).country for zone in ("Asia/Shanghai", "Asia/Urumqi", "America/Denver")] == [
        "cn", "cn", "us",
    ]  # fmt: skip
    assert make_member(time_zone="Asia/Shanghai", holidays="us").country == "us"

"""US-02 to US-05: reminders, typed times and repeating tasks across both changes of the American clocks."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from linkstar.lib.deadlines import Deadline
from linkstar.lib.recurrence import Rule
from linkstar.workspaces.due import run_due
from notifications.models import Notification
from projects.actions.deadlines import set_deadline
from projects.models import Task
from tests.factories import client_of, make_project, make_task
from tests.pages import HTMX, text
from tests.stories.conftest import NEW_YORK, PACIFIC, SHENZHEN, at, clock, reminders, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def coupons(owner: Any) -> tuple[Task, Task, Task]:
    """A starts on the day after the change, B runs all of that day: its start, and its end."""
    now = at("2026-02-01T00:00:00Z")
    project = make_project(owner, name="Coupons", time_zone=PACIFIC, now=now)
    wanted = {
        "A starts": Deadline(date(2026, 3, 9), time(0), PACIFIC),
        "B starts": Deadline(date(2026, 3, 8), time(0), PACIFIC),
        "B ends": Deadline(date(2026, 3, 8), time(23, 59), PACIFIC),
    }
    made = []
    for title, deadline in wanted.items():
        task = make_task(project, title, owner=owner, now=now)
        set_deadline(task, deadline, actor=owner, now=now)
        made.append(task)
    return made[0], made[1], made[2]


def test_us_02_reminders_lie_24_elapsed_hours_before(coupons: tuple[Task, Task, Task]) -> None:
    a, b, b_ends = coupons
    assert [task.due_at for task in coupons] == [
        at("2026-03-09T07:00:00Z"),
        at("2026-03-08T08:00:00Z"),
        at("2026-03-09T06:59:00Z"),
    ]
    assert reminders(a) == [at("2026-03-08T07:00:00Z")]
    assert reminders(b) == [at("2026-03-07T08:00:00Z")]
    # 7 March 23:00 in Los Angeles, not 8 March 00:00.
    assert shown(Task(due_at=reminders(a)[0]), PACIFIC) == "2026-03-07 23:00"
    assert shown(a, SHENZHEN) == "2026-03-09 15:00"
    assert b_ends.due_at and b.due_at
    assert b_ends.due_at - b.due_at == timedelta(hours=22, minutes=59)


def test_us_02_each_reminder_is_sent_once(coupons: tuple[Task, Task, Task]) -> None:
    first, second = coupons[1], coupons[0]
    for text_at, told in [
        ("2026-03-07T07:59:59Z", []),
        ("2026-03-07T08:00:00Z", [first]),
        ("2026-03-08T07:00:00Z", [first, second]),
        ("2026-03-08T08:00:00Z", [first, second]),
    ]:
        run_due(at(text_at))
        kept = Notification.objects.filter(kind="task_due").exclude(data__task="B ends").order_by("created_at", "pk")
        assert [notice.data["task"] for notice in kept] == [task.title for task in told], text_at


def typed(member: Any, task: Task, **values: Any) -> Any:
    address = reverse("projects:task-deadline", args=[task.pk])
    return client_of(member).post(address, values, **HTMX)


def preview(member: Any, task: Task, **values: Any) -> str:
    address = reverse("projects:deadline-preview", args=[task.pk])
    return text(client_of(member).get(address, values, **HTMX))


def test_us_03_an_ambiguous_time_is_the_first_and_fires_once(maya: Any) -> None:
    task = make_task(make_project(maya, time_zone=NEW_YORK), "Check the budget", owner=maya)
    values = {"on": "2026-11-01", "time": "01:30", "zone": NEW_YORK}
    with clock("2026-10-20T00:00:00Z"):
        assert "01:30 comes twice on Sun 1 Nov, because clocks go back. The first is used (UTC−4)." in preview(
            maya, task, **values
        )
        assert typed(maya, task, **values).status_code == 200
    task.refresh_from_db()
    assert task.due_at == at("2026-11-01T05:30:00Z")
    assert [shown(task, zone) for zone in (SHENZHEN, NEW_YORK, PACIFIC)] == [
        "2026-11-01 13:30",
        "2026-11-01 01:30",
        "2026-10-31 22:30",
    ]
    # One promise, 24 elapsed hours before the first of the two; none for the second.
    assert reminders(task) == [at("2026-10-31T05:30:00Z")]
    for now in ("2026-10-31T05:30:00Z", "2026-10-31T06:30:00Z", "2026-11-01T06:30:00Z"):
        run_due(at(now))
    assert Notification.objects.filter(kind="task_due").count() == 1


def test_us_04_a_time_that_does_not_exist_moves_on_by_an_hour(owner: Any) -> None:
    task = make_task(make_project(owner, time_zone=PACIFIC), "上架", owner=owner)
    values = {"on": "2027-03-14", "time": "02:30", "zone": PACIFIC}
    with clock("2027-03-01T00:00:00Z"):
        assert "已顺延 1 小时，改为 03:30 (UTC−7)。" in preview(owner, task, **values)
        assert typed(owner, task, **values).status_code == 200
    task.refresh_from_db()
    assert (task.due_on, task.due_time, task.due_at) == (date(2027, 3, 14), time(3, 30), at("2027-03-14T10:30:00Z"))
    assert Deadline.from_instant(at("2027-03-14T10:30:00Z"), PACIFIC) == task.deadline
    assert shown(task, SHENZHEN) == "2027-03-14 18:30"


@pytest.mark.parametrize(
    ("zone", "clock_time", "on", "utc", "others"),
    [
        (NEW_YORK, time(9), date(2026, 10, 27), "2026-10-27T13:00:00Z", {SHENZHEN: "21:00", PACIFIC: "06:00"}),
        (NEW_YORK, time(9), date(2026, 11, 3), "2026-11-03T14:00:00Z", {SHENZHEN: "22:00", PACIFIC: "06:00"}),
        (SHENZHEN, time(21), date(2026, 11, 3), "2026-11-03T13:00:00Z", {NEW_YORK: "08:00", PACIFIC: "05:00"}),
    ],
)
def test_us_05_a_repeating_meeting_keeps_its_owners_clock(
    zone: str, clock_time: time, on: date, utc: str, others: dict[str, str]
) -> None:
    rule = Rule("weeks", date(2026, 10, 20), zone, clock_time, weekdays=(1,))
    assert on in rule.some_days(4, after=date(2026, 10, 19))
    instant = rule.deadline(on).instant
    assert instant == at(utc)
    for other, wall in others.items():
        assert shown(Task(due_at=instant), other).endswith(wall)
